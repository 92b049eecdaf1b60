// Structs of parameters as states and as arguments of checkpointed loops.

#include <catch.hpp>
#include <duet/checkpoint.hpp>
#include <filesystem>

#include "../driver/shapes.hpp"

using namespace shapes;

namespace {

template <class S>
struct orbit {
  BOOST_HANA_DEFINE_STRUCT(orbit<S>, (vector<S>, position), (vector2<S>, speed), (int, steps));
};
template <class S>
struct forces {
  BOOST_HANA_DEFINE_STRUCT(forces<S>, (S, stiffness), (S, friction));
};

// The step also depends on a number that it counts itself, which is no entry.
constexpr auto advance = [](auto const& y, long, auto const& p) {
  auto next = y;
  double const h = 0.05 * (1 + y.steps % 3);
  next.position += h * y.speed;
  next.speed -= h * (p.stiffness * y.position + p.friction * y.speed);
  ++next.steps;
  return next;
};
orbit<double> start() { return {a_vector(), Eigen::Vector2d(0.4, -0.3), 1}; }
constexpr long steps = 17;

// The end of the loop, by checkpoints or plainly.
template <class Policy>
auto length_of_end(Policy const& policy) {
  return [policy](auto const& y0, auto const& p) {
    auto const y = duet::evolve(policy, advance, y0, steps, p);
    CHECK(y.steps == 1 + steps);
    return std::decay_t<decltype(p.friction)>(y.position.squaredNorm() + y.speed[0]);
  };
}
constexpr auto plain_loop = [](auto const& y0, auto const& p) {
  auto y = y0;
  for (long k = 0; k < steps; ++k) y = advance(y, k, p);
  return std::decay_t<decltype(p.friction)>(y.position.squaredNorm() + y.speed[0]);
};

}  // namespace

TEST_CASE("evolve takes structs as states and parameters", "[shapes]") {
  auto const at = duet::args(start(), forces<double>{1.5, 0.2});
  auto const [gy, gp] = duet::gradient(duet::forward, plain_loop, at);
  for (int snapshots : {1, 3, 20}) {
    auto const [ry, rp] = duet::gradient(duet::reverse, length_of_end(duet::snapshots(snapshots)), at);
    CHECK(ry.position.isApprox(gy.position, 1e-13));
    CHECK(ry.speed.isApprox(gy.speed, 1e-13));
    CHECK(ry.steps == 1);
    CHECK(rp.stiffness == Approx(gp.stiffness));
    CHECK(rp.friction == Approx(gp.friction));
  }
}

TEST_CASE("evolve keeps a state with more than numbers out of files", "[shapes]") {
  auto const at = duet::args(start(), forces<double>{1.5, 0.2});
  auto const policy = duet::snapshots(1).on_disk(std::filesystem::temp_directory_path(), 3);
  CHECK_THROWS_WITH(duet::gradient(duet::reverse, length_of_end(policy), at),
                    Catch::Contains("fields besides its numbers"));
}

TEST_CASE("a segment is given structs and constants", "[shapes]") {
  auto const segment = [](auto const& p, double t) { return p.stiffness * exp(-p.friction * t); };
  auto const f = [segment](auto const& p) {
    using S = std::decay_t<decltype(p.friction)>;
    return S(p.friction * duet::checkpoint(segment, p, duet::constant(0.5)));
  };
  forces<double> const p{1.5, 0.2};
  forces<double> const g = duet::gradient(duet::reverse, f, p);
  CHECK(g.stiffness == Approx(0.2 * std::exp(-0.1)));
  CHECK(g.friction == Approx(1.5 * std::exp(-0.1) * (1 - 0.5 * 0.2)));
}
