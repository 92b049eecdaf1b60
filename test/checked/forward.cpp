// Checked mode of the forward scalars: the first value or derivative that is not finite. Compiled with DUET_CHECKED.

#include <catch.hpp>
#include <cmath>
#include <duet/checked.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <limits>
#include <string>
#include <vector>

using duet::dual;
using duet::hyperdual;
using duet::taylor;
using duet::checked::collected;
using duet::checked::finding;

namespace {

// The one report there is, of this kind and from this line.
duet::checked::report only(collected const& found, finding what, int line) {
  REQUIRE(found.reports().size() == 1);
  auto const& r = found.reports()[0];
  REQUIRE(r.what == what);
  REQUIRE(static_cast<int>(r.where.line()) == line);
  return r;
}

}  // namespace

TEST_CASE("Checked duals report the first value that is not finite") {
  using D = dual<double, 3>;
  D const x = D::independent(-1, 0), y = D::independent(2, 1);
  collected const found;
  SECTION("by operation and line") {
    int const line = __LINE__ + 1;
    D z = y * (2.0 + log(x));
    z = z * z + y;
    z *= x;
    auto const r = only(found, finding::value_not_finite, line);
    REQUIRE(r.operation == "log");
    REQUIRE(r.values == std::vector<double>{-1});
    REQUIRE(r.message == "log(-1) = NaN, the first value that is not finite");
  }
  SECTION("of an assignment and a compound one") {
    D z;
    z = x + y;
    int const line = __LINE__ + 1;
    z /= x + 1.0;
    REQUIRE(only(found, finding::value_not_finite, line).message ==
            "divide(1, 0) = inf, the first value that is not finite");
  }
  SECTION("that a passive number brings in") {
    int const line = __LINE__ + 1;
    D const z = y * std::numeric_limits<double>::quiet_NaN();
    REQUIRE(only(found, finding::value_not_finite, line).operation == "multiply");
    REQUIRE(std::isnan(z.value()));
  }
  SECTION("of an input") {
    int const line = __LINE__ + 1;
    D const z = D::independent(std::numeric_limits<double>::infinity(), 2);
    REQUIRE(only(found, finding::value_not_finite, line).message ==
            "an input has the value inf, the first value that is not finite");
    REQUIRE(z.partial(2) == 1);
  }
}

TEST_CASE("Checked duals report the first derivative that is not finite") {
  using D = dual<double, 3>;
  D const x = D::independent(0, 0), y = D::independent(2, 1);
  collected const found;
  SECTION("by operation and line") {
    int const line = __LINE__ + 1;
    D z = y * (1.0 + sqrt(x));
    z = z * z;
    auto const r = only(found, finding::derivative_not_finite, line);
    REQUIRE(r.message == "the derivative of sqrt(0) is inf, the first derivative that is not finite");
    REQUIRE(z.value() == 4);
  }
  SECTION("but none that meets a zero") {
    D const z = sqrt(x * x) + sqrt(0.0 * y) * x;
    REQUIRE(z.partial(0) == 0);
    REQUIRE(found.reports().empty());
  }
  SECTION("and nothing of what is finite") {
    D z = y / (1.0 + exp(x));
    z += y;
    z -= 1;
    z *= z;
    REQUIRE(z.value() == 4);
    REQUIRE(z.partial(1) == 6);
    REQUIRE(found.reports().empty());
  }
}

TEST_CASE("Checked scalars of other kinds report what is not finite") {
  collected const found;
  SECTION("duals of a size known at run time") {
    using D = dual<double, duet::dynamic>;
    D const x = D::independent(0, 0, 5);
    int const line = __LINE__ + 1;
    D z = 3.0 + cbrt(x);
    z += x;
    REQUIRE(only(found, finding::derivative_not_finite, line).operation == "cbrt");
  }
  SECTION("hyper-duals, whose first derivatives may be finite") {
    using H = hyperdual<double, 2>;
    H const x = H::independent(0, 0), y = H::independent(2, 1);
    H const fine = sqrt(y) * x;
    int const line = __LINE__ + 1;
    H const z = fine + pow(x, 1.5);
    REQUIRE(only(found, finding::derivative_not_finite, line)
                .message.ends_with("is infinite or NaN, the first derivative that is not finite"));
    REQUIRE(z.partial(0) == std::sqrt(2.0));
  }
  SECTION("duals of duals") {
    using D = dual<dual<double, 2>, 2>;
    D const x = D::independent(dual<double, 2>::independent(0, 0), 0);
    int const line = __LINE__ + 1;
    D const z = pow(x, 1.5);
    REQUIRE(only(found, finding::derivative_not_finite, line).where.line() != 0);
    REQUIRE(z.value().value() == 0);
  }
  SECTION("Taylor series, operation by operation and without a line") {
    using S = taylor<double, 3>;
    S const x = S::independent(0);
    S const z = 1.0 / (x * x) + 1.0;
    REQUIRE(only(found, finding::value_not_finite, 0).message ==
            "divide(1, 0) = inf, the first value that is not finite");
    REQUIRE(std::isinf(z.value()));
  }
  SECTION("and nothing of what is finite") {
    using D = dual<dual<double, 2>, 2>;
    D const x = D::independent(dual<double, 2>::independent(0.5, 0), 0);
    D z = sqrt(x) * sin(x) + abs(x);
    z /= x;
    taylor<double, 4> const t = sqrt(taylor<double, 4>::independent(2));
    REQUIRE(t.value() == std::sqrt(2.0));
    REQUIRE(found.reports().empty());
  }
}

TEST_CASE("Checked duals are evaluated when compiling too") {
  constexpr double slope = [] {
    using D = dual<double, 1>;
    D x = D::independent(3, 0);
    D y = x * x;
    y += x;
    y += y;
    return y.partial(0);
  }();
  STATIC_REQUIRE(slope == 14);
}
