#pragma once

// Rows and columns coloured together: some groups are swept in reverse, the others carried forward. A star bicolouring
// in which the short rows (or columns) are neutral (Coleman and Verma, The efficient computation of sparse Jacobian
// matrices using automatic differentiation, SIAM J. Sci. Comput. 19, 1998): the longest rows are read off sweeps, the
// rest by columns, or the other way round.

#include <duet/sparse/coloring.hpp>

namespace duet {

// The entry (i, j) is read off the sweep of i's colour if that has one, rows_first, or j has none; else off the
// direction of j's colour.
struct bicoloring {
  coloring rows, columns;
  bool rows_first = false;

  [[nodiscard]] int count() const { return rows.count + columns.count; }
  [[nodiscard]] bool by_row(std::size_t i, std::size_t j) const {
    bool const row = rows.colors[i] >= 0, column = columns.colors[j] >= 0;
    return row && (rows_first || !column);
  }
};

// Makes the vertices without entries in the pattern neutral.
inline void neutralize(sparsity_pattern const& pattern, coloring& c) {
  int count = 0;
  for (std::size_t i = 0; i < pattern.rows(); ++i) {
    if (pattern.row(i).empty()) c.colors[i] = coloring::neutral;
    count = std::max(count, c.colors[i] + 1);
  }
  c.count = count;
}

// The rows longer than `longest` by themselves, the columns of what is left.
[[nodiscard]] inline bicoloring split_coloring(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                               std::size_t longest, coloring_orders const& orders) {
  if (longest >= pattern.longest_row()) {  // none is longer
    bicoloring result;
    result.rows.colors.assign(pattern.rows(), coloring::neutral);
    result.columns = duet::color_rows(transposed, pattern, orders);
    result.rows_first = true;
    neutralize(transposed, result.columns);
    return result;
  }
  auto const is_long = [&](std::size_t i) { return pattern.row(i).size() > longest; };
  sparsity_pattern const dense = pattern.filtered([&](std::size_t i, std::size_t) { return is_long(i); });
  sparsity_pattern const rest = pattern.filtered([&](std::size_t i, std::size_t) { return !is_long(i); });
  sparsity_pattern const rest_transposed = rest.transposed();
  bicoloring result;
  result.rows = duet::color_rows(dense, dense.transposed(), orders);
  result.columns = duet::color_rows(rest_transposed, rest, orders);
  result.rows_first = true;
  neutralize(dense, result.rows);
  neutralize(rest_transposed, result.columns);
  return result;
}

// The lengths of rows at which to split: where the lengths, sorted, fall most steeply; at most `most` of them.
[[nodiscard]] inline std::vector<std::size_t> steepest_falls(sparsity_pattern const& pattern, std::size_t most) {
  std::vector<std::size_t> lengths(pattern.rows());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = pattern.row(i).size();
  std::sort(lengths.begin(), lengths.end());
  std::vector<std::pair<double, std::size_t>> falls;
  for (std::size_t k = 1; k < lengths.size(); ++k)
    if (lengths[k] != lengths[k - 1] && lengths[k - 1] != 0)
      falls.emplace_back(static_cast<double>(lengths[k]) / static_cast<double>(lengths[k - 1]), lengths[k - 1]);
  std::sort(falls.begin(), falls.end(), std::greater<>());
  std::vector<std::size_t> result;
  for (std::size_t k = 0; k < std::min(most, falls.size()); ++k) result.push_back(falls[k].second);
  return result;
}

// The bicolouring that costs least, by cost(row colours, column colours); one side may be empty where that is cheaper.
// What a split leaves in one row or column bounds its cost from below: no split is coloured that cannot win.
template <class Cost>
[[nodiscard]] bicoloring color_both(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                    coloring_orders const& orders, Cost const& cost) {
  constexpr std::size_t splits = 3;
  struct candidate {
    bool by_rows;
    std::size_t longest;
    double least;
    std::size_t number;
  };
  std::vector<candidate> candidates;
  auto const propose = [&](sparsity_pattern const& p, bool by_rows) {
    auto const bound = [&](std::size_t dense, std::size_t rest) {
      return by_rows ? cost(dense, rest) : cost(rest, dense);
    };
    candidates.push_back({by_rows, p.longest_row(), bound(0, p.longest_row()), candidates.size()});
    for (std::size_t const longest : steepest_falls(p, splits))
      candidates.push_back({by_rows, longest, bound(1, longest), candidates.size()});
  };
  propose(pattern, true);
  propose(transposed, false);
  std::sort(candidates.begin(), candidates.end(), [](candidate const& a, candidate const& b) {
    return std::pair(a.least, a.number) < std::pair(b.least, b.number);
  });
  bicoloring best;
  double best_cost = std::numeric_limits<double>::infinity();
  for (candidate const& c : candidates) {
    if (c.least >= best_cost) break;
    bicoloring next = c.by_rows ? duet::split_coloring(pattern, transposed, c.longest, orders)
                                : duet::split_coloring(transposed, pattern, c.longest, orders);
    if (!c.by_rows) next = {std::move(next.columns), std::move(next.rows), false};
    double const next_cost =
        cost(static_cast<std::size_t>(next.rows.count), static_cast<std::size_t>(next.columns.count));
    if (next_cost < best_cost) {
      best = std::move(next);
      best_cost = next_cost;
    }
  }
  return best;
}

// True if every entry is alone in its row among the columns of its colour, or in its column among the rows of its
// colour, whichever it is read off. Linear in the entries.
[[nodiscard]] inline bool determines(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                     bicoloring const& colors) {
  auto const alone = [&](sparsity_pattern const& p, coloring const& across, bool by_rows) {
    std::vector<std::uint32_t> met(static_cast<std::size_t>(across.count));
    for (std::size_t i = 0; i < p.rows(); ++i) {
      for (int const j : p.row(i))
        if (int const c = across.colors[static_cast<std::size_t>(j)]; c >= 0) ++met[static_cast<std::size_t>(c)];
      bool unique = true;
      for (int const k : p.row(i)) {
        auto const j = static_cast<std::size_t>(k);
        if (colors.by_row(by_rows ? j : i, by_rows ? i : j) != by_rows) continue;
        int const c = across.colors[j];
        unique = unique && c >= 0 && met[static_cast<std::size_t>(c)] == 1;
      }
      if (!unique) return false;
      for (int const j : p.row(i))
        if (int const c = across.colors[static_cast<std::size_t>(j)]; c >= 0) met[static_cast<std::size_t>(c)] = 0;
    }
    return true;
  };
  return alone(pattern, colors.columns, false) && alone(transposed, colors.rows, true);
}

}  // namespace duet
