#pragma once

// Factored matrices of any scalar. Only a matrix of plain numbers is ever factored. Above it,
//   a matrix of forward scalars is that of its values and a nilpotent rest: X <- X + A0^-1 (B - A X) gains an order of
//   derivatives a step, and is exact after as many steps as the rest has orders, instead of 2^K solves by recursion;
//   a matrix of variables of a tape has that of their values, and each solve is a node that shares it.

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <duet/linalg/argument.hpp>
#include <duet/linalg/forward_parts.hpp>
#include <duet/linalg/triangular_inverse.hpp>
#include <memory>

namespace duet {

// What the kinds of dense matrices have in common. A kind says how Eigen factors a matrix A of plain numbers, given as
// an object of the type that a tape or a dual can carry, and what of A counts: part(A), a linear projection, or
// project(A) in place.
template <class Kind>
struct dense_kind {
  // X of A X = B.
  template <class A, class B>
  using solution =
      Eigen::Matrix<typename B::Scalar, A::ColsAtCompileTime, B::ColsAtCompileTime,
                    (B::ColsAtCompileTime == 1 || (!B::IsRowMajor && A::ColsAtCompileTime != 1)) ? Eigen::ColMajor
                                                                                                 : Eigen::RowMajor>;
  // R -= A X, or A^T X.
  template <bool Transposed, class A, class X>
  static void subtract_product(X& r, A const& a, X const& x) {
    if constexpr (Transposed)
      r.noalias() -= a.transpose() * x;
    else
      r.noalias() -= a * x;
  }
  // The adjoint of A where that of A X is Z.
  template <bool Transposed, class A, class X>
  static void set_adjoint(A& abar, X const& z, X const& x) {
    if constexpr (Transposed)
      abar.noalias() = -x * z.transpose();
    else
      abar.noalias() = -z * x.transpose();
    Kind::project(abar);
  }
};

struct general_matrix : dense_kind<general_matrix> {
  static constexpr char const* name = "singular";
  template <class A>
  static A const& part(A const& a) {
    return a;
  }
  template <class A>
  static void project(A&) {}
  template <class A>
  using decomposition = Eigen::PartialPivLU<A>;
  template <class A>
  static void factor(Eigen::PartialPivLU<A>& d, A const& a) {
    d.compute(a);
  }
  template <class Decomposition>
  static bool is_regular(Decomposition const& d) {
    return (d.matrixLU().diagonal().array() != 0).all();
  }
  template <bool Transposed, class X, class Decomposition, class B>
  static X solve(Decomposition const& d, B const& b) {
    if constexpr (Transposed) {  // Eigen's d.transpose() copies d
      X x = b;
      d.matrixLU().template triangularView<Eigen::Upper>().transpose().solveInPlace(x);
      d.matrixLU().template triangularView<Eigen::UnitLower>().transpose().solveInPlace(x);
      return d.permutationP().transpose() * x;
    } else {
      return d.solve(b);
    }
  }
  template <class Decomposition, class A>
  static void invert_transposed(Decomposition const& d, A& result) {
    duet::invert_transposed(d, result);
  }
  template <class Decomposition>
  static auto log_abs_determinant(Decomposition const& d) {
    return d.matrixLU().diagonal().array().abs().log().sum();
  }
};

// Stands for its symmetric part (A + A^T) / 2: the derivatives are those of a function of all entries.
struct positive_definite_matrix : dense_kind<positive_definite_matrix> {
  static constexpr char const* name = "not positive definite";
  template <class A>
  static A part(A const& a) {
    A result = a;
    project(result);
    return result;
  }
  template <class A>
  static void project(A& a) {
    using T = typename A::Scalar;
    using P = passive_of_t<T>;
    duet::for_each_in_tiles<true>(
        a.rows(), [&](auto i, auto j) DUET_INLINE_LAMBDA { a(i, j) = a(j, i) = T(P(0.5) * (a(i, j) + a(j, i))); });
  }
  template <class A>
  using decomposition = Eigen::LLT<A>;
  template <class A>
  static void factor(Eigen::LLT<A>& d, A const& a) {
    loaned<A> symmetric;
    *symmetric = a;
    project(*symmetric);
    d.compute(*symmetric);
  }
  template <class Decomposition>
  static bool is_regular(Decomposition const& d) {
    return d.info() == Eigen::Success;
  }
  template <bool, class X, class Decomposition, class B>
  static X solve(Decomposition const& d, B const& b) {
    return d.solve(b);
  }
  template <class Decomposition, class A>
  static void invert_transposed(Decomposition const& d, A& result) {
    duet::invert_square(d.matrixLLT(), result);
  }
  template <class Decomposition>
  static auto log_abs_determinant(Decomposition const& d) {
    return 2 * d.matrixLLT().diagonal().array().log().sum();
  }
};

// What lies on the other side of the diagonal is taken for zero.
template <unsigned Side>
struct triangular_matrix : dense_kind<triangular_matrix<Side>> {
  static constexpr char const* name = "singular";
  template <class A>
  static A part(A const& a) {
    return a.template triangularView<Side>();
  }
  template <class A>
  static void project(A& a) {
    constexpr unsigned other = Side == Eigen::Lower ? Eigen::StrictlyUpper : Eigen::StrictlyLower;
    a.template triangularView<other>().setZero();
  }
  template <class A>
  using decomposition = A;
  template <class A>
  static void factor(A& d, A const& a) {
    d = a.template triangularView<Side>();
  }
  template <class A>
  static bool is_regular(A const& a) {
    return (a.diagonal().array() != 0).all();
  }
  template <bool Transposed, class X, class A, class B>
  static X solve(A const& a, B const& b) {
    if constexpr (Transposed)
      return a.template triangularView<Side>().transpose().solve(b);
    else
      return a.template triangularView<Side>().solve(b);
  }
  template <class A>
  static auto log_abs_determinant(A const& a) {
    return a.diagonal().array().abs().log().sum();
  }
};

inline constexpr general_matrix general{};
inline constexpr positive_definite_matrix positive_definite{};
inline constexpr triangular_matrix<Eigen::Lower> lower_triangular{};
inline constexpr triangular_matrix<Eigen::Upper> upper_triangular{};

template <class Method>
concept matrix_kind =
    std::is_same_v<Method, general_matrix> || std::is_same_v<Method, positive_definite_matrix> ||
    std::is_same_v<Method, triangular_matrix<Eigen::Lower>> || std::is_same_v<Method, triangular_matrix<Eigen::Upper>>;

template <class Method, class A, class B>
using solution_of_t = typename Method::template solution<A, B>;
template <class A, class B>
using solution_t = solution_of_t<general_matrix, A, B>;

// A matrix of plain numbers, as Method has it, and its factorisation.
template <class Method, class A>
class factored {
 public:
  using base_type = factored;
  factored() = default;
  explicit factored(A const& a, Method kind = {}) : kind_(std::move(kind)) { factor(a); }
  void factor(A const& a) { kind_.factor(decomposition_, a); }

