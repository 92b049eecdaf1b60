// expect: duet: scalars of two kinds, such as var and dual or var<float> and var<double>, meet in an operation
// heading: duet: scalars of two kinds meet in an operation
// most-lines: 30
#include <duet/duet.hpp>

duet::var<float> const a = 1;
duet::var<double> const b = 2;
auto const c = a * b;
