// expect: duet::derivatives needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/driver/derivatives.hpp>

auto const d = duet::derivatives<2>([](double t) { return t * t; }, 2.0);