  [[nodiscard]] factored const& passive() const { return *this; }
  [[nodiscard]] bool is_regular() const { return Method::is_regular(decomposition_); }
  [[nodiscard]] auto const& decomposition() const { return decomposition_; }
  [[nodiscard]] Method const& kind() const { return kind_; }
  // A^-1 B or A^-T B.
  template <bool Transposed = false, class B>
  [[nodiscard]] solution_of_t<Method, A, B> solve(B const& b) const {
    using X = solution_of_t<Method, A, B>;
    if (b.size() == 0) return duet::zero_matrix<X>(b.rows(), b.cols());
    return Method::template solve<Transposed, X>(decomposition_, b);
  }
  // What counts of A^-T, of a square matrix of these sizes.
  void invert_transposed(Eigen::Index n, A& result) const {
    if constexpr (requires { Method::invert_transposed(decomposition_, result); })
      if (n > most_inverted_by_columns) return Method::invert_transposed(decomposition_, result);
    result = solve<true>(A(A::Identity(n, n)));
    Method::project(result);
  }

 private:
  [[no_unique_address]] Method kind_;
  typename Method::template decomposition<A> decomposition_;
};

template <class Method, class A>
using factored_pointer = std::shared_ptr<factored<Method, A> const>;
template <class Method, class A>
using base_pointer = factored_pointer<Method, lifted_t<A, forward_base_t<entry_t<A>>>>;

// Factors A, or takes the factorisation of its base values if they have one already.
template <class Method, class A>
[[nodiscard]] factored_pointer<Method, A> factorize(A const& a, base_pointer<Method, A> base = {}, Method kind = {}) {
  if constexpr (forward_parts<typename A::Scalar>::splits) {
    if (!base) base = duet::factorize<Method>(duet::base_values(a), {}, kind);
    return std::make_shared<factored<Method, A> const>(a, std::move(base));
  } else if constexpr (may_lie_idle<A> && !active_scalar<typename A::Scalar> && std::is_empty_v<Method>) {
    if (base) return base;
    reused<factored<Method, A>> result;
    if (static_cast<std::size_t>(a.size()) > most_bytes_kept / sizeof(entry_t<A>)) result.discard_later();
    result->factor(a);
    return std::move(result).share();
  } else {
    return base ? base : std::make_shared<factored<Method, A> const>(a, kind);
  }
}

// The value X of A X = B, or of A^T X = B, for apply_linearized:
//   dX = A^-1 (dB - dA X),   B~ = A^-T X~,   A~ = -B~ X^T        (Giles 2008, section 2.3.1)
template <class Method, bool Transposed, class A, class B>
class solve_linearization {
 public:
  using solution = solution_of_t<Method, A, B>;
  solve_linearization(factored_pointer<Method, A> f, B const& b)
      : f_(std::move(f)), x_(f_->template solve<Transposed>(b)) {}

