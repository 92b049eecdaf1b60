#pragma once

// A program on two Eigen matrices, run on a tape and held against forward mode on the same program: every coefficient's
// value, and its derivative in every input, by seeds, in rows of 8 and of 16.

#include "catch.hpp"

#include <Eigen/Core>
#include <duet/eigen/product.hpp>
#include <duet/math/math.hpp>
#include <random>
#include <span>
#include <string>

namespace duet_test {

using duet::tape, duet::var, duet::recording;
using Eigen::Index, Eigen::MatrixXd, Eigen::VectorXd;
using dual = duet::dual<double, 1>;
template <class S>
using matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using by_rows = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
using var_matrix = matrix<var<>>;
using var_vector = vector<var<>>;
using dual_matrix = matrix<dual>;

inline MatrixXd random(Index rows, Index columns, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_real_distribution<double> uniform(0.3, 1.3);
  return MatrixXd::NullaryExpr(rows, columns, [&] { return uniform(engine); });
}
// A passive matrix of these sizes.
inline MatrixXd fixed(Index rows, Index columns) {
  return MatrixXd::NullaryExpr(rows, columns,
                               [](Index i, Index j) { return 0.25 * double(i) - 0.5 * double(j) + 0.4; });
}

// A program on two matrices, as a function of each scalar; the checks below are compiled once for all programs.
struct program {
  std::string name;
  var_matrix (*on_vars)(var_matrix const&, var_matrix const&);
  dual_matrix (*on_duals)(dual_matrix const&, dual_matrix const&);
};
template <class F>
program named(char const* name, F) {
  return {name, [](var_matrix const& a, var_matrix const& b) { return var_matrix(F{}(a, b)); },
          [](dual_matrix const& a, dual_matrix const& b) { return dual_matrix(F{}(a, b)); }};
}

enum class actives { all, left, right, some, none };

struct inputs {
  inputs(tape<>& t, MatrixXd const& a, MatrixXd const& b, actives which) : values{a, b} {
    std::mt19937 engine(3);
    for (int side = 0; side < 2; ++side) {
      x[side].resize(values[side].rows(), values[side].cols());
      for (Index i = 0; i < x[side].size(); ++i) {
        bool const active = which == actives::all || (which == actives::left && side == 0) ||
                            (which == actives::right && side == 1) || (which == actives::some && engine() % 2 == 0);
        double const v = values[side](i);
        x[side](i) = active ? t.independent(v) : var<>(v);
      }
    }
  }
  // Calls visit(input, its dual twin of the function's inputs) for each active entry, one after the other seeded.
  template <class Visit>
  void for_each(Visit const& visit) const {
    dual_matrix twins[2] = {values[0].cast<dual>(), values[1].cast<dual>()};
    for (int side = 0; side < 2; ++side)
      for (Index i = 0; i < x[side].size(); ++i) {
        if (x[side](i).index() == 0) continue;
        twins[side](i).set_partial(0, 1);
        visit(x[side](i), twins[0], twins[1]);
        twins[side](i).set_partial(0, 0);
      }
  }
  MatrixXd values[2];
  var_matrix x[2];
};

inline void check(program const& p, MatrixXd const& a, MatrixXd const& b, actives which) {
  CAPTURE(p.name, a.rows(), a.cols(), b.rows(), b.cols(), int(which));
  tape<> t;
  recording const scope(t);
  inputs const in(t, a, b, which);
  var<> const before = in.x[0](0) * in.x[0](0);  // a node is not always first
  var_matrix const y = p.on_vars(in.x[0], in.x[1]);
  var<> const after = y.size() > 0 ? var<>(y(0) * 2.0 + before) : before;
  MatrixXd const weights = random(y.rows(), y.cols(), 9);
  std::span<var<> const> const outputs(y.data(), static_cast<std::size_t>(y.size()));

  if (which == actives::none) {
    REQUIRE(t.statistics().statements + t.statistics().arrays == 0);
    for (auto const& e : outputs) REQUIRE(e.index() == 0);
  }
  for (Index k = 0; k < y.size(); ++k)
    if (y(k).index() != 0) t.seed(y(k), weights(k));
  t.seed(after, 1);
  t.reverse();
  MatrixXd rows[2];
  for (bool wide : {false, true}) {
    MatrixXd& J = rows[wide ? 1 : 0];
    J.setZero(y.size(), in.x[0].size() + in.x[1].size());
    auto const visit = [&](std::size_t row, auto const& adjoint) {
      Index column = 0;
      for (auto const& x : in.x)
        for (Index i = 0; i < x.size(); ++i, ++column) J(Index(row), column) = adjoint(x(i));
    };
    wide ? t.reverse_rows<16>(outputs, visit) : t.reverse_rows<8>(outputs, visit);
  }
  REQUIRE((rows[0] - rows[1]).cwiseAbs().sum() <= 1e-12 * (1 + rows[0].cwiseAbs().sum()));

  dual_matrix const value = p.on_duals(a.cast<dual>(), b.cast<dual>());
  REQUIRE(value.rows() == y.rows());
  REQUIRE(value.cols() == y.cols());
  for (Index k = 0; k < y.size(); ++k) REQUIRE(y(k).value() == Approx(value(k).value()).epsilon(1e-12).margin(1e-13));
  in.for_each([&](var<> const& x, dual_matrix const& left, dual_matrix const& right) {
    dual_matrix const tangent = p.on_duals(left, right);
    double expected = 2 * left(0).value() * left(0).partial(0);
    Index column = 0;
    for (auto const& side : in.x)
      for (Index i = 0; i < side.size(); ++i, ++column)
        if (side(i).index() == x.index())
          for (Index k = 0; k < y.size(); ++k)
            REQUIRE(rows[0](k, column) == Approx(tangent(k).partial(0)).epsilon(1e-11).margin(1e-11));
    for (Index k = 0; k < y.size(); ++k) expected += (weights(k) + (k == 0 ? 2 : 0)) * tangent(k).partial(0);
    REQUIRE(t.adjoint(x) == Approx(expected).epsilon(1e-11).margin(1e-11));
  });
}

inline constexpr actives kinds[] = {actives::all, actives::left, actives::right, actives::some, actives::none};

// A is rows x inner, B inner x columns.
inline void check_product(program const& p) {
  constexpr Index sizes[][3] = {{1, 1, 1}, {1, 5, 1}, {5, 1, 4}, {2, 2, 2}, {1, 6, 9},
                                {9, 3, 1}, {3, 4, 2}, {4, 9, 7}, {9, 9, 9}};
  for (auto const& s : sizes)
    for (actives which : kinds) check(p, random(s[0], s[1], 1), random(s[1], s[2], 2), which);
}
// A and B of one size.
inline void check_map(program const& p) {
  constexpr Index sizes[][2] = {{1, 1}, {2, 2}, {1, 9}, {9, 1}, {3, 5}, {6, 6}};
  for (auto const& s : sizes)
    for (actives which : kinds) check(p, random(s[0], s[1], 1), random(s[0], s[1], 2), which);
}

template <class A>
using scalar = typename std::decay_t<A>::Scalar;

// A 1 x 1 matrix.
template <class S>
matrix<S> single(S const& x) {
  matrix<S> y(1, 1);
  y(0) = x;
  return y;
}

}  // namespace duet_test
