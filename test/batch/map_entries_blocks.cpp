// Functions of the entries of large arrays and of blocks of fields: the numbers and derivatives of the loop, in every
// mode, with one node of the tape.

#include "catch.hpp"

#include <duet/batch/map_entries.hpp>
#include <duet/duet.hpp>
#include <random>

namespace {

// Of five numbers: linear in one of them, not in the others; two outputs.
constexpr auto two_rates = [](auto const& u, auto const& left, auto const& v, auto const& force, auto const& scale) {
  using T = std::decay_t<decltype(u)>;
  return std::array<T, 2>{T(u - scale * u * (u - left) + 0.25 * force), T(left / (2.0 + v * v) - force + scale)};
};
constexpr auto linear = [](auto const& a, auto const& b) { return 2.0 * a - 0.5 * b; };
constexpr auto root = [](auto const& a, auto const& b) {
  using std::sqrt;
  return sqrt(a) * b;
};

template <class S>
using field = Eigen::Array<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using field_by_rows = Eigen::Array<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Blocks of two fields and three kinds of broadcast arguments; `on` gives one output array after the other.
template <template <class> class Field, class X, class On>
auto blocks_of(X const& x, Eigen::Index rows, Eigen::Index columns, On const& on) {
  using S = typename X::Scalar;
  Eigen::Index const all = (rows + 1) * columns;
  Field<S> const u = Eigen::Map<Field<S> const>(x.data(), rows + 1, columns),
                 v = Eigen::Map<Field<S> const>(x.data() + all, rows + 1, columns);
  Eigen::ArrayXXd const force = Eigen::ArrayXXd::NullaryExpr(
      rows, columns, [](Eigen::Index i, Eigen::Index j) { return 0.1 * double(i) - 0.3 * double(j); });
  S const scale = x[2 * all];
  S sum = 0;
  auto const add = [&](auto const& y, double by) {
    for (Eigen::Index j = 0; j < columns; ++j)
      for (Eigen::Index i = 0; i < rows; ++i) sum += (by + double(i) - 0.5 * double(j)) * y(i, j) * y(i, j);
  };
  auto const here = u.bottomRows(rows), left = u.topRows(rows);
  auto const y = on(two_rates, here, left, v.topRows(rows) + here * here, force, scale);
  add(y[0], 0.5);
  add(y[1], 1.5);
  add(on(linear, y[0], here), 0.75);
  return sum;
}

constexpr auto by_entries = [](auto const& f, auto const&... x) { return duet::map_entries(f, x...); };

// Coefficient by coefficient.
template <class X>
decltype(auto) entry(X const& x, Eigen::Index i, Eigen::Index j) {
  if constexpr (requires { x.rows(); })
    return x.coeff(i, j);
  else
    return x;
}
constexpr auto one_by_one = [](auto const& f, auto const& first, auto const&... x) {
  using S = typename std::decay_t<decltype(first)>::Scalar;
  auto const at = [&](Eigen::Index i, Eigen::Index j) { return f(S(entry(first, i, j)), S(entry(x, i, j))...); };
  if constexpr (requires { at(0, 0).size(); }) {
    std::array<field<S>, 2> y{field<S>(first.rows(), first.cols()), field<S>(first.rows(), first.cols())};
    for (Eigen::Index i = 0; i < first.rows(); ++i)
      for (Eigen::Index j = 0; j < first.cols(); ++j)
        for (std::size_t o = 0; o < 2; ++o) y[o](i, j) = at(i, j)[o];
    return y;
  } else {
    field<S> y(first.rows(), first.cols());
    for (Eigen::Index i = 0; i < first.rows(); ++i)
      for (Eigen::Index j = 0; j < first.cols(); ++j) y(i, j) = at(i, j);
    return y;
  }
};

template <template <class> class Field>
void require_same(Eigen::Index rows, Eigen::Index columns, unsigned seed) {
  CAPTURE(rows, columns);
  std::mt19937 draw(seed);
  std::uniform_real_distribution<double> uniform(0.5, 1.5);
  auto const x = Eigen::VectorXd::NullaryExpr(2 * (rows + 1) * columns + 1, [&] { return uniform(draw); }).eval();
  auto const f = [=](auto const& at) { return blocks_of<Field>(at, rows, columns, by_entries); };
  auto const plain = [=](auto const& at) { return blocks_of<Field>(at, rows, columns, one_by_one); };
  REQUIRE(f(x) == Approx(plain(x)).epsilon(1e-13));
  Eigen::VectorXd const expected = duet::gradient(duet::forward, plain, x);
  auto const close = [&](Eigen::VectorXd const& g) { return (g - expected).norm() <= 1e-12 * (1 + expected.norm()); };
  REQUIRE(close(duet::gradient(duet::reverse, f, x)));
  REQUIRE(close(duet::gradient(duet::forward, f, x)));
}

}  // namespace

