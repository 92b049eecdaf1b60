#pragma once

// Colourings of the rows or columns of a pattern (Gebremedhin, Manne and Pothen, What color is your Jacobian?, SIAM
// Review 47, 2005): groups that one direction or one sweep can carry together. symmetric_coloring.hpp has those of
// Hessians, bicoloring.hpp both rows and columns.

#include <array>
#include <bit>
#include <duet/sparse/coloring_order.hpp>
#include <duet/sparse/pattern.hpp>

namespace duet {

struct coloring {
  static constexpr int neutral = -1;  // of a vertex that needs no colour

  std::vector<int> colors;  // of each vertex
  int count = 0;
  coloring_order order = coloring_order::natural;  // the one that led to it
};

// What is tried; the best is kept. Random orders are tried as often as they are named, each with a seed of its own.
struct coloring_orders {
  std::vector<coloring_order> all{coloring_order::saturation,    coloring_order::natural,
                                  coloring_order::interleaved,   coloring_order::largest_first,
                                  coloring_order::smallest_last, coloring_order::incidence_degree,
                                  coloring_order::random};
  std::uint64_t seed = 1;
};

// color(order, seed) for each of the orders that may(order) allows, until one needs no more than `least` colours.
template <class May, class Color>
[[nodiscard]] coloring best_coloring(coloring_orders const& orders, int least, May const& may, Color const& color) {
  coloring best;
  best.count = std::numeric_limits<int>::max();
  std::uint64_t seed = orders.seed;
  auto const take = [&](coloring_order order) {
    coloring next = color(order, seed);
    next.order = order;
    seed += order == coloring_order::random;
    if (next.count < best.count) best = std::move(next);
  };
  for (coloring_order const order : orders.all)
    if (best.count > least && may(order)) take(order);
  if (best.count == std::numeric_limits<int>::max()) take(coloring_order::natural);
  return best;
}

// ---- rows, or columns of the transposed pattern ----

// Rows are neighbours if they share a column.
class row_graph {
 public:
  row_graph(sparsity_pattern const& pattern, sparsity_pattern const& transposed)
      : pattern_(pattern), transposed_(transposed), met_(pattern.rows(), 0) {}

  [[nodiscard]] std::size_t size() const { return pattern_.rows(); }
  [[nodiscard]] std::size_t degree(std::size_t v) const {
    std::size_t count = 0;
    for_each_neighbor(v, [&](std::size_t) { ++count; });
    return count;
  }
  template <class Visit>
  void for_each_neighbor(std::size_t v, Visit const& visit) const {
    ++round_;
    met_[v] = round_;
    for (int const j : pattern_.row(v))
      for (int const i : transposed_.row(static_cast<std::size_t>(j))) {
        auto& met = met_[static_cast<std::size_t>(i)];
        if (std::exchange(met, round_) != round_) visit(static_cast<std::size_t>(i));
      }
  }

 private:
  sparsity_pattern const& pattern_;
  sparsity_pattern const& transposed_;
  mutable std::vector<std::uint32_t> met_;
  mutable std::uint32_t round_ = 0;
};

// The greedy colouring of rows in an order: while 64 colours suffice, with the colours of each column as bits, in time
// linear in the entries; else in the sum of the squared lengths of columns.
class row_coloring {
 public:
  row_coloring(sparsity_pattern const& pattern, sparsity_pattern const& transposed)
      : pattern_(pattern), transposed_(transposed) {}

  [[nodiscard]] coloring greedy(vertex_order const& order) const {
    coloring result = few(order);
    return result.count > 0 || pattern_.rows() == 0 ? result : many(order);
  }

  // The greedy colouring in an order that needs the pattern.
  [[nodiscard]] coloring interleaved() const {
    std::size_t const n = pattern_.rows();
    vertex_order order;
    order.reserve(n);
    std::vector<bool> is_placed(n, false);
    auto const place = [&](std::size_t v) {
      if (!is_placed[v]) order.push_back(static_cast<std::uint32_t>(v));
      is_placed[v] = true;
    };
    for (std::size_t v = 0; v < n; ++v) {
      place(v);
      if (v >= transposed_.rows() || transposed_.row(v).empty()) continue;
      auto const column = transposed_.row(v);  // sorted
      auto const first = static_cast<std::size_t>(column.front()), last = static_cast<std::size_t>(column.back());
      place(first + last < 2 * v ? first : last);
    }
    return greedy(order);
  }

  // The row that meets the most colours first, the earliest where several do.
  [[nodiscard]] coloring saturated() const {
    std::size_t const n = pattern_.rows();
    coloring result{std::vector<int>(n), 0};
    std::vector<std::uint64_t> taken(n, 0);
    degree_buckets left(n, 64);
    for (std::size_t v = n; v-- > 0;) left.insert(v, 0);
    std::size_t most = 0;
    for (std::size_t k = 0; k < n; ++k) {
      while (left.empty(most)) --most;
      std::size_t const v = left.first(most);
      left.remove(v);
      if (~taken[v] == 0) return many(natural_order(n));
      int const color = std::countr_one(taken[v]);
      result.colors[v] = color;
      result.count = std::max(result.count, color + 1);
      for (int const j : pattern_.row(v))
        for (int const i : transposed_.row(static_cast<std::size_t>(j))) {
          auto const w = static_cast<std::size_t>(i);
          if (!left.contains(w) || (taken[w] >> color & 1) != 0) continue;
          taken[w] |= std::uint64_t{1} << color;
          left.move(w, left.degree(w) + 1);
          most = std::max(most, left.degree(w));
        }
    }
    return result;
  }

