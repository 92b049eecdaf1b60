// sum_over with more parameters than are carried forward, known when compiling and not.

#include <duet/batch/sum_over.hpp>

#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <random>

namespace {

// A small neural network: 3 inputs, 5 hidden, one output.
constexpr std::size_t inputs = 3, hidden = 5, weights = hidden * (inputs + 2) + 1;
constexpr auto squared_error = [](auto const& w, auto const& d) {
  using std::tanh;
  using S = std::remove_cvref_t<decltype(w[0])>;
  std::size_t k = 0;
  auto const next = [&]() -> S const& { return w[static_cast<decltype(w.size())>(k++)]; };
  S out = next();
  for (std::size_t h = 0; h < hidden; ++h) {
    S sum = next();
    for (std::size_t i = 0; i < inputs; ++i) sum += next() * d[i];
    out += next() * tanh(sum);
  }
  return S((out - d[inputs]) * (out - d[inputs]));
};

std::vector<std::array<double, inputs + 1>> samples(std::size_t n) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  std::vector<std::array<double, inputs + 1>> all(n);
  for (auto& each : all)
    for (auto& x : each) x = normal(random);
  return all;
}

}  // namespace

TEST_CASE("sum_over of many parameters records a group at a time") {
  auto const data = samples(203);
  auto const sum = duet::sum_over(data, squared_error);
  auto const loop = [&](auto const& w) {
    std::remove_cvref_t<decltype(w[0])> total(0);
    for (auto const& d : data) total += squared_error(w, d);
    return total;
  };
  std::array<double, weights> w;
  for (std::size_t i = 0; i < weights; ++i) w[i] = std::sin(1.0 + static_cast<double>(i));
  Eigen::VectorXd const v = Eigen::Map<Eigen::VectorXd const>(w.data(), weights);
  auto const expected = duet::gradient(duet::forward, loop, v);

  auto const check = [&](auto const& gradient) {
    for (std::size_t i = 0; i < weights; ++i) CHECK(gradient[i] == Approx(expected[Eigen::Index(i)]).epsilon(1e-10));
  };
  check(duet::gradient(sum, w));
  check(duet::gradient(duet::reverse, sum, w));
  check(duet::gradient(duet::forward, sum, w));
  check(duet::gradient(sum, std::vector<double>(w.begin(), w.end())));
  check(duet::gradient(sum.scalar(), w));
  CHECK(duet::gradient(duet::reverse, sum.threads(2), w) == duet::gradient(duet::reverse, sum, w));
  CHECK(duet::gradient(duet::reverse, sum.threads(7), w) == duet::gradient(duet::reverse, sum, w));
}