TEST_CASE("map_entries of blocks is the loop, whatever the shape") {
  for (auto const& [rows, columns] : {std::pair<Eigen::Index, Eigen::Index>{1, 1},
                                      {2, 3},
                                      {7, 2},
                                      {8, 2},
                                      {9, 3},
                                      {16, 1},
                                      {46, 5},
                                      {64, 2},
                                      {65, 2},
                                      {130, 1},
                                      {1, 20}}) {
    require_same<field>(rows, columns, 1);
    require_same<field_by_rows>(rows, columns, 2);
  }
}

TEST_CASE("map_entries of blocks has second derivatives and rows of Jacobians") {
  Eigen::VectorXd const x = Eigen::VectorXd::LinSpaced(2 * 4 * 3 + 1, 0.5, 1.5);
  auto const f = [](auto const& at) { return blocks_of<field>(at, 3, 3, by_entries); };
  auto const plain = [](auto const& at) { return blocks_of<field>(at, 3, 3, one_by_one); };
  Eigen::MatrixXd const expected = duet::hessian(duet::forward, plain, x);
  REQUIRE((duet::hessian(duet::reverse, f, x) - expected).norm() <= 1e-11 * expected.norm());
  REQUIRE((duet::hessian(duet::forward, f, x) - expected).norm() <= 1e-11 * expected.norm());

  auto const map = [](auto const& on) {
    return [on](auto const& at) {
      using S = typename std::decay_t<decltype(at)>::Scalar;
      auto const y =
          on(two_rates, at.head(11).array(), at.segment(3, 11).array(), at.segment(5, 11).array(), at[2], 0.5);
      Eigen::Matrix<S, Eigen::Dynamic, 1> all(22);
      for (Eigen::Index i = 0; i < 11; ++i) {
        all[i] = y[0](i);
        all[11 + i] = y[1](i);
      }
      return all;
    };
  };
  Eigen::MatrixXd const rows = duet::jacobian(duet::forward, map(one_by_one), x);
  REQUIRE((duet::jacobian(duet::reverse, map(by_entries), x) - rows).norm() <= 1e-13 * rows.norm());
}

TEST_CASE("map_entries of a large array is one node") {
  duet::tape<> tape;
  duet::recording scope(tape);
  Eigen::Array<duet::var<>, 100, 1> a, b;
  for (auto& x : a) x = tape.independent(2);
  for (auto& x : b) x = tape.independent(3);
  auto const y = duet::map_entries(two_rates, a, b, a, 1.0, 0.5);
  STATIC_REQUIRE(std::is_same_v<std::remove_const_t<decltype(y)>, std::array<Eigen::Array<duet::var<>, 100, 1>, 2>>);
  REQUIRE(tape.statistics().arrays == 1);
  REQUIRE(tape.statistics().statements == 0);

  auto const p = duet::map_entries(linear, Eigen::Array<duet::var<>, 3, 1>::Constant(2.0), duet::var<>(4.0));
  REQUIRE(tape.statistics().arrays == 1);  // nothing active
  REQUIRE(p(2).value() == 2);
  REQUIRE(p(2).index() == 0);

  Eigen::Array<double, 2, 2> const numbers = duet::map_entries(linear, Eigen::Array22d::Constant(3), 4);
  REQUIRE((numbers == 4).all());
  REQUIRE(duet::map_entries(linear, Eigen::ArrayXd(), 1.0).size() == 0);
  REQUIRE(duet::map_entries(linear, Eigen::ArrayX<duet::var<>>(), tape.independent(1)).size() == 0);
}

TEST_CASE("Where nothing is asked of a coefficient with an infinite slope nothing comes back") {
  auto const f = [](auto const& x) {
    using S = typename std::decay_t<decltype(x)>::Scalar;
    auto const y = duet::map_entries(root, x.head(9).array(), x.tail(9).array());
    return S(y(0) + y(8));
  };
  Eigen::VectorXd x = Eigen::VectorXd::Constant(18, 4);
  x[3] = 0;  // its root has an infinite slope, and is not used
  x[0] = 0;  // here it is used, but times zero
  x[9] = 0;
  Eigen::VectorXd const g = duet::gradient(duet::reverse, f, x);
  REQUIRE(g[3] == 0);
  REQUIRE(g[0] == 0);
  REQUIRE(g[8] == 1);
  REQUIRE(g[17] == 2);
}

TEST_CASE("map_entries of large arrays of two shapes goes by columns, of two sizes it is refused") {
  duet::tape<> tape;
  duet::recording scope(tape);
  Eigen::ArrayX<duet::var<>> a(6);
  for (auto& x : a) x = tape.independent(2);
  field<duet::var<>> const b = Eigen::Map<field<duet::var<>>>(a.data(), 2, 3);
  auto const y = duet::map_entries(linear, a, b);
  REQUIRE(y.size() == 6);
  tape.reverse(duet::var<>(y(4)));
  REQUIRE(tape.adjoint(a(4)) == 1.5);
  REQUIRE_THROWS_WITH(duet::map_entries(linear, a, Eigen::ArrayXd::Zero(4).eval()),
                      "duet::map_entries: argument 1 has 4 entries, expected 6 (as the first array)");
}
