#pragma once

// The independent side of the laws: a rule as plain functions of double and of 75 digits, and derivatives by central
// differences of its value. Read by test/math/rules.cpp and test/mutation.

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/math/math.hpp>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

namespace oracle {

using big = boost::multiprecision::number<boost::multiprecision::cpp_bin_float<75>>;

// Operands, partials and second derivatives; the first ones are used.
template <class T>
using operand_values = std::array<T, 3>;
template <class T>
using partial_values = std::array<T, 3>;
template <class T>
using second_values = std::array<T, 6>;

template <class T>
struct stated {
  T (*value)(operand_values<T> const&);
  partial_values<T> (*first)(operand_values<T> const&);
  second_values<T> (*second)(operand_values<T> const&);
};

struct subject {
  std::string name;
  std::size_t operands, parameters;
  std::array<duet::interval, 3> domain;
  bool infinite_slope;
  std::array<bool, 6> first_says_zero, second_says_zero;
  stated<double> in_double;
  stated<big> in_big;
};

template <class R>
inline constexpr bool is_unary = std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>;

template <class R>
inline constexpr std::size_t operand_count = [] {
  if constexpr (is_unary<R>)
    return std::size_t{1};
  else
    return R::domain.size();
}();

template <class R, class T>
auto value_of(operand_values<T> const& x) {
  if constexpr (operand_count<R> == 1)
    return R::value(x[0]);
  else if constexpr (operand_count<R> == 2)
    return R::value(x[0], x[1]);
  else
    return R::value(x[0], x[1], x[2]);
}

// What first and second give, as tuples that keep the types.
template <class R, class T>
auto first_of(operand_values<T> const& x) {
  T const y = value_of<R>(x);
  if constexpr (operand_count<R> == 1) {
    return std::tuple(R::first(x[0], y));
  } else if constexpr (operand_count<R> == 2) {
    auto const d = R::first(x[0], x[1], y);
    return std::tuple(get<0>(d), get<1>(d));
  } else {
    auto const d = R::first(x[0], x[1], x[2], y);
    return std::tuple(get<0>(d), get<1>(d), get<2>(d));
  }
}
template <class R, class T>
auto second_of(operand_values<T> const& x) {
  T const y = value_of<R>(x);
  if constexpr (operand_count<R> == 1) {
    return std::tuple(R::second(x[0], y, duet::number<T>(R::first(x[0], y))));
  } else if constexpr (operand_count<R> == 2) {
    auto const d = R::second(x[0], x[1], y);
    return std::tuple(get<0>(d), get<1>(d), get<2>(d));
  } else {
    auto const d = R::second(x[0], x[1], x[2], y);
    return std::tuple(get<0>(d), get<1>(d), get<2>(d), get<3>(d), get<4>(d), get<5>(d));
  }
}

template <class Array, class... D>
Array as_numbers(std::tuple<D...> const& d) {
  return std::apply([](auto const&... number) { return Array{duet::number<typename Array::value_type>(number)...}; },
                    d);
}
template <class... D>
constexpr std::array<bool, 6> says_zero(std::type_identity<std::tuple<D...>>) {
  return {std::is_same_v<D, duet::zero>...};
}

template <class R, class T>
stated<T> stated_by() {
  return {[](operand_values<T> const& x) { return T(value_of<R>(x)); },
          [](operand_values<T> const& x) { return as_numbers<partial_values<T>>(first_of<R>(x)); },
          [](operand_values<T> const& x) { return as_numbers<second_values<T>>(second_of<R>(x)); }};
}

template <class R>
subject describe() {
  subject s{std::string(R::name),
            operand_count<R>,
            duet::parameter_count<R>,
            {},
            R::infinite_slope,
            says_zero(std::type_identity<decltype(first_of<R>(operand_values<double>{}))>{}),
            says_zero(std::type_identity<decltype(second_of<R>(operand_values<double>{}))>{}),
            stated_by<R, double>(),
            stated_by<R, big>()};
  if constexpr (is_unary<R>)
    s.domain[0] = R::domain;
  else
    std::copy(R::domain.begin(), R::domain.end(), s.domain.begin());
  return s;
}

// A derivative from differences, and what rounding can have added to it.
struct difference {
  big number, noise;
  bool resolved() const { return noise <= abs(number) * 1e-20; }
};

class differences {
 public:
  explicit differences(subject const& s) : subject_(s) {}

