// The derivatives of one rule, DUET_MUTATED_RULE, in every mode at the points that expected.cpp has printed on the
// standard input. One line for a mode and a point: the mode, whether it keeps the law, and what it computed. With
// DUET_MUTATED_DIGITS only in numbers of so many digits, which are not std::floating_point: rules have formulas for
// such numbers alone.

#include <cstdio>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <duet/symbolic.hpp>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>
#ifdef DUET_MUTATED_DIGITS
#include <boost/multiprecision/cpp_bin_float.hpp>
#endif

namespace {

using std::size_t;
using R = duet::rules::DUET_MUTATED_RULE;

template <class Rule>
constexpr size_t operand_count() {
  if constexpr (std::is_same_v<std::remove_const_t<decltype(Rule::domain)>, duet::interval>)
    return 1;
  else
    return Rule::domain.size();
}
constexpr size_t operands = operand_count<R>();
constexpr size_t n = operands - duet::parameter_count<R>;
using numbers = std::array<double, n>;

// What is compared: value, gradient and the upper half of the Hessian, or those of them that a mode has.
struct sample {
  numbers x{};
  double parameter = 0;
  std::vector<double> expected;
  enum { inside, zero, negative_zero } place = inside;
};

template <class X>
auto applied(std::array<X, n> const& x, double parameter) {
  return [&]<size_t... I, size_t... P>(std::index_sequence<I...>, std::index_sequence<P...>) {
    return duet::apply(R{}, x[I]..., (static_cast<void>(P), parameter)...);
  }(std::make_index_sequence<n>{}, std::make_index_sequence<operands - n>{});
}

auto graph(double parameter) {
  return [&]<int... I, size_t... P>(std::integer_sequence<int, I...>, std::index_sequence<P...>) {
    return duet::apply(R{}, duet::symbolic::variable<I>..., (static_cast<void>(P), parameter)...);
  }(std::make_integer_sequence<int, static_cast<int>(n)>{}, std::make_index_sequence<operands - n>{});
}

// Values and slopes within 1e-14, second derivatives within 1e-12: an order more than what rounding does, and less than
// a wrong sign in a term that only corrects rounding.
bool close(double got, double expected, double size, bool is_second) {
  if (expected != expected) return true;  // not resolved
  if (size == 0 && got != 0 && expected != 0 && std::signbit(got) != std::signbit(expected)) return false;
  if (std::abs(expected) > 1e307) return std::abs(got) > 1e306 && (got > 0) == (expected > 0);
  return std::abs(got - expected) <= (is_second ? 1e-12 : 1e-14) * std::fmax(std::abs(expected), size) + 1e-320;
}
bool same(double a, double b) { return a == b || (a != a && b != b); }

// A negative zero is a zero.
std::map<std::string, std::vector<double>> at_zero;

void report(char const* mode, std::vector<double> const& got, sample const& s, std::vector<double> const& sizes = {}) {
  bool good = true;
  if (s.place == sample::inside) {
    for (size_t i = 0; i < got.size(); ++i)
      good = good && (sizes.empty() ? close(got[i], s.expected[i], 0, i > n)
                                    : close(got[i], s.expected[i], sizes[i], i % 3 == 2));
  } else if (s.place == sample::zero) {
    at_zero[mode] = got;
  } else {
    for (size_t i = 0; i < got.size(); ++i) good = good && same(got[i], at_zero[mode][i]);
  }
  std::printf("%s %s numbers", mode, good ? "holds" : "fails");
  for (size_t i = 0; i < got.size(); ++i)  // what no law speaks of does not count, nor the sign of zero
    if (s.place == sample::inside && s.expected[i] == s.expected[i])
      std::printf(got[i] == got[i] ? " %a" : " nan", got[i] + 0.0);
  std::printf("\n");
}

void by_dual(sample const& s) {
  using S = duet::dual<double, n>;
  std::array<S, n> x;
  for (size_t i = 0; i < n; ++i) x[i] = S::independent(s.x[i], i);
  S const y = applied(x, s.parameter);
  std::vector<double> got{y.value()};
  for (size_t i = 0; i < n; ++i) got.push_back(y.partial(i));
  report("dual", got, s);
}

void by_tape(sample const& s) {
  static duet::tape<> tape;
  tape.clear();
  duet::recording const scope(tape);
  std::array<duet::var<>, n> x;
  for (size_t i = 0; i < n; ++i) x[i] = tape.independent(s.x[i]);
  duet::var<> const y = applied(x, s.parameter);
  tape.reverse(y);
  std::vector<double> got{y.value()};
  for (size_t i = 0; i < n; ++i) got.push_back(tape.adjoint(x[i]));
  report("tape", got, s);
}

template <class T>
void by_hyperdual(char const* mode, sample const& s) {
  using S = duet::hyperdual<T, n>;
  std::array<S, n> x;
  for (size_t i = 0; i < n; ++i) x[i] = S::independent(T(s.x[i]), i);
  S const y = applied(x, s.parameter);
  std::vector<double> got{static_cast<double>(y.value())};
  for (size_t i = 0; i < n; ++i) got.push_back(static_cast<double>(y.partial(i)));
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i; j < n; ++j) got.push_back(static_cast<double>(y.second(i, j)));
  report(mode, got, s);
}

