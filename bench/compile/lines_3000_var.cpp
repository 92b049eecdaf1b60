// budget: 500 s
// object: 2600 kB
#include "lines.hpp"

#include <duet/reverse/recording.hpp>

template duet::var<double> compile_cost::lines<3000>(std::array<duet::var<double>, 16> const&);
