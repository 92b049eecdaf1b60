#pragma once

// The workloads of reverse mode once more, as a user of the library writes them to be fast: in Eigen's matrices and
// arrays, which are recorded whole, in preaccumulated steps and kernels, and (where xsimd is found) in SIMD lanes. Each
// inherits data, start and the gradient by hand.

#include "workload/structural_algebra.hpp"
#include "workload/structural_learning.hpp"
#include "workload/structural_simulation.hpp"
#if __has_include(<xsimd/xsimd.hpp>)
#include "workload/structural_lanes.hpp"
#endif
