#pragma once

// Sparse Hessians of functions with one output: forward over reverse along the colours of a star (or acyclic)
// colouring, or, where all inputs fit one hyper-dual, a single evaluation.

#include <duet/driver/hessian_plan.hpp>
#include <duet/driver/sparse_jacobian.hpp>

namespace duet {

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool sparse_hessian_demands() {
  using Inputs = typename hessian_probe<Mode, F, X>::type;
  static_assert(point<X>,
                "duet::sparse_hessian needs x to be a floating-point number, or an Eigen vector or matrix, a "
                "std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(!point<X> || (takes<F, Inputs> && takes<F, tracer_inputs_t<X, 2>>),
                "duet::sparse_hessian needs f to accept Duet scalars, tracers among them: make f a template or a "
                "generic lambda (const auto& x), not a function of double or of one Duet scalar");
  static_assert(!takes<F, Inputs> || returns_one_number<F, Inputs>,
                "duet::sparse_hessian needs f to return one scalar; for several outputs take the Hessian of each");
  if constexpr (takes<F, Inputs>)
    return takes<F, tracer_inputs_t<X, 2>> && returns_one_number<F, Inputs>;
  else
    return false;
}

// ---- reverse ----

template <class F, class T>
using colored_scalar = guarded_t<forward_scalar<F, T, hessian_columns<T>>>;

// The products with all colours, one recording for as many as a dual carries. Sets the value and the gradient too.
template <class F, class X, class T>
void colored_products(F& f, X const& x, hessian_plan const& plan, std::vector<T>& products, T& value,
                      std::vector<T>& gradient) {
  using D = colored_scalar<F, T>;
  std::size_t const n = duet::size_of(x), colors = plan.color_count();
  products.resize(n * colors);
  gradient.resize(n);
  std::size_t first = 0;
  do {
    auto const seed = [&](std::size_t i) {
      std::size_t const lane = static_cast<std::size_t>(plan.colors()[i]) - first;
      return lane < D::size() ? D::independent(shape<X>::entry(x, i), lane) : D(shape<X>::entry(x, i));
    };
    duet::forward_over_reverse<D>(f, x, seed, [&](D const& y, auto const& adjoint) {
      std::size_t const count = std::min(D::size(), colors - first);
      std::array<T, D::size()> partials;
      value = y.value();
      for (std::size_t i = 0; i < n; ++i) {
        D const g = adjoint(i);
        gradient[i] = g.value();
        g.partials().copy_to(partials.data());
        std::copy(partials.begin(), partials.begin() + static_cast<std::ptrdiff_t>(count),
                  products.begin() + static_cast<std::ptrdiff_t>(i * colors + first));
      }
    });
    first += D::size();
  } while (first < colors);
}

// ---- forward ----

template <class F, class T>
using sparse_hyperdual = second_order_scalar<F, T, wide_hyperdual<T>>;

// Where a hyper-dual pass (hessian.hpp) writes: entries outside of the pattern are dropped.
template <class T>
class entries_in_place {
 public:
  entries_in_place(sparsity_pattern const& pattern, T* values) : pattern_(&pattern), values_(values) {}
  T& operator()(Eigen::Index i, Eigen::Index j) {
    std::size_t const entry = pattern_->find(static_cast<std::size_t>(i), static_cast<std::size_t>(j));
    return entry == sparsity_pattern::absent ? dropped_ : values_[entry];
  }

