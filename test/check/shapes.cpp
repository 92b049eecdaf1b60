// check_derivatives at structs of parameters.

#include <catch.hpp>
#include <duet/check.hpp>

#include "../driver/shapes.hpp"

using namespace shapes;

TEST_CASE("shapes: check_derivatives takes a struct", "[shapes]") {
  CHECK(duet::check_derivatives(energy{}, a_series()).passed);
}
