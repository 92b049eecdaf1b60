#pragma once

#include <duet/duet.hpp>

// The tape that `second.cpp` sees as this thread's active one must be the one that `main.cpp` made so.
duet::var<> cube(duet::var<> const& x);
double slope_of_cube(double x);
