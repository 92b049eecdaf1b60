#pragma once

// The x of least |A x - b| as one operation, for A of full column rank, by a QR factorisation that is kept. With the
// residual r = b - A x and G = A^T A,
//   dx = A^+ (db - dA x) + G^-1 dA^T r,   z = G^-1 x~:   b~ = A z,   A~ = r z^T - b~ x^T        (Golub and Pereyra
//   1973)

#include <Eigen/QR>
#include <duet/linalg/factorization.hpp>
#include <duet/linalg/product.hpp>

namespace duet {

// A, of plain numbers: A^+ B and G^-1 W.
template <class A>
class least_squares_factors {
 public:
  explicit least_squares_factors(A const& a) : qr_(a.rows(), a.cols()) {
    if (a.size() != 0) qr_.compute(a);
  }

  [[nodiscard]] least_squares_factors const& passive() const { return *this; }
  [[nodiscard]] Eigen::Index rank() const { return qr_.rows() == 0 || qr_.cols() == 0 ? 0 : qr_.rank(); }
  template <class B>
  [[nodiscard]] solution_t<A, B> solve(B const& b) const {
    if (qr_.cols() == 0 || b.cols() == 0) return duet::zero_matrix<solution_t<A, B>>(qr_.cols(), b.cols());
    return qr_.solve(b);
  }
  template <class W>
  [[nodiscard]] W solve_normal(W const& w) const {
    if (w.size() == 0) return w;
    auto const r = qr_.matrixR().topRows(qr_.cols()).template triangularView<Eigen::Upper>();
    W z = qr_.colsPermutation().transpose() * w;
    z = r.transpose().solve(z).eval();
    z = r.solve(z).eval();
    return qr_.colsPermutation() * z;
  }

 private:
  Eigen::ColPivHouseholderQR<A> qr_;
};

// A of forward scalars: steps of the kind of factorization.hpp, of which the residual's value, orthogonal to the
// columns of A up to rounding, is no part.
template <class A>
  requires forward_parts<typename A::Scalar>::splits
class least_squares_factors<A> {
 public:
  using T = typename A::Scalar;
  explicit least_squares_factors(A const& a) : matrix_(a), moving_(without_value(a)), base_(duet::base_values(a)) {}

  [[nodiscard]] auto const& passive() const { return base_.passive(); }
  template <class B>
  [[nodiscard]] solution_t<A, B> solve(B const& b) const {
    auto const inverse = [this](auto const& r) { return base_.solve(r); };
    auto const normal = [this](auto const& w) { return base_.solve_normal(w); };
    solution_t<A, B> x = lifted(base_.solve(duet::base_values(b)));
    for (int order = 0; order < steps; ++order) {
      B r = b;
      r -= matrix_ * x;
      solution_t<A, B> const turn = moving_.transpose() * r;
      x += duet::map_parts(inverse, without_value(r)) + duet::map_parts(normal, turn);
    }
    return x;
  }
  template <class W>
  [[nodiscard]] W solve_normal(W const& w) const {
    auto const normal = [this](auto const& r) { return base_.solve_normal(r); };
    W z = lifted(base_.solve_normal(duet::base_values(w)));
    for (int order = 0; order < steps; ++order) {
      auto const az = (matrix_ * z).eval();
      W r = w;
      r -= matrix_.transpose() * az;
      z += duet::map_parts(normal, r);
    }
    return z;
  }

 private:
  static constexpr int steps = forward_parts<T>::nilpotency - forward_parts<forward_base_t<T>>::nilpotency;
  template <class X>
  static auto lifted(X const& x) {
    return duet::map_entries(x, [](auto const& e) { return T(e); });
  }
  template <class X>
  static X without_value(X const& x) {
    return duet::map_entries(x, [](T const& e) { return T(e - duet::base_value(e)); });
  }

  A matrix_, moving_;
  least_squares_factors<lifted_t<A, forward_base_t<T>>> base_;
};

template <class A, class B>
class least_squares_linearization;

struct least_squares_operation {
  template <class A, class B>
  auto operator()(A const& a, B const& b) const {
    return least_squares_linearization<A, B>(a, b);
  }
  template <class A, class B>
  static solution_t<A, B> like(A const& a, B const& b) {
    return duet::zero_matrix<solution_t<A, B>>(a.cols(), b.cols());
  }
};

// A of variables of a tape: nodes of their own.
template <class A>
  requires(active_scalar<typename A::Scalar> && !forward_parts<typename A::Scalar>::splits)
class least_squares_factors<A> {
 public:
  explicit least_squares_factors(A const& a)
      : matrix_(a),
        passive_(duet::map_entries(a, [](auto const& e) { return duet::value(e); })),
        normal_(duet::product(a.transpose(), a)) {}

  [[nodiscard]] auto const& passive() const { return passive_; }
  template <class B>
  [[nodiscard]] auto solve(B const& b) const {
    return duet::apply_linearized("duet::solve_least_squares", least_squares_operation{}, matrix_, b);
  }
  template <class W>
  [[nodiscard]] W solve_normal(W const& w) const {
    return normal_.solve(w);
  }

 private:
  A matrix_;
  least_squares_factors<lifted_t<A, passive_of_t<typename A::Scalar>>> passive_;
  factored<positive_definite_matrix, plain_t<decltype(std::declval<A>().transpose() * std::declval<A>())>> normal_;
};

template <class A, class B>
class least_squares_linearization {
 public:
  using solution = solution_t<A, B>;
  least_squares_linearization(A const& a, B const& b) : a_(a), f_(std::make_shared<factors const>(a)) {
    if (auto const rank = f_->passive().rank(); rank < a.cols())
      throw_unusable("duet::solve_least_squares", ("of rank " + std::to_string(rank)).c_str(), a.rows(), a.cols());
    x_ = f_->solve(b);
    r_ = b - a_ * x_;
  }

  [[nodiscard]] solution const& value() const { return x_; }
  [[nodiscard]] solution tangent(A const* da, B const* db) const {
    B change = db != nullptr ? *db : duet::zero_matrix<B>(r_.rows(), r_.cols());
    if (da != nullptr) change -= *da * x_;
    solution dx = f_->solve(change);
    if (da != nullptr) dx += f_->solve_normal(solution(da->transpose() * r_));
    return dx;
  }
  void adjoint(solution const& xbar, A* abar, B* bbar) const {
    solution const z = f_->solve_normal(xbar);
    B const y = a_ * z;
    if (abar != nullptr) *abar = A(r_ * z.transpose()) - A(y * x_.transpose());
    if (bbar != nullptr) *bbar = y;
  }

 private:
  using factors = least_squares_factors<A>;
  A a_;
  std::shared_ptr<factors const> f_;
  solution x_;
  B r_;
};

// The X of least |A X - B| for A with at least as many rows as columns, which have to be independent: by QR with column
// pivots. Costs m n^2 for the value, and m n for each column of B, direction and sweep. Throws std::invalid_argument if
// the sizes do not fit and duet::error if the rank is less than the number of columns.
template <eigen_dense A, eigen_dense B>
[[nodiscard]] auto solve_least_squares(A const& a, B const& b) {
  if constexpr (duet::require_real<A, B>() && duet::may_have_equal_rows<A, B>()) {
    require_rows("duet::solve_least_squares", a, b);
    if (a.rows() < a.cols())
      throw_sizes("duet::solve_least_squares", "a " + duet::sizes_of(a) + " matrix",
                  "at least as many rows as columns");
    return duet::apply_to_matrices("duet::solve_least_squares", least_squares_operation{}, a, b);
  }
}

}  // namespace duet
