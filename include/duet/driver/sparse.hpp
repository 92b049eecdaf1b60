#pragma once

// All sparse drivers.

#include <duet/driver/sparse_gauss_newton.hpp>
#include <duet/driver/sparse_hessian.hpp>
#include <duet/driver/sparse_jacobian.hpp>