 private:
  sparsity_pattern const* pattern_;
  T* values_;
  T dropped_{};
};
template <class T, class Gradient>
struct hyperdual_target {
  T value;
  Gradient& gradient;
  entries_in_place<T> hessian;
};

// All inputs at once if they fit; else the pairs of half chunks in which the pattern has entries, and each half chunk
// once for its gradient.
template <class S, class F, class X, class Target>
void hyperdual_entries(F& f, X const& x, sparsity_pattern const& pattern, Target& target) {
  constexpr std::size_t half = S::size() / 2;
  std::size_t const n = duet::size_of(x);
  if (n <= S::size()) {
    duet::hyperdual_pass<S>(f, x, 0, 0, target);
    return;
  }
  std::size_t const halves = ceiling_quotient(n, half);
  auto&& met = duet::buffer_for<std::vector<std::uint8_t>>(x);  // the half chunks that one has entries with
  auto&& covered = duet::buffer_for<std::vector<char>>(x);
  auto const pass = [&](std::size_t p, std::size_t q) {
    duet::hyperdual_pass<S>(f, x, p * half, q * half, target);
    covered[p] = covered[q] = 1;
  };
  covered.assign(halves, 0);
  for (std::size_t p = 0; p < halves; ++p) {
    met.assign(halves, 0);
    for (std::size_t i = p * half; i < std::min(n, (p + 1) * half); ++i)
      for (int const j : pattern.row(i)) met[static_cast<std::size_t>(j) / half] = 1;
    for (std::size_t q = p + 1; q < halves; ++q)
      if (met[q]) pass(p, q);
  }
  for (std::size_t p = 0; p < halves; ++p)
    if (!covered[p]) pass(p + 1 < halves ? p : p - 1, p + 1 < halves ? p + 1 : p);
}

// ---- check ----

template <mode Mode, class F, class X, class T>
void check_hessian(F& f, X const& x, hessian_plan const& plan, T const* values, std::uint64_t seed) {
  static constexpr std::string_view where = "duet::sparse_hessian";
  sparsity_pattern const& pattern = plan.pattern();
  auto&& check = duet::buffer_for<check_sums<T>>(x);
  constexpr bool reversed = Mode != mode::forward;
  check.clear(reversed ? pattern.rows() : 1);
  for (std::size_t i = 0; i < pattern.rows(); ++i)
    for (std::size_t k = 0; k < pattern.row(i).size(); ++k) {
      T term = T(values[pattern.start(i) + k] * random_entry<T>(seed, static_cast<std::size_t>(pattern.row(i)[k])));
      if constexpr (!reversed) term = T(term * random_entry<T>(seed, i));
      check.add(reversed ? i : 0, term);
    }
  if constexpr (reversed) {  // H v
    using D = colored_scalar<F, T>;
    auto const seeded = [&](std::size_t i) {
      D result(shape<X>::entry(x, i));
      result.set_partial(0, random_entry<T>(seed, i));
      return result;
    };
    duet::forward_over_reverse<D>(f, x, seeded, [&](D const&, auto const& adjoint) {
      for (std::size_t i = 0; i < pattern.rows(); ++i)
        require_product(where, i, adjoint(i).partial(0), check.sums[i], check.terms[i]);
    });
  } else {  // v^T H v
    using S = sparse_hyperdual<F, T>;
    auto const y = duet::evaluate_seeded<S>(f, x, [&](auto i) {
      S result(shape<X>::entry(x, i));
      result.set_partial(0, random_entry<T>(seed, i));
      return result;
    });
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(y)>, S>)
      require_product(where, 0, y.second(0, 0), check.sums[0], check.terms[0]);
  }
}

// ---- drivers ----

template <class T, class Gradient>
struct valued_sparse_hessian {
  T value;
  Gradient gradient;  // in the shape of x
  Eigen::SparseMatrix<T> hessian;
};

// A sparse Hessian to be taken at many points of one size; made by prepare_sparse_hessian. Calls allocate nothing after
// the first. It is moved, not copied, and used by one thread at a time.
template <mode Mode, class F, class X>
class prepared_sparse_hessian {
  using function = std::remove_reference_t<F>;
  using T = entry_t<X>;

 public:
  using matrix_type = Eigen::SparseMatrix<T>;

  template <class Given>
  prepared_sparse_hessian(Given&& f, X const& x0, sparse_options const& options)
      : f_(std::forward<Given>(f)),
        input_(x0),
        plan_(duet::pattern_for("duet::sparse_hessian", options, duet::size_of(x0),
                                [&] { return duet::traced_interactions(f_, x0, options.scope); }),
              options.recovery, options.orders),
        matrix_(duet::matrix_by_columns<T>(plan_.pattern())),
        gradient_(duet::differentiated(x0)),
        checked_(options.check) {}
  prepared_sparse_hessian(prepared_sparse_hessian&&) = default;

  // The n x n Hessian at x, exactly symmetric, in a matrix that stays in place and is overwritten by the next call.
  // Throws std::invalid_argument if x has not the size that was prepared for, duet::error if it is to check and the
  // pattern misses an entry.
  template <class Y>
  matrix_type const& operator()(Y const& x) {
    call(x, checked_);
    return matrix_;
  }
  // The same, compared with a product along a random direction: one evaluation or recording more.
  template <class Y>
  matrix_type const& check(Y const& x) {
    call(x, true);
    return matrix_;
  }

  // f and its gradient, in the shape of x, at the point of the last call.
  [[nodiscard]] T const& value() const { return value_; }
  [[nodiscard]] differentiated_t<X> const& gradient() const { return gradient_; }
  [[nodiscard]] matrix_type const& hessian() const { return matrix_; }
  [[nodiscard]] std::size_t colors() const { return plan_.color_count(); }
  [[nodiscard]] Eigen::SparseMatrix<bool> pattern() const { return duet::matrix_of_pattern(plan_.pattern()); }
  [[nodiscard]] hessian_plan const& plan() const { return plan_; }

  // What is evaluated and why, in one line.
  [[nodiscard]] std::string explain() const {
    std::string const entries =
        std::to_string(plan_.pattern().entries()) + (plan_.pattern().entries() == 1 ? " entry" : " entries");
    if (by_hyperduals())
      return "forward, hyper-duals: " + entries + " among " + duet::counted(input_.size(), "input") +
             (Mode == mode::forward ? ", as the caller asks" : ", which fit one of them");
    return "reverse, over duals: " + entries + " in " + duet::counted(colors(), "colour") + " of a" +
           (plan_.recovery() == recovery::direct ? " star" : "n acyclic") +
           " colouring (order: " + std::string(to_string(plan_.order())) + ")";
  }

