#pragma once

// One statement as the expression that its operators build: values up, coefficients down, one pass over the leaves.

#include <cmath>
#include <duet/duet.hpp>
#include <duet/trace/formula_text.hpp>
#include <stdexcept>
#include <string>
#include <vector>

#include "../fit/chart.hpp"

namespace pictures {

struct tree_node {
  std::string name;
  double value, x, y;
  int parent;              // -1: none
  double partial = 1;      // of the parent in this
  double coefficient = 1;  // of the whole in this: the product of the partials on the way
};

// y = (a * b + c) * sin(a), parents before children; throws unless Duet's duals agree with the coefficients.
inline std::vector<tree_node> expression_nodes() {
  double const a = 1, b = 2, c = 0.5, product = a * b, sum = product + c, sine = std::sin(a);
  std::vector<tree_node> nodes{{"*", sum * sine, 300, 118, -1}, {"+", sum, 190, 208, 0, sine},
                               {"sin", sine, 420, 208, 0, sum}, {"*", product, 110, 298, 1},
                               {"c", c, 270, 298, 1},           {"a", a, 420, 298, 2, std::cos(a)},
                               {"a", a, 50, 388, 3, b},         {"b", b, 170, 388, 3, a}};
  for (tree_node& n : nodes)
    if (n.parent >= 0) n.coefficient = nodes[static_cast<std::size_t>(n.parent)].coefficient * n.partial;

  using dual = duet::dual<double, 3>;
  dual const da = dual::independent(a, 0), db = dual::independent(b, 1), dc = dual::independent(c, 2);
  dual const y = (da * db + dc) * sin(da);
  auto const same = [](double p, double q) { return std::abs(p - q) < 1e-14; };
  if (!same(y.value(), nodes[0].value) || !same(y.partial(0), nodes[5].coefficient + nodes[6].coefficient) ||
      !same(y.partial(1), nodes[7].coefficient) || !same(y.partial(2), nodes[4].coefficient))
    throw std::logic_error("the coefficients are not those of Duet");
  return nodes;
}

inline std::string draw_expression(std::vector<tree_node> const& nodes) {
  constexpr double width = 860, height = 470, radius = 23;
  constexpr std::string_view ink = "#1f2933", grey = "#52606d", blue = "#1f5fa8", red = "#b3261e", edge = "#9aa5b1";
  auto const fill = [](std::string_view colour, std::string_view more = "") {
    return std::string("fill=\"").append(colour).append("\" ").append(more);
  };
  auto const number = [](double x) { return duet::number_text(static_cast<long double>(x), 3); };
  fit::svg s(width, height);
  s.text(28, 34, fill(ink, "font-size=\"19\" font-weight=\"bold\""), "One statement: y = (a * b + c) * sin(a)");
  s.text(28, 58, fill(grey), "at a = 1, b = 2, c = 0.5");

  std::vector<bool> is_leaf(nodes.size(), true);
  for (tree_node const& n : nodes)
    if (n.parent >= 0) {
      tree_node const& p = nodes[static_cast<std::size_t>(n.parent)];
      is_leaf[static_cast<std::size_t>(n.parent)] = false;
      s.line(p.x, p.y, n.x, n.y, "stroke=\"" + std::string(edge) + "\" stroke-width=\"1.5\"");
      // Beside the middle of the edge, on its outer side.
      bool const is_left = n.x <= p.x - 1, is_upright = std::abs(n.x - p.x) < 1;
      s.text((p.x + n.x) / 2 + (is_left ? -9 : 9), (p.y + n.y) / 2 + (is_upright ? 4 : 0),
             fill(grey, is_left ? "text-anchor=\"end\" font-size=\"12\"" : "font-size=\"12\""), number(n.partial));
    }
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    tree_node const& n = nodes[i];
    s.circle("node", n.x, n.y, radius, fill(is_leaf[i] ? "#f0f4f8" : "#ffffff", "stroke=\"#1f2933\""));
    s.text(n.x, n.y - 2, fill(ink, "text-anchor=\"middle\" font-weight=\"bold\""), n.name);
    s.text(n.x, n.y + 13, fill(blue, "text-anchor=\"middle\" font-size=\"11\""), number(n.value));
    if (is_leaf[i])
      s.text(n.x, n.y + radius + 19, fill(red, "text-anchor=\"middle\" font-weight=\"bold\""), number(n.coefficient));
  }

  double const x = 520;
  auto const words = [&](double y, std::string_view colour, std::string_view heading,
                         std::vector<std::string> const& lines) {
    s.text(x, y, fill(colour, "font-weight=\"bold\""), heading);
    for (std::size_t i = 0; i < lines.size(); ++i) s.text(x, y + 20 * static_cast<double>(i + 1), fill(ink), lines[i]);
  };
  words(110, blue, "1. Values, from the leaves up",
        {"computed when the expression is made,", "as double computes them"});
  words(186, grey, "2. Partials, one for each edge", {"what a rule says about its operands"});
  words(242, red, "3. Coefficients, from the top down",
        {"the product of the partials on the way", "from y to each leaf"});
  std::string const of_a = number(nodes[6].coefficient), of_b = number(nodes[7].coefficient),
                    of_c = number(nodes[4].coefficient), again = number(nodes[5].coefficient);
  words(322, ink, "4. One pass over the leaves",
        {"dual: y' = " + of_a + " a' + " + of_b + " b'", "             + " + of_c + " c' + " + again + " a'",
         "tape: a " + number(nodes[6].coefficient + nodes[5].coefficient) + ", b " + of_b + ", c " + of_c,
         "the tree itself is never stored"});
  return s.finish();
}

}  // namespace pictures
