// Random straight-line programs with fixed seeds, the same for double, dual, var and long double: forward and reverse
// agree to rounding, and both with differences.

#include "agreement/statements.hpp"
#include "catch.hpp"

#include <cstdlib>
#include <duet/forward/dual.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>
#include <random>

namespace {

using std::size_t;

constexpr size_t inputs = 5, registers = 8, outputs = 3;

struct instruction {
  size_t kind, a, b, c, to;
};
using program = std::vector<instruction>;

program random_program(unsigned seed, int length) {
  std::mt19937 random(seed);
  auto const pick = [&](size_t n) { return static_cast<size_t>(random() % n); };  // the same on every machine
  program p;
  for (int i = 0; i < length; ++i)
    p.push_back({pick(duet_test::statement_kinds), pick(registers), pick(registers), pick(registers), pick(registers)});
  return p;
}

std::uint64_t branches = 0;  // a hash of the branches that the last run took
bool take(bool outcome) {
  branches = branches * 3 + (outcome ? 1 : 2);
  return outcome;
}

template <class T>
void execute(instruction const& i, std::array<T, registers>& r) {
  using std::sin;
  T& to = r[i.to];
  duet_test::execute_statement(i.kind, r[i.a], r[i.b], r[i.c], to, [](bool outcome, double) { return take(outcome); });
  if (take(to > 4 || to < -4)) to = 4 * sin(to);
}

template <class T>
std::array<T, outputs> run(program const& p, std::array<T, inputs> const& x) {
  branches = 0;
  std::array<T, registers> r;
  for (size_t i = 0; i < registers; ++i) r[i] = i < inputs ? x[i] : T(0.25 * static_cast<double>(i));
  for (auto const& i : p) execute(i, r);
  return {r[0], r[1], r[2]};
}

constexpr std::array<double, inputs> point{0.3, -0.8, 1.1, 0.45, -0.2};

}  // namespace

TEST_CASE("Random programs have the same derivatives in forward and reverse mode, and those of differences") {
  using dual = duet::dual<double, inputs>;
  using var = duet::var<>;
  duet::tape<> tape;
  duet::recording const scope(tape);
  int differenced = 0;
  char const* const wanted = std::getenv("DUET_RANDOM_PROGRAMS");  // as many as the long run asks for
  unsigned const programs = wanted == nullptr ? 60 : static_cast<unsigned>(std::stoul(wanted));
  for (unsigned seed = 0; seed < programs; ++seed) {
    CAPTURE(seed);
    auto const p = random_program(seed, 30);
    auto const plain = run(p, point);
    auto const taken = branches;

    std::array<dual, inputs> seeded;
    std::array<long double, inputs> precise;
    for (size_t i = 0; i < inputs; ++i) {
      seeded[i] = dual::independent(point[i], i);
      precise[i] = point[i];
    }
    auto const forward = run(p, seeded);

    tape.clear();
    std::array<var, inputs> x;
    for (size_t i = 0; i < inputs; ++i) x[i] = tape.independent(point[i]);
    auto const y = run(p, x);

    for (size_t o = 0; o < outputs; ++o) {
      CAPTURE(o);
#if !defined(__FMA__)
      REQUIRE(forward[o].value() == plain[o]);
      REQUIRE(y[o].value() == plain[o]);
#endif
      tape.reverse(y[o]);
      double scale = 1;
      for (size_t i = 0; i < inputs; ++i) scale = std::max(scale, std::abs(forward[o].partial(i)));
      for (size_t i = 0; i < inputs; ++i) {
        CAPTURE(i);
        double const by_forward = forward[o].partial(i), by_reverse = tape.adjoint(x[i]);
        REQUIRE(std::abs(by_forward - by_reverse) <= 1e-12 * scale);

        if (scale > 1e4) continue;  // chaotic: differences say nothing
        long double const h = 1e-5L;
        bool smooth = true;
        auto const slope = [&](long double step) {
          auto up = precise, down = precise;
          up[i] += step;
          down[i] -= step;
          long double const above = run(p, up)[o];
          smooth = smooth && branches == taken;
          long double const below = run(p, down)[o];
          smooth = smooth && branches == taken;
          return (above - below) / (2 * step);
        };
        long double const coarse = slope(h), fine = slope(h / 2), difference = (4 * fine - coarse) / 3;
        // Within the step a branch changes sides, or the slope itself does.
        if (!smooth || std::abs(fine - coarse) > 1e-4 * scale) continue;
        ++differenced;
        // What the extrapolation changed says how far the difference itself can be trusted.
        REQUIRE(std::abs(by_forward - static_cast<double>(difference)) <=
                1e-8 * scale + static_cast<double>(std::abs(fine - coarse)));
      }
    }

    size_t row = 0;
    tape.reverse_rows(std::span<var const>(y), [&](size_t o, auto const& adjoint) {
      REQUIRE(o == row++);
      for (size_t i = 0; i < inputs; ++i) {
        double const scale = std::max(1.0, std::abs(forward[o].partial(i)));
        REQUIRE(std::abs(adjoint(x[i]) - forward[o].partial(i)) <= 1e-12 * scale * 100);
      }
    });
  }
  REQUIRE(differenced > 11 * static_cast<int>(programs));
}
