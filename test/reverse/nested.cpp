// Tapes of scalars that carry derivatives themselves: second order by nesting.

#include "catch.hpp"

#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

namespace {

using duet::dual, duet::tape, duet::var, duet::recording;

// f = x^2 sin y + x / y, its gradient and its Hessian in closed form.
template <class T>
T f(T const& x, T const& y) {
  return x * x * sin(y) + x / y;
}
constexpr double a = 1.3, b = 0.7;
double const f_x = 2 * a * std::sin(b) + 1 / b, f_y = a * a * std::cos(b) - a / (b * b);
double const f_xx = 2 * std::sin(b), f_xy = 2 * a * std::cos(b) - 1 / (b * b),
             f_yy = -a * a * std::sin(b) + 2 * a / (b * b * b);

}  // namespace

TEST_CASE("Forward over reverse: the adjoints of a tape of duals carry the Hessian") {
  using D = dual<double, 2>;
  tape<D> t;
  recording const scope(t);
  var<D> const x = t.independent(D::independent(a, 0)), y = t.independent(D::independent(b, 1));
  var<D> z = f(x, y);
  var<D> copy = z;
  copy += z;
  z = copy - z;
  t.reverse(z);
  REQUIRE(t.adjoint(x).value() == Approx(f_x));
  REQUIRE(t.adjoint(x).partial(0) == Approx(f_xx));
  REQUIRE(t.adjoint(x).partial(1) == Approx(f_xy));
  REQUIRE(t.adjoint(y).value() == Approx(f_y));
  REQUIRE(t.adjoint(y).partial(0) == Approx(f_xy));
  REQUIRE(t.adjoint(y).partial(1) == Approx(f_yy));
  std::array<var<D>, 2> const outputs{z, x * y};
  t.reverse_rows(std::span<var<D> const>(outputs), [&](std::size_t row, auto const& adjoint) {
    REQUIRE(adjoint(y).value() == Approx(row == 0 ? f_y : a));
    REQUIRE(adjoint(y).partial(0) == Approx(row == 0 ? f_xy : 1));
  });
}

TEST_CASE("Reverse over reverse: the sweep of a tape of variables is recorded on the tape below") {
  tape<> below;
  recording const outer(below);
  var<> const u = below.independent(a), v = below.independent(b);
  tape<var<>> t;
  recording const scope(t);
  var<var<>> const x = t.independent(u), y = t.independent(v);
  var<var<>> const z = f(x, y);
  t.reverse(z);
  var<> const dx = t.adjoint(x), dy = t.adjoint(y);
  REQUIRE(dx.value() == Approx(f_x));
  REQUIRE(dy.value() == Approx(f_y));
  below.reverse(dx);
  REQUIRE(below.adjoint(u) == Approx(f_xx));
  REQUIRE(below.adjoint(v) == Approx(f_xy));
  below.reverse(dy);
  REQUIRE(below.adjoint(u) == Approx(f_xy));
  REQUIRE(below.adjoint(v) == Approx(f_yy));
}

TEST_CASE("Reverse over forward: duals of variables") {
  tape<> t;
  recording const scope(t);
  var<> const u = t.independent(a), v = t.independent(b);
  using D = dual<var<>, 2>;
  D const z = f(D::independent(u, 0), D::independent(v, 1));
  REQUIRE(z.partial(0).value() == Approx(f_x));
  t.reverse(z.partial(0));
  REQUIRE(t.adjoint(u) == Approx(f_xx));
  REQUIRE(t.adjoint(v) == Approx(f_xy));
}

TEST_CASE("Tapes of different scalars record at the same time") {
  tape<> t;
  tape<float> s;
  recording const first(t);
  recording const second(s);
  var<> const x = t.independent(2);
  var<float> const y = s.independent(3);
  var<> const x2 = x * x;
  var<float> const y2 = y * y * y;
  t.reverse(x2);
  s.reverse(y2);
  REQUIRE(t.adjoint(x) == 4);
  REQUIRE(s.adjoint(y) == 27);
}

TEST_CASE("A number of the level below is a constant of a tape of duals") {
  using D = dual<>;
  tape<D> t;
  recording const scope(t);
  var<D> const x = t.independent(D(2.0));
  D const k = D::independent(3, 0);
  var<D> const y = k * x * x + 1;
  t.reverse(y);
  REQUIRE(t.adjoint(x).value() == 12);
  REQUIRE(t.adjoint(x).partial(0) == 4);  // d2y / dx dk
}
