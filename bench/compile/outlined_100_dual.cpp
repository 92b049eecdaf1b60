// budget: 6 s
// object: 38 kB
#define DUET_OUTLINED_STATEMENTS 1
#include "lines.hpp"

#include <duet/forward/dual.hpp>

template duet::dual<double, 4> compile_cost::lines<100>(std::array<duet::dual<double, 4>, 16> const&);
