// expect: duet::lanes<T, W>: W must be a power of two
#include <duet/batch/lanes.hpp>
duet::lanes<double, 3> const x;