 private:
  [[nodiscard]] bool by_hyperduals() const {
    return Mode == mode::forward || (Mode == mode::automatic && input_.size() <= wide_hyperdual<T>);
  }
  template <class Y>
  void call(Y const& x, bool checked) {
    duet::at_prepared_point(
        f_, input_, memory_, x, [&](auto& f, kept_point<X> const& at) { fill(f, at, checked); }, gradient_, value_);
    duet::carry(gradient_, x);
  }
  template <class Function>
  void fill(Function& f, kept_point<X> const& at, bool checked) {
    T* const values = matrix_.valuePtr();
    if constexpr (Mode != mode::reverse)
      if (by_hyperduals()) {
        std::fill(values, values + plan_.pattern().entries(), T(0));
        hyperdual_target<T, differentiated_t<X>> target{T(0), gradient_, {plan_.pattern(), values}};
        duet::hyperdual_entries<sparse_hyperdual<Function, T>>(f, at, plan_.pattern(), target);
        value_ = target.value;
      }
    if constexpr (Mode != mode::forward)
      if (!by_hyperduals()) {
        duet::colored_products(f, at, plan_, products_, value_, slopes_);
        for (std::size_t i = 0; i < slopes_.size(); ++i) shape<X>::entry(gradient_, i) = slopes_[i];
        plan_.recover(products_.data(), values);
      }
    if (checked) duet::check_hessian<Mode>(f, at, plan_, values, ++seed_);
  }

  F f_;
  kept_input<X> input_;
  hessian_plan plan_;
  matrix_type matrix_;
  differentiated_t<X> gradient_;
  T value_{};
  std::vector<T> products_, slopes_;
  workspace memory_;
  std::uint64_t seed_ = 0;
  bool checked_;
};

// The function f prepared for sparse Hessians at points like x0; f is copied or moved, to keep a reference give
// std::ref(f). The pattern is traced here, in one evaluation of f, and coloured. A pattern that the caller gives is
// completed to a symmetric one. Throws duet::error where f compares variables and the pattern is to be global.
template <mode Mode, class F, class X>
[[nodiscard]] auto prepare_sparse_hessian(mode_constant<Mode>, F&& f, X const& x0, sparse_options const& options = {}) {
  if constexpr (sparse_hessian_demands<Mode, kept_function<F>, X>())
    return prepared_sparse_hessian<Mode, kept_function<F>, plain_t<X>>(std::forward<F>(f), duet::plain(x0), options);
}
template <class F, class X>
[[nodiscard]] auto prepare_sparse_hessian(F&& f, X const& x0, sparse_options const& options = {}) {
  return duet::prepare_sparse_hessian(automatic, std::forward<F>(f), x0, options);
}

// {f(x), gradient in the shape of x, the n x n Hessian as an Eigen::SparseMatrix, both triangles}.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_gradient_sparse_hessian(mode_constant<Mode>, F&& f, X const& x,
                                                 sparse_options const& options = {}) {
  if constexpr (sparse_hessian_demands<Mode, F, X>()) {
    auto const& at = duet::plain(x);
    prepared_sparse_hessian<Mode, std::remove_reference_t<F>&, plain_t<X>> at_once(f, at, options);
    (void)at_once(at);
    return valued_sparse_hessian<entry_t<X>, differentiated_t<X>>{at_once.value(), at_once.gradient(),
                                                                  at_once.hessian()};
  }
}
template <class F, class X>
[[nodiscard]] auto value_gradient_sparse_hessian(F&& f, X const& x, sparse_options const& options = {}) {
  return duet::value_gradient_sparse_hessian(automatic, f, x, options);
}
template <mode Mode, class F, class X>
[[nodiscard]] auto sparse_hessian(mode_constant<Mode> chosen, F&& f, X const& x, sparse_options const& options = {}) {
  if constexpr (sparse_hessian_demands<Mode, F, X>())
    return duet::value_gradient_sparse_hessian(chosen, f, x, options).hessian;
}
template <class F, class X>
[[nodiscard]] auto sparse_hessian(F&& f, X const& x, sparse_options const& options = {}) {
  return duet::sparse_hessian(automatic, f, x, options);
}

// Where the Hessian of f can differ from zero: a symmetric matrix of ones.
template <class F, class X>
[[nodiscard]] auto hessian_sparsity(F&& f, X const& x, pattern_scope scope = pattern_scope::global) {
  if constexpr (sparse_hessian_demands<mode::automatic, F, X>())
    return duet::matrix_of_pattern(duet::traced_interactions(f, duet::plain(x), scope));
}

}  // namespace duet
