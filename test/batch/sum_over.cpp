// sum_over: values and derivatives against the same sum written as a loop, in every mode.

#include <duet/batch/sum_over.hpp>

#include <catch.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/product.hpp>
#include <random>

namespace {

struct measured {
  std::vector<double> x, y;
  explicit measured(std::size_t n) : x(n), y(n) {
    std::mt19937 random(7);
    std::uniform_real_distribution<double> between(-1, 2);
    for (std::size_t i = 0; i < n; ++i) {
      x[i] = between(random);
      y[i] = between(random);
    }
  }
};

constexpr auto term = [](auto const& p, auto const& x, auto const& y) {
  using std::exp, std::sin;
  auto const r = p[0] * exp(p[1] * x) + sin(p[2] * x) - y;
  return std::remove_cvref_t<decltype(p[0])>(r * r);
};
constexpr auto of_tuple = [](auto const& p, auto const& d) { return term(p, std::get<0>(d), std::get<1>(d)); };

auto loop_over(measured const& data) {
  return [&data](auto const& p) {
    std::remove_cvref_t<decltype(p[0])> sum(0);
    for (std::size_t i = 0; i < data.x.size(); ++i) sum += term(p, data.x[i], data.y[i]);
    return sum;
  };
}

constexpr std::array<double, 3> at{1.1, 0.6, -0.8};

template <class A, class B>
void check_close(A const& a, B const& b) {
  for (std::size_t i = 0; i < duet::size_of(a); ++i)
    CHECK(duet::shape<A>::entry(a, i) == Approx(duet::shape<B>::entry(b, i)).epsilon(1e-11));
}

}  // namespace

TEST_CASE("sum_over has the value and the gradient of the loop, whatever is left over of the last group") {
  for (std::size_t const n : {0u, 1u, 7u, 8u, 9u, 31u, 33u, 250u, 2051u}) {
    measured const data(n);
    auto const sum = duet::sum_over(std::tie(data.x, data.y), of_tuple);
    auto const expected = duet::value_and_gradient(loop_over(data), at);
    CHECK(sum(at) == Approx(expected.value).epsilon(1e-12));
    auto const both = duet::value_and_gradient(sum, at);
    CHECK(both.value == Approx(expected.value).epsilon(1e-12));
    check_close(both.gradient, expected.gradient);
    check_close(duet::gradient(sum.scalar(), at), expected.gradient);
  }
}

TEST_CASE("sum_over gives the same bits on any number of threads") {
  measured const data(3003);
  auto const sum = duet::sum_over(std::tie(data.x, data.y), of_tuple);
  auto const one = duet::value_and_gradient(sum, at);
  for (std::size_t const threads : {2u, 7u}) {
    auto const many = duet::value_and_gradient(sum.threads(threads), at);
    CHECK(many.value == one.value);
    CHECK(many.gradient == one.gradient);
    CHECK(duet::gradient(duet::reverse, sum.threads(threads), at) == duet::gradient(duet::reverse, sum, at));
    CHECK(duet::gradient(sum.scalar().threads(threads), at) == duet::gradient(sum.scalar(), at));
  }
}

TEST_CASE("sum_over is differentiated in reverse mode, also inside another function") {
  measured const data(131);
  auto const sum = duet::sum_over(std::tie(data.x, data.y), of_tuple);
  auto const loop = loop_over(data);
  check_close(duet::gradient(duet::reverse, sum, at), duet::gradient(loop, at));

  auto const inside = [](auto const& inner) {
    return [&inner](auto const& q) {
      using std::log;
      using S = std::remove_cvref_t<decltype(q[0])>;
      std::array<S, 3> const p{q[0] * q[1], q[1] + 0.2, S(0.3)};  // the last one is a constant
      return S(log(inner(p)) + q[0]);
    };
  };
  std::array<double, 2> const q{1.2, 0.7};
  check_close(duet::gradient(duet::reverse, inside(sum), q), duet::gradient(inside(loop), q));
  check_close(duet::gradient(duet::forward, inside(sum), q), duet::gradient(inside(loop), q));
}

TEST_CASE("sum_over has directional and second derivatives") {
  measured const data(77);
  auto const sum = duet::sum_over(std::tie(data.x, data.y), of_tuple);
  auto const loop = loop_over(data);
  std::array<double, 3> const v{0.3, -1.0, 0.5};
  CHECK(duet::jvp(sum, at, v) == Approx(duet::jvp(loop, at, v)).epsilon(1e-11));
  CHECK(duet::hessian(sum, at).isApprox(duet::hessian(loop, at), 1e-11));
  check_close(duet::hvp(sum, at, v), duet::hvp(loop, at, v));
}
