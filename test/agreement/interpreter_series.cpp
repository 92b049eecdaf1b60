#include "interpreter.hpp"

template interpreter::runner<duet::taylor<double, 2>> interpreter::run;
template interpreter::runner<duet::taylor<double, 3>> interpreter::run;
