// norm and log_sum_exp of containers of lanes, which differ in what is largest, infinite, or out of the safe range.

#include <catch.hpp>
#include <duet/batch/lanes_math.hpp>
#include <duet/forward/dual.hpp>

namespace {

constexpr std::size_t width = 8;
using number = duet::lanes<double, width>;
constexpr double inf = duet::infinity, nan_number = std::numeric_limits<double>::quiet_NaN();
constexpr double entries[3][width] = {{1, 800, -inf, 3, 1e200, 1e-300, nan_number, 0},
                                      {2, 700, -inf, 3, 1, 3e-300, 1, 0},
                                      {3, 5, -inf, 0, 2e200, 0, 2, 0}};

template <class F>
void compare(F const& f, double most) {
  using dual = duet::dual<number, 3>;
  using plain = duet::dual<double, 3>;
  std::array<dual, 3> x;
  std::array<number, 3> values;
  for (std::size_t i = 0; i < 3; ++i) {
    values[i] = number::load(entries[i]);
    x[i] = dual::independent(values[i], i);
  }
  dual const y = f(x);
  number const v = f(values);
  for (std::size_t l = 0; l < width; ++l) {
    std::array<plain, 3> p;
    for (std::size_t i = 0; i < 3; ++i) p[i] = plain::independent(entries[i][l], i);
    plain const expected = f(p);
    auto const same = [&](double got, double wanted) {
      INFO("lane " << l << ": " << got << ", expected " << wanted);
      CHECK((got == wanted || (got != got && wanted != wanted) || std::abs(got - wanted) <= most * std::abs(wanted)));
    };
    same(y.value()[l], expected.value());
    same(v[l], expected.value());
    if (!std::isfinite(expected.value())) continue;
    for (std::size_t i = 0; i < 3; ++i) same(y.partial(i)[l], expected.partial(i));
  }
}

}  // namespace

TEST_CASE("The norm of a container of lanes") {
  compare([](auto const& x) { return duet::norm(x); }, 1e-15);
}

TEST_CASE("log_sum_exp of a container of lanes") {
  compare([](auto const& x) { return duet::log_sum_exp(x); }, 1e-15);
}
