// Segments that are recomputed instead of recorded.

#include "catch.hpp"

#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

namespace {

using duet::checkpoint, duet::tape, duet::var, duet::recording;

struct counter {
  static inline long numbers = 0, variables = 0;
};
auto const segment = [](auto const& a, auto const& b) {
  using S = std::decay_t<decltype(a)>;
  ++(std::is_same_v<S, double> ? counter::numbers : counter::variables);
  using std::sin, std::exp;
  S sum = a;
  for (int i = 0; i < 50; ++i) sum += sin(sum * b) * exp(-0.1 * a);
  return sum;
};

}  // namespace

TEST_CASE("A segment is called on numbers, and once more in each sweep, whose tape is forgotten") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.3), y = t.independent(0.7);
  var<> const plain = segment(var<>(x * y), y) * x;
  t.reverse(plain);
  double const dx = t.adjoint(x), dy = t.adjoint(y);
  auto const plain_bytes = t.statistics().bytes;
  t.clear();

  var<> const u = t.independent(0.3), v = t.independent(0.7);
  counter::numbers = counter::variables = 0;
  var<> const result = checkpoint(segment, u * v, v) * u;
  REQUIRE(counter::numbers == 1);
  REQUIRE(counter::variables == 0);
  REQUIRE(result.value() == plain.value());
  auto const bytes = t.statistics().bytes;
  REQUIRE(bytes < plain_bytes / 20);
  for (int again = 1; again < 3; ++again) {
    t.reverse(result);
    REQUIRE(t.adjoint(u) == dx);
    REQUIRE(t.adjoint(v) == dy);
    REQUIRE(counter::variables == again);
    REQUIRE(t.statistics().bytes == bytes);
  }
  t.reverse(var<>(u * v));  // does not depend on it
  REQUIRE(counter::variables == 2);
}

TEST_CASE("Segments take and return shapes, and are nested") {
  auto const inner = [](auto const& m, auto const& s) {
    using M = std::decay_t<decltype(m)>;
    return std::tuple<M, std::decay_t<decltype(s)>>(m * m * s, m.sum());
  };
  auto const outer = [inner](auto const& m, auto const& s, double scale) {
    auto const [square, sum] = checkpoint(inner, m, s);
    using M = std::decay_t<decltype(m)>;
    return M(square * scale + m * sum);
  };
  auto const f = [&](bool checkpoints) {
    return [=](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      using M = Eigen::Matrix<S, 2, 2>;
      M m;
      m << x[0], x[1], x[2], sin(x[0]);
      M const y = checkpoints ? M(checkpoint(duet::owning(outer), m, x[2], 0.5)) : [&] {
        auto const [square, sum] = inner(m, x[2]);
        return M(square * 0.5 + m * sum);
      }();
      return S(y.squaredNorm());
    };
  };
  Eigen::Vector3d const x(0.3, -0.7, 1.1);
  REQUIRE(duet::gradient(duet::reverse, f(true), x).isApprox(duet::gradient(duet::forward, f(false), x), 1e-14));
  REQUIRE(duet::gradient(duet::forward, f(true), x).isApprox(duet::gradient(duet::forward, f(false), x), 1e-15));
  REQUIRE(duet::hessian(duet::reverse, f(true), x).isApprox(duet::hessian(duet::forward, f(false), x), 1e-12));
  REQUIRE(f(true)(x) == f(false)(x));
}

TEST_CASE("Several outputs are swept side by side in one call of a segment") {
  auto const polar = [](auto const& r, auto const& angle) {
    using S = std::decay_t<decltype(r)>;
    ++counter::variables;
    using std::cos, std::sin;
    return std::array<S, 2>{S(r * cos(angle)), S(r * sin(angle))};
  };
  tape<> t;
  recording const scope(t);
  var<> const r = t.independent(2), angle = t.independent(0.5);
  std::array<var<>, 2> const y = checkpoint(polar, r, angle);
  counter::variables = 0;
  t.reverse_rows(std::span<var<> const>(y), [&](std::size_t row, auto const& adjoint) {
    REQUIRE(adjoint(r) == Approx(row == 0 ? std::cos(0.5) : std::sin(0.5)));
    REQUIRE(adjoint(angle) == Approx(row == 0 ? -2 * std::sin(0.5) : 2 * std::cos(0.5)));
  });
  REQUIRE(counter::variables == 1);
}

TEST_CASE("An owning segment has active captures, and one of numbers is numbers") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(1.5), y = t.independent(0.5);
  auto const with_y = [y](auto const& a) { return std::decay_t<decltype(a)>(a * exp(y)); };
  auto const before = t.position();
  var<> const z = checkpoint(duet::owning(with_y), x);
  REQUIRE(t.statistics().statements == 0);
  t.reverse(z);
  REQUIRE(t.adjoint(x) == Approx(std::exp(0.5)));
  REQUIRE(t.adjoint(y) == Approx(1.5 * std::exp(0.5)));
  t.rewind(before);
  var<> const passive = checkpoint(segment, var<>(0.25), var<>(0.5));
  REQUIRE(passive.index() == 0);
  REQUIRE(t.statistics().externals == 0);
  REQUIRE(checkpoint([](double a, double b) { return a * b; }, 3.0, 4.0) == 12);
  var<> const constant = checkpoint([](auto const&) { return 5.0; }, x);
  t.reverse(var<>(constant * x));
  REQUIRE(t.adjoint(x) == 5);
}

TEST_CASE("A segment that throws leaves nothing, and one that changes its size is refused") {
  static bool fails;
  static std::size_t size;
  auto const f = [](auto const& a) {
    if (fails) throw std::runtime_error("the segment fails");
    return std::vector<std::decay_t<decltype(a)>>(size, a * a);
  };
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(3);
  fails = true;
  size = 2;
  auto const before = t.statistics().bytes;
  REQUIRE_THROWS_WITH(checkpoint(f, x), "the segment fails");
  REQUIRE(t.statistics().bytes == before);
  fails = false;
  std::vector<var<>> const y = checkpoint(f, x);
  fails = true;
  REQUIRE_THROWS_WITH(t.reverse(y[1]), "the segment fails");
  REQUIRE_THROWS_AS(t.adjoint(x), duet::error);
  fails = false;
  size = 3;
  REQUIRE_THROWS_WITH(t.reverse(y[1]), "duet::checkpoint: the segment returned 2 entries, and 3 when called again");
  size = 2;
  t.reverse(y[1]);
  REQUIRE(t.adjoint(x) == 6);
  var<> elsewhere;
  {
    tape<> other;
    recording const inner(other);
    for (int i = 0; i < 20; ++i) elsewhere = other.independent(i);
  }
  REQUIRE_THROWS_WITH(checkpoint(f, elsewhere), Catch::Contains("is of another tape"));
}
