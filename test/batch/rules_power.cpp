#include "rules.hpp"

TEST_CASE("Lanes of power rules are as doubles are, within a few units in the last place") {
  lanes_of_rules::compare_all<duet::rules::power>(
      lanes_of_rules::bounds{4, 8, 64});  // one of pow's second derivatives is a sum
}
