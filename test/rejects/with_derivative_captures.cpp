// expect: duet::with_derivative needs functions without captures
#include <duet/forward/with_derivative.hpp>

double scaled(double scale) {
  auto const f = duet::with_derivative([scale](double x) { return scale * x; }, [scale](double) { return scale; });
  return f(2.0);
}
