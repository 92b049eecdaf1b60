// expect: duet::trace needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/trace.hpp>

auto const rows = duet::trace([](double x) { return x * x; }, 1.0);