void by_dual_of_dual(sample const& s) {
  using inner = duet::dual<double, n>;
  using S = duet::dual<inner, n>;
  std::array<S, n> x;
  for (size_t i = 0; i < n; ++i) x[i] = S::independent(inner::independent(s.x[i], i), i);
  S const y = applied(x, s.parameter);
  std::vector<double> got{y.value().value()};
  for (size_t i = 0; i < n; ++i) got.push_back(y.partial(i).value());
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i; j < n; ++j) got.push_back(y.partial(i).partial(j));
  report("dual_of_dual", got, s);
}

void by_forward_over_reverse(sample const& s) {
  using inner = duet::dual<double, n>;
  static duet::tape<inner> tape;
  tape.clear();
  duet::recording const scope(tape);
  std::array<duet::var<inner>, n> x;
  for (size_t i = 0; i < n; ++i) x[i] = tape.independent(inner::independent(s.x[i], i));
  duet::var<inner> const y = applied(x, s.parameter);
  tape.reverse(y);
  std::vector<double> got{y.value().value()};
  for (size_t i = 0; i < n; ++i) got.push_back(tape.adjoint(x[i]).value());
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i; j < n; ++j) got.push_back(tape.adjoint(x[i]).partial(j));
  report("forward_over_reverse", got, s);
}

// Along each direction of a basis, and of its pairs.
void by_series(sample const& s) {
  using S = duet::taylor<double, 2>;
  std::vector<double> got, sizes;
  sample along{s.x, s.parameter, {}, s.place};
  auto const line = [&](numbers const& v) {
    std::array<S, n> x;
    for (size_t i = 0; i < n; ++i) {
      x[i] = S(s.x[i]);
      x[i].set_coefficient(1, v[i]);
    }
    S const y = applied(x, s.parameter);
    double slope = 0, slopes = 0, bend = 0, bends = 0;
    auto const& all = s.expected;
    size_t entry = 1 + n;
    for (size_t i = 0; i < n; ++i) {
      if (v[i] != 0) slope += all[1 + i] * v[i], slopes += std::abs(all[1 + i] * v[i]);
      for (size_t j = i; j < n; ++j, ++entry)
        if (v[i] != 0 && v[j] != 0) {
          double const term = (i == j ? 1 : 2) * v[i] * v[j] * all[entry];
          bend += term, bends += std::abs(term);
        }
    }
    for (auto const& [number, wanted, size] :
         {std::tuple(y.value(), all[0], 0.0), std::tuple(y.derivative(1), slope, slopes),
          std::tuple(y.derivative(2), bend, bends)}) {
      got.push_back(number);
      along.expected.push_back(wanted);
      sizes.push_back(size);
    }
  };
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i; j < n; ++j) {
      numbers v{};
      v[i] = v[j] = 1;
      line(v);
    }
  report("series", got, along, sizes);
}

void by_symbolic(sample const& s) {
  namespace sym = duet::symbolic;
  auto const g = graph(s.parameter);
  auto const swept = sym::value_and_gradient(g, s.x);
  auto const first = sym::gradient(g)(s.x);
  std::vector<double> got{swept.value};
  for (size_t i = 0; i < n; ++i) got.push_back(swept.gradient[i]);
  report("kernel", got, s);  // which runs the same sweep
  got.assign({g(s.x)});
  for (size_t i = 0; i < n; ++i) got.push_back(first[i]);
  if constexpr (decltype(sym::gradient(g))::inputs > 0) {
    auto const second = sym::hessian(g)(s.x);
    for (size_t i = 0; i < n; ++i)
      for (size_t j = i; j < n; ++j) got.push_back(second[i][j]);
  }
  report("symbolic", got, s);
}

void in_every_mode(sample const& s) {
#ifdef DUET_MUTATED_DIGITS
  namespace mp = boost::multiprecision;
  by_hyperdual<mp::number<mp::cpp_bin_float<DUET_MUTATED_DIGITS>, mp::et_off>>("hyperdual_of_many_digits", s);
#else
  by_dual(s);
  by_tape(s);
  by_hyperdual<double>("hyperdual", s);
  by_hyperdual<long double>("hyperdual_of_long_double", s);
  by_dual_of_dual(s);
  by_forward_over_reverse(s);
  by_series(s);
  by_symbolic(s);
#endif
}

template <class Rule>
constexpr bool begins_at_zero(size_t k) {
  if constexpr (operand_count<Rule>() > 1)
    return Rule::domain[k].lower == 0;
  else
    return Rule::domain.lower == 0;
}

}  // namespace

int main() {
  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream text(line);
    std::string name, word;
    text >> name;
    if (name != R::name) continue;
    std::vector<double> all;
    while (text >> word) all.push_back(std::strtod(word.c_str(), nullptr));
    sample s;
    for (size_t i = 0; i < n; ++i) s.x[i] = all[i];
    if (n < operands) s.parameter = all[n];
    s.expected.assign(all.begin() + 3, all.end());
    in_every_mode(s);
  }
  for (double sign : {1.0, -1.0}) {
    sample s;
    bool any = false;
    for (size_t k = 0; k < n; ++k) {
      s.x[k] = begins_at_zero<R>(k) ? sign * 0.0 : 1.5;
      any = any || begins_at_zero<R>(k);
    }
    s.parameter = 2;
    s.place = sign > 0 ? sample::zero : sample::negative_zero;
    s.expected.assign(1 + n + n * (n + 1) / 2, 0.0);
    if (any) in_every_mode(s);
  }
}
