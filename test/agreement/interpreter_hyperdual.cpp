#include "interpreter.hpp"

template interpreter::runner<interpreter::gradient_and_hessian> interpreter::run;
