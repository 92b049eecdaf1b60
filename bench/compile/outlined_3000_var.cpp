// budget: 28 s
// object: 256 kB
#define DUET_OUTLINED_STATEMENTS 1
#include "lines.hpp"

#include <duet/reverse/recording.hpp>

template duet::var<double> compile_cost::lines<3000>(std::array<duet::var<double>, 16> const&);
