#pragma once

// Pictures read back as XML: the graphs that duet::trace draws, and charts. Who cannot read one says so by an
// exception.

#include <array>
#include <boost/property_tree/xml_parser.hpp>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <duet/trace/text.hpp>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace pictures {

inline void require(bool holds, std::string const& what) {
  if (!holds) throw std::runtime_error(what);
}

using tree = boost::property_tree::ptree;

struct rectangle {
  double x, y, width, height;
  [[nodiscard]] bool overlaps(rectangle const& other) const {
    return x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height;
  }
  [[nodiscard]] bool contains(rectangle const& other) const {
    return other.x >= x && other.x + other.width <= x + width && other.y >= y && other.y + other.height <= y + height;
  }
  [[nodiscard]] bool contains(double at_x, double at_y, double margin) const {
    return at_x > x + margin && at_x < x + width - margin && at_y > y + margin && at_y < y + height - margin;
  }
};

inline std::string attribute(tree const& element, std::string const& name) {
  return element.get<std::string>("<xmlattr>." + name, "");
}
inline double number(tree const& element, std::string const& name) { return std::stod(attribute(element, name)); }
inline rectangle rectangle_of(tree const& element) {
  return {number(element, "x"), number(element, "y"), number(element, "width"), number(element, "height")};
}
// All words below an element, in order.
inline std::string words(tree const& element) {
  std::string text = element.data();
  for (auto const& [name, child] : element)
    if (name == "tspan") text = words(child) + text;  // the name stands first
  return text;
}

struct node {
  std::size_t row;
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
  std::size_t edges = 0;
};

inline node read_node(tree const& element) {
  node n;
  n.row = static_cast<std::size_t>(number(element, "data-row"));
  for (auto const& [name, child] : element) {
    if (name == "title") n.title = child.data();
    if (name == "rect") n.box = rectangle_of(child);
    if (name != "text") continue;
    double const half = 0.602 * double(duet::characters(words(child)).size()) *
                        (attribute(child, "class") == "head" ? number(child, "font-size") : 12.5) / 2;
    rectangle const around{number(child, "x") - half, number(child, "y") - 10, 2 * half, 13};
    require(n.box.contains(around), "the text '" + words(child) + "' leaves its box");
    if (attribute(child, "class") == "head")
      n.head = words(child);
    else
      n.numbers.emplace_back(attribute(child, "class"), words(child));
  }
  return n;
}

inline std::vector<std::array<double, 2>> points_of(std::string const& path) {
  std::istringstream in(path);
  std::vector<std::array<double, 2>> points;
  std::string command;
  double x = 0, y = 0;
  auto const read = [&] {
    std::array<double, 2> at{};
    require(static_cast<bool>(in >> at[0] >> at[1]), "a path without numbers: " + path);
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
        for (std::size_t k = 0; k < 2; ++k)
          at[k] = c == 'L' ? u * from[k] + t * to[k]
                           : u * u * u * from[k] + 3 * u * u * t * a[k] + 3 * u * t * t * b[k] + t * t * t * to[k];
        points.push_back(at);
      }
    } else {
      require(c == 'Z', "an unknown command in the path " + path);
      break;
    }
    x = points.back()[0], y = points.back()[1];
  }
  return points;
}

inline void walk(tree const& element, picture& p) {
  for (auto const& [name, child] : element) {
    std::string const kind = attribute(child, "class");
    if (name == "g" && kind.starts_with("node")) {
      p.nodes.push_back(read_node(child));
      continue;
    }
    if (std::string const shift = attribute(child, "transform"); !shift.empty())
      require(std::sscanf(shift.c_str(), "translate(%lf %lf)", &p.shift_x, &p.shift_y) == 2, "cannot read " + shift);
    if (kind == "label") p.labels.push_back(rectangle_of(child));
    if (kind == "partial") p.partials.push_back(child.data());
    if (kind == "edge") ++p.edges;
    if (name == "path") p.lines.push_back(points_of(attribute(child, "d")));
    walk(child, p);
  }
}

