#include "interpreter.hpp"

template interpreter::runner<double> interpreter::run;
template interpreter::runner<interpreter::wide> interpreter::run;
