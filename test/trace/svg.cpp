// Pictures of traces, read back as XML: a box for each row with its numbers, nothing that overlaps, no line through a
// box.

#include "catch.hpp"
#include "trace/picture.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <duet/duet.hpp>
#include <duet/trace.hpp>
#include <random>

namespace {

using std::size_t;
using namespace pictures;

picture parse(std::string const& svg) {
  picture p;
  REQUIRE_NOTHROW(p = pictures::graph_of(svg));
  return p;
}

std::string digits(double x) { return duet::number_text(x, 6); }

template <class T>
void require_readable(duet::evaluation_trace<T> const& trace, duet::trace_style const& style = {}) {
  picture const p = parse(trace.svg(style));
  REQUIRE(p.nodes.size() == trace.size());
  std::vector<std::string> partials;
  for (size_t i = 0; i < trace.size(); ++i) {
    node const& n = p.nodes[i];
    CAPTURE(i, n.head);
    REQUIRE(n.row == i);
    std::vector<std::pair<std::string, std::string>> expected{{"value", digits(trace[i].value)}};
    if (style.tangents) expected.emplace_back("tangent", digits(trace[i].tangent));
    expected.emplace_back("adjoint", digits(trace[i].adjoint));
    REQUIRE(n.numbers == expected);
    for (size_t k = 0; k < trace[i].operands.size(); ++k)
      if (!trace[i].operands[k].is_constant()) partials.push_back(digits(trace[i].partials[k]));
  }
  REQUIRE(p.partials == partials);
  REQUIRE(p.edges == partials.size());
  REQUIRE(p.labels.size() == partials.size());
  REQUIRE_NOTHROW(pictures::require_nothing_overlaps(p));
}
template <class T>
void require_readable_both_ways(duet::evaluation_trace<T> const& trace) {
  require_readable(trace);
  require_readable(trace, {.flow = duet::picture_flow::right});
  require_readable(trace, {.tangents = true, .flow = duet::picture_flow::down, .title = "a title"});
}

TEST_CASE("a picture has a box for each row, with its value above its adjoint") {
  auto const trace = duet::trace([](auto const& x) { return (x[0] + x[1]) * x[2]; }, Eigen::Vector3d(-2, 5, -4))
                         .named({"x", "y", "z", "q", "f"});
  require_readable_both_ways(trace);
  picture const p = parse(trace.svg());
  REQUIRE(p.nodes[0].head == "x");
  REQUIRE(p.nodes[4].head == "f = q * z");
  REQUIRE(p.nodes[4].title == "f = q * z; value -12; tangent -4; adjoint 1");
  REQUIRE(p.nodes[4].numbers[0].second == "-12");
  REQUIRE(p.nodes[3].box.y < p.nodes[2].box.y);  // operands as the formula has them
}

TEST_CASE("names and titles of any text give well-formed pictures") {
  auto const trace = duet::trace([](auto const& x) { return x * x; }, 2.0)
                         .named({"<a & \"b\">", "\xc3\xa9t\xc3\xa9 \xff\x01 and more than a line of words"});
  require_readable_both_ways(trace);
  picture const p = parse(trace.svg({.title = "1 < 2 & \xfe"}));
  REQUIRE(p.nodes[0].head == "<a & \"b\">");
  REQUIRE(p.nodes[1].head.starts_with("\xc3\xa9t\xc3\xa9 ?? and"));
  REQUIRE_THAT(p.nodes[1].head, duet_test::contains("... = (<a & \"b\">) * "));
}

TEST_CASE("constants, single rows and unread inputs have their pictures") {
  require_readable_both_ways(duet::trace([](auto const& x) { return x; }, 1.0));
  require_readable_both_ways(duet::trace([](auto const&) { return 3.0; }, std::vector{1.0, 2.0}));
  require_readable_both_ways(duet::trace([](auto const&) { return 3.0; }, std::vector<double>{}));
  require_readable_both_ways(duet::trace([](auto const& x) { return x[0] * x[0] + 1.0 / x[0] - 1e-300 * x[2]; },
                                         std::array{-1e-12, 2.0, 1.0 / 3}));
  require_readable_both_ways(duet::trace([](auto const& x) { return log(x) + sqrt(x); }, 0.0));  // infinities
}

TEST_CASE("a network of two inputs, two hidden units and one output is readable") {
  auto const network = [](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    S const z1 = sigmoid(p[0] * 0.5 + p[2] * -1.5 + p[4]);
    S const z2 = sigmoid(p[1] * 0.5 + p[3] * -1.5 + p[5]);
    return sigmoid(p[6] * z1 + p[7] * z2 + p[8]);
  };
  require_readable_both_ways(
      duet::trace(network, std::vector{-0.07, 0.94, 0.22, 0.46, -0.46, 0.10, -0.22, 0.58, 0.78}));
}

TEST_CASE("several outputs and matrices have readable pictures") {
  require_readable_both_ways(
      duet::trace([](auto const& A) { return (A * A).eval(); }, Eigen::Matrix2d{{1, 2}, {3, 4}}));
  require_readable_both_ways(duet::trace([](auto const& A) { return A.inverse().eval(); },
                                         Eigen::Matrix3d{{2, 1, 0}, {0.5, 3, 1}, {0, 0.3, 1.5}}));
}

TEST_CASE("graphs of 60 nodes are readable, wide, deep and woven") {
  require_readable_both_ways(duet::trace(
      [](auto x) {
        for (int i = 0; i < 30; ++i) x = sin(x) + 1.0;
        return x;
      },
      0.3));
  require_readable_both_ways(duet::trace(
      [](auto const& x) {
        using S = std::decay_t<decltype(x[0])>;
        S sum(0);
        for (size_t i = 0; i < 20; ++i) sum += x[i] * x[(i + 1) % 20];
        return sum;
      },
      std::vector<double>(20, 1.5)));
  require_readable_both_ways(duet::trace(
      [](auto const& x) {
        std::array a{x[0], x[1], x[2], x[3]};
        for (int r = 0; r < 5; ++r) {
          auto b = a;
          for (size_t i = 0; i < 4; ++i) b[i] = sin(a[i]) * a[(i + 1) % 4] + 0.1;
          a = b;
        }
        return a;
      },
      std::array{0.5, 0.6, 0.7, 0.8}));
}

// Operations on any two earlier results.
struct random_program {
  unsigned seed;
  template <class S>
  S operator()(std::vector<S> const& x) const {
    std::mt19937 random(seed);
    std::vector<S> results(x);
    while (results.size() < 60) {
      S const a = results[random() % results.size()], b = results[results.size() - 1 - random() % 4];
      switch (random() % 5) {
        case 0:
          results.push_back(a + b);
          break;
        case 1:
          results.push_back(a * b);
          break;
        case 2:
          results.push_back(sin(a));
          break;
        case 3:
          results.push_back(a - b);
          break;
        default:
          results.push_back(hypot(a, b, results[0]));
      }
    }
    return results.back();
  }
};

TEST_CASE("random graphs of 60 nodes have readable pictures") {
  for (unsigned seed = 0; seed < 12; ++seed) {
    CAPTURE(seed);
    require_readable_both_ways(duet::trace(random_program{seed}, std::vector{0.5, -0.25, 1.0 / 3, 2.0}));
  }
}

TEST_CASE("a picture of two thousand rows is drawn all the same") {
  auto const trace = duet::trace(
      [](auto const& x) {
        auto y = x[0];
        for (int i = 0; i < 700; ++i) y = sin(y) * x[1] + x[0];
        return y;
      },
      std::array{0.5, 0.7});
  REQUIRE(trace.svg().size() > 100000);
}

}  // namespace