  // Once more, with colour by colour in an order that lets the last ones vanish: never more colours than before
  // (Culberson 1992, iterated greedy).
  [[nodiscard]] coloring again(coloring const& given) const {
    vertex_order order;
    order.reserve(given.colors.size());
    std::vector<std::size_t> next(static_cast<std::size_t>(given.count) + 1, 0);
    for (int const c : given.colors) ++next[static_cast<std::size_t>(given.count - c)];
    std::partial_sum(next.begin(), next.end(), next.begin());
    order.resize(given.colors.size());
    for (std::size_t v = 0; v < order.size(); ++v)
      order[next[static_cast<std::size_t>(given.count - given.colors[v]) - 1]++] = static_cast<std::uint32_t>(v);
    coloring result = greedy(order);
    result.order = given.order;
    return result;
  }

 private:
  // Of no colours if 64 do not suffice.
  [[nodiscard]] coloring few(vertex_order const& order) const {
    coloring result{std::vector<int>(pattern_.rows()), 0};
    std::vector<std::uint64_t> used(pattern_.columns(), 0);
    for (std::size_t const v : order) {
      std::uint64_t taken = 0;
      for (int const j : pattern_.row(v)) taken |= used[static_cast<std::size_t>(j)];
      if (~taken == 0) return {};
      int const color = std::countr_one(taken);
      for (int const j : pattern_.row(v)) used[static_cast<std::size_t>(j)] |= std::uint64_t{1} << color;
      result.colors[v] = color;
      result.count = std::max(result.count, color + 1);
    }
    return result;
  }
  [[nodiscard]] coloring many(vertex_order const& order) const {
    coloring result{std::vector<int>(pattern_.rows(), coloring::neutral), 0};
    std::vector<std::uint32_t> taken_by(pattern_.rows() + 1, std::numeric_limits<std::uint32_t>::max());
    for (std::uint32_t const v : order) {
      for (int const j : pattern_.row(v))
        for (int const i : transposed_.row(static_cast<std::size_t>(j)))
          if (int const c = result.colors[static_cast<std::size_t>(i)]; c >= 0)
            taken_by[static_cast<std::size_t>(c)] = v;
      int color = 0;
      while (taken_by[static_cast<std::size_t>(color)] == v) ++color;
      result.colors[v] = color;
      result.count = std::max(result.count, color + 1);
    }
    return result;
  }

  sparsity_pattern const& pattern_;
  sparsity_pattern const& transposed_;
};

// The sum of squared lengths of rows: what orders by degree cost.
[[nodiscard]] inline double squared_lengths(sparsity_pattern const& pattern) {
  double sum = 0;
  for (std::size_t i = 0; i < pattern.rows(); ++i) {
    auto const length = static_cast<double>(pattern.row(i).size());
    sum += length * length;
  }
  return sum;
}

// Rows that share a column differ: a colouring of at least as many colours as the longest column has entries. Give the
// transposed pattern first for the columns. Orders that would take much longer than the entries allow are left out.
[[nodiscard]] inline coloring color_rows(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                         coloring_orders const& orders = {}) {
  constexpr int improvements = 8;
  auto const least = static_cast<int>(std::max(transposed.longest_row(), std::size_t{pattern.rows() != 0}));
  bool const dense = squared_lengths(transposed) > 64 * (static_cast<double>(pattern.entries()) + 10'000);
  row_coloring const rows(pattern, transposed);
  coloring best = duet::best_coloring(
      orders, least,
      [&](coloring_order order) {
        return !dense || order == coloring_order::natural || order == coloring_order::random;
      },
      [&](coloring_order order, std::uint64_t seed) {
        if (order == coloring_order::saturation) return rows.saturated();
        if (order == coloring_order::interleaved) return rows.interleaved();
        return rows.greedy(duet::ordered(row_graph(pattern, transposed), order, seed));
      });
  for (int k = 0; k < improvements && best.count > least && !dense; ++k) {
    coloring next = rows.again(best);
    if (next.count <= best.count) best = std::move(next);
  }
  return best;
}

// True if rows that share a column differ in colour, neutral ones aside. Linear in the entries and columns.
[[nodiscard]] inline bool separates_rows(sparsity_pattern const& transposed, coloring const& c) {
  std::vector<std::size_t> met(static_cast<std::size_t>(c.count), std::numeric_limits<std::size_t>::max());
  for (std::size_t j = 0; j < transposed.rows(); ++j)
    for (int const i : transposed.row(j)) {
      int const color = c.colors[static_cast<std::size_t>(i)];
      if (color >= c.count) return false;
      if (color >= 0 && std::exchange(met[static_cast<std::size_t>(color)], j) == j) return false;
    }
  return true;
}

}  // namespace duet
