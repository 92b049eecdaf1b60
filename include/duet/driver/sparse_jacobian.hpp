#pragma once

// Sparse Jacobians: the pattern is traced, or given, and coloured once; then each takes as many directions as there are
// colours of columns, or sweeps as there are colours of rows, or some of both.

#include <duet/driver/compress.hpp>
#include <duet/driver/prepare.hpp>

namespace duet {

template <class X, int Order>
struct tracer_inputs {
  using type = void;
};
template <point X, int Order>
struct tracer_inputs<X, Order> {
  using type = lifted_t<X, tracer<entry_t<X>, Order>>;
};
template <class X, int Order>
using tracer_inputs_t = typename tracer_inputs<X, Order>::type;

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool sparse_jacobian_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(point<X>,
                "duet::sparse_jacobian needs x to be a floating-point number, or an Eigen vector or matrix, a "
                "std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(!point<X> || (takes<F, Inputs> && takes<F, tracer_inputs_t<X, 1>>),
                "duet::sparse_jacobian needs f to accept Duet scalars, tracers among them: make f a template or a "
                "generic lambda (const auto& x), not a function of double or of one Duet scalar");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::sparse_jacobian needs f to return a number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of the numbers it was given, or a struct or std::tuple of such");
  if constexpr (takes<F, Inputs>)
    return takes<F, tracer_inputs_t<X, 1>> && returns_numbers<F, Inputs>;
  else
    return false;
}

template <class Value, class T>
struct valued_sparse_jacobian {
  Value value;
  Eigen::SparseMatrix<T> jacobian;
};

// A sparse Jacobian to be taken at many points of one size; made by prepare_sparse_jacobian. Calls allocate nothing
// after the first. It is moved, not copied, and used by one thread at a time.
template <mode Mode, class F, class X>
class prepared_sparse_jacobian {
  using function = std::remove_reference_t<F>;
  using T = entry_t<X>;

 public:
  using value_type = lifted_t<output_for<Mode, function, X>, T>;
  using matrix_type = Eigen::SparseMatrix<T>;

  template <class Given>
  prepared_sparse_jacobian(Given&& f, X const& x0, sparse_options const& options)
      : f_(std::forward<Given>(f)),
        input_(x0),
        plan_(duet::jacobian_plan_for<Mode, function, T>(
            duet::pattern_for("duet::sparse_jacobian", options, duet::size_of(x0),
                              [&] { return duet::traced_dependencies(f_, x0, options.scope); }),
            options.orders)),
        matrix_(duet::matrix_by_columns<T>(plan_.transposed())),
        checked_(options.check) {}
  prepared_sparse_jacobian(prepared_sparse_jacobian&&) = default;

  // The m x n Jacobian at x, in a matrix that stays in place and is overwritten by the next call. Throws
  // std::invalid_argument if x has not the size that was prepared for, duet::error if it is to check and the pattern
  // misses an entry.
  template <class Y>
  matrix_type const& operator()(Y const& x) {
    call(x, checked_);
    return matrix_;
  }

  // The same, compared with a product along a random direction: one evaluation more.
  template <class Y>
  matrix_type const& check(Y const& x) {
    call(x, true);
    return matrix_;
  }

  // f at the point of the last call.
  [[nodiscard]] value_type const& value() const { return value_; }
  [[nodiscard]] matrix_type const& jacobian() const { return matrix_; }
  // Of columns and rows together: directions and sweeps that a call takes.
  [[nodiscard]] std::size_t colors() const { return plan_.column_colors() + plan_.row_colors(); }
  [[nodiscard]] std::size_t column_colors() const { return plan_.column_colors(); }
  [[nodiscard]] std::size_t row_colors() const { return plan_.row_colors(); }
  // Evaluations of f on duals that a call takes, each with as many colours of columns as its duals carry.
  [[nodiscard]] std::size_t passes() const { return plan_.passes().size(); }
  [[nodiscard]] Eigen::SparseMatrix<bool> pattern() const { return duet::matrix_of_pattern(plan_.pattern()); }
  // The directions taken and why, in one line.
  [[nodiscard]] std::string explain() const { return plan_.explain(); }
  [[nodiscard]] jacobian_plan const& plan() const { return plan_; }

