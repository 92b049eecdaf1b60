#pragma once

// The statements that random programs are made of, for every scalar.

#include <cmath>
#include <cstddef>
#include <duet/math/math.hpp>

namespace duet_test {

inline constexpr std::size_t statement_kinds = 20;

// Statements of several operations; operands and target may be one variable, so that aliasing and self-accumulation
// come by themselves. take(outcome, distance) notes a branch and how close it is, and returns the outcome.
template <class T, class Take>
void execute_statement(std::size_t kind, T const& a, T const& b, T const& c, T& to, Take const& take) {
  using std::atan, std::cos, std::exp, std::log, std::max, std::pow, std::sin, std::sqrt, std::tanh;
  auto const distance = [](T const& x, T const& y) {
    return static_cast<double>(duet::value(x)) - static_cast<double>(duet::value(y));
  };
  switch (kind) {
    case 0:
      to = a * b + c;
      break;
    case 1:
      to = sin(a) * b - c;
      break;
    case 2:
      to += a * b;
      break;
    case 3:
      to -= 0.5 * a * a;
      break;
    case 4:
      to *= a;
      break;
    case 5:
      to = a * a * a + b * a - 2;
      break;
    case 6:
      to = a / (2 + b * b);
      break;
    case 7:
      to = tanh(a - b) + c;
      break;
    case 8:
      to = exp(-a * a) * (b + c * (a - b));
      break;
    case 9:
      to = sqrt(1 + a * a + b * b);
      break;
    case 10:
      to += to;
      break;
    case 11:
      to -= to * c;
      break;
    case 12:
      to = log(1 + a * a) - atan(b) * 3;
      break;
    case 13:
      to /= 1 + a * a;
      break;
    case 14:
      to = pow(1 + a * a, 0.25 * b) + -c;
      break;
    case 15:
      if (take(a < b, distance(a, b)))
        to = a + b + c + a * b + b * c + c * a + cos(a) * sin(b) + 2 * (a - b) * (b - c) * (c - a);
      else
        to = a;
      break;
    case 16:
      to = a;
      break;
    case 17:
      take(a < b, distance(a, b));
      to = max(a, b) - b;
      break;
    case 18:
      to = a - a + b - c;
      break;
    case 19:
      to += 1.5;
      break;
  }
}

}  // namespace duet_test
