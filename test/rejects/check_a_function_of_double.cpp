// expect: duet::check_derivatives needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/check.hpp>

auto const check = duet::check_derivatives([](double x) { return x * x; }, 1.0);
