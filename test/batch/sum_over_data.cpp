// The kinds of data that sum_over takes, each against a loop.

#include <duet/batch/sum_over.hpp>

#include <boost/hana/define_struct.hpp>
#include <catch.hpp>
#include <deque>
#include <duet/driver/gradient.hpp>
#include <duet/eigen/arguments.hpp>

namespace {

template <class S>
struct observation {
  BOOST_HANA_DEFINE_STRUCT(observation<S>, (S, time), (std::array<S, 2>, place));
};
template <class Column>
struct series {
  BOOST_HANA_DEFINE_STRUCT(series<Column>, (Column, time), (Column, height));
};
template <class S>
struct labelled {
  BOOST_HANA_DEFINE_STRUCT(labelled<S>, (S, weight), (int, kind));
};

constexpr std::size_t n = 37;
double number(std::size_t i, std::size_t k) { return std::sin(static_cast<double>(1 + i + 5 * k)); }

// The sum of p0 a + p1 a b over numbers a, b of each datum, differentiated by hand.
constexpr std::array<double, 2> at{0.7, -1.3};
struct expected {
  double value = 0, first = 0, second = 0;
  expected() {
    for (std::size_t i = 0; i < n; ++i) {
      first += number(i, 0);
      second += number(i, 0) * number(i, 1);
    }
    value = at[0] * first + at[1] * second;
  }
};

template <class Sum>
void check(Sum const& sum) {
  expected const e;
  auto const both = duet::value_and_gradient(sum, at);
  CHECK(sum(at) == Approx(e.value).epsilon(1e-12));
  CHECK(both.gradient[0] == Approx(e.first).epsilon(1e-12));
  CHECK(both.gradient[1] == Approx(e.second).epsilon(1e-12));
}
constexpr auto of_two = [](auto const& p, auto const& a, auto const& b) { return p[0] * a + p[1] * a * b; };
constexpr auto of_indexed = [](auto const& p, auto const& d) { return of_two(p, d[0], d[1]); };

}  // namespace

TEST_CASE("sum_over takes ranges of numbers, points and vectors") {
  std::vector<std::array<double, 2>> arrays(n);
  std::deque<Eigen::Vector2d> vectors(n);
  std::vector<std::vector<double>> uneven(n);
  for (std::size_t i = 0; i < n; ++i) {
    arrays[i] = {number(i, 0), number(i, 1)};
    vectors[i] = {number(i, 0), number(i, 1)};
    uneven[i] = {number(i, 0), number(i, 1)};
    if (i % 11 == 3) uneven[i].push_back(5);  // f reads the first two
  }
  check(duet::sum_over(arrays, of_indexed));
  check(duet::sum_over(vectors, of_indexed));
  check(duet::sum_over(uneven, of_indexed));
  check(duet::sum_over(std::vector(arrays), of_indexed));  // kept

  std::vector<double> const numbers{1, 2, 3.5};
  auto const sum = duet::sum_over(numbers, [](auto const& p, auto const& x) { return p * x * x; });
  CHECK(sum(2.0) == 2 * (1 + 4 + 3.5 * 3.5));
  std::vector<int> const counts(20, 3);
  CHECK(duet::gradient(duet::sum_over(counts, [](auto const& p, auto const& x) { return p * p * x; }), 2.0) == 240);
}

TEST_CASE("sum_over takes Eigen matrices by columns and vectors by entries") {
  Eigen::Matrix<double, 2, Eigen::Dynamic> columns(2, n);
  for (std::size_t i = 0; i < n; ++i) columns.col(Eigen::Index(i)) << number(i, 0), number(i, 1);
  check(duet::sum_over(columns, of_indexed));
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> const by_rows = columns;
  check(duet::sum_over(by_rows, of_indexed));
  Eigen::MatrixXd const wide = Eigen::MatrixXd::Random(5, n);
  Eigen::MatrixXd inside = wide;
  inside.middleRows(1, 2) = columns;
  check(duet::sum_over(inside.middleRows(1, 2), of_indexed));
  check(duet::sum_over(1.0 * columns, of_indexed));

  Eigen::VectorXd const entries = Eigen::VectorXd::LinSpaced(19, 1, 19);
  CHECK(duet::sum_over(entries, [](auto const& p, auto const& x) { return p * x; })(1.0) == 190);
}

TEST_CASE("sum_over takes structs, and columns of one length") {
  std::vector<observation<double>> structs(n);
  series<std::vector<double>> columns;
  std::tuple<Eigen::VectorXd, std::vector<double>> pair{Eigen::VectorXd(n), n};
  for (std::size_t i = 0; i < n; ++i) {
    structs[i] = {number(i, 0), {number(i, 1), 9}};
    columns.time.push_back(number(i, 0));
    columns.height.push_back(number(i, 1));
    std::get<0>(pair)[Eigen::Index(i)] = number(i, 0);
    std::get<1>(pair)[i] = number(i, 1);
  }
  check(duet::sum_over(structs, [](auto const& p, auto const& d) { return of_two(p, d.time, d.place[0]); }));
  check(duet::sum_over(columns, [](auto const& p, auto const& d) { return of_two(p, d.time, d.height); }));
  check(duet::sum_over(pair, [](auto const& p, auto const& d) { return of_two(p, std::get<0>(d), std::get<1>(d)); }));

  columns.height.pop_back();
  CHECK_THROWS_WITH(duet::sum_over(columns, of_indexed),
                    "duet: data of several columns: column 1 has 36 entries, expected 37 (as column 0)");
}

TEST_CASE("sum_over takes data of any type one by one") {
  std::vector<labelled<double>> const data{{1.5, 2}, {2.0, 1}, {4.0, 2}};
  auto const sum = duet::sum_over(data, [](auto const& p, auto const& d) { return p * d.weight * d.kind; }).scalar();
  CHECK(sum(2.0) == 2 * (3 + 2 + 8));
  CHECK(duet::gradient(sum, 2.0) == 13);
}

TEST_CASE("sum_over takes several parameters") {
  std::vector<double> const x{1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto const sum = duet::sum_over(x, [](auto const& a, auto const& b, auto const& c, int sign, auto const& d) {
    return sign * (a[0] * d + b * c * d * d);
  });
  auto const g =
      duet::gradient(sum, duet::args(std::array<double, 1>{2.0}, 3.0, duet::constant(0.5), duet::constant(-1)));
  CHECK(std::get<0>(g)[0] == -45);
  CHECK(std::get<1>(g) == -0.5 * 285);
}
