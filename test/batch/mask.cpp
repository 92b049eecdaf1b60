// Masks, branches on them, and select.

#include <catch.hpp>
#include <duet/batch/lanes_math.hpp>
#include <duet/forward/hyperdual.hpp>
#include <sstream>

namespace {

using number = duet::lanes<double, 4>;
using dual = duet::dual<number, 2>;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

number lanes_of(double a, double b, double c, double d) { return number(std::array{a, b, c, d}); }
std::string message_of(auto const& f) {
  try {
    f();
  } catch (std::exception const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("Comparisons of lanes are masks") {
  number const x = lanes_of(1, 2, 3, not_a_number), y = lanes_of(2, 2, 2, 2);
  CHECK((x < y).bits() == 0b0001);
  CHECK((x <= y).bits() == 0b0011);
  CHECK((x > y).bits() == 0b0100);
  CHECK((x >= y).bits() == 0b0110);
  CHECK((x == y).bits() == 0b0010);
  CHECK((x != y).bits() == 0b1101);  // NaN differs from everything
  CHECK((x != x).bits() == 0b1000);
  CHECK((x < 2).bits() == 0b0001);
  CHECK((2.0 < x).bits() == 0b0100);
  CHECK(isnan(x).bits() == 0b1000);
  CHECK(isfinite(x / lanes_of(1, 0, 1, 1)).bits() == 0b0101);
  CHECK(isinf(x / lanes_of(1, 0, 1, 1)).bits() == 0b0010);
  CHECK(signbit(lanes_of(-0.0, 0, -1, 1)).bits() == 0b0101);
  dual const d(x);
  CHECK((d < y).bits() == 0b0001);
  CHECK((d != 2).bits() == 0b1101);
}

TEST_CASE("Masks combine lane by lane") {
  number const x = lanes_of(1, 2, 3, 4);
  auto const low = x < 3, even = x == 2 || x == 4;
  CHECK((low && even).bits() == 0b0010);
  CHECK((low || even).bits() == 0b1011);
  CHECK((!low).bits() == 0b1100);
  CHECK((low && true).bits() == low.bits());
  CHECK((false || low).bits() == low.bits());
  CHECK((low == even).bits() == 0b0110);
  CHECK(low[0]);
  CHECK_FALSE(low[2]);
  CHECK(all_of(x > 0));
  CHECK_FALSE(all_of(low));
  CHECK(any_of(low));
  CHECK(none_of(x > 4));
  CHECK(duet::lanes_mask<double, 4>().bits() == 0);
  CHECK(duet::lanes_mask<double, 4>(true).bits() == 0b1111);
}

TEST_CASE("Masks of every width of register") {
  auto const check = []<class T, std::size_t W>(duet::lanes<T, W> x) {
    std::uint64_t expected = 0;
    for (std::size_t l = 0; l < W; ++l) {
      x.set(l, static_cast<T>(l * 7 % 5));
      expected |= std::uint64_t{l * 7 % 5 < 2} << l;
    }
    std::uint64_t const every = W == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << W) - 1;
    auto const low = x < 2, odd = x == 1 || x == 3, none = x < 0;
    CHECK(low.bits() == expected);
    CHECK((!low).bits() == (every & ~expected));
    CHECK((low == odd).bits() == (every & ~(expected ^ odd.bits())));
    CHECK((low && odd).bits() == (expected & odd.bits()));
    CHECK((low || odd).bits() == (expected | odd.bits()));
    CHECK(all_of(!none));
    CHECK(none_of(none));
    CHECK(any_of(low));
    CHECK_FALSE(all_of(low));
  };
  check(duet::lanes<double, 2>());
  check(duet::lanes<double, 8>());
  check(duet::lanes<double, 64>());
  check(duet::lanes<float, 4>());
  check(duet::lanes<float, 16>());
  check(duet::lanes<float, 32>());
}

TEST_CASE("A branch on lanes that agree is taken, on others it throws and names select") {
  number const x = lanes_of(1, 2, 3, 4);
  CHECK(static_cast<bool>(x > 0));
  CHECK_FALSE(static_cast<bool>(x > 4));
  CHECK_THROWS_AS(static_cast<bool>(x > 2), duet::error);
  CHECK(message_of([&] { return static_cast<bool>(x > 2); }) ==
        "duet::lanes: a branch depends on a condition that holds in 2 of 4 lanes (0011, lane 0 first); write "
        "duet::select(condition, a, b), which takes both ways");
  dual const d = dual::independent(x, 0);
  CHECK_THROWS_AS(static_cast<bool>(d > 2.5), duet::error);
}

TEST_CASE("A lane beyond the last says so") {
  number x(1.0);
  CHECK(message_of([&] { return x[4]; }) == "duet::lanes: lane 4 of 4 (expected 0 to 3)");
  CHECK(message_of([&] { x.set(7, 1.0); }) == "duet::lanes: lane 7 of 4 (expected 0 to 3)");
  CHECK(message_of([&] { return (x > 0)[4]; }) == "duet::lanes: lane 4 of 4 (expected 0 to 3)");
}

TEST_CASE("Lanes are written, read, summed and printed") {
  number x = lanes_of(1, 2, 3, 4);
  x.set(1, 5);
  CHECK(x.array() == std::array{1.0, 5.0, 3.0, 4.0});
  CHECK(sum_of_lanes(x) == 13);
  CHECK(sum_of_lanes(lanes_of(1e16, 1, -1e16, 1)) == (1e16 + 1) + (-1e16 + 1));
  CHECK(number().array() == std::array{0.0, 0.0, 0.0, 0.0});
  std::array<double, 4> out;
  (2 * x - 1).store(out.data());
  CHECK(out == std::array{1.0, 9.0, 5.0, 7.0});
  CHECK(number::load(out.data()).array() == out);
  std::ostringstream text;
  text << x;
  CHECK(text.str() == "{1, 5, 3, 4}");
}

TEST_CASE("select takes numbers, lanes and constants") {
  number const x = lanes_of(1, 2, 3, 4);
  CHECK(select(x < 3, x, 10 * x).array() == std::array{1.0, 2.0, 30.0, 40.0});
  CHECK(select(x < 3, x, 7).array() == std::array{1.0, 2.0, 7.0, 7.0});
  CHECK(select(x < 3, 1, 2).array() == std::array{1.0, 1.0, 2.0, 2.0});
  CHECK(select(x < 3, duet::one{}, x).array() == std::array{1.0, 1.0, 3.0, 4.0});
  CHECK(select(x < 3, duet::zero{}, duet::one{}).array() == std::array{0.0, 0.0, 1.0, 1.0});
  CHECK(select(x == x, x, number(not_a_number)).array() == x.array());
}

TEST_CASE("select of duals has the derivatives of the side that each lane takes") {
  number const at = lanes_of(-4, 4, 9, 0);
  dual const x = dual::independent(at, 0);
  // where the other side is NaN, or its slope is infinite
  dual const y = select(x > 0, sqrt(x), -2 * x);
  CHECK(y.value().array() == std::array{8.0, 2.0, 3.0, 0.0});
  CHECK(y.partial(0).array() == std::array{-2.0, 0.25, 1.0 / 6, -2.0});
  CHECK(y.partial(1).array() == std::array{0.0, 0.0, 0.0, 0.0});
  dual const half = select(x > 0, x, 0.5);
  CHECK(half.value().array() == std::array{0.5, 4.0, 9.0, 0.5});
  CHECK(half.partial(0).array() == std::array{0.0, 1.0, 1.0, 0.0});
  dual const lazy = select(x > 0, [&] { return log(x); }, [&] { return x * x; });
  CHECK(lazy.value().array() == std::array{16.0, std::log(4.0), lazy.value()[2], 0.0});
  CHECK(lazy.partial(0).array() == std::array{-8.0, 0.25, 1.0 / 9, 0.0});
}

TEST_CASE("select of hyper-duals has the second derivatives of the side that each lane takes") {
  using hyperdual = duet::hyperdual<number, 1>;
  hyperdual const x = hyperdual::independent(lanes_of(-4, 4, 0, 1), 0);
  hyperdual const y = select(x > 0, sqrt(x), x * x * x);
  CHECK(y.partial(0).array() == std::array{48.0, 0.25, 0.0, 0.5});
  CHECK(y.second(0, 0).array() == std::array{-24.0, -0.03125, 0.0, -0.25});
}

TEST_CASE("select does not call what no lane takes") {
  number const x = lanes_of(1, 2, 3, 4);
  auto const never = [&]() -> number { throw std::logic_error("called"); };
  CHECK(select(x > 0, [&] { return x; }, never).array() == x.array());
  CHECK(select(x < 0, never, [&] { return x; }).array() == x.array());
  CHECK_THROWS_AS(select(x > 2, never, [&] { return x; }), std::logic_error);
  int calls = 0;
  (void)select(x > 2, [&] { return ++calls, x; }, [&] { return ++calls, x; });
  CHECK(calls == 2);
}

TEST_CASE("Constants and other numbers stay the same in all lanes") {
  number const x = lanes_of(1, 2, 3, 4);
  CHECK((x + 1).array() == std::array{2.0, 3.0, 4.0, 5.0});
  CHECK((1.0f / x).array() == std::array{1.0, 0.5, 1.0 / 3, 0.25});
  CHECK(max(x, 3.0).array() == std::array{3.0, 3.0, 3.0, 4.0});
  CHECK(std::numeric_limits<number>::epsilon()[2] == std::numeric_limits<double>::epsilon());
  CHECK(pow(x, 2).array() == std::array{1.0, 4.0, 9.0, 16.0});
  CHECK(pow(2, x)[3] == Approx(16).epsilon(1e-15));
}
