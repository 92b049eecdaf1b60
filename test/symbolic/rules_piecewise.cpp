#include "rules.hpp"

#include <boost/mp11/list.hpp>

TEST_CASE("symbolic derivatives of piecewise and rounding rules agree with duals") {
  symbolic_test::check_rules<boost::mp11::mp_append<duet::rules::piecewise, duet::rules::rounding>>();
}
