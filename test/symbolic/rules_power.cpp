#include "rules.hpp"

#include <boost/mp11/list.hpp>

TEST_CASE("symbolic derivatives of arithmetic and power rules agree with duals") {
  symbolic_test::check_rules<boost::mp11::mp_append<duet::rules::arithmetic, duet::rules::power>>();
}
