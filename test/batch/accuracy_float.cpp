#include "accuracy.hpp"

TEST_CASE("Lane mathematics of float") { accuracy::check_all<float, 8>(1000); }
