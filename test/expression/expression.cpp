// Expressions as objects, for both modes: they are kept, returned, stored and copied, and meet numbers, scalars and
// each other like the scalar they evaluate to. A user's own rule enters as Duet's rules do.

#include "catch.hpp"

#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <optional>

namespace {

// One interface to both modes: two inputs, the gradient of a result.
struct by_forward {
  using scalar = duet::dual<double, 2>;
  scalar x = scalar::independent(0.5, 0), y = scalar::independent(2, 1);
  std::array<double, 2> gradient(scalar const& z) { return {z.partial(0), z.partial(1)}; }
};
struct by_reverse {
  using scalar = duet::var<>;
  duet::tape<> t;
  duet::recording<double> scope{t};
  scalar x = t.independent(0.5), y = t.independent(2);
  std::array<double, 2> gradient(scalar const& z) {
    t.reverse(z);
    return {t.adjoint(x), t.adjoint(y)};
  }
};

template <class Mode>
void require_gradient(Mode& m, typename Mode::scalar const& z, double value, double dx, double dy) {
  REQUIRE(z.value() == Approx(value).epsilon(1e-14));
  auto const g = m.gradient(z);
  REQUIRE(g[0] == Approx(dx).epsilon(1e-14).margin(1e-15));
  REQUIRE(g[1] == Approx(dy).epsilon(1e-14).margin(1e-15));
}

// Returned expressions outlive the locals they were built from.
template <class T>
auto returned(T const& x, T const& y) {
  T const sum = x + y;
  T const factor = 3;
  return factor * sum * (sum - 1) + sin(sum) * 0;
}

// A user's rule, outside Duet: y = x / sqrt(1 + x^2).
struct soft_sign {
  static constexpr std::string_view name = "soft_sign";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;
  static auto value(auto const& x) {
    using std::sqrt;
    return x / sqrt(1 + x * x);
  }
  static auto first(auto const& x, auto const&) {
    using std::sqrt;
    return 1 / ((1 + x * x) * sqrt(1 + x * x));
  }
};

}  // namespace

TEMPLATE_TEST_CASE("Kept expressions are valid, and stay what they were", "", by_forward, by_reverse) {
  TestType m;
  auto const e = m.x * m.y + 1;
  auto const kept = returned(m.x, m.y);
  auto const x0 = m.x;
  m.x = 100;  // what is kept does not see it
  m.x = x0;
  require_gradient(m, e, 2, 2, 0.5);
  require_gradient(m, kept, 3 * 2.5 * 1.5, 3 * (2 * 2.5 - 1), 3 * (2 * 2.5 - 1));
  auto const copy = e;
  std::optional<std::remove_const_t<decltype(e)>> maybe;
  maybe.emplace(e);
  std::vector const stored(3, copy);
  require_gradient(m, stored[2] + *maybe, 4, 4, 1);
  auto assigned = m.x * m.y + 2;
  auto const other = m.y * m.y + 3;
  assigned = m.x * m.x + 5;
  require_gradient(m, assigned, 5.25, 1, 0);
  require_gradient(m, other, 7, 0, 4);
}

TEMPLATE_TEST_CASE("An expression evaluates to its scalar wherever one is expected", "", by_forward, by_reverse) {
  using S = typename TestType::scalar;
  TestType m;
  auto const by_argument = [](S const& s) { return s * s; };
  require_gradient(m, by_argument(m.x * m.y), 1, 4, 1);
  std::vector<S> v;
  v.push_back(m.x + m.y);
  v.emplace_back(m.x - m.y);
  require_gradient(m, v[0] * v[1], 0.25 - 4, 1, -4);
  std::array<S, 2> const pair{m.x * 2, 3.0};
  require_gradient(m, pair[0] * pair[1], 3, 6, 0);
  for (bool const first : {true, false}) {
    S const chosen = first ? m.x * m.y : m.y;
    require_gradient(m, chosen, first ? 1 : 2, first ? 2 : 0, first ? 0.5 : 1);
  }
}

TEMPLATE_TEST_CASE("Expressions compare and print as their values", "", by_forward, by_reverse) {
  TestType m;
  REQUIRE((m.x * m.y == 1 && m.x + m.y > m.y && 2 * m.x <= m.x * m.y && 3 > m.y && m.x - m.y != m.y - m.x));
  REQUIRE_FALSE((m.x * m.y < 1.0f || m.x + 1 >= std::size_t{2}));
  REQUIRE(duet::value(m.x * m.y + 0.5) == 1.5);
  std::ostringstream out;
  out << m.x * m.y + 0.5 << ' ' << -m.x;
  REQUIRE(out.str() == "1.5 -0.5");
}

TEMPLATE_TEST_CASE("Expressions longer than one node holds have the derivatives of short ones", "", by_forward,
                   by_reverse) {
  TestType m;
  auto const& [x, y] = std::tie(m.x, m.y);
  auto const power = x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x * x;  // x^20
  double const p = std::pow(0.5, 20);
  require_gradient(m, power, p, 20 * p / 0.5, 0);
  require_gradient(m, power / y + y * power, 2.5 * p, 2.5 * 20 * p / 0.5, -p / 4 + p);
  require_gradient(m, x + y + x + y + x + y + x + y + x + y + x + y + x + y + x + y + x + y, 22.5, 9, 9);
}

TEMPLATE_TEST_CASE("A user's own rule is a function like Duet's", "", by_forward, by_reverse) {
  TestType m;
  double const u = 1 + 0.25, value = 0.5 / std::sqrt(u), slope = std::pow(u, -1.5);
  require_gradient(m, duet::apply(soft_sign{}, m.x) * m.y, 2 * value, 2 * slope, value);
  auto const composed = exp(duet::apply(soft_sign{}, m.x));
  require_gradient(m, composed, std::exp(value), std::exp(value) * slope, 0);
}

TEMPLATE_TEST_CASE("Passive numbers of every type on every place", "", by_forward, by_reverse) {
  TestType m;
  require_gradient(m, 2 * m.x + m.y * 3u - 1.0f + std::size_t{4} / m.y - 1.0L, 1 + 6 - 1 + 2 - 1, 2, 3 - 1);
  require_gradient(m, 1 - (2 - (3 - m.x)), 1.5, -1, 0);
  require_gradient(m, pow(m.y, 3) + pow(2, m.y) + pow(m.x, 2.0f), 8 + 4 + 0.25, 1, 12 + 4 * std::log(2.0));
}
