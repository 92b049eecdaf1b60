// budget: 15 s
// object: 48 kB
#include "statements.hpp"

#include <duet/reverse/recording.hpp>

template duet::var<double> compile_cost::nested(std::array<duet::var<double>, 16> const&);
