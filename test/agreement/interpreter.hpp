#pragma once

// Small random programs over a file of registers, interpreted in any scalar: every rule of rules::all, statements of
// several operations, aliasing, self-accumulation and branches. Domains are respected by construction: what a rule
// cannot take is mapped into its domain first. Read by the tests of interpreted programs.

#include "agreement/statements.hpp"

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <cstdint>
#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <random>
#include <vector>

namespace interpreter {

using std::size_t;

using wide =
    boost::multiprecision::number<boost::multiprecision::cpp_bin_float_50::backend_type, boost::multiprecision::et_off>;

inline constexpr size_t inputs = 3, registers = 6;
inline constexpr size_t rule_count = boost::mp11::mp_size<duet::rules::all>::value;
inline constexpr size_t statement_count = 16;

inline bool is_length(size_t operation) {
  using boost::mp11::mp_find;
  return operation == mp_find<duet::rules::all, duet::rules::hypot>::value ||
         operation == mp_find<duet::rules::all, duet::rules::hypot3>::value;
}

struct instruction {
  size_t operation;  // a rule, or from rule_count on a statement
  size_t a, b, c, to, parameter;
};

struct program {
  std::vector<instruction> code;
  std::array<double, inputs> point, direction;
};

// The same on every machine.
inline program random_program(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  auto const pick = [&](size_t n) { return static_cast<size_t>(random() % n); };
  auto const uniform = [&] { return static_cast<double>(static_cast<std::int64_t>(random()) >> 11) * 0x1p-52; };
  program p;
  size_t const length = 3 + pick(8);
  for (size_t i = 0; i < length; ++i) {
    auto const operation = pick(rule_count + 2 * statement_count);
    p.code.push_back({operation < rule_count ? operation : rule_count + (operation - rule_count) / 2, pick(registers),
                      pick(registers), pick(registers), i + 1 == length ? 0 : pick(registers), pick(8)});
  }
  for (double& x : p.point) x = 2 * uniform();
  for (double& v : p.direction) v = uniform();
  return p;
}

// The branches that a run took, and how close it came to taking another, or to a kink. With noise each result is
// disturbed: by how much that changes derivatives is how much rounding can.
struct observer {
  std::uint64_t branches = 0;
  double margin = duet::infinity;
  bool singular = false;  // a slope on the way was infinite
  std::mt19937* noise = nullptr;

  bool take(bool outcome, double distance) {
    branches = branches * 3 + (outcome ? 1 : 2);
    see(distance);
    return outcome;
  }
  void see(double distance) { margin = std::fmin(margin, std::abs(distance)); }

