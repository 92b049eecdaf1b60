// expect: duet::hvp needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/driver/hvp.hpp>

auto const p = duet::hvp([](double t) { return t * t; }, 2.0, 1.0);
