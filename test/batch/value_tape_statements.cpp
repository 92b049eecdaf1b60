// A closer look at the tape of lanes: kernels, long statements, infinite slopes, several outputs, a million statements.

#include "value_tape.hpp"

#include <duet/kernel/kernel.hpp>

using namespace value_tape_test;
using duet::tape, duet::recording;

TEST_CASE("Long sums and statements of many leaves are recorded in lanes") {
  require_lanes_agree<20>([](auto const& x) {
    std::decay_t<decltype(x[0])> sum = 0, product = 1;
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += x[i] * x[(i + 1) % x.size()] * (x[(i + 2) % x.size()] - 0.5 * x[i]);
      product *= x[i];
    }
    auto const long_statement = x[0] + x[1] * x[2] + x[3] * x[4] * x[5] + x[6] * x[7] + x[8] / x[9] + x[10] * x[11] -
                                x[12] * x[13] * x[14] + x[15] + x[16] * x[17] - x[18] / x[19];
    return std::decay_t<decltype(x[0])>(sum * product + long_statement);
  });
}

TEST_CASE("Kernels in lanes keep what they need, with passive inputs among them") {
  constexpr auto step = [](auto const& a, auto const& b, auto const& c) {
    using std::exp, std::sqrt;
    auto const q = exp(a * b) / (1 + c);
    return std::array{q + sqrt(c), a * q - c};
  };
  require_lanes_agree<3>([=](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    auto const k = duet::kernel(step);
    auto y = k(x[0], x[1], x[2]);
    for (int i = 0; i < 3; ++i) {
      y = k(S(0.3 * y[0]), S(0.7), S(x[1] * x[1]));  // the second is passive
      y = k(S(0.2), y[1], S(1.5));                   // all but the second
      y[0] += 1;
    }
    return S(y[0] * y[1]);
  });
}

TEST_CASE("Zero wins over an infinite slope in the lane where it is met alone") {
  auto const f = [](auto const& x) {
    using std::sqrt;
    using S = std::decay_t<decltype(x[0])>;
    S const root = sqrt(x[0]);  // zero in one lane
    return S(root * root * 0.0 + x[1] * sqrt(x[0] * x[0]) + x[1]);
  };
  auto x = start<2>();
  x[0].set(3, 0);
  require_lanes_agree<2>(f, x);
}

TEST_CASE("Sweeps of several outputs, seeds and parts agree with one output after the other") {
  tape<number> t;
  recording<number> const scope(t);
  auto const x = start<3>();
  points<variable, 3> in;
  for (std::size_t i = 0; i < 3; ++i) in[i] = t.independent(x[i]);
  std::vector<variable> out;
  for (std::size_t k = 0; k < 11; ++k) {  // more than one sweep of eight
    auto const c = static_cast<double>(k);
    out.push_back(sin(in[k % 3] * (1 + c)) * in[(k + 1) % 3] + (k > 0 ? out.back() * in[2] : variable(c)));
  }
  out.push_back(variable(4));  // passive
  std::vector<points<number, 3>> rows(out.size());
  t.reverse_rows(std::span<variable const>(out), [&](std::size_t row, auto const& adjoint) {
    for (std::size_t i = 0; i < 3; ++i) rows[row][i] = adjoint(in[i]);
  });
  points<number, 3> weighted;
  for (std::size_t k = 0; k < out.size(); ++k) {
    t.reverse(out[k]);
    for (std::size_t i = 0; i < 3; ++i) {
      for (std::size_t l = 0; l < number::size(); ++l) REQUIRE(t.adjoint(in[i])[l] == Approx(rows[k][i][l]));
      weighted[i] += rows[k][i] * number(0.5 + static_cast<double>(k));
    }
  }
  t.zero_adjoints();
  for (std::size_t k = 0; k < out.size(); ++k) t.seed(out[k], number(0.5 + static_cast<double>(k)));
  t.reverse();
  for (std::size_t i = 0; i < 3; ++i)
    for (std::size_t l = 0; l < number::size(); ++l) REQUIRE(t.adjoint(in[i])[l] == Approx(weighted[i][l]));
}

TEST_CASE("A million statements of lanes outgrow every stream of the tape") {
  tape<number> t;
  recording<number> const scope(t);
  number start;
  for (std::size_t l = 0; l < number::size(); ++l) start.set(l, 0.9 + 0.01 * static_cast<double>(l));
  variable const x = t.independent(start);
  variable y = x;
  std::size_t const count = 1'000'000;
  for (std::size_t i = 0; i < count; ++i) y = y * 1.000001 + 1e-7 * x;
  t.reverse(y);
  auto const size = t.statistics();
  REQUIRE(size.statements == count);
  REQUIRE(size.bytes_per_statement < 64 + 1 + 2 * 8 + 2 * 4 + 8 + 1);
  double const growth = std::pow(1.000001, 1e6), expected = growth + 1e-7 * (growth - 1) / 1e-6;
  for (std::size_t l = 0; l < number::size(); ++l) REQUIRE(t.adjoint(x)[l] == Approx(expected).epsilon(1e-9));
}
