// budget: 15 s
// object: 32 kB
#include "../workload/reprojection.hpp"

#include <duet/duet.hpp>

auto jacobian(workload::reprojection::point const& x) { return duet::jacobian(workload::reprojection{}, x); }
