#include "catch.hpp"

#include <Eigen/Dense>
#include <boost/mp11/algorithm.hpp>
#include <duet/driver/sparse_point.hpp>
#include <duet/math/math.hpp>

#include "patterns.hpp"

namespace {

using duet::pattern_scope, duet::sparsity_pattern;
using duet_test::contains, duet_test::places;
using Eigen::VectorXd;

template <class F>
sparsity_pattern jacobian_pattern(F const& f, VectorXd const& x, pattern_scope scope = pattern_scope::global) {
  return duet::traced_dependencies(f, x, scope);
}
template <class F>
sparsity_pattern hessian_pattern(F const& f, VectorXd const& x, pattern_scope scope = pattern_scope::global) {
  return duet::traced_interactions(f, x, scope);
}
sparsity_pattern of(int rows, int columns, places const& all) {
  return sparsity_pattern::of_places(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns), all);
}
VectorXd const point = VectorXd::LinSpaced(4, 0.5, 2.0);

}  // namespace

TEST_CASE("each output depends on the inputs that it reads") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const shared = x[1] * x[2];
    return std::array<S, 5>{sin(shared) + x[0], shared - 2.0 * x[3], x[0] - x[0], S(3.0), -x[2]};
  };
  CHECK(jacobian_pattern(f, point) == of(5, 4, {{0, 0}, {0, 1}, {0, 2}, {1, 1}, {1, 2}, {1, 3}, {2, 0}, {4, 2}}));
}

TEST_CASE("what a rule calls zero everywhere is no dependence, a factor that happens to be zero is one") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 5>{S(floor(x[0])), S(copysign(x[0], x[1])), S(0.0 * x[2]), S(fmod(x[0], x[3])), S(sign(x[1]))};
  };
  CHECK(jacobian_pattern(f, point) == of(5, 4, {{1, 0}, {2, 2}, {3, 0}, {3, 3}}));
  CHECK(jacobian_pattern(f, point, pattern_scope::local) == of(5, 4, {{1, 0}, {2, 2}, {3, 0}}));
}

TEST_CASE("operations that bend make pairs, linear ones make none") {
  auto const linear = [](auto const& x) { return 2.0 * x[0] - x[1] / 3.0 + fma(x[2], 2.0, x[3]); };
  CHECK(hessian_pattern(linear, point).entries() == 0);
  auto const product = [](auto const& x) { return x[0] * x[1] + 3.0 * x[2]; };
  CHECK(hessian_pattern(product, point) == of(4, 4, {{0, 1}, {1, 0}}));
  auto const quotient = [](auto const& x) { return x[0] / x[1]; };
  CHECK(hessian_pattern(quotient, point) == of(4, 4, {{0, 1}, {1, 0}, {1, 1}}));
  auto const square = [](auto const& x) { return x[2] * x[2]; };
  CHECK(hessian_pattern(square, point) == of(4, 4, {{2, 2}}));
  auto const bent_sum = [](auto const& x) { return exp(x[0] + x[2]) + x[1]; };
  CHECK(hessian_pattern(bent_sum, point) == of(4, 4, {{0, 0}, {0, 2}, {2, 0}, {2, 2}}));
  auto const piecewise = [](auto const& x) { return abs(x[0]) + max(x[1], x[2]) * x[3]; };
  CHECK(hessian_pattern(piecewise, point) == of(4, 4, {{1, 3}, {3, 1}, {2, 3}, {3, 2}}));
  auto const mixed = [](auto const& x) { return lerp(x[0], x[1], x[2]); };
  CHECK(hessian_pattern(mixed, point) == of(4, 4, {{0, 2}, {2, 0}, {1, 2}, {2, 1}}));
  auto const powers = [](auto const& x) { return pow(x[0], 2.5) + pow(2.0, x[1]) + hypot(x[2], x[3]); };
  CHECK(hessian_pattern(powers, point) == of(4, 4, {{0, 0}, {1, 1}, {2, 2}, {2, 3}, {3, 2}, {3, 3}}));
}

