// expect: duet::lanes<T, W>: T must be double or float
#include <duet/batch/lanes.hpp>
#include <duet/forward/dual.hpp>
duet::lanes<duet::dual<>> const x;