 private:
  template <class Y>
  void call(Y const& x, bool checked) {
    duet::at_prepared_point(
        f_, input_, memory_, x, [&](auto& f, kept_point<X> const& at) { fill(f, at, checked); }, value_);
  }
  template <class Function>
  void fill(Function& f, kept_point<X> const& at, bool checked) {
    duet::compressed_jacobian<Mode>(f, at, plan_, value_, matrix_.valuePtr());
    if (checked) duet::check_jacobian<Mode>(f, at, plan_, matrix_.valuePtr(), ++seed_);
  }

  F f_;
  kept_input<X> input_;
  jacobian_plan plan_;
  matrix_type matrix_;
  value_type value_{};
  workspace memory_;
  std::uint64_t seed_ = 0;
  bool checked_;
};

// The function f prepared for sparse Jacobians at points like x0; f is copied or moved, to keep a reference give
// std::ref(f). The pattern is traced here, in one evaluation of f, and coloured, in time linear in the entries times
// the colours for most patterns. Throws duet::error where f compares variables and the pattern is to be global.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_sparse_jacobian(mode_constant<Mode>, F&& f, X const& x0,
                                           sparse_options const& options = {}) {
  if constexpr (sparse_jacobian_demands<Mode, kept_function<F>, X>())
    return prepared_sparse_jacobian<Mode, kept_function<F>, plain_t<X>>(std::forward<F>(f), duet::plain(x0), options);
}
template <class F, class X>
[[nodiscard]] auto prepare_sparse_jacobian(F&& f, X const& x0, sparse_options const& options = {}) {
  return duet::prepare_sparse_jacobian(automatic, std::forward<F>(f), x0, options);
}

// {f(x), the m x n Jacobian as an Eigen::SparseMatrix by columns} with an entry wherever the pattern has one.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_sparse_jacobian(mode_constant<Mode>, F&& f, X const& x,
                                             sparse_options const& options = {}) {
  if constexpr (sparse_jacobian_demands<Mode, F, X>()) {
    auto const& at = duet::plain(x);
    using prepared = prepared_sparse_jacobian<Mode, std::remove_reference_t<F>&, plain_t<X>>;
    prepared at_once(f, at, options);
    (void)at_once(at);
    return valued_sparse_jacobian<typename prepared::value_type, entry_t<X>>{at_once.value(), at_once.jacobian()};
  }
}
template <class F, class X>
[[nodiscard]] auto value_and_sparse_jacobian(F&& f, X const& x, sparse_options const& options = {}) {
  return duet::value_and_sparse_jacobian(automatic, f, x, options);
}
template <mode Mode, class F, class X>
[[nodiscard]] auto sparse_jacobian(mode_constant<Mode> chosen, F&& f, X const& x, sparse_options const& options = {}) {
  if constexpr (sparse_jacobian_demands<Mode, F, X>())
    return duet::value_and_sparse_jacobian(chosen, f, x, options).jacobian;
}
template <class F, class X>
[[nodiscard]] auto sparse_jacobian(F&& f, X const& x, sparse_options const& options = {}) {
  return duet::sparse_jacobian(automatic, f, x, options);
}

// Where the Jacobian of f can differ from zero: a matrix of ones. Global: at every point, x gives the sizes only.
template <class F, class X>
[[nodiscard]] auto jacobian_sparsity(F&& f, X const& x, pattern_scope scope = pattern_scope::global) {
  if constexpr (sparse_jacobian_demands<mode::automatic, F, X>())
    return duet::matrix_of_pattern(duet::traced_dependencies(f, duet::plain(x), scope));
}

}  // namespace duet