inline tree document(std::string const& svg) {
  std::istringstream in(svg);
  tree all;
  boost::property_tree::read_xml(in, all);
  return all.get_child("svg");
}

inline picture graph_of(std::string const& svg) {
  tree const root = document(svg);
  picture p;
  p.width = number(root, "width");
  p.height = number(root, "height");
  walk(root, p);
  return p;
}

// Boxes and labels lie inside the picture and beside each other, and no line goes through a box.
inline void require_nothing_overlaps(picture const& p) {
  rectangle const inside{-p.shift_x, -p.shift_y, p.width, p.height};
  for (std::size_t i = 0; i < p.nodes.size(); ++i) {
    node const& n = p.nodes[i];
    require(inside.contains(n.box), "the box of '" + n.head + "' leaves the picture");
    for (std::size_t j = 0; j < i; ++j)
      require(!n.box.overlaps(p.nodes[j].box), "the boxes of '" + n.head + "' and '" + p.nodes[j].head + "' overlap");
    for (rectangle const& label : p.labels) require(!n.box.overlaps(label), "a label lies on the box of " + n.head);
    for (auto const& line : p.lines)
      for (auto const& [x, y] : line) require(!n.box.contains(x, y, 1), "a line goes through the box of " + n.head);
  }
  for (std::size_t a = 0; a < p.labels.size(); ++a)
    for (std::size_t b = 0; b < a; ++b) require(!p.labels[a].overlaps(p.labels[b]), "two labels overlap");
}

// ---- charts ----

struct chart {
  double width = 0, height = 0;
  std::vector<std::vector<std::array<double, 2>>> curves;
  std::vector<std::pair<std::string, rectangle>> texts;  // where they stand, about; none that is turned
};

inline double number_or(tree const& element, std::string const& name, double otherwise) {
  std::string const text = attribute(element, name);
  return text.empty() ? otherwise : std::stod(text);
}

inline void walk_chart(tree const& element, chart& c) {
  for (auto const& [name, child] : element) {
    if (attribute(child, "class") == "curve") {
      std::istringstream in(attribute(child, "points"));
      auto& points = c.curves.emplace_back();
      std::array<double, 2> at{};
      for (char comma = 0; in >> at[0] >> comma >> at[1];) points.push_back(at);
      require(in.eof(), "points that are no numbers: " + attribute(child, "points"));
    }
    if (name == "text" && attribute(child, "transform").empty()) {
      double const size = number_or(child, "font-size", 13);
      std::string all = child.data();
      for (auto const& [below, part] : child)
        if (below == "tspan") all += part.data();
      double const length = 0.56 * size * double(duet::characters(all).size());
      std::string const anchor = attribute(child, "text-anchor");
      double const left = number(child, "x") - (anchor == "end" ? length : anchor == "middle" ? length / 2 : 0);
      c.texts.push_back({all, {left, number(child, "y") - 0.75 * size, length, 0.8 * size}});
    }
    walk_chart(child, c);
  }
}

// Its points and texts lie inside the picture, and no text on another.
inline chart chart_of(std::string const& svg) {
  tree const root = document(svg);
  chart c{number(root, "width"), number(root, "height"), {}, {}};
  walk_chart(root, c);
  rectangle const inside{0, 0, c.width, c.height};
  for (auto const& curve : c.curves)
    for (auto const& [x, y] : curve)
      require(std::isfinite(x) && std::isfinite(y) && inside.contains(x, y, 0), "a point lies outside");
  for (std::size_t i = 0; i < c.texts.size(); ++i) {
    auto const& [text, place] = c.texts[i];
    require(inside.contains(place), "the text '" + text + "' leaves the picture");
    for (std::size_t j = 0; j < i; ++j)
      require(!place.overlaps(c.texts[j].second), "'" + text + "' and '" + c.texts[j].first + "' overlap");
  }
  return c;
}

}  // namespace pictures
