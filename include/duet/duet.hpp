#pragma once

// Duet: derivatives of generic C++ functions. This header brings the scalars dual and var, the tape, the math functions
// and the drivers.

#include <duet/driver/affine.hpp>
#include <duet/driver/calibrate.hpp>
#include <duet/driver/derivative.hpp>
#include <duet/driver/derivatives.hpp>
#include <duet/driver/gauss_newton.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/driver/least_squares.hpp>
#include <duet/driver/mode.hpp>
#include <duet/driver/preaccumulate.hpp>
#include <duet/driver/prepare.hpp>
#include <duet/driver/product.hpp>
#include <duet/driver/second_directional.hpp>
#include <duet/eigen/label.hpp>
#include <duet/eigen/product.hpp>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/forward/with_derivative.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
