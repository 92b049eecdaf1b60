#pragma once

// Linear algebra with derivatives of its own: a whole solve, determinant or decomposition is one operation of every
// mode and one entry of the tape.

#include <duet/linalg/argmin.hpp>
#include <duet/linalg/cholesky.hpp>
#include <duet/linalg/determinant.hpp>
#include <duet/linalg/exponential.hpp>
#include <duet/linalg/fixed_point.hpp>
#include <duet/linalg/implicit.hpp>
#include <duet/linalg/least_squares.hpp>
#include <duet/linalg/product.hpp>
#include <duet/linalg/pullback.hpp>
#include <duet/linalg/singular_values.hpp>
#include <duet/linalg/solve.hpp>
#include <duet/linalg/sparse_solve.hpp>
#include <duet/linalg/symmetric_eigen.hpp>
