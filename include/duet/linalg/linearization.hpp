#pragma once

// A function of whole vectors and matrices as one operation of every mode: linear algebra, implicit functions and the
// caller's own black boxes state their value, tangent and adjoint once, and this header carries them through duals,
// hyper-duals, series and the tape, nested as they may be.
//
// A linearization of y = f(x...) at arguments whose entries are numbers of type T is an object with
//   value()               y, a shape of T
//   tangent(dx...)        dy, in the shape of y; dx are pointers to shapes of T, null for an argument that stays
//   adjoint(ybar, xbar...) writes x's adjoints over what the pointers xbar point to, null where none is wanted; it may
//                         hold anything, of any sizes
// An operation is a callable that returns the linearization at its arguments. T may itself be active (the dual numbers
// of a Hessian): then the rules are evaluated in that arithmetic, and the value is an operation of one level less.
// like(x...), a member of an operation that can be traced for sparsity at all points at once, returns any y of the
// right sizes.

#include <duet/linalg/linearized_forward.hpp>
#include <duet/linalg/linearized_pattern.hpp>
#include <duet/linalg/linearized_reverse.hpp>
#include <duet/linalg/linearized_scalar.hpp>
