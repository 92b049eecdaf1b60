// budget: 14 s
// object: 216 kB
#define DUET_OUTLINED_STATEMENTS 1
#include "lines.hpp"

#include <duet/forward/dual.hpp>

template duet::dual<double, 4> compile_cost::lines<1000>(std::array<duet::dual<double, 4>, 16> const&);