  [[nodiscard]] solution const& value() const { return x_; }
  [[nodiscard]] solution tangent(A const* da, B const* db) const {
    solution r = db != nullptr ? solution(*db) : duet::zero_matrix<solution>(x_.rows(), x_.cols());
    if (da != nullptr) f_->kind().template subtract_product<Transposed>(r, f_->kind().part(*da), x_);
    return f_->template solve<Transposed>(r);
  }
  void adjoint(solution const& ybar, A* abar, B* bbar) const {
    solution const z = f_->template solve<!Transposed>(ybar);
    if (abar != nullptr) f_->kind().template set_adjoint<Transposed>(*abar, z, x_);
    if (bbar != nullptr) *bbar = z;
  }

 private:
  factored_pointer<Method, A> f_;
  solution x_;
};

// A matrix of forward scalars.
template <class Method, class A>
  requires forward_parts<typename A::Scalar>::splits
class factored<Method, A> {
 public:
  using T = typename A::Scalar;
  using base_type = factored<Method, lifted_t<A, forward_base_t<T>>>;
  factored(A const& a, std::shared_ptr<base_type const> base) : matrix_(base->kind().part(a)), base_(std::move(base)) {}

  [[nodiscard]] auto const& passive() const { return base_->passive(); }
  [[nodiscard]] bool is_regular() const { return base_->is_regular(); }
  [[nodiscard]] A const& matrix() const { return matrix_; }
  [[nodiscard]] Method const& kind() const { return base_->kind(); }
  void invert_transposed(Eigen::Index n, A& result) const {
    result = solve<true>(A(A::Identity(n, n)));
    Method::project(result);
  }
  // The factorisation for a matrix of the same base values.
  [[nodiscard]] std::shared_ptr<base_type const> const& below() const { return base_; }

  template <bool Transposed = false, class B>
  [[nodiscard]] solution_of_t<Method, A, B> solve(B const& b) const {
    using X = solution_of_t<Method, A, B>;
    auto const inverse = [&](auto const& r) { return base_->template solve<Transposed>(r); };
    X x = duet::map_entries(inverse(duet::base_values(b)), [](auto const& e) { return T(e); });
    for (int order = 0; order < forward_parts<T>::nilpotency - forward_parts<forward_base_t<T>>::nilpotency; ++order) {
      X r = b;
      kind().template subtract_product<Transposed>(r, matrix_, x);
      x += duet::map_parts(inverse, r);
    }
    return x;
  }

 private:
  A matrix_;
  std::shared_ptr<base_type const> base_;
};

// A matrix of variables of a tape.
template <class Method, class A>
  requires(active_scalar<typename A::Scalar> && !forward_parts<typename A::Scalar>::splits)
class factored<Method, A> {
 public:
  using T = typename A::Scalar;
  using values = lifted_t<A, typename T::value_type>;
  using base_type = factored;
  explicit factored(A const& a, Method kind = {})
      : matrix_(a),
        values_(duet::factorize<Method>(duet::map_entries(a, [](T const& e) { return e.value(); }), {}, kind)) {}

  [[nodiscard]] auto const& passive() const { return values_->passive(); }
  [[nodiscard]] bool is_regular() const { return values_->is_regular(); }
  [[nodiscard]] A const& matrix() const { return matrix_; }
  [[nodiscard]] Method const& kind() const { return values_->kind(); }
  void invert_transposed(Eigen::Index n, A& result) const {
    result = solve<true>(A(A::Identity(n, n)));
    Method::project(result);
  }
  [[nodiscard]] base_pointer<Method, values> below() const {
    if constexpr (forward_parts<typename T::value_type>::splits)
      return values_->below();
    else
      return values_;
  }

  template <bool Transposed = false, class B>
  [[nodiscard]] solution_of_t<Method, A, B> solve(B const& b) const {
    return duet::apply_linearized(
        "duet::solve",
        [f = values_](values const&, auto const& r) {
          return solve_linearization<Method, Transposed, values, std::remove_cvref_t<decltype(r)>>(f, r);
        },
        matrix_, b);
  }

 private:
  A matrix_;
  factored_pointer<Method, values> values_;
};

}  // namespace duet
