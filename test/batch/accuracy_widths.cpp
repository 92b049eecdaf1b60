#include "accuracy.hpp"

TEST_CASE("Lane mathematics of other widths") {
  accuracy::check_all<double, 4>(500);
  accuracy::check_all<double, 16>(500);
  accuracy::check_all<float, 4>(500);
  accuracy::check_all<float, 16>(500);
}
