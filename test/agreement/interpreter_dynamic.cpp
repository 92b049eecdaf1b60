#include "interpreter.hpp"

template interpreter::runner<duet::dual<double, duet::dynamic>> interpreter::run;
template interpreter::runner<interpreter::dual_of_dual> interpreter::run;
