#include "rules.hpp"

TEST_CASE("Lanes of piecewise rules are as doubles are") {
  lanes_of_rules::compare_all<duet::rules::piecewise>(lanes_of_rules::bounds{});
}
