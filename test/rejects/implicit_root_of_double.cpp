// expect: duet::implicit_root needs F(y, p) to accept Duet scalars in y and in p
#include <duet/duet.hpp>
#include <duet/linalg/implicit.hpp>

double const root = duet::implicit_root([](double y, double p) { return y * y - p; }, 1.0, 2.0);
