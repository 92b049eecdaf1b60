#pragma once

// Sparse Jacobians, Hessians and Gauss-Newton matrices: the pattern is traced, coloured, compressed and recovered.

#include <duet/driver/sparse.hpp>
#include <duet/math/math.hpp>