  difference first(operand_values<big> const& x, std::size_t k) const {
    return best([&](big const& most) {
      big const h = room(x, k, most) * step;
      auto const slope = [&](big const& width) { return (shifted(x, k, width) - shifted(x, k, -width)) / (2 * width); };
      big const coarse = slope(h), fine = slope(h / 2);
      big const number = (4 * fine - coarse) / 3;
      return difference{number, abs(fine - coarse) + (abs(subject_.in_big.value(x)) + abs(number * x[k])) * unit / h};
    });
  }

  difference second(operand_values<big> const& x, std::size_t k, std::size_t l) const {
    return best([&](big const& most) {
      big const h = room(x, k, most) * step, g = room(x, l, most) * step;
      big const y = subject_.in_big.value(x);
      big const up = shifted(x, k, h);
      if (k == l) {
        big const down = shifted(x, k, -h);
        return difference{(up - 2 * y + down) / (h * h), (abs(y) + abs(up - down) / h * abs(x[k])) * unit / (h * h)};
      }
      auto const corner = [&](big const& a, big const& b) {
        auto moved = x;
        moved[k] += a;
        moved[l] += b;
        return subject_.in_big.value(moved);
      };
      big const slopes = abs(up - y) / h * abs(x[k]) + abs(shifted(x, l, g) - y) / g * abs(x[l]);
      return difference{(corner(h, g) - corner(h, -g) - corner(-h, g) + corner(-h, -g)) / (4 * h * g),
                        (abs(y) + slopes) * unit / (h * g)};
    });
  }

 private:
  inline static big const unit = std::numeric_limits<big>::epsilon() * 16;
  inline static big const step = big("1e-18");

  // With a wide step if that resolves it, else with a narrow one.
  template <class At>
  static difference best(At const& at) {
    difference const wide = at(big("1e400"));
    if (wide.resolved()) return wide;
    difference const narrow = at(big(1));
    return narrow.resolved() || narrow.noise < wide.noise ? narrow : wide;
  }

  // How far operand k can go before it meets zero or an end of its domain; at most `most`.
  big room(operand_values<big> const& x, std::size_t k, big most) const {
    if (x[k] != 0 && abs(x[k]) < most) most = abs(x[k]);
    for (double end : {subject_.domain[k].lower, subject_.domain[k].upper})
      if (std::isfinite(end))
        if (big const distance = abs(x[k] - end); distance != 0 && distance < most) most = distance;
    return most;
  }

  big shifted(operand_values<big> x, std::size_t k, big const& h) const {
    x[k] += h;
    return subject_.in_big.value(x);
  }

  subject const& subject_;
};

// Seeded samples of an interval: all over it, dense where functions live, close to its ends and far out.
class samples {
 public:
  samples(double least, double most) : least_(least), most_(most) {}

  double next(duet::interval domain) {
    double const u = uniform();
    if (std::isfinite(domain.lower) && std::isfinite(domain.upper)) {
      double const width = domain.upper - domain.lower;
      if (u < 0.4) return domain.lower + width * uniform();
      if (u < 0.6) return std::max(std::nextafter(domain.lower, 0), domain.lower + width * magnitude(1e-16, 0.1));
      if (u < 0.8) return std::min(std::nextafter(domain.upper, 0), domain.upper - width * magnitude(1e-16, 0.1));
      return magnitude(least_, 0.1) * (uniform() < 0.5 ? -1 : 1);
    }
    double const size = u < 0.3   ? magnitude(least_, most_)
                        : u < 0.7 ? magnitude(1e-3, std::min(most_, 1e3))
                                  : 5 * uniform();
    if (!std::isfinite(domain.lower)) return uniform() < 0.5 ? -size : size;
    double const distance = uniform() < 0.2 ? magnitude(1e-16, 0.1) : size;
    return std::max(std::nextafter(domain.lower, domain.upper), domain.lower + distance);
  }

