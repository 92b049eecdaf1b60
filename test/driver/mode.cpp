#include "catch.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>
#include <set>
#include <typeindex>

namespace {

template <class S>
inline constexpr bool is_var = false;
template <class T>
inline constexpr bool is_var<duet::var<T>> = true;

// Counts its evaluations and the scalars it is compiled for, and gives `outputs` numbers.
struct observed {
  std::size_t outputs;
  std::set<std::type_index>* scalars;
  std::size_t* active_calls;
  template <class X>
  auto operator()(X const& x) const {
    using S = typename X::Scalar;
    if constexpr (duet::active_scalar<S>) {
      scalars->insert(typeid(S));
      ++*active_calls;
    }
    return Eigen::Matrix<S, Eigen::Dynamic, 1>(Eigen::Matrix<S, Eigen::Dynamic, 1>::Constant(
        static_cast<Eigen::Index>(outputs), x.size() == 0 ? S(0.0) : S(x[0])));
  }
};

}  // namespace

TEST_CASE("forward carries few inputs, reverse many, and the line between them is that of the cost model") {
  CHECK(duet::choose_mode(1, 1000).mode == duet::mode::forward);
  CHECK(duet::choose_mode(1000, 1).mode == duet::mode::reverse);
  CHECK(duet::choose_mode(0, 0).mode == duet::mode::forward);
  auto const& cost = duet::measured_cost;
  for (std::size_t outputs : {1u, 2u, 3u, 16u, 17u, 200u}) {
    CAPTURE(outputs);
    double const swept = outputs == 1 ? cost.one_output : cost.fixed + cost.per_output * double(outputs);
    CHECK(duet::reverse_cost(outputs) == swept);
    auto const line = static_cast<std::size_t>(swept);
    CHECK(duet::choose_mode(line, outputs).mode == duet::mode::forward);
    CHECK(duet::choose_mode(line + 1, outputs).mode == duet::mode::reverse);
    CHECK(duet::cheaper_mode(line, outputs) == duet::mode::forward);
    CHECK(duet::cheaper_mode(line + 1, outputs) == duet::mode::reverse);
  }
}

TEST_CASE("the only output is swept the cheapest, and more outputs never speak for reverse") {
  CHECK(duet::reverse_cost(0) == duet::reverse_cost(1));
  for (std::size_t m = 1; m < 100; ++m) CHECK(duet::reverse_cost(m) < duet::reverse_cost(m + 1));
}

TEST_CASE("a sweep carries 16 outputs") {
  struct {
    std::size_t outputs, passes, chunk;
  } const cases[] = {{1, 1, 1}, {7, 1, 7}, {8, 1, 8}, {9, 1, 9}, {16, 1, 16}, {17, 2, 16}, {32, 2, 16}, {33, 3, 16}};
  for (auto const& c : cases) {
    CAPTURE(c.outputs);
    auto const choice = duet::choose_mode(10000, c.outputs);
    CHECK(choice.mode == duet::mode::reverse);
    CHECK(choice.passes == c.passes);
    CHECK(choice.chunk == c.chunk);
  }
}

TEST_CASE("a choice explains itself in one line") {
  auto const forward = to_string(duet::choose_mode(3, 250)), reverse = to_string(duet::choose_mode(1000, 1));
  CHECK_THAT(forward, duet_test::contains("forward, 1 pass of up to 3 directions: 3 inputs are at most"));
  CHECK_THAT(reverse,
             duet_test::contains("reverse, one recording and 1 sweep of up to 1 output: 1000 inputs are more than"));
  CHECK(forward.find('\n') == std::string::npos);
}

TEST_CASE("a choice names the constants of the line that it is on") {
  auto const& cost = duet::measured_cost;
  CHECK_THAT(duet::choose_mode(1000, 1).reason, duet_test::contains("more than " + duet::in_words(cost.one_output)));
  CHECK_THAT(duet::choose_mode(1, 40).reason, duet_test::contains("at most " + duet::in_words(cost.fixed) + " + " +
                                                                  duet::in_words(cost.per_output) + " x 40 outputs"));
  CHECK(duet::in_words(2.5) == "2.5");
  CHECK(duet::in_words(20) == "20");
}

TEST_CASE("drivers make as many passes as choose_mode announces") {
  for (std::size_t n : {0u, 1u, 3u, 8u, 9u, 16u, 17u, 24u, 25u, 32u, 33u, 48u, 50u, 64u, 65u, 100u}) {
    std::set<std::type_index> scalars;
    std::size_t calls = 0;
    (void)duet::jacobian(duet::forward, observed{2, &scalars, &calls},
                         Eigen::VectorXd::Ones(static_cast<Eigen::Index>(n)).eval());
    CHECK(calls == duet::plan_forward<double>(n).wide + duet::plan_forward<double>(n).narrow);
    auto const choice = duet::choose_mode(n, 1000);
    CHECK(choice.passes == calls);
  }
}

TEST_CASE("sizes known at run time compile a function for two duals and one var") {
  std::set<std::type_index> scalars;
  std::size_t calls = 0;
  for (Eigen::Index n = 0; n <= 140; ++n)
    for (std::size_t m : {1u, 20u})
      (void)duet::jacobian(observed{m, &scalars, &calls}, Eigen::VectorXd::Ones(n).eval());
  CHECK(scalars.size() == 3);
}

TEST_CASE("static sizes compile a function for one mode alone") {
  auto const no_var = [](auto const& x) {
    static_assert(!is_var<std::decay_t<decltype(x[0])>>);
    return x[0];
  };
  auto const only_var = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    static_assert(is_var<S> || !duet::active_scalar<S>);
    return x[0];
  };
  CHECK(duet::gradient(no_var, std::array{1.0, 2.0})[0] == 1);
  CHECK(duet::gradient(only_var, std::array<double, 200>{})[0] == 1);
  CHECK(duet::jacobian(no_var, Eigen::Vector2d(1, 2))(0, 0) == 1);
}

TEST_CASE("static chunks are equal, few and whole vectors") {
  static_assert(duet::static_chunk<double>(0) == 1 && duet::static_chunk<double>(3) == 3 &&
                duet::static_chunk<double>(32) == 32);
  for (std::size_t n = 33; n < 200; ++n) {
    std::size_t const width = duet::static_chunk<double>(n), passes = (n + width - 1) / width;
    CHECK(width <= duet::wide_chunk<double>);
    CHECK(width % duet::native_lanes<double> == 0);
    CHECK(passes == duet::ceiling_quotient(n, duet::wide_chunk<double>));
  }
}
