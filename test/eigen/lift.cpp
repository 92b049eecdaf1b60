#include "catch.hpp"

#include <duet/eigen/lift.hpp>
#include <duet/forward/dual.hpp>
#include <duet/reverse/recording.hpp>

namespace {

using dual = duet::dual<double, 2>;
using duet::lifted_t, duet::plain_t, duet::static_size_of;
template <class A, class B>
inline constexpr bool same = std::is_same_v<A, B>;

static_assert(same<lifted_t<double, dual>, dual>);
static_assert(same<lifted_t<Eigen::Vector3d, dual>, Eigen::Matrix<dual, 3, 1>>);
static_assert(same<lifted_t<Eigen::RowVectorXd, dual>, Eigen::Matrix<dual, 1, Eigen::Dynamic>>);
static_assert(
    same<lifted_t<Eigen::ArrayXXf, duet::var<float>>, Eigen::Array<duet::var<float>, Eigen::Dynamic, Eigen::Dynamic>>);
static_assert(same<lifted_t<std::array<double, 4>, dual>, std::array<dual, 4>>);
static_assert(same<lifted_t<std::vector<long double>, dual>, std::vector<dual>>);
static_assert(
    same<lifted_t<duet::dual<double, 1>, duet::dual<duet::dual<double, 1>, 1>>, duet::dual<duet::dual<double, 1>, 1>>);

static_assert(static_size_of<double> == 1 && static_size_of<Eigen::Matrix2d> == 4 &&
              static_size_of<std::array<float, 0>> == 0);
static_assert(static_size_of<Eigen::VectorXd> == duet::dynamic && static_size_of<std::vector<double>> == duet::dynamic);

static_assert(same<plain_t<Eigen::Ref<Eigen::VectorXd const>>, Eigen::VectorXd>);
static_assert(same<plain_t<decltype(Eigen::MatrixXd().col(0))>, Eigen::VectorXd>);
static_assert(same<plain_t<decltype(Eigen::Vector2d().array() * 2)>, Eigen::Array2d>);
using by_row = Eigen::Matrix<double, 2, 2, Eigen::RowMajor>;
static_assert(same<plain_t<Eigen::Map<by_row>>, by_row> && same<plain_t<by_row>, by_row>);
static_assert(same<plain_t<decltype(Eigen::Matrix2d().transpose() * 2)>, Eigen::Matrix2d>);
static_assert(same<plain_t<decltype(Eigen::Vector2d().transpose())>, Eigen::RowVector2d>);
static_assert(same<plain_t<decltype(dual() * dual())>, dual>);
static_assert(same<plain_t<std::array<decltype(dual() * dual()), 2>>, std::array<dual, 2>>);

static_assert(duet::point<double> && duet::point<float> && duet::point<dual> && duet::point<Eigen::Matrix<dual, 2, 2>>);
static_assert(!duet::point<int> && !duet::point<bool> && !duet::point<std::vector<int>> && !duet::point<std::string>);
static_assert(!duet::point<void> && !duet::point<Eigen::Vector2i> && !duet::point<std::vector<std::string>>);
static_assert(duet::scalar_point<double> && duet::scalar_point<decltype(dual() * 2)> &&
              !duet::scalar_point<Eigen::Vector2d>);

}  // namespace

TEST_CASE("a shape is rebuilt with other entries in storage order") {
  Eigen::Matrix<double, 2, 3> by_column;
  by_column << 1, 2, 3, 4, 5, 6;
  Eigen::Matrix<double, 2, 3, Eigen::RowMajor> by_row = by_column;
  auto const numbered = [](auto const& x) {
    return duet::shape<plain_t<decltype(x)>>::template make<double>(
        x, [](std::size_t i) { return 10.0 * static_cast<double>(i); });
  };
  CHECK(numbered(by_column)(1, 0) == 10);
  CHECK(numbered(by_row)(1, 0) == 30);
  CHECK(numbered(Eigen::MatrixXd::Zero(3, 2).eval()).rows() == 3);
  CHECK(numbered(std::vector<double>(3)) == std::vector<double>{0, 10, 20});
  CHECK(numbered(std::array<double, 2>{}) == std::array<double, 2>{0, 10});
  CHECK(numbered(std::array<double, 40>{})[39] == 390);
  CHECK(numbered(Eigen::VectorXd(0)).size() == 0);
  CHECK(numbered(std::array<double, 0>{}).empty());
}

TEST_CASE("an expression is evaluated while its operands live, an object is not copied") {
  dual const a = dual::independent(3, 0);
  auto const pair = duet::plain(std::array{a * a, a * a});
  CHECK(pair[1].partial(0) == 6);
  Eigen::Matrix<dual, 2, 1> v(a, dual(1.0));
  auto const squares = duet::plain(v.unaryExpr([](dual const& x) { return x * x; }));
  static_assert(std::is_same_v<decltype(squares), Eigen::Matrix<dual, 2, 1> const>);
  CHECK(squares[0].partial(0) == 6);
  std::vector<double> const kept{1, 2};
  CHECK(&duet::plain(kept) == &kept);
}
