#pragma once

// The orders in which greedy colourings visit the vertices of a graph. A graph here has size(), degree(v) and
// for_each_neighbor(v, visit), which names each neighbour once. All orders take time linear in what that visits:
// vertices wait in buckets by degree (Matula and Beck, JACM 30, 1983).

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace duet {

// Saturation is no order known beforehand: next is the row or column that meets the most colours (Brelaz 1979).
// Interleaved is the natural order of which each row is followed by the one that the column of its number has farthest
// away: fields stored one behind another, all u of a grid and then all v, come together. Only color_rows has these two.
enum class coloring_order { saturation, natural, interleaved, largest_first, smallest_last, incidence_degree, random };

[[nodiscard]] constexpr bool is_for_rows_only(coloring_order order) {
  return order == coloring_order::saturation || order == coloring_order::interleaved;
}

[[nodiscard]] constexpr std::string_view to_string(coloring_order order) {
  constexpr std::string_view names[] = {"saturation",    "natural",          "interleaved", "largest first",
                                        "smallest last", "incidence degree", "random"};
  return names[static_cast<std::size_t>(order)];
}

// Vertices in doubly linked lists by degree.
class degree_buckets {
 public:
  degree_buckets(std::size_t vertices, std::size_t most) : heads_(most + 1, none), links_(vertices) {}

  [[nodiscard]] bool empty(std::size_t degree) const { return heads_[degree] == none; }
  [[nodiscard]] std::size_t first(std::size_t degree) const { return heads_[degree]; }
  [[nodiscard]] std::size_t degree(std::size_t v) const { return links_[v].degree; }
  [[nodiscard]] bool contains(std::size_t v) const { return links_[v].degree != none; }

  void insert(std::size_t v, std::size_t degree) {
    auto const vertex = static_cast<std::uint32_t>(v), next = heads_[degree];
    links_[v] = {none, next, static_cast<std::uint32_t>(degree)};
    if (next != none) links_[next].previous = vertex;
    heads_[degree] = vertex;
  }
  void remove(std::size_t v) {
    link& l = links_[v];
    (l.previous == none ? heads_[l.degree] : links_[l.previous].next) = l.next;
    if (l.next != none) links_[l.next].previous = l.previous;
    l.degree = none;
  }
  void move(std::size_t v, std::size_t degree) {
    remove(v);
    insert(v, degree);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  struct link {
    std::uint32_t previous = none, next = none, degree = none;
  };
  std::vector<std::uint32_t> heads_;
  std::vector<link> links_;
};

using vertex_order = std::vector<std::uint32_t>;

[[nodiscard]] inline vertex_order natural_order(std::size_t vertices) {
  vertex_order order(vertices);
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  return order;
}

// Shuffled by numbers that follow from the seed (splitmix64, Steele et al. 2014), the same on every machine.
[[nodiscard]] inline vertex_order random_order(std::size_t vertices, std::uint64_t seed) {
  vertex_order order = natural_order(vertices);
  for (std::size_t i = vertices; i > 1; --i) {
    std::uint64_t z = (seed += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    std::swap(order[i - 1], order[(z ^ (z >> 31)) % i]);
  }
  return order;
}

template <class Graph>
[[nodiscard]] std::size_t largest_degree(Graph const& graph) {
  std::size_t most = 0;
  for (std::size_t v = 0; v < graph.size(); ++v) most = std::max(most, graph.degree(v));
  return most;
}

// By falling degree; equal ones stay as they are (Welsh and Powell 1967).
template <class Graph>
[[nodiscard]] vertex_order largest_first(Graph const& graph) {
  std::vector<std::uint32_t> degrees(graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v) degrees[v] = static_cast<std::uint32_t>(graph.degree(v));
  std::uint32_t const most = degrees.empty() ? 0 : *std::max_element(degrees.begin(), degrees.end());
  std::vector<std::size_t> next(most + std::size_t{2}, 0);
  for (std::uint32_t const d : degrees) ++next[most - d + std::size_t{1}];
  std::partial_sum(next.begin(), next.end(), next.begin());
  vertex_order order(graph.size());
  for (std::size_t v = 0; v < graph.size(); ++v) order[next[most - degrees[v]]++] = static_cast<std::uint32_t>(v);
  return order;
}

// The last vertex has the least degree, the one before it the least among the others, and so on.
template <class Graph>
[[nodiscard]] vertex_order smallest_last(Graph const& graph) {
  degree_buckets left(graph.size(), largest_degree(graph));
  for (std::size_t v = graph.size(); v-- > 0;) left.insert(v, graph.degree(v));
  vertex_order order(graph.size());
  std::size_t least = 0;
  for (std::size_t place = graph.size(); place-- > 0;) {
    while (left.empty(least)) ++least;
    std::size_t const v = left.first(least);
    left.remove(v);
    order[place] = static_cast<std::uint32_t>(v);
    graph.for_each_neighbor(v, [&](std::size_t w) {
      if (left.contains(w)) left.move(w, left.degree(w) - 1);
    });
    if (least > 0) --least;
  }
  return order;
}

// Next is always the vertex with the most neighbours before it (Coleman and More 1983).
template <class Graph>
[[nodiscard]] vertex_order incidence_degree(Graph const& graph) {
  degree_buckets left(graph.size(), largest_degree(graph));
  vertex_order const by_degree = largest_first(graph);
  for (std::size_t i = graph.size(); i-- > 0;) left.insert(by_degree[i], 0);
  vertex_order order;
  order.reserve(graph.size());
  std::size_t most = 0;
  while (order.size() < graph.size()) {
    while (left.empty(most)) --most;
    std::size_t const v = left.first(most);
    left.remove(v);
    order.push_back(static_cast<std::uint32_t>(v));
    graph.for_each_neighbor(v, [&](std::size_t w) {
      if (!left.contains(w)) return;
      left.move(w, left.degree(w) + 1);
      most = std::max(most, left.degree(w));
    });
  }
  return order;
}

template <class Graph>
[[nodiscard]] vertex_order ordered(Graph const& graph, coloring_order order, std::uint64_t seed) {
  switch (order) {
    case coloring_order::largest_first:
      return largest_first(graph);
    case coloring_order::smallest_last:
      return smallest_last(graph);
    case coloring_order::incidence_degree:
      return incidence_degree(graph);
    case coloring_order::random:
      return random_order(graph.size(), seed);
    default:
      return natural_order(graph.size());
  }
}

}  // namespace duet
