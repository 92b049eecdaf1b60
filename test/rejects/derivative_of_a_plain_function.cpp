// expect: duet::derivative needs f to accept Duet scalars: make f a template or a generic lambda
// heading: duet::derivative needs f to accept Duet scalars
// most-lines: 30
#include <duet/duet.hpp>

double square(double x) { return x * x; }

double const slope = duet::derivative(square, 3.0);
