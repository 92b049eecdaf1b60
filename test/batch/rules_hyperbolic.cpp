#include "rules.hpp"

TEST_CASE("Lanes of hyperbolic rules are as doubles are, within a few units in the last place") {
  lanes_of_rules::compare_all<duet::rules::hyperbolic>(lanes_of_rules::bounds{4, 8, 16});
}
