// Checked mode keeps statements where they stand, and their places in reports, whatever DUET_OUTLINED_STATEMENTS says.

#define DUET_OUTLINED_STATEMENTS 1
#include <catch.hpp>
#include <duet/checked.hpp>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

TEST_CASE("Checked mode outlines no statement") {
  using D = duet::dual<double, 2>;
  STATIC_REQUIRE(!duet::has_outlined_statements<D>);
  STATIC_REQUIRE(!duet::has_outlined_statements<duet::var<>>);
  duet::checked::collected const found;
  D const x = D::independent(-1, 0);
  int const line = __LINE__ + 1;
  D const y = x * log(x);
  REQUIRE(y.value() != y.value());
  REQUIRE(found.reports().size() == 1);
  REQUIRE(static_cast<int>(found.reports()[0].where.line()) == line);
}
