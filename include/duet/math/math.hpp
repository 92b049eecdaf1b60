#pragma once

// All rules. rules::all is the list that tests and the reference iterate.

#include <boost/mp11/list.hpp>
#include <duet/math/arithmetic.hpp>
#include <duet/math/exponential.hpp>
#include <duet/math/hyperbolic.hpp>
#include <duet/math/piecewise.hpp>
#include <duet/math/power.hpp>
#include <duet/math/rounding.hpp>
#include <duet/math/special.hpp>
#include <duet/math/trigonometric.hpp>

namespace duet::rules {

using all =
    boost::mp11::mp_append<arithmetic, power, exponential, trigonometric, hyperbolic, special, piecewise, rounding>;

}  // namespace duet::rules
