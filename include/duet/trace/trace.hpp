#pragma once

// What a function computes at a point and how its derivatives come about, for people to look at: every operation as a
// row with its value, its tangent and its adjoint, as a table or as a picture of the computational graph. f runs once,
// on a scalar of its own: the tape merges the operations of a statement, and expressions leave no trace.

#include <concepts>
#include <duet/driver/product.hpp>
#include <duet/trace/dot.hpp>
#include <duet/trace/scalar.hpp>
#include <duet/trace/svg.hpp>
#include <duet/trace/table.hpp>

namespace duet {

// The evaluation of a function as a Wengert list. The inputs come first, in the storage order of x, then the operations
// in the order in which they ran, the operands of one expression from left to right; constants are operands and have no
// row of their own. Adjoints are derivatives of one output, or of a weighted sum of several. Functions that change
// something return a changed copy.
template <class T>
class evaluation_trace {
 public:
  explicit evaluation_trace(wengert_list<T> list) : list_(std::move(list)) {
    list_.names.resize(list_.rows.size());
    list_.sweep_forward();
    list_.sweep_reverse();
  }

  [[nodiscard]] std::size_t size() const { return list_.rows.size(); }
  [[nodiscard]] std::size_t input_count() const { return list_.inputs; }
  [[nodiscard]] std::size_t output_count() const { return list_.outputs.size(); }

  // Row i: operation, operands, value, partials, tangent, adjoint; from size() on std::invalid_argument.
  [[nodiscard]] trace_row<T> const& operator[](std::size_t i) const {
    require_below("row", i, size());
    return list_.rows[i];
  }
  [[nodiscard]] auto begin() const { return list_.rows.begin(); }
  [[nodiscard]] auto end() const { return list_.rows.end(); }

  // Output k: its row and its value; a constant has no row.
  [[nodiscard]] trace_operand<T> const& output(std::size_t k = 0) const {
    require_below("output", k, output_count());
    return list_.outputs[k];
  }

  // The tangents along another direction, one number for each input; along input i alone. O(rows), f is not called.
  template <class V>
  [[nodiscard]] evaluation_trace along(V const& direction) const {
    evaluation_trace result = *this;
    result.list_.direction =
        numbers("duet::trace: along", "the direction", direction, list_.inputs, "one for each input");
    result.list_.sweep_forward();
    return result;
  }
  [[nodiscard]] evaluation_trace along_input(std::size_t i) const {
    require_below("input", i, input_count());
    return along(unit(input_count(), i));
  }

  // The adjoints of sum of weight * output, one weight for each output; of output k alone. O(rows), f is not called.
  template <class W>
  [[nodiscard]] evaluation_trace weighted(W const& weights) const {
    evaluation_trace result = *this;
    result.list_.weights =
        numbers("duet::trace: weighted", "the list of weights", weights, output_count(), "one for each output");
    result.list_.sweep_reverse();
    return result;
  }
  [[nodiscard]] evaluation_trace of_output(std::size_t k) const {
    require_below("output", k, output_count());
    return weighted(unit(output_count(), k));
  }

  // A row, or the first rows, called by names in place of v3 in tables and pictures.
  [[nodiscard]] evaluation_trace named(std::size_t row, std::string name) const {
    require_below("row", row, size());
    evaluation_trace result = *this;
    result.list_.names[row] = std::move(name);
    return result;
  }
  [[nodiscard]] evaluation_trace named(std::vector<std::string> const& names) const {
    if (names.size() > size())
      throw std::invalid_argument("duet::trace: " + std::to_string(names.size()) + " names for " +
                                  std::to_string(size()) + " rows");
    evaluation_trace result = *this;
    std::copy(names.begin(), names.end(), result.list_.names.begin());
    return result;
  }

  // A line a row: name, operation, value, tangent and adjoint, each beside the rule that gives it. v3' is the tangent
  // of v3, v3~ its adjoint.
  [[nodiscard]] std::string table(trace_style const& style = {}) const { return duet::trace_table(list_, style); }
  // The same as a table in Markdown.
  [[nodiscard]] std::string markdown(trace_style const& style = {}) const { return duet::trace_markdown(list_, style); }
  // The graph in the language of Graphviz.
  [[nodiscard]] std::string dot(trace_style const& style = {}) const { return duet::trace_dot(list_, style); }
  // A picture of the graph, a whole SVG file; made to be read up to about 60 rows.
  [[nodiscard]] std::string svg(trace_style const& style = {}) const { return trace_picture<T>(list_, style).draw(); }

 private:
  static void require_below(char const* what, std::size_t i, std::size_t count) {
    if (i >= count)
      throw std::invalid_argument("duet::trace: " + std::string(what) + " " + std::to_string(i) + " of " +
                                  std::to_string(count));
  }
  [[nodiscard]] static std::vector<T> unit(std::size_t size, std::size_t i) {
    std::vector<T> result(size, T(0));
    result[i] = T(1);
    return result;
  }
  template <class V>
  [[nodiscard]] static std::vector<T> numbers(std::string_view where, std::string_view what, V const& v,
                                              std::size_t size, std::string_view why) {
    static_assert(
        shaped<plain_t<V>>,
        "duet::trace needs directions and weights to be numbers in an Eigen vector or matrix, a std::array or a "
        "std::vector");
    auto const& given = duet::plain(v);
    using Given = std::remove_cvref_t<decltype(given)>;
    require_size(where, what, duet::size_of(given), size, why);
    std::vector<T> result;
    for (std::size_t i = 0; i < size; ++i) result.push_back(static_cast<T>(shape<Given>::entry(given, i)));
    return result;
  }

