// Awkward points to second order: hyper-duals and forward over reverse agree, and give what the table of the reference
// says of each factor: zero wins over infinity, one-sided limits are true, nothing moves where nothing can.

#include "catch.hpp"

#include <duet/driver/hessian.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/math/math.hpp>

namespace {

constexpr double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();

// f(x, y) for every scalar that the drivers below ask for; they are compiled once for all functions.
template <class... S>
struct erased {
  std::tuple<S (*)(S const&, S const&)...> pointers;

  template <class F>
  static erased of(F) {
    return {{[](S const& x, S const& y) { return S(F{}(x, y)); }...}};
  }
  template <class Scalar>
  Scalar operator()(std::array<Scalar, 2> const& p) const {
    return std::get<Scalar (*)(Scalar const&, Scalar const&)>(pointers)(p[0], p[1]);
  }
};
using plain = duet::unguarded<void>;
template <std::size_t N>
using reverse_scalar = duet::var<duet::dual<double, N>>;
using function =
    erased<duet::hyperdual<double, 2, plain>, duet::careful<double, 2, 2, void>, duet::hyperdual<double, 3, plain>,
           duet::careful<double, 3, 2, void>, reverse_scalar<2>, reverse_scalar<1>>;

// Captures nothing: the scalars of a callable that does carry its type.
struct current {
  inline static function const* f = nullptr;
  auto operator()(auto const& p) const { return (*f)(p); }
};

struct row {
  std::string text;
  function f;
  std::array<double, 2> at;
  std::vector<double> expected;  // f_x, f_xx; or f_x, f_y, f_xx, f_xy, f_yy
};
#define ROW(expression, ...)                                                                                         \
  row {                                                                                                              \
    #expression, function::of([](auto const& x, [[maybe_unused]] auto const& y) { return expression; }), __VA_ARGS__ \
  }

std::vector<row> const& rows() {
  static std::vector<row> const all{
      ROW(sqrt(x * x), {0, 0}, {0, inf}),
      ROW(sqrt(x), {0, 0}, {inf, -inf}),
      ROW(cbrt(x), {0, 0}, {inf, -inf}),
      ROW(log(x), {0, 0}, {inf, -inf}),
      ROW(xlogx(x), {0, 0}, {-inf, inf}),
      ROW(x * log(x), {0, 0}, {-inf, inf}),
      ROW(x * sqrt(x), {0, 0}, {0, inf}),
      ROW(pow(x, 1.5), {0, 0}, {0, inf}),
      ROW(pow(x, 2), {0, 0}, {0, 2}),
      ROW(pow(x, 0), {0, 0}, {0, 0}),
      ROW(abs(x), {0, 0}, {0, 0}),
      ROW(abs(x) * x, {0, 0}, {0, 0}),
      ROW(relu(x), {0, 0}, {0, 0}),
      ROW(hypot(x, 0 * x), {0, 0}, {0, 0}),
      ROW(cbrt(x * x * x), {0, 0}, {0, 0}),
      ROW(exp(-1 / (x * x)), {0, 0}, {0, 0}),
      ROW(sigmoid(x), {-800, 0}, {0, 0}),
      ROW(1 / (1 + exp(-x)), {-800, 0}, {0, 0}),
      ROW(acos(x), {1, 0}, {-inf, -inf}),
      ROW(floor(x), {2, 0}, {0, 0}),
      ROW(max(x, 2 - x), {1, 0}, {1, 0}),
      ROW(sqrt(x), {-1, 0}, {nan, nan}),
      ROW(sqrt(x * y), {0, 0}, {0, 0, 0, inf, 0}),
      ROW(sqrt(x * x + y * y), {0, 0}, {0, 0, inf, 0, inf}),
      ROW(hypot(x, y), {0, 0}, {0, 0, 0, 0, 0}),
      ROW(sqrt(x) * y, {0, 0}, {0, 0, 0, inf, 0}),
      ROW(fmod(x, y), {7.5, 2}, {1, -3, 0, 0, 0}),
      ROW(copysign(x, y), {-3, 2}, {-1, 0, 0, 0, 0}),
  };
  return all;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

template <class G, class H>
std::vector<double> listed(std::size_t count, G const& g, H const& h) {
  if (count == 2) return {g[0], h(0, 0)};
  return {g[0], g[1], h(0, 0), h(0, 1), h(1, 1)};
}

}  // namespace

TEST_CASE("Second derivatives at awkward points are the same in both modes, and true") {
  for (row const& r : rows()) {
    current::f = &r.f;
    std::size_t const count = r.expected.size();
    auto const check = [&](char const* mode, std::vector<double> const& got) {
      INFO(mode << " of " << r.text << " at " << r.at[0] << ", " << r.at[1]);
      for (std::size_t i = 0; i < count; ++i) {
        INFO("entry " << i << ": " << got[i] << ", expected " << r.expected[i]);
        CHECK(same(got[i], r.expected[i]));
      }
    };
    auto const forward = duet::value_gradient_hessian(duet::forward, current{}, r.at);
    auto const reverse = duet::value_gradient_hessian(duet::reverse, current{}, r.at);
    check("hyper-dual", listed(count, forward.gradient, forward.hessian));
    check("forward over reverse", listed(count, reverse.gradient, reverse.hessian));
    CHECK(same(forward.value, reverse.value));
    std::array<double, 2> const e{1, 0};
    CHECK(same(duet::hvp(duet::forward, current{}, r.at, e)[0], forward.hessian(0, 0)));
    CHECK(same(duet::hvp(duet::reverse, current{}, r.at, e)[0], forward.hessian(0, 0)));
  }
}

TEST_CASE("A function is evaluated once where its derivatives are finite, and once more where one is not") {
  static int evaluations = 0;
  auto const f = [](auto const& x) {
    ++evaluations;
    return sqrt(x[0]) * x[1];
  };
  auto const evaluations_of = [&](auto const& call) {
    evaluations = 0;
    call();
    return evaluations;
  };
  std::array<double, 2> const smooth{1, 2}, awkward{0, 0};
  CHECK(evaluations_of([&] { return duet::gradient(duet::forward, f, smooth); }) == 1);
  CHECK(evaluations_of([&] { return duet::gradient(duet::forward, f, awkward); }) == 2);
  CHECK(evaluations_of([&] { return duet::hessian(duet::forward, f, smooth); }) == 1);
  CHECK(evaluations_of([&] { return duet::hessian(duet::forward, f, awkward); }) == 2);
  CHECK(duet::gradient(duet::forward, f, awkward) == std::array<double, 2>{0, 0});
}
