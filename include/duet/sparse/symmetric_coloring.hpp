#pragma once

// Colourings of the variables of a Hessian (Gebremedhin, Tarafdar, Manne and Pothen, New acyclic and star coloring
// algorithms with application to computing Hessians, SIAM J. Sci. Comput. 29, 2007). Star: every path of four vertices
// has three colours, and every entry can be read off a compressed Hessian. Acyclic: every cycle has three colours, and
// every entry follows by substitution, from the leaves of two-coloured trees inwards.

#include <duet/sparse/coloring.hpp>
#include <span>

namespace duet {

// The adjacency of a symmetric pattern.
class adjacency_graph {
 public:
  explicit adjacency_graph(sparsity_pattern const& pattern) : pattern_(pattern) {}
  [[nodiscard]] std::size_t size() const { return pattern_.rows(); }
  [[nodiscard]] std::size_t degree(std::size_t v) const {
    return pattern_.row(v).size() - std::size_t{pattern_.contains(v, v)};
  }
  template <class Visit>
  void for_each_neighbor(std::size_t v, Visit const& visit) const {
    for (int const w : pattern_.row(v))
      if (static_cast<std::size_t>(w) != v) visit(static_cast<std::size_t>(w));
  }

 private:
  sparsity_pattern const& pattern_;
};

// Each vertex keeps a list of the colours around it. With those lists a vertex of large degree is not walked around
// once for each of its neighbours: time is in the entries times the colours at most, not in the squared degrees.
class symmetric_coloring {
 public:
  explicit symmetric_coloring(sparsity_pattern const& pattern) : pattern_(pattern) {}

  [[nodiscard]] coloring star(vertex_order const& order) { return greedy<false>(order); }
  [[nodiscard]] coloring acyclic(vertex_order const& order) { return greedy<true>(order); }

  // Of a bipartite graph whose vertices from `second` on are one side of it: those have odd colours, the others even
  // ones. Vertices that are not in the order stay neutral; around them all colours differ.
  [[nodiscard]] coloring star_bicoloring(vertex_order const& order, std::size_t second) {
    second_ = second;
    is_neutral_.assign(pattern_.rows(), 1);
    for (std::uint32_t const v : order) is_neutral_[v] = 0;
    coloring result = greedy<false>(order);
    is_neutral_.clear();
    return result;
  }

 private:
  // The neighbours of a vertex with one colour.
  struct group {
    int color;
    bool leaf;            // star: the vertex is a leaf of the star around its only neighbour of this colour
    std::uint32_t count;  // of neighbours
    std::uint32_t first;  // one of them
    std::uint32_t tree;   // acyclic: the two-coloured tree they belong to
  };

  template <bool Acyclic>
  [[nodiscard]] coloring greedy(vertex_order const& order) {
    std::size_t const n = pattern_.rows();
    result_ = {std::vector<int>(n, coloring::neutral), 0};
    groups_.resize(pattern_.entries());
    group_counts_.assign(n, 0);
    taken_by_.assign(2 * n + 2, none);
    parents_.clear();
    visited_by_.clear();
    for (std::uint32_t const v : order) {
      for (group const& g : groups(v)) take(g.color, v);
      if constexpr (Acyclic)
        avoid_cycles(v);
      else
        avoid_paths(v);
      bool const has_sides = !is_neutral_.empty();
      int color = has_sides && v >= second_;
      while (taken_by_[static_cast<std::size_t>(color)] == v) color += has_sides ? 2 : 1;
      if constexpr (Acyclic)
        join_trees(v, color);
      else
        join_stars(v, color);
      result_.colors[v] = color;
      result_.count = std::max(result_.count, color + 1);
    }
    return std::move(result_);
  }

  [[nodiscard]] std::span<group> groups(std::size_t v) {
    return {groups_.data() + pattern_.start(v), group_counts_[v]};
  }
  [[nodiscard]] group* find(std::size_t v, int color) {
    for (group& g : groups(v))
      if (g.color == color) return &g;
    return nullptr;
  }
  void take(int color, std::uint32_t v) { taken_by_[static_cast<std::size_t>(color)] = v; }
  template <class Visit>
  void for_each_colored_neighbor(std::uint32_t v, Visit const& visit) {
    for (int const w : pattern_.row(v))
      if (int const c = result_.colors[static_cast<std::size_t>(w)]; c >= 0 && static_cast<std::uint32_t>(w) != v)
        visit(static_cast<std::uint32_t>(w), c);
  }
  group& add(std::size_t to, int color, std::uint32_t neighbor) {
    group* g = find(to, color);
    if (g == nullptr) {
      g = groups_.data() + pattern_.start(to) + group_counts_[to]++;
      *g = {color, false, 0, neighbor, none};
    }
    ++g->count;
    return *g;
  }

