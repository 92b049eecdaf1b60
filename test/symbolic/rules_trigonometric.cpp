#include "rules.hpp"

#include <boost/mp11/list.hpp>

TEST_CASE("symbolic derivatives of trigonometric and hyperbolic rules agree with duals") {
  symbolic_test::check_rules<boost::mp11::mp_append<duet::rules::trigonometric, duet::rules::hyperbolic>>();
}
