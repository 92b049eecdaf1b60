// Matrix products of var as array nodes.

#include "catch.hpp"

#include "array_program.hpp"

namespace {

using namespace duet_test;

}  // namespace

TEST_CASE("products with both sides active") {
  check_product(named("A B", [](auto const& a, auto const& b) { return (a * b).eval(); }));
  check_product(
      named("transposed", [](auto const& a, auto const& b) { return (b.transpose() * a.transpose()).eval(); }));
  check_product(named("A A^T", [](auto const& a, auto const&) { return (a * a.transpose()).eval(); }));
  check_product(named("by rows", [](auto const& a, auto const& b) {
    by_rows<scalar<decltype(a)>> const left = a, right = b;
    by_rows<scalar<decltype(a)>> y = left * right;
    y.noalias() -= left * b;
    y.noalias() -= a * right;
    return y;
  }));
  check_product(named("outer, inner, row, column", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> y = a.col(0) * b.row(0);
    y.row(0) += a.row(0) * b;
    y.col(0) += a * b.col(0);
    y(0) += (a.row(0) * b.col(0))(0);
    return y;
  }));
}

TEST_CASE("products with a passive side") {
  check_product(named("A C", [](auto const& a, auto const& b) { return (a * fixed(b.rows(), b.cols())).eval(); }));
  check_product(named("C B", [](auto const& a, auto const& b) { return (fixed(a.rows(), a.cols()) * b).eval(); }));
  check_product(named("C b and a^T C", [](auto const& a, auto const& b) {
    vector<scalar<decltype(a)>> const left = fixed(a.rows(), a.cols()) * b.col(0);
    return (left * (a.row(0) * fixed(b.rows(), b.cols()))).eval();
  }));
  check_product(
      named("A C B", [](auto const& a, auto const& b) { return (a * fixed(a.cols(), b.rows()) * b).eval(); }));
}

TEST_CASE("products added to what is there") {
  check_product(named("noalias() +=, -=", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> y = a * fixed(a.cols(), b.cols());
    y.noalias() += a * b;
    y.noalias() -= fixed(a.rows(), a.cols()) * b;
    y += a * b;
    y.noalias() -= 2 * a * b;
    return y;
  }));
  check_product(named("onto passive", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> y = fixed(a.rows(), b.cols()).template cast<scalar<decltype(a)>>();
    y.noalias() += a * b;
    return y;
  }));
  check_product(named("C + A B, A B - C", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> const c = a * fixed(a.cols(), b.cols());
    matrix<scalar<decltype(a)>> const sum = c + a * b, difference = a * b - c, other = c - a * b;
    return (sum.cwiseProduct(difference) + other).eval();
  }));
  check_product(named("scaled", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> const twice = 2.0 * (a * b), half = (a * b) / 2.0, by = b(0) * (a * b);
    return (twice - half * a(0) + by).eval();
  }));
}

TEST_CASE("products of parts, views and maps") {
  check_product(named("blocks", [](auto const& a, auto const& b) {
    Index const r = (a.rows() + 1) / 2, k = (a.cols() + 1) / 2, c = (b.cols() + 1) / 2;
    matrix<scalar<decltype(a)>> y = a * b;
    y.topLeftCorner(r, c).noalias() += a.topRightCorner(r, k) * b.bottomLeftCorner(k, c);
    y.row(0) = a.row(a.rows() - 1) * b;
    y.col(y.cols() - 1).noalias() -= a * b.col(0);
    return y;
  }));
  check_product(named("Map and Ref", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    using strided = Eigen::Map<matrix<S> const, 0, Eigen::Stride<Eigen::Dynamic, Eigen::Dynamic>>;
    Eigen::Map<matrix<S> const> const left(a.data(), a.rows(), a.cols());
    strided const every_second(b.data(), b.rows(), (b.cols() + 1) / 2, {2 * b.rows(), 1});
    Eigen::Ref<matrix<S> const> const part(a.topRows((a.rows() + 1) / 2));
    matrix<S> y = left * b;
    y.leftCols(every_second.cols()) += left * every_second;
    y.topRows(part.rows()) -= part * b;
    return y;
  }));
  check_map(named("assigned to itself, of another size", [](auto const& a, auto const& b) {
    matrix<scalar<decltype(a)>> y = a + b;
    y = (y * y.transpose()) / 2.0;
    y = y * y;
    return y;
  }));
}

namespace {

template <int Rows, int Inner, int Columns, int Options = Eigen::ColMajor>
program static_product() {
  return named("static", [](auto const& a, auto const& b) {
    using S = scalar<decltype(a)>;
    Eigen::Matrix<S, Rows, Inner,
                  Inner == 1  ? int(Eigen::ColMajor)
                  : Rows == 1 ? int(Eigen::RowMajor)
                              : Options> const left = a;
    Eigen::Matrix<S, Inner, Columns> const right = b;
    Eigen::Matrix<S, Rows, Columns> y = left * right;
    y.noalias() += left * fixed(Inner, Columns).eval();
    return y;
  });
}

}  // namespace

TEST_CASE("products of static sizes") {
  for (actives which : kinds) {
    check(static_product<2, 2, 2>(), random(2, 2, 1), random(2, 2, 2), which);
    check(static_product<1, 9, 1>(), random(1, 9, 1), random(9, 1, 2), which);
    check(static_product<4, 3, 5, Eigen::RowMajor>(), random(4, 3, 1), random(3, 5, 2), which);
  }
}
