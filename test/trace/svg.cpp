// Pictures of traces, read back as XML: a box for each row with its numbers, nothing that overlaps, no line through a
// box.

#include "catch.hpp"

#include <Eigen/Dense>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <duet/duet.hpp>
#include <duet/trace.hpp>
#include <optional>
#include <random>
#include <sstream>

namespace {

using std::size_t;
using tree = boost::property_tree::ptree;

struct rectangle {
  double x, y, width, height;
  [[nodiscard]] bool overlaps(rectangle const& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height;
  }
  [[nodiscard]] bool contains(double at_x, double at_y, double margin) const {
    return at_x > x + margin && at_x < x + width - margin && at_y > y + margin && at_y < y + height - margin;
  }
};

std::string attribute(tree const& element, std::string const& name) {
  return element.get<std::string>("<xmlattr>." + name, "");
}
double number(tree const& element, std::string const& name) { return std::stod(attribute(element, name)); }
rectangle rectangle_of(tree const& element) {
  return {number(element, "x"), number(element, "y"), number(element, "width"), number(element, "height")};
}
// All words below an element, in order.
std::string words(tree const& element) {
  std::string text = element.data();
  for (auto const& [name, child] : element)
    if (name == "tspan") text = words(child) + text;  // the name stands first
  return text;
}

struct node {
  size_t row;
  std::string title, head;
  rectangle box;
  std::vector<std::pair<std::string, std::string>> numbers;  // value, adjoint, ... in the order of drawing
};
struct picture {
  double width = 0, height = 0, shift_x = 0, shift_y = 0;
  std::vector<node> nodes;
  std::vector<rectangle> labels;
  std::vector<std::string> partials;
  std::vector<std::vector<std::array<double, 2>>> lines;  // points along every line
  size_t edges = 0;
};

void walk(tree const& element, picture& p);

node read_node(tree const& element) {
  node n;
  n.row = static_cast<size_t>(number(element, "data-row"));
  for (auto const& [name, child] : element) {
    if (name == "title") n.title = child.data();
    if (name == "rect") n.box = rectangle_of(child);
    if (name != "text") continue;
    double const half = 0.602 * double(duet::characters(words(child)).size()) *
                        (attribute(child, "class") == "head" ? number(child, "font-size") : 12.5) / 2;
    rectangle const around{number(child, "x") - half, number(child, "y") - 10, 2 * half, 13};
    INFO(words(child));
    REQUIRE((around.x >= n.box.x && around.x + around.width <= n.box.x + n.box.width));
    REQUIRE((around.y >= n.box.y && around.y + around.height <= n.box.y + n.box.height));
    if (attribute(child, "class") == "head")
      n.head = words(child);
    else
      n.numbers.emplace_back(attribute(child, "class"), words(child));
  }
  return n;
}

std::vector<std::array<double, 2>> points_of(std::string const& path) {
  std::istringstream in(path);
  std::vector<std::array<double, 2>> points;
  std::string command;
  double x = 0, y = 0;
  auto const read = [&] {
    std::array<double, 2> at{};
    REQUIRE((in >> at[0] >> at[1]));
    return at;
  };
  char c = 0;
  while (in >> c) {
    if (c == 'M') {
      points.push_back(read());
    } else if (c == 'L' || c == 'C') {
      std::array const from{x, y};
      auto const a = c == 'C' ? read() : from;
      auto const b = c == 'C' ? read() : from;
      auto const to = read();
      for (int i = 1; i <= 40; ++i) {
        double const t = i / 40.0, u = 1 - t;
        std::array<double, 2> at{};
        for (size_t k = 0; k < 2; ++k)
          at[k] = c == 'L' ? u * from[k] + t * to[k]
                           : u * u * u * from[k] + 3 * u * u * t * a[k] + 3 * u * t * t * b[k] + t * t * t * to[k];
        points.push_back(at);
      }
    } else {
      REQUIRE(c == 'Z');
      break;
    }
    x = points.back()[0], y = points.back()[1];
  }
  return points;
}

void walk(tree const& element, picture& p) {
  for (auto const& [name, child] : element) {
    std::string const kind = attribute(child, "class");
    if (name == "g" && kind.starts_with("node")) {
      p.nodes.push_back(read_node(child));
      continue;
    }
    if (std::string const shift = attribute(child, "transform"); !shift.empty())
      REQUIRE(std::sscanf(shift.c_str(), "translate(%lf %lf)", &p.shift_x, &p.shift_y) == 2);
    if (kind == "label") p.labels.push_back(rectangle_of(child));
    if (kind == "partial") p.partials.push_back(child.data());
    if (kind == "edge") ++p.edges;
    if (name == "path") p.lines.push_back(points_of(attribute(child, "d")));
    walk(child, p);
  }
}

picture parse(std::string const& svg) {
  std::istringstream in(svg);
  tree document;
  REQUIRE_NOTHROW(boost::property_tree::read_xml(in, document));
  tree const& root = document.get_child("svg");
  picture p;
  p.width = number(root, "width");
  p.height = number(root, "height");
  walk(root, p);
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
    for (size_t j = 0; j < i; ++j) REQUIRE(!n.box.overlaps(p.nodes[j].box));
    for (rectangle const& label : p.labels) REQUIRE(!n.box.overlaps(label));
    REQUIRE((n.box.x + p.shift_x >= 0 && n.box.x + n.box.width + p.shift_x <= p.width));
    REQUIRE((n.box.y + p.shift_y >= 0 && n.box.y + n.box.height + p.shift_y <= p.height));
    bool crossed = false;
    for (auto const& line : p.lines)
      for (auto const& [x, y] : line) crossed = crossed || n.box.contains(x, y, 1);
    REQUIRE(!crossed);
  }
  REQUIRE(p.partials == partials);
  REQUIRE(p.edges == partials.size());
  REQUIRE(p.labels.size() == partials.size());
  for (size_t a = 0; a < p.labels.size(); ++a)
    for (size_t b = 0; b < a; ++b) REQUIRE(!p.labels[a].overlaps(p.labels[b]));
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
