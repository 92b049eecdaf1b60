#pragma once

// Lane mathematics against std, argument by argument: over random and awkward arguments, each in several companies.

#include <algorithm>
#include <bit>
#include <catch.hpp>
#include <cstdlib>
#include <cstring>
#include <duet/batch/lanes_math.hpp>
#include <iostream>
#include <numbers>
#include <random>
#include <sstream>
#include <string>
#include <vector>

namespace accuracy {

using duet::lanes;

template <class T>
using bits_of = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;

// How many numbers of T lie between a and b, zeros of both signs being neighbours; far if one is NaN.
template <class T>
double distance(T a, T b) {
  if (a != a && b != b) return 0;
  if (a != a || b != b) return duet::infinity;
  auto const place = [](T x) {
    auto const bits = std::bit_cast<bits_of<T>>(x);
    return bits < 0 ? static_cast<double>(std::numeric_limits<bits_of<T>>::min() - bits) - 1 : static_cast<double>(bits);
  };
  if (std::isinf(a) != std::isinf(b)) return duet::infinity;
  if constexpr (sizeof(T) == 4) return std::abs(place(a) - place(b));
  if (std::signbit(a) != std::signbit(b)) return std::abs(place(a) - place(b));
  auto const p = std::bit_cast<bits_of<T>>(a), q = std::bit_cast<bits_of<T>>(b);
  return static_cast<double>(p > q ? p - q : q - p);
}

// What each function is evaluated at, its own domain and beyond it.
template <class T>
std::vector<T> arguments(std::size_t scale) {
  using limits = std::numeric_limits<T>;
  std::vector<T> all{limits::quiet_NaN()};
  auto const add = [&](T x) {  // and its neighbours
    T up = x, down = x;
    all.push_back(x);
    for (int k = 0; k < 2; ++k) {
      up = std::nextafter(up, limits::infinity());
      down = std::nextafter(down, -limits::infinity());
      all.push_back(up);
      all.push_back(down);
    }
  };
  auto const add_both = [&](T x) {
    add(x);
    add(-x);
  };
  for (T x : {T(0), limits::denorm_min(), limits::min(), limits::max(), limits::infinity(), T(0.5), T(0.625), T(1),
              T(1.5), T(2), T(10), std::numbers::sqrt2_v<T>, std::numbers::sqrt2_v<T> / 2, std::numbers::ln2_v<T>,
              std::numbers::e_v<T>, T(19), T(20), T(22), T(36), T(37), T(87), T(88.72283), T(103.97), T(104), T(125), T(126),
              T(127), T(128), T(149), T(150), T(708), T(709.78271289338397), T(710.4758600739439), T(745.13321910194122),
              T(746), T(1021), T(1022), T(1023), T(1024), T(1074), T(1075), T(1e3), T(1e5), T(1e9), T(1e18), T(1e22),
              T(1.4616321449683622)})
    add_both(x);
  for (int e = limits::min_exponent - limits::digits; e < limits::max_exponent; ++e) add_both(std::ldexp(T(1), e));
  for (double a : {-20.0, -18.0, -140.0, 18.0, 140.0, 8.0, -8.0})  // the thresholds of the code
    if (auto const x = static_cast<T>(std::pow(10.0, a)); x > 0 && x <= limits::max()) add_both(x);
  for (int k = 1; k <= 200; ++k) {
    add_both(static_cast<T>(k * (std::numbers::pi_v<long double> / 4)));
    add_both(static_cast<T>(k * (std::numbers::ln2_v<long double> / 2)));
    add_both(static_cast<T>(k) / 2);
  }
  std::mt19937_64 random(7);
  auto const uniform = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(random() >> 11) * 0x1p-53);
  };
  auto const sign = [&] { return (random() & 1) != 0 ? T(1) : T(-1); };
  for (std::size_t i = 0; i < scale; ++i) {
    all.push_back(sign() * static_cast<T>(std::exp2(uniform(limits::min_exponent, limits::max_exponent))));
    all.push_back(sign() * static_cast<T>(std::exp2(uniform(-40, 20))));
    all.push_back(1 + sign() * static_cast<T>(std::exp2(uniform(-limits::digits, -1))));
    all.push_back(-1 + sign() * static_cast<T>(std::exp2(uniform(-limits::digits, -1))));
    for (double range : {1.0, 10.0, 100.0, 1100.0}) all.push_back(static_cast<T>(uniform(-range, range)));
    all.push_back(static_cast<T>(uniform(0, 2)));
    // angles up to where they are reduced, some of them close to a multiple of pi / 2
    all.push_back(static_cast<T>(uniform(-1e5, 1e5)));
    all.push_back(sign() * static_cast<T>(static_cast<long double>(random() % 70000) * (std::numbers::pi_v<long double> / 2)));
  }
  std::shuffle(all.begin(), all.end(), random);
  while (all.size() % 16 != 0) all.push_back(1);
  return all;
}

struct worst_case {
  double error = 0;
  std::string where = "-";
};

template <class T>
std::string shown(T x) {
  std::ostringstream text;
  text.precision(std::numeric_limits<T>::max_digits10);
  text << x;
  return text.str();
}

// f of lanes against g of numbers, of one or two arguments: the worst error, and whether each lane keeps its bits
// beside other neighbours, itself among them.
template <class T, std::size_t W, class F, class G>
worst_case compare(std::vector<std::vector<T>> const& arguments, F const& f, G const& g) {
  worst_case worst;
  std::size_t const count = arguments[0].size(), operands = arguments.size();
  std::size_t moved = 0;
  std::array<T, W> x, y;
  auto const at = [&](std::size_t operand, std::size_t place) { return arguments[operand][place % count]; };
  auto const evaluate = [&](auto const& place) {
    for (std::size_t l = 0; l < W; ++l) {
      x[l] = at(0, place(l));
      y[l] = operands > 1 ? at(1, place(l)) : T(0);
    }
    return f(lanes<T, W>(x), lanes<T, W>(y)).array();
  };
  for (std::size_t i = 0; i < count; i += W) {
    auto const got = evaluate([&](std::size_t l) { return i + l; });
    for (std::size_t l = 0; l < W; ++l) {
      T const a = at(0, i + l), b = operands > 1 ? at(1, i + l) : T(0);
      double const error = distance(got[l], static_cast<T>(g(a, b)));
      if (error > worst.error || (error > 0 && worst.where == "-"))
        worst = {error, shown(a) + (operands > 1 ? " " + shown(b) : "") + " gives " + shown(got[l]) + ", std " +
                            shown(static_cast<T>(g(a, b)))};
    }
    std::size_t const l = i / W % W;
    T const alone = evaluate([&](std::size_t) { return i + l; })[(i / W + 1) % W];
    T const elsewhere = evaluate([&](std::size_t k) { return k == l ? i + l : i + 17 * k + 1; })[l];
    moved += std::memcmp(&alone, &got[l], sizeof alone) != 0 && !(alone != alone && got[l] != got[l]);
    moved += std::memcmp(&elsewhere, &got[l], sizeof alone) != 0 && !(elsewhere != elsewhere && got[l] != got[l]);
  }
  CHECK(moved == 0);
  return worst;
}

}  // namespace accuracy
