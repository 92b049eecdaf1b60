// Jacobians as tensors.

#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/tensor.hpp>

using Eigen::Matrix2d, Eigen::MatrixXd, Eigen::Vector2d, Eigen::VectorXd;

namespace {

template <class Tensor>
constexpr int rank = Tensor::NumDimensions;

// C = A B with A 2 x 3: dC_ij / dA_pq = B_qj if i = p.
template <class Tensor>
void holds_for_product(Tensor const& t, MatrixXd const& B) {
  REQUIRE(t.dimension(0) == 2);
  REQUIRE(t.dimension(1) == 4);
  REQUIRE(t.dimension(2) == 2);
  REQUIRE(t.dimension(3) == 3);
  for (Eigen::Index i = 0; i < 2; ++i)
    for (Eigen::Index j = 0; j < 4; ++j)
      for (Eigen::Index p = 0; p < 2; ++p)
        for (Eigen::Index q = 0; q < 3; ++q) CHECK(t(i, j, p, q) == (i == p ? B(q, j) : 0));
}

}  // namespace

TEST_CASE("jacobian_tensor: a matrix in a matrix, whatever the storage order and mode", "[tensor]") {
  MatrixXd B(3, 4);
  B << 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12;
  MatrixXd const A = MatrixXd::Constant(2, 3, 0.5);
  auto const by_columns = [&](auto const& M) { return (M * B).eval(); };
  auto const by_rows = [&](auto const& M) {
    using S = typename std::decay_t<decltype(M)>::Scalar;
    return Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>(M * B);
  };
  using rows = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  static_assert(rank<decltype(duet::jacobian_tensor(by_columns, A))> == 4);
  holds_for_product(duet::jacobian_tensor(by_columns, A), B);
  holds_for_product(duet::jacobian_tensor(duet::reverse, by_rows, A), B);
  holds_for_product(duet::jacobian_tensor(duet::forward, by_columns, rows(A)), B);
  holds_for_product(duet::jacobian_tensor(by_rows, rows(A)), B);
}

TEST_CASE("jacobian_tensor: numbers and vectors have fewer dimensions", "[tensor]") {
  Vector2d const x(2, 3);
  Matrix2d const A = Matrix2d::Identity();
  auto const number = duet::jacobian_tensor([](auto const& t) { return t * t; }, 3.0);
  static_assert(rank<std::decay_t<decltype(number)>> == 0);
  CHECK(number() == 6);
  auto const slope = duet::jacobian_tensor([](auto const& v) { return v[0] * v[1]; }, x);
  static_assert(rank<std::decay_t<decltype(slope)>> == 1);
  CHECK(slope(0) == 3);
  auto const in_matrix = duet::jacobian_tensor([&](auto const& M) { return (M * x).eval(); }, A);
  static_assert(rank<std::decay_t<decltype(in_matrix)>> == 3);
  CHECK(in_matrix(1, 1, 0) == 2);
  CHECK(in_matrix(0, 1, 0) == 0);
  auto const of_matrix = duet::jacobian_tensor(
      [](auto const& t) {
        using S = std::decay_t<decltype(t)>;
        return std::array<S, 3>{t, S(2 * t), S(t * t)};
      },
      3.0);
  static_assert(rank<std::decay_t<decltype(of_matrix)>> == 1);
  CHECK(of_matrix(2) == 6);
  auto const determinant = [](auto const& M) { return M(0, 0) * M(1, 1) - M(0, 1) * M(1, 0); };
  Matrix2d const M = (Matrix2d() << 1, 2, 3, 4).finished();
  auto const cofactors = duet::jacobian_tensor(determinant, M);
  static_assert(rank<std::decay_t<decltype(cofactors)>> == 2);
  CHECK(cofactors(0, 1) == -3);
  CHECK(cofactors(1, 0) == -2);
}