  // 2^-36 times a random number from (-1, 1).
  double disturbance() const { return static_cast<double>(static_cast<std::int32_t>((*noise)())) * 0x1p-67; }
};

template <class T>
double number(T const& x) {
  return static_cast<double>(duet::value(x));
}

// How far the operands are from where the rule bends or breaks; from where it is singular, a thousand times more is
// wanted.
template <class R>
double distance_to_kink(double a, double b, double c) {
  namespace r = duet::rules;
  auto const to_step = [](double x) { return std::abs(2 * x - std::round(2 * x)); };  // integers and halves
  using boost::mp11::mp_list;
  if constexpr (boost::mp11::mp_contains<mp_list<r::abs, r::sign, r::relu>, R>::value)
    return a;
  else if constexpr (std::is_same_v<R, r::cbrt>)
    return 1e-3 * a;
  else if constexpr (std::is_same_v<R, r::tan>)
    return 1e-3 * std::cos(a);
  else if constexpr (boost::mp11::mp_contains<mp_list<r::min, r::max, r::fmin, r::fmax, r::fdim>, R>::value)
    return a - b;
  else if constexpr (std::is_same_v<R, r::copysign>)
    return std::fmin(std::abs(a), std::abs(b));
  else if constexpr (std::is_same_v<R, r::hypot>)
    return 1e-3 * std::hypot(a, b);
  else if constexpr (std::is_same_v<R, r::hypot3>)
    return 1e-3 * std::hypot(a, b, c);
  else if constexpr (std::is_same_v<R, r::atan2>)
    return b < 0 ? 1e-3 * std::abs(a) : 1e-3 * std::hypot(a, b);
  else if constexpr (std::is_same_v<R, r::clamp>)
    return std::fmin(std::abs(a - b), std::abs(a - c));
  else if constexpr (std::is_same_v<R, r::fmod> || std::is_same_v<R, r::remainder>)
    return to_step(a / b);
  else if constexpr (boost::mp11::mp_contains<r::rounding, R>::value && !std::is_same_v<R, r::ldexp>)
    return to_step(a);
  else
    return duet::infinity;
}

template <class... D>
bool are_finite(duet::partials<D...> const& all) {
  return [&]<size_t... K>(std::index_sequence<K...>) {
    return (std::isfinite(duet::number<double>(duet::get<K>(all))) && ...);
  }(std::index_sequence_for<D...>{});
}
inline bool are_finite(auto const& slope) { return std::isfinite(duet::number<double>(slope)); }

// A number inside the interval.
template <class T>
T inside(duet::interval domain, T const& x) {
  using std::sin;
  if (domain.upper == 1) return 0.875 * sin(x);
  if (domain.lower == 0) return 0.25 + 0.25 * x * x;
  if (domain.lower == 1) return 1.25 + x * x;
  if (domain.lower == -1) return x * x - 0.75;
  return x;
}

template <class R>
constexpr auto domains() {
  if constexpr (std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>)
    return std::array{R::domain};
  else
    return R::domain;
}

template <class R>
inline constexpr bool is_quotient = std::is_same_v<R, duet::rules::divide> || std::is_same_v<R, duet::rules::fmod> ||
                                    std::is_same_v<R, duet::rules::remainder>;

template <class R, class T, class... X>
T applied(observer& seen, X const&... x) {
  if constexpr (duet::active<T>) {
    return T(duet::apply(R{}, x...));
  } else {
    T const y = R::value(x...);
    if constexpr (std::is_same_v<T, double>) seen.singular = seen.singular || !are_finite(R::first(x..., y));
    return y;
  }
}

template <class R, class T>
T execute_rule(instruction const& i, T const& first, T const& second, T const& third, observer& seen) {
  namespace r = duet::rules;
  constexpr auto domain = domains<R>();
  constexpr size_t operands = domain.size();
  T const a = inside(domain[0], first);
  if constexpr (std::is_same_v<R, r::polygamma>) {
    return applied<R, T>(seen, a, static_cast<int>(i.parameter % 3));
  } else if constexpr (std::is_same_v<R, r::ldexp>) {
    return applied<R, T>(seen, a, static_cast<int>(i.parameter) - 4);
  } else if constexpr (duet::parameter_count<R> == 1) {
    constexpr std::array exponents{2.0, 3.0, -1.0, 0.5, 1.5, -2.25, 1.0, 4.0};
    constexpr std::array bases{2.0, 10.0, 0.5, 1.25, 3.0, 0.125, 1.0, 2.5};
    using plain = std::conditional_t<duet::active<T>, double, T>;
    return applied<R, T>(seen, a, plain((std::is_same_v<R, r::pow_fixed_base> ? bases : exponents)[i.parameter]));
  } else if constexpr (operands == 1) {
    seen.see(distance_to_kink<R>(number(a), 0, 0));
    return applied<R, T>(seen, a);
  } else {
    T const b = is_quotient<R> ? T(0.5 + second * second) : inside(domain[1], second);
    if constexpr (operands == 2) {
      seen.see(distance_to_kink<R>(number(a), number(b), 0));
      return applied<R, T>(seen, a, b);
    } else {
      T const c = std::is_same_v<R, r::clamp> ? T(b + 0.5 + third * third) : third;
      seen.see(distance_to_kink<R>(number(a), number(b), number(c)));
      return applied<R, T>(seen, a, b, c);
    }
  }
}

// Disturbs every number that x carries, relative to itself and to those of `others`.
template <class T, size_t K, class... Other>
void disturb(observer const& seen, duet::taylor<T, K>& x, Other const&... others) {
  for (size_t k = 0; k <= K; ++k) {
    T const size = (std::abs(x.coefficient(k)) + ... + std::abs(others.coefficient(k)));
    x.set_coefficient(k, x.coefficient(k) + size * seen.disturbance());
  }
}
template <class T, size_t N, class... Other>
void disturb(observer const& seen, duet::hyperdual<T, N>& x, Other const&... others) {
  auto const disturbed = [&](auto const& entry) {
    return entry(x) + (std::abs(entry(x)) + ... + std::abs(entry(others))) * seen.disturbance();
  };
  duet::hyperdual<T, N> result(disturbed([](auto const& y) { return y.value(); }));
  for (size_t i = 0; i < N; ++i) {
    result.set_partial(i, disturbed([&](auto const& y) { return y.partial(i); }));
    for (size_t j = 0; j <= i; ++j) result.set_second(i, j, disturbed([&](auto const& y) { return y.second(i, j); }));
  }
  x = result;
}

// Inside the series of a length are terms as large as y (y'/y)^k, which cancel where the operands are parallel.
template <class T>
void disturb_length(observer const& seen, T& x) {
  if constexpr (requires { x.coefficient(1); }) {
    double const growth = std::abs(x.coefficient(1) / x.coefficient(0));
    double term = std::abs(x.coefficient(1));
    for (size_t k = 2; k <= T::order(); ++k)
      x.set_coefficient(k, x.coefficient(k) + (term *= growth) * seen.disturbance());
  }
}

template <class T>
concept can_be_disturbed = requires(T& x, observer const& seen) { disturb(seen, x); };

template <class T>
void execute(instruction const& i, T const& a, T const& b, T const& c, T& to, observer& seen) {
  using std::sin;
  if (i.operation >= rule_count)
    duet_test::execute_statement(i.operation - rule_count, a, b, c, to,
                                 [&](bool outcome, double distance) { return seen.take(outcome, distance); });
  else
    boost::mp11::mp_with_index<rule_count>(i.operation, [&](auto rule) {
      to = execute_rule<boost::mp11::mp_at<duet::rules::all, decltype(rule)>>(i, a, b, c, seen);
    });
  double const size = std::abs(number(to));
  if (seen.take(size > 4, size - 4)) to = 4 * sin(to);
}

// The value of the program's result, register 0.
template <class T>
T run(program const& p, std::array<T, inputs> const& x, observer& seen) {
  std::array<T, registers> r;
  for (size_t i = 0; i < registers; ++i) r[i] = i < inputs ? x[i] : T(0.375 * static_cast<double>(i) - 0.5);
  for (auto const& i : p.code) {
    if constexpr (can_be_disturbed<T>)
      if (seen.noise != nullptr) {
        T a = r[i.a], b = r[i.b], c = r[i.c];
        for (T* operand : {&a, &b, &c, &r[i.to]}) disturb(seen, *operand);
        execute(i, a, b, c, r[i.to], seen);
        disturb(seen, r[i.to], a, b, c);
        if (is_length(i.operation)) disturb_length(seen, r[i.to]);
        continue;
      }
    execute(i, r[i.a], r[i.b], r[i.c], r[i.to], seen);
  }
  return r[0];
}

// Each scalar is compiled in a file of its own, interpreter_*.cpp.
template <class T>
using runner = T(program const&, std::array<T, inputs> const&, observer&);

using dual_of_dual = duet::dual<duet::dual<double, 1>, 1>;
using var_of_dual = duet::var<duet::dual<double, 1>>;
using gradient_and_hessian = duet::hyperdual<double, inputs>;
extern template runner<double> run;
extern template runner<wide> run;
extern template runner<duet::dual<double, 1>> run;
extern template runner<duet::dual<double, 2>> run;
extern template runner<duet::dual<double, 3>> run;
extern template runner<duet::dual<double, duet::dynamic>> run;
extern template runner<dual_of_dual> run;
extern template runner<duet::var<>> run;
extern template runner<var_of_dual> run;
extern template runner<gradient_and_hessian> run;
extern template runner<duet::taylor<double, 2>> run;
extern template runner<duet::taylor<double, 3>> run;

}  // namespace interpreter