TEST_CASE("operations that the result does not read make no pairs") {
  auto const f = [](auto const& x) {
    auto const unused = exp(x[0] * x[1]);
    (void)unused;
    return x[2] * x[3];
  };
  CHECK(hessian_pattern(f, point) == of(4, 4, {{2, 3}, {3, 2}}));
}

TEST_CASE("both sides of a select count") {
  auto const f = [](auto const& x) { return duet::select(x[0] > 1.0 && !(x[1] < x[2]), x[1] * x[2], sin(x[3])); };
  CHECK(jacobian_pattern(f, point) == of(1, 4, {{0, 1}, {0, 2}, {0, 3}}));
  CHECK(hessian_pattern(f, point) == of(4, 4, {{1, 2}, {2, 1}, {3, 3}}));
  auto const lazy = [](auto const& x) {
    return duet::select(x[0] > 1.0, [&] { return x[1] + 0.0; }, [&] { return x[2] * x[2]; });
  };
  CHECK(jacobian_pattern(lazy, point) == of(1, 4, {{0, 1}, {0, 2}}));
  CHECK(jacobian_pattern(lazy, point, pattern_scope::local) == of(1, 4, {{0, 2}}));
  auto const constants = [](auto const& x) { return duet::select(x[0] > 1.0, 0.0, x[1]); };
  CHECK(jacobian_pattern(constants, point) == of(1, 4, {{0, 1}}));
}

TEST_CASE("a comparison of variables throws and says what to write instead") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return x[0] > 1.0 ? S(x[1]) : S(x[2]);
  };
  CHECK_THROWS_AS(jacobian_pattern(f, point), duet::error);
  CHECK_THROWS_WITH(jacobian_pattern(f, point), contains("duet::select(condition, a, b)"));
  CHECK_THROWS_WITH(jacobian_pattern(f, point), contains("pattern_scope::local"));
  CHECK(jacobian_pattern(f, point, pattern_scope::local) == of(1, 4, {{0, 2}}));
  CHECK(jacobian_pattern(f, 3 * point, pattern_scope::local) == of(1, 4, {{0, 1}}));
  auto const rounded = [](auto const& x) { return x[0] * static_cast<double>(lround(x[1])); };
  CHECK_THROWS_AS(jacobian_pattern(rounded, point), duet::error);
  CHECK(jacobian_pattern(rounded, point, pattern_scope::local) == of(1, 4, {{0, 0}}));
  auto const of_steps = [](auto const& x) { return floor(x[0]) > 0.0 ? x[1] * x[2] : x[1] + x[3]; };
  CHECK_THROWS_AS(jacobian_pattern(of_steps, point), duet::error);  // no input, but no constant either
}

TEST_CASE("constants may be compared") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S step = 1.0, sum = 0.0;
    while (step < 4.0) {
      sum += step * x[1];
      step *= 2.0;
    }
    return sum;
  };
  CHECK(jacobian_pattern(f, point) == of(1, 4, {{0, 1}}));
}

TEST_CASE("a local pattern follows the pieces at the point") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return std::array<S, 3>{S(max(x[0], x[1])), S(clamp(x[2], x[0], x[1])), S(relu(x[3] - 5.0))};
  };
  CHECK(jacobian_pattern(f, point, pattern_scope::local) == of(3, 4, {{0, 1}, {1, 1}}));
  CHECK(jacobian_pattern(f, point) == of(3, 4, {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {1, 2}, {2, 3}}));
}

TEST_CASE("Eigen's products and norms, and functions of containers are traced") {
  Eigen::MatrixXd A(3, 4);
  A << 1, 0, 2, 0, 0, 3, 0, 0, 0, 0, 0, 4;
  auto const product = [&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return Eigen::Matrix<S, 3, 1>(A * x);
  };
  CHECK(jacobian_pattern(product, point).entries() == 12);  // a dense matrix, whatever its numbers
  auto const lengths = [](auto const& x) { return x.squaredNorm() + x.head(2).norm() + x.dot(x); };
  CHECK(hessian_pattern(lengths, point) == of(4, 4, {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 2}, {3, 3}}));
  auto const containers = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    return norm(std::vector<S>{x[0], x[1]}) + log_sum_exp(std::vector<S>{x[2], x[3]});
  };
  CHECK(hessian_pattern(containers, point) ==
        of(4, 4, {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 2}, {2, 3}, {3, 2}, {3, 3}}));
}

