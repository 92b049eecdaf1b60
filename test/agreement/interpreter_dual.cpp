#include "interpreter.hpp"

template interpreter::runner<duet::dual<double, 1>> interpreter::run;
template interpreter::runner<duet::dual<double, 2>> interpreter::run;
template interpreter::runner<duet::dual<double, 3>> interpreter::run;
