// expect: duet::with_derivative: second and higher derivatives differentiate df, which takes plain numbers only
#include <cmath>
#include <duet/duet.hpp>
#include <duet/forward/with_derivative.hpp>

auto const f = duet::with_derivative([](double x) { return std::sin(x); }, [](double x) { return std::cos(x); });
double const bend = duet::derivative([](auto const& t) { return duet::derivative(f, t); }, 0.5);
