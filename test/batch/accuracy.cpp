#include "accuracy.hpp"

TEST_CASE("Lane mathematics is std's within 2 units in the last place for the main functions and 4 for the others") {
  accuracy::check_all<double, 8>(1000);
}
