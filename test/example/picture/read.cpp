// Reads the pictures that examples write, and says what a person could not read.
//
//   read_picture graph SVG TABLE          as many boxes as rows, each with the value and adjoint of its row
//   read_picture chart SVG POINTS...      curves of so many points each, in this order

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>

#include "../../trace/picture.hpp"

namespace {

std::string read(std::string const& file) {
  std::ifstream in(file);
  pictures::require(static_cast<bool>(in), "no such file");
  return {std::istreambuf_iterator<char>(in), {}};
}

// The columns of a line of a table, which two blanks or more keep apart.
std::vector<std::string> columns(std::string const& line) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t const end = std::min(line.find("  ", at), line.size());
    found.push_back(line.substr(at, end - at));
    at = std::min(line.find_first_not_of(' ', end), line.size());
  }
  return found;
}

void read_graph(std::string const& svg, std::string const& table) {
  pictures::picture const p = pictures::graph_of(svg);
  pictures::require_nothing_overlaps(p);
  std::istringstream lines(table);
  std::string line;
  std::getline(lines, line);
  auto const head = columns(line);
  auto const place = [&](std::string const& name) {
    auto const at = std::find(head.begin(), head.end(), name);
    pictures::require(at != head.end(), "the table has no column '" + name + "'");
    return static_cast<std::size_t>(at - head.begin());
  };
  std::size_t const value = place("value"), adjoint = place("adjoint");
  std::size_t rows = 0;
  for (; std::getline(lines, line) && !line.empty(); ++rows) {
    auto const row = columns(line);
    pictures::require(rows < p.nodes.size(), "the picture has fewer boxes than the table rows");
    pictures::node const& n = p.nodes[rows];
    pictures::require(n.head.starts_with(row.at(0)), "the box '" + n.head + "' is not that of " + row[0]);
    bool has_value = false, has_adjoint = false;
    for (auto const& [kind, number] : n.numbers) {
      has_value = has_value || (kind == "value" && number == row.at(value));
      has_adjoint = has_adjoint || (kind == "adjoint" && number == row.at(adjoint));
    }
    pictures::require(has_value && has_adjoint, "the box '" + n.head + "' lacks its value or its adjoint");
  }
  pictures::require(rows > 0 && rows == p.nodes.size(), "the picture has other boxes than the table rows");
}

void read_chart(std::string const& svg, std::vector<std::size_t> const& points) {
  pictures::chart const c = pictures::chart_of(svg);
  std::string seen, wanted;
  for (auto const& curve : c.curves) seen += " " + std::to_string(curve.size());
  for (std::size_t const count : points) wanted += " " + std::to_string(count);
  pictures::require(seen == wanted, "curves of" + seen + " points, expected" + wanted);
}

}  // namespace

int main(int argument_count, char** arguments) {
  std::vector<std::string> const words(arguments + 1, arguments + argument_count);
  try {
    pictures::require(words.size() >= 3 && (words[0] == "chart" || (words[0] == "graph" && words.size() == 3)),
                      "read_picture graph SVG TABLE, or chart SVG POINTS...");
    if (words[0] == "graph") {
      read_graph(read(words[1]), read(words[2]));
    } else {
      std::vector<std::size_t> points;
      for (std::size_t i = 2; i < words.size(); ++i) points.push_back(std::stoul(words[i]));
      read_chart(read(words[1]), points);
    }
  } catch (std::exception const& e) {
    std::cout << (words.size() > 1 ? words[1] + ": " : "") << e.what() << '\n';
    return EXIT_FAILURE;
  }
}
