#include "interpreter.hpp"

template interpreter::runner<duet::var<>> interpreter::run;
template interpreter::runner<interpreter::var_of_dual> interpreter::run;
