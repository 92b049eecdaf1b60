// budget: 15 s
// object: 24 kB
#include "statements.hpp"

#include <duet/reverse/recording.hpp>

template duet::var<double> compile_cost::flat(std::array<duet::var<double>, 16> const&);
