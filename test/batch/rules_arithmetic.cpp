#include "rules.hpp"

// A list that these files do not know has no test.
using boost::mp11::mp_size;
static_assert(mp_size<duet::rules::all>::value ==
              mp_size<duet::rules::arithmetic>::value + mp_size<duet::rules::power>::value +
                  mp_size<duet::rules::exponential>::value + mp_size<duet::rules::trigonometric>::value +
                  mp_size<duet::rules::hyperbolic>::value + mp_size<duet::rules::special>::value +
                  mp_size<duet::rules::piecewise>::value + mp_size<duet::rules::rounding>::value);

TEST_CASE("Lanes of arithmetic rules are as doubles are") {
  lanes_of_rules::compare_all<duet::rules::arithmetic>(lanes_of_rules::bounds{});
}
