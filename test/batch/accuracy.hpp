#pragma once

// Lane mathematics against std, argument by argument: over random and awkward arguments, each in several companies.

#include <algorithm>
#include <bit>
#include <catch.hpp>
#include <cmath>
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
    return bits < 0 ? static_cast<double>(std::numeric_limits<bits_of<T>>::min() - bits) - 1
                    : static_cast<double>(bits);
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
  for (T x : {T(0),
              limits::denorm_min(),
              limits::min(),
              limits::max(),
              limits::infinity(),
              T(0.5),
              T(0.625),
              T(1),
              T(1.5),
              T(2),
              T(10),
              std::numbers::sqrt2_v<T>,
              std::numbers::sqrt2_v<T> / 2,
              std::numbers::ln2_v<T>,
              std::numbers::e_v<T>,
              T(19),
              T(20),
              T(22),
              T(36),
              T(37),
              T(87),
              T(88.72283),
              T(103.97),
              T(104),
              T(125),
              T(126),
              T(127),
              T(128),
              T(149),
              T(150),
              T(708),
              T(709.78271289338397),
              T(710.4758600739439),
              T(745.13321910194122),
              T(746),
              T(1021),
              T(1022),
              T(1023),
              T(1024),
              T(1074),
              T(1075),
              T(1e3),
              T(1e5),
              T(1e9),
              T(1e18),
              T(1e22),
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
    all.push_back(sign() *
                  static_cast<T>(static_cast<long double>(random() % 70000) * (std::numbers::pi_v<long double> / 2)));
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

// f of lanes against f of numbers: the worst error, and whether each lane keeps its bits beside other neighbours,
// itself among them.
template <std::size_t W, class F, class T, class... More>
worst_case compare(F const& f, std::vector<T> const& first, More const&... more) {
  worst_case worst;
  std::size_t const count = first.size();
  std::size_t moved = 0;
  auto const lanes_at = [&](std::vector<T> const& numbers, auto const& place) {
    std::array<T, W> x;
    for (std::size_t l = 0; l < W; ++l) x[l] = numbers[place(l) % count];
    return lanes<T, W>(x);
  };
  auto const evaluate = [&](auto const& place) { return f(lanes_at(first, place), lanes_at(more, place)...).array(); };
  auto const same = [](T a, T b) { return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b); };
  for (std::size_t i = 0; i + W <= count; i += W) {
    auto const got = evaluate([&](std::size_t l) { return i + l; });
    for (std::size_t l = 0; l < W; ++l) {
      T const expected = f(first[i + l], more[i + l]...);
      double const error = distance(got[l], expected);
      if (error > worst.error)
        worst = {error, shown(first[i + l]) + (std::string() + ... + (" " + shown(more[i + l]))) + " gives " +
                            shown(got[l]) + ", std " + shown(expected)};
    }
    std::size_t const l = i / W % W;
    moved += !same(got[l], evaluate([&](std::size_t) { return i + l; })[(l + 1) % W]);
    moved += !same(got[l], evaluate([&](std::size_t k) { return k == l ? i + l : i + 17 * k + 1; })[l]);
  }
  CHECK(moved == 0);
  return worst;
}

template <class T>
std::vector<T> shuffled(std::vector<T> numbers, unsigned seed) {
  std::shuffle(numbers.begin(), numbers.end(), std::mt19937(seed));
  return numbers;
}

// The numbers closest to each multiple of pi / 2, as far as lanes reduce angles by themselves.
template <class T>
std::vector<T> angles() {
  std::vector<T> all;
  for (long k = 1;; ++k) {
    auto const x = static_cast<T>(static_cast<long double>(k) * (std::numbers::pi_v<long double> / 2));
    if (!(x <= duet::lanes_detail::most_angle<T>)) return all;
    for (T y : {x, std::nextafter(x, T(0)), std::nextafter(x, 2 * x)}) all.insert(all.end(), {y, -y});
    all.insert(all.end(), {x / 2, -x / 2});
  }
}

// Bases with exponents for which the power neither overflows nor underflows, mostly.
template <class T>
std::pair<std::vector<T>, std::vector<T>> powers(std::vector<T> const& numbers) {
  auto base = shuffled(numbers, 2), exponent = shuffled(numbers, 3);
  std::mt19937 random(5);
  for (std::size_t i = 0; i < base.size(); ++i) {
    if (i % 4 != 0) base[i] = std::abs(base[i]);
    double const most = std::numeric_limits<T>::max_exponent * 0.71, unit = static_cast<double>(random()) * 0x1p-31 - 1;
    if (i % 4 >= 2 && base[i] > 0 && std::isfinite(base[i]) && base[i] != 1)
      exponent[i] = static_cast<T>(unit * most / std::log(static_cast<double>(base[i])));
    if (i % 16 == 5) exponent[i] = std::round(exponent[i]);
  }
  return {base, exponent};
}

// All functions that lanes evaluate on whole batches. DUET_LANES_ERRORS=1 prints the worst error of each.
template <class T, std::size_t W>
void check_all(std::size_t scale) {
  auto const numbers = arguments<T>(scale);
  auto const check = [](std::string const& name, double bound, worst_case const& worst) {
    if (std::getenv("DUET_LANES_ERRORS") != nullptr)
      std::cout << name << " of " << (sizeof(T) == 4 ? "float" : "double") << " x " << W << ": " << worst.error
                << " ulp at " << worst.where << '\n';
    INFO(name << " of " << worst.where);
    CHECK(worst.error <= bound);
  };
  auto const unary = [&](std::string const& name, double bound, auto const& f) {
    check(name, bound, compare<W>(f, numbers));
  };
  unary("exp", 2, [](auto const& x) {
    using std::exp;
    return exp(x);
  });
  unary("log", 2, [](auto const& x) {
    using std::log;
    return log(x);
  });
  unary("sin", 2, [](auto const& x) {
    using std::sin;
    return sin(x);
  });
  unary("cos", 2, [](auto const& x) {
    using std::cos;
    return cos(x);
  });
  unary("tanh", 2, [](auto const& x) {
    using std::tanh;
    return tanh(x);
  });
  unary("exp2", 4, [](auto const& x) {
    using std::exp2;
    return exp2(x);
  });
  unary("expm1", 4, [](auto const& x) {
    using std::expm1;
    return expm1(x);
  });
  unary("log2", 4, [](auto const& x) {
    using std::log2;
    return log2(x);
  });
  unary("log10", 4, [](auto const& x) {
    using std::log10;
    return log10(x);
  });
  unary("log1p", 4, [](auto const& x) {
    using std::log1p;
    return log1p(x);
  });
  unary("tan", 4, [](auto const& x) {
    using std::tan;
    return tan(x);
  });
  unary("asin", 4, [](auto const& x) {
    using std::asin;
    return asin(x);
  });
  unary("acos", 4, [](auto const& x) {
    using std::acos;
    return acos(x);
  });
  unary("atan", 4, [](auto const& x) {
    using std::atan;
    return atan(x);
  });
  unary("sinh", 4, [](auto const& x) {
    using std::sinh;
    return sinh(x);
  });
  unary("cosh", 4, [](auto const& x) {
    using std::cosh;
    return cosh(x);
  });
  unary("asinh", 4, [](auto const& x) {
    using std::asinh;
    return asinh(x);
  });
  unary("acosh", 4, [](auto const& x) {
    using std::acosh;
    return acosh(x);
  });
  unary("atanh", 4, [](auto const& x) {
    using std::atanh;
    return atanh(x);
  });
  unary("cbrt", 4, [](auto const& x) {
    using std::cbrt;
    return cbrt(x);
  });
  unary("sqrt", 0, [](auto const& x) {
    using std::sqrt;
    return sqrt(x);
  });
  unary("abs", 0, [](auto const& x) {
    using std::abs;
    return abs(x);
  });
  unary("floor", 0, [](auto const& x) {
    using std::floor;
    return floor(x);
  });
  unary("ceil", 0, [](auto const& x) {
    using std::ceil;
    return ceil(x);
  });
  unary("trunc", 0, [](auto const& x) {
    using std::trunc;
    return trunc(x);
  });
  unary("round", 0, [](auto const& x) {
    using std::round;
    return round(x);
  });
  unary("nearbyint", 0, [](auto const& x) {
    using std::nearbyint;
    return nearbyint(x);
  });
  unary("rint", 0, [](auto const& x) {
    using std::rint;
    return rint(x);
  });
  check("sin near multiples of pi / 2", 2,
        compare<W>(
            [](auto const& x) {
              using std::sin;
              return sin(x);
            },
            angles<T>()));
  check("cos near multiples of pi / 2", 2,
        compare<W>(
            [](auto const& x) {
              using std::cos;
              return cos(x);
            },
            angles<T>()));
  check("tan near multiples of pi / 2", 4,
        compare<W>(
            [](auto const& x) {
              using std::tan;
              return tan(x);
            },
            angles<T>()));
  auto const [base, exponent] = powers(numbers);
  check("pow", 4,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::pow;
              return pow(x, y);
            },
            base, exponent));
  for (int n = -6; n <= 7; ++n)
    unary("pow " + std::to_string(n), 4, [n](auto const& x) {
      using std::pow;
      return static_cast<std::remove_cvref_t<decltype(x)>>(pow(x, n));
    });
  auto const other = shuffled(numbers, 4), third = shuffled(numbers, 5);
  check("hypot", 4,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::hypot;
              return hypot(x, y);
            },
            numbers, other));
  check("atan2", 4,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::atan2;
              return atan2(x, y);
            },
            numbers, other));
  check("copysign", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::copysign;
              return copysign(x, y);
            },
            numbers, other));
  check("fmin", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::fmin;
              return fmin(x, y);
            },
            numbers, other));
  check("fmax", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::fmax;
              return fmax(x, y);
            },
            numbers, other));
  check("fdim", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::fdim;
              return fdim(x, y);
            },
            numbers, other));
  check("fmod", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::fmod;
              return fmod(x, y);
            },
            numbers, other));
  check("remainder", 0,
        compare<W>(
            [](auto const& x, auto const& y) {
              using std::remainder;
              return remainder(x, y);
            },
            numbers, other));
  check("hypot of three", 4,
        compare<W>(
            [](auto const& x, auto const& y, auto const& z) {
              using std::hypot;
              return hypot(x, y, z);
            },
            numbers, other, third));
  check("fma of three", 0,
        compare<W>(
            [](auto const& x, auto const& y, auto const& z) {
              using std::fma;
              return fma(x, y, z);
            },
            numbers, other, third));
  for (int n : {-1080, -1022, -130, -1, 0, 3, 127, 1023, 1030})
    unary("ldexp " + std::to_string(n), 0, [n](auto const& x) {
      using std::ldexp;
      return ldexp(x, n);
    });
  unary("modf", 0, [](auto const& x) {
    using std::modf;
    auto whole = x;
    return modf(x, &whole);
  });
  unary("the whole part of modf", 0, [](auto const& x) {
    using std::modf;
    auto whole = x;
    (void)modf(x, &whole);
    return whole;
  });
}

}  // namespace accuracy
