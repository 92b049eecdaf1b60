// budget: 40 s
// object: 616 kB
#define DUET_OUTLINED_STATEMENTS 1
#include "lines.hpp"

#include <duet/forward/dual.hpp>

template duet::dual<double, 4> compile_cost::lines<3000>(std::array<duet::dual<double, 4>, 16> const&);
