#include "rules.hpp"

TEST_CASE("Lanes of rounding rules are as doubles are") {
  lanes_of_rules::compare_all<duet::rules::rounding>(lanes_of_rules::bounds{});
}
