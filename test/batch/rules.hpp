#pragma once

// Every rule at points that differ between lanes, awkward ones among them: what lanes carry in duals and hyper-duals is
// what doubles carry, lane by lane. Lanes take different branches all the time.
// DUET_LANES_ERRORS=1 prints the worst differences.

#include <algorithm>
#include <boost/mp11/algorithm.hpp>
#include <catch.hpp>
#include <cstdlib>
#include <duet/batch/lanes_math.hpp>
#include <duet/forward/hyperdual.hpp>
#include <iostream>
#include <random>
#include <sstream>
#include <vector>

namespace lanes_of_rules {

inline constexpr std::size_t width = 8;
using number = duet::lanes<double, width>;

template <class R>
inline constexpr std::size_t operand_count = [] {
  if constexpr (std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>)
    return std::size_t{1};
  else
    return R::domain.size();
}();

inline std::vector<double> const& awkward_numbers() {
  static std::vector<double> const list = [] {
    std::vector<double> all{std::numeric_limits<double>::quiet_NaN()};
    for (double x :
         {0.0, 5e-324, 1e-300, 1e-170, 1e-8, 0.25,  0.5,   0.75, 1.0,   1.0 + 0x1p-52,          1.4616321449683622,
          1.5, 2.0,    3.0,    5.0,    20.0, 100.5, 720.0, 1e10, 1e170, 1.7976931348623157e308, duet::infinity})
      for (double sign : {1.0, -1.0}) all.push_back(sign * x);
    return all;
  }();
  return list;
}

// Points of some operands, shuffled.
template <std::size_t Operands>
std::vector<std::array<double, Operands>> points() {
  std::vector<std::array<double, Operands>> all;
  std::mt19937_64 random(11);
  auto const& list = awkward_numbers();
  auto const some = [&] {
    double const unit = static_cast<double>(random() >> 11) * 0x1p-53;
    return random() % 4 == 0 ? list[random() % list.size()] : random() % 2 == 0 ? 2 * unit - 1 : 20 * unit - 10;
  };
  std::size_t const count = Operands == 1 ? 200 : 1600;
  if constexpr (Operands == 1) {
    for (double x : list) all.push_back({x});
  } else {
    for (double x : list)
      for (double y : list) {
        all.push_back({x, y});
        if constexpr (Operands == 3) all.back()[2] = some();
      }
  }
  while (all.size() < count || all.size() % width != 0) {
    std::array<double, Operands> x;
    for (double& entry : x) entry = some();
    all.push_back(x);
  }
  std::shuffle(all.begin(), all.end(), random);
  return all;
}

// A value with its first and second derivatives.
template <class T, std::size_t N>
struct derivatives {
  T value;
  std::array<T, N> first_of_dual, first;
  std::array<T, N*(N + 1) / 2> second;
};

// The rule at x, with the last operands as numbers that are the same for all lanes.
template <class R, class T, std::size_t N, class... Parameter>
[[gnu::noinline]] derivatives<T, N> evaluate(std::array<T, N> const& x, Parameter const&... c) {
  derivatives<T, N> result;
  duet::infinite_partials_met = false;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    using first_order = duet::dual<T, N>;
    using second_order = duet::hyperdual<T, N>;
    first_order const d(duet::apply(R{}, first_order::independent(x[I], I)..., c...));
    duet::infinite_partials_met = false;
    second_order const h(duet::apply(R{}, second_order::independent(x[I], I)..., c...));
    result.value = d.value();
    std::size_t k = 0;
    for (std::size_t i = 0; i < N; ++i) {
      result.first_of_dual[i] = d.partial(i);
      result.first[i] = h.partial(i);
      for (std::size_t j = i; j < N; ++j) result.second[k++] = h.second(i, j);
    }
  }(std::make_index_sequence<N>{});
  duet::infinite_partials_met = false;
  return result;
}

// |got - expected| in units in the last place of the larger of |expected| and `term`.
inline double error_of(double got, double expected, double term) {
  if (got == expected || (got != got && expected != expected)) return 0;
  if (!(std::abs(got - expected) < duet::infinity)) return duet::infinity;
  double const size = std::max(std::abs(expected), term);
  double const unit =
      std::max(size * std::numeric_limits<double>::epsilon(), std::numeric_limits<double>::denorm_min());
  return std::abs(got - expected) / unit;
}

// Elsewhere the partial of a product can be infinite or NaN, which only duals of plain numbers know not to multiply by
// zero.
template <std::size_t N>
bool all_finite(std::array<double, N> const& x) {
  return std::all_of(x.begin(), x.end(), [](double entry) { return std::isfinite(entry); });
}

// What the lanes of a rule may differ from doubles, in units in the last place.
struct bounds {
  double value = 0, first = 0, second = 0;
};

template <class R, class... Parameter>
void compare(bounds const& most, double term, Parameter const&... c) {
  constexpr std::size_t N = operand_count<R> - sizeof...(Parameter);
  static auto const all = points<N>();
  bounds worst;
  std::string where[3];
  for (std::size_t start = 0; start < all.size(); start += width) {
    std::array<number, N> x;
    for (std::size_t i = 0; i < N; ++i)
      for (std::size_t l = 0; l < width; ++l) x[i].set(l, all[start + l][i]);
    auto const got = evaluate<R>(x, c...);
    for (std::size_t l = 0; l < width; ++l) {
      auto const expected = evaluate<R>(all[start + l], c...);
      auto const see = [&](double& so_far, std::string& place, number const& g, double e) {
        double const error = error_of(g[l], e, term);
        if (!(error > so_far)) return;
        so_far = error;
        std::ostringstream text;
        text.precision(17);
        text << R::name << " of";
        for (double operand : all[start + l]) text << ' ' << operand;
        text << " gives " << g[l] << ", expected " << e;
        place = text.str();
      };
      see(worst.value, where[0], got.value, expected.value);
      if (!R::infinite_slope && !(all_finite(all[start + l]) && all_finite(expected.first))) continue;
      for (std::size_t i = 0; i < N; ++i) {
        see(worst.first, where[1], got.first_of_dual[i], expected.first_of_dual[i]);
        see(worst.first, where[1], got.first[i], expected.first[i]);
      }
      for (std::size_t k = 0; k < got.second.size(); ++k)
        see(worst.second, where[2], got.second[k], expected.second[k]);
    }
  }
  if (std::getenv("DUET_LANES_ERRORS") != nullptr)
    std::cout << R::name << ": value " << worst.value << ", first " << worst.first << ", second " << worst.second
              << " ulp\n";
  INFO(where[0] + "\n" + where[1] + "\n" + where[2]);
  CHECK(worst.value <= most.value);
  CHECK(worst.first <= most.first);
  CHECK(worst.second <= most.second);
}

// All rules of a list, those with a parameter at several.
template <class Rules>
void compare_all(bounds const& most) {
  boost::mp11::mp_for_each<Rules>([&]<class R>(R) {
    std::string_view const name = R::name;
    double const term = name.starts_with("log_sum_exp") ? 1 : 0;  // whose value and slopes are sums
    if constexpr (duet::parameter_count<R> == 0)
      compare<R>(most, term);
    else
      for (double c : {0.0, 1.0, 2.0, 3.0, -1.0, 0.5, -2.5, 60.0})
        if (name != "polygamma" || (c >= 0 && c <= 3)) compare<R>(most, term, c);
  });
}

}  // namespace lanes_of_rules
