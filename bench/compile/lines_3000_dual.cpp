// budget: 600 s
// object: 2400 kB
#include "lines.hpp"

#include <duet/forward/dual.hpp>

template duet::dual<double, 4> compile_cost::lines<3000>(std::array<duet::dual<double, 4>, 16> const&);