  wengert_list<T> list_;
};

// What the inputs are called: x, x[1], x(0,1); parts of a tuple x0, x1[2].
template <class X>
void label_inputs(std::vector<std::string>& labels, std::string const& name, X const& x) {
  for (std::size_t i = 0; i < duet::size_of(x); ++i) {
    if constexpr (number_entry<X>) {
      labels.push_back(name);
    } else if constexpr (is_matrix<X>) {
      std::size_t const rows = static_cast<std::size_t>(x.rows()), columns = static_cast<std::size_t>(x.cols());
      std::size_t const r = X::IsRowMajor ? i / columns : i % rows, c = X::IsRowMajor ? i % columns : i / rows;
      labels.push_back(name + "(" + std::to_string(r) + "," + std::to_string(c) + ")");
    } else {
      labels.push_back(name + "[" + std::to_string(i) + "]");
    }
  }
}
template <class... Part>
void label_inputs(std::vector<std::string>& labels, std::string const& name, std::tuple<Part...> const& x) {
  std::apply(
      [&](auto const&... part) {
        std::size_t k = 0;
        (duet::label_inputs(labels, name + std::to_string(k++), part), ...);
      },
      x);
}

template <class X>
concept traceable_point = point<X> && std::floating_point<entry_t<X>>;

template <class F, class X>
struct trace_inputs {
  using type = void;
};
template <class F, class X>
  requires traceable_point<X>
struct trace_inputs<F, X> {
  using type = lifted_t<X, trace_scalar<entry_t<X>, tag_of<F>>>;
};

template <class F, class X, class V>
[[nodiscard]] consteval bool trace_demands() {
  using Inputs = typename trace_inputs<F, X>::type;
  static_assert(
      traceable_point<X>,
      "duet::trace needs x to be a float, double or long double, or an Eigen vector or matrix, a std::array or a "
      "std::vector of them");
  static_assert(!traceable_point<X> || direction_for<V, X>,
                "duet::trace needs the direction to hold one number for each input: an Eigen vector or matrix, a "
                "std::array, a std::vector or a number");
  static_assert(
      !traceable_point<X> || takes<F, Inputs>,
      "duet::trace needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(
      !takes<F, Inputs> || returns_numbers<F, Inputs>,
      "duet::trace needs f to return a number, or an Eigen vector or matrix, a std::array or a std::vector of the "
      "numbers it was given");
  return returns_numbers<F, Inputs> && direction_for<V, X>;
}

// f at x with the tangents along `direction`, one number for each input. Adjoints are those of the first output; others
// by weighted() and of_output(). Values are those of f on plain numbers, bit by bit, as far as the compiler does not
// fuse operations there. One evaluation of f; a few hundred bytes an operation.
template <class F, class X, class V>
[[nodiscard]] auto trace(F&& f, X const& x, V const& direction) {
  if constexpr (trace_demands<F, X, V>()) {
    using T = entry_t<X>;
    using S = trace_scalar<T, tag_of<F>>;
    auto const& at = duet::plain(x);
    using Point = std::remove_cvref_t<decltype(at)>;
    auto const& given = duet::plain(direction);
    auto const& along = duet::direction_at("duet::trace", "the direction", at, given);
    using Direction = std::remove_cvref_t<decltype(along)>;

    auto const recording = std::make_shared<trace_recording<T>>();
    wengert_list<T> list;
    list.inputs = duet::size_of(at);
    duet::label_inputs(list.labels, "x", at);
    for (std::size_t i = 0; i < list.inputs; ++i)
      list.direction.push_back(static_cast<T>(shape<Direction>::entry(along, i)));
    std::vector<S> inputs;
    for (std::size_t i = 0; i < list.inputs; ++i) inputs.push_back(S::input(recording, shape<Point>::entry(at, i)));
    auto const y = duet::evaluate(f, shape<Point>::template make<S>(at, [&](auto i) { return inputs[i]; }));
    using Y = std::remove_cvref_t<decltype(y)>;
    for (std::size_t o = 0; o < duet::size_of(y); ++o) {
      S const output(shape<Y>::entry(y, o));
      if (!output.is_constant() && output.list() != recording)
        throw error("duet::trace: f returned a variable of another trace; f must not keep variables between calls");
      list.outputs.push_back(output.operand());
      list.weights.push_back(o == 0 ? T(1) : T(0));
    }
    list.rows = recording->rows;
    list.order_operands(*recording);
    return evaluation_trace<T>(std::move(list));
  }
}

// The same with the tangents along the first input.
template <class F, class X>
[[nodiscard]] auto trace(F&& f, X const& x) {
  if constexpr (trace_demands<F, X, X>()) {
    auto const& at = duet::plain(x);
    using Point = std::remove_cvref_t<decltype(at)>;
    using T = entry_t<X>;
    return duet::trace(f, at,
                       shape<Point>::template make<T>(at, [](auto i) { return T(std::size_t{i} == 0 ? 1 : 0); }));
  }
}

}  // namespace duet