  // ---- star ----

  void avoid_paths(std::uint32_t v) {
    for_each_colored_neighbor(v, [&](std::uint32_t w, int color) {
      bool const centre = find(v, color)->count > 1;  // v would be the centre of w and another
      for (group const& g : groups(w))
        if (centre || g.leaf) take(g.color, v);
    });
    if (is_neutral_.empty()) return;
    for (int const w : pattern_.row(v))
      if (is_neutral_[static_cast<std::size_t>(w)])
        for (group const& g : groups(static_cast<std::size_t>(w))) take(g.color, v);
  }
  void join_stars(std::uint32_t v, int color) {
    for_each_colored_neighbor(v, [&](std::uint32_t w, int other) {
      group* const of_v = find(v, other);
      group const* const before = find(w, color);
      if (before != nullptr) {  // w is the centre
        find(before->first, other)->leaf = true;
        of_v->leaf = true;
      }
      group& g = add(w, color, v);
      if (before == nullptr) g.leaf = of_v->count > 1;
    });
    for (int const w : pattern_.row(v))
      if (result_.colors[static_cast<std::size_t>(w)] < 0 && static_cast<std::uint32_t>(w) != v)
        add(static_cast<std::size_t>(w), color, v);
  }

  // ---- acyclic ----

  [[nodiscard]] std::uint32_t root(std::uint32_t tree) {
    while (parents_[tree] != tree) tree = parents_[tree] = parents_[parents_[tree]];
    return tree;
  }
  void avoid_cycles(std::uint32_t v) {
    for_each_colored_neighbor(v, [&](std::uint32_t w, int) {
      for (group const& g : groups(w)) {
        if (g.tree == none || taken_by_[static_cast<std::size_t>(g.color)] == v) continue;
        tree_visit& seen = visited_by_[root(g.tree)];
        if (seen.by != v)
          seen = {v, w};
        else if (seen.from != w)
          take(g.color, v);
      }
    });
  }
  void join_trees(std::uint32_t v, int color) {
    for_each_colored_neighbor(v, [&](std::uint32_t w, int other) {
      group& of_v = *find(v, other);
      group& of_w = add(w, color, v);
      if (of_v.tree == none && of_w.tree == none) {
        of_v.tree = of_w.tree = static_cast<std::uint32_t>(parents_.size());
        parents_.push_back(of_v.tree);
        visited_by_.push_back({none, none});
      } else if (of_v.tree == none || of_w.tree == none) {
        of_v.tree = of_w.tree = std::min(of_v.tree, of_w.tree);
      } else {
        parents_[root(of_v.tree)] = root(of_w.tree);
      }
    });
    for (int const w : pattern_.row(v))
      if (result_.colors[static_cast<std::size_t>(w)] < 0 && static_cast<std::uint32_t>(w) != v)
        add(static_cast<std::size_t>(w), color, v);
  }

  struct tree_visit {
    std::uint32_t by, from;
  };
  static constexpr std::uint32_t none = 0xffffffff;
  sparsity_pattern const& pattern_;
  coloring result_;
  std::vector<group> groups_;  // as many for each vertex as it has entries
  std::vector<std::uint32_t> group_counts_, taken_by_, parents_;
  std::vector<tree_visit> visited_by_;
  std::size_t second_ = 0;                // of bicolourings, as
  std::vector<std::uint8_t> is_neutral_;  // this, which is empty otherwise
};

// The fewest colours of any symmetric colouring that tries can give: one without entries off the diagonal, else two.
[[nodiscard]] inline int fewest_symmetric_colors(sparsity_pattern const& pattern) {
  adjacency_graph const graph(pattern);
  if (graph.size() == 0) return 0;
  return duet::largest_degree(graph) == 0 ? 1 : 2;
}

// Of a symmetric pattern. Throws std::invalid_argument if it is not square.
[[nodiscard]] inline coloring color_star(sparsity_pattern const& pattern, coloring_orders const& orders = {}) {
  symmetric_coloring colors(pattern);
  return duet::best_coloring(
      orders, fewest_symmetric_colors(pattern), [](coloring_order order) { return !is_for_rows_only(order); },
      [&](coloring_order order, std::uint64_t seed) {
        return colors.star(duet::ordered(adjacency_graph(pattern), order, seed));
      });
}
[[nodiscard]] inline coloring color_acyclic(sparsity_pattern const& pattern, coloring_orders const& orders = {}) {
  symmetric_coloring colors(pattern);
  return duet::best_coloring(
      orders, fewest_symmetric_colors(pattern), [](coloring_order order) { return !is_for_rows_only(order); },
      [&](coloring_order order, std::uint64_t seed) {
        return colors.acyclic(duet::ordered(adjacency_graph(pattern), order, seed));
      });
}

}  // namespace duet