TEST_CASE("every rule is traced as its partials say") {
  boost::mp11::mp_for_each<duet::rules::all>([]<class Rule>(Rule) {
    INFO(Rule::name);
    auto const operand = [](double lower, double upper) {
      return lower > -1e300  ? (upper < 1e300 ? 0.5 * (lower + upper) : lower + 1.5)
             : upper < 1e300 ? upper - 1.5
                             : 0.75;
    };
    constexpr std::size_t arity = [] {
      if constexpr (requires { Rule::domain.size(); })
        return Rule::domain.size();
      else
        return std::size_t{1};
    }();
    if constexpr (duet::parameter_count<Rule> == 0) {
      VectorXd x(static_cast<Eigen::Index>(arity));
      auto const f = [](auto const& v) {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
          return duet::apply(Rule{}, v[I]...);
        }(std::make_index_sequence<arity>{});
      };
      for (std::size_t i = 0; i < arity; ++i)
        if constexpr (arity == 1)
          x[0] = operand(Rule::domain.lower, Rule::domain.upper);
        else
          x[static_cast<Eigen::Index>(i)] = operand(Rule::domain[i].lower, Rule::domain[i].upper);
      auto const first = jacobian_pattern(f, x);
      auto const second = hessian_pattern(f, x);
      for (std::size_t i = 0; i < arity; ++i) {
        VectorXd up = x, down = x;
        double const h = 1e-5;
        up[static_cast<Eigen::Index>(i)] += h;
        down[static_cast<Eigen::Index>(i)] -= h;
        double const difference = [&]<std::size_t... I>(std::index_sequence<I...>) {
          return static_cast<double>(Rule::value(up[I]...)) - static_cast<double>(Rule::value(down[I]...));
        }(std::make_index_sequence<arity>{});
        if (difference != 0) CHECK(first.contains(0, i));  // a pattern never misses what moves
        if (!second.row(i).empty()) CHECK(first.contains(0, i));
      }
      CHECK(second == second.transposed());
    }
  });
}

TEST_CASE("sums of many terms and long chains take linear time") {
  Eigen::Index const n = 100'000;
  auto const chained = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S sum = 0.0;
    for (Eigen::Index i = 0; i + 1 < x.size(); ++i) sum += exp(x[i] * x[i + 1]);
    return sum;
  };
  VectorXd const x = VectorXd::Zero(n);
  CHECK(jacobian_pattern(chained, x).entries() == static_cast<std::size_t>(n));
  CHECK(hessian_pattern(chained, x).entries() == static_cast<std::size_t>(3 * n - 2));
  auto const deep = [](auto const& v) {
    using S = std::decay_t<decltype(v[0])>;
    S y = v[0];
    for (int k = 0; k < 200'000; ++k) y = sin(y) + v[1];
    return y;
  };
  CHECK(hessian_pattern(deep, point).entries() == 4);
}

TEST_CASE("functions without inputs or outputs have empty patterns") {
  auto const nothing = [](auto const& x) { return std::vector<std::decay_t<decltype(x[0])>>(); };
  CHECK(jacobian_pattern(nothing, point) == sparsity_pattern(0, 4));
  auto const constant = [](auto const& x) { return std::vector<std::decay_t<decltype(x[0])>>(3); };
  CHECK(jacobian_pattern(constant, VectorXd(0)) == sparsity_pattern(3, 0));
  CHECK(hessian_pattern([](auto const&) { return 2.0; }, point) == sparsity_pattern(4, 4));
}

TEST_CASE("a trace inside of a trace records onto its own graph") {
  auto const f = [](auto const& x) {
    CHECK(jacobian_pattern([](auto const& v) { return v[0] * v[1]; }, point).entries() == 2);
    return x[2] * x[3];
  };
  CHECK(jacobian_pattern(f, point) == of(1, 4, {{0, 2}, {0, 3}}));
}