 private:
  double uniform() { return static_cast<double>(engine_() >> 11) * 0x1p-53; }
  double magnitude(double from, double to) {
    return std::exp(std::log(from) + uniform() * (std::log(to) - std::log(from)));
  }

  std::mt19937_64 engine_{20240229};
  double least_, most_;
};

using point = operand_values<double>;

inline std::vector<subject> const& all_subjects() {
  static std::vector<subject> const subjects = [] {
    std::vector<subject> list;
    boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) { list.push_back(describe<R>()); });
    return list;
  }();
  return subjects;
}

// What to sample: sizes, unless stated up to 1e300 where a slope meets the ends of double, and parameters from a list.
struct plan {
  std::size_t count = 120;
  double least = 1e-300, most = 1e300;
  std::vector<double> parameters = {};
};
inline std::map<std::string, plan> const plans{
    // argument reduction in 75 digits ends there
    {"sin", {120, 1e-300, 1e8}},
    {"cos", {120, 1e-300, 1e8}},
    {"tan", {120, 1e-300, 1e8}},
    // steps have to be wider than the differences
    {"floor", {120, 1e-300, 1e8}},
    {"ceil", {120, 1e-300, 1e8}},
    {"trunc", {120, 1e-300, 1e8}},
    {"round", {120, 1e-300, 1e8}},
    {"nearbyint", {120, 1e-300, 1e8}},
    {"fractional_part", {120, 1e-300, 1e8}},
    {"fmod", {120, 1e-10, 1e10}},
    {"remainder", {120, 1e-10, 1e10}},
    // the definition loses digits beyond
    {"log_sum_exp", {120, 1e-20, 1e10}},
    {"log_sum_exp3", {120, 1e-20, 1e10}},
    // slow in 75 digits, and Boost.Math throws where they overflow
    {"tgamma", {40, 1e-300, 170}},
    {"lgamma", {40, 1e-300, 1e15}},
    {"digamma", {40, 1e-300, 1e15}},
    {"polygamma", {40, 1e-30, 1e15, {0, 1, 2, 3, 4}}},
    {"ldexp", {120, 1e-300, 1e300, {0, 1, -1, 10, -10, 52}}},
    {"pow_fixed_exponent", {140, 1e-300, 1e300, {0, 1, 2, 3, -1, -2, 0.5, 1.5, -0.5, 1.0 / 3, 10, 100, 1.01, -7.25}}},
    {"pow_fixed_base", {140, 1e-300, 1e300, {1, 2, 10, 0.5, 0.1, 2.718281828459045, 1e-5, 1e5, 1.0000001, 0.99}}},
};
inline plan plan_of(subject const& s) {
  auto const found = plans.find(s.name);
  return found == plans.end() ? plan{} : found->second;
}

inline std::vector<point> samples_of(subject const& s) {
  plan const p = plan_of(s);
  samples draw(p.least, p.most);
  std::vector<point> points(p.count);
  for (std::size_t i = 0; i < points.size(); ++i) {
    for (std::size_t k = 0; k < s.operands; ++k)
      points[i][k] = k + s.parameters < s.operands ? draw.next(s.domain[k]) : p.parameters[i % p.parameters.size()];
    if (s.name == "digamma" && i % 4 == 0)
      points[i][0] = 1.4616321449683622 * (1 + std::ldexp(1.0, -static_cast<int>(i)));  // its root
    if (s.name == "clamp" && points[i][2] < points[i][1]) std::swap(points[i][1], points[i][2]);
  }
  return points;
}

}  // namespace oracle
