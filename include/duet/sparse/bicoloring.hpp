#pragma once

// Rows and columns coloured together: some groups are swept in reverse, the others carried forward. A star bicolouring:
// rows or columns that a cover of the entries does without are neutral, those of the cover are coloured so that each
// entry is alone in its row or column with the colour it is read off (Coleman and Verma, The efficient computation of
// sparse Jacobian matrices using automatic differentiation, SIAM J. Sci. Comput. 19, 1998; Hossain and Steihaug,
// Computing a sparse Jacobian matrix by rows and columns, Optim. Methods Softw. 10, 1998).

#include <duet/sparse/coloring.hpp>
#include <duet/sparse/symmetric_coloring.hpp>

namespace duet {

struct bicoloring {
  coloring rows, columns;

  [[nodiscard]] int count() const { return rows.count + columns.count; }
};

// ---- what is read off what ----

// For each entry 1 if its column is alone with its colour in its row, else 0. Linear in the entries.
[[nodiscard]] inline std::vector<std::uint8_t> alone_in_row(sparsity_pattern const& pattern, coloring const& columns) {
  std::vector<std::uint8_t> alone(pattern.entries(), 0);
  std::vector<std::uint32_t> met(static_cast<std::size_t>(columns.count), 0);
  auto const met_with = [&](int j) -> std::uint32_t* {
    int const c = columns.colors[static_cast<std::size_t>(j)];
    return c < 0 ? nullptr : &met[static_cast<std::size_t>(c)];
  };
  for (std::size_t i = 0; i < pattern.rows(); ++i) {
    for (int const j : pattern.row(i))
      if (auto* const count = met_with(j)) ++*count;
    for (std::size_t k = 0; k < pattern.row(i).size(); ++k)
      if (auto* const count = met_with(pattern.row(i)[k])) alone[pattern.start(i) + k] = *count == 1;
    for (int const j : pattern.row(i))
      if (auto* const count = met_with(j)) *count = 0;
  }
  return alone;
}

// What each entry, by rows, can be read off: the direction of its column's colour, the sweep of its row's, or both.
enum reading : std::uint8_t { unread = 0, off_column = 1, off_row = 2 };
[[nodiscard]] inline std::vector<std::uint8_t> readings(sparsity_pattern const& pattern,
                                                        sparsity_pattern const& transposed, bicoloring const& colors) {
  std::vector<std::uint8_t> result = duet::alone_in_row(pattern, colors.columns);
  if (colors.rows.count == 0) return result;
  std::vector<std::uint8_t> const by_column = duet::alone_in_row(transposed, colors.rows);
  std::vector<std::uint32_t> const numbers = pattern.numbers_in(transposed);
  for (std::size_t k = 0; k < result.size(); ++k)
    if (by_column[numbers[k]]) result[k] |= off_row;
  return result;
}
[[nodiscard]] inline bool determines(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                     bicoloring const& colors) {
  auto const all = duet::readings(pattern, transposed, colors);
  return std::find(all.begin(), all.end(), unread) == all.end();
}

// Leaves out the colours marked as not needed, and numbers the others anew.
inline void keep_colors(coloring& c, std::vector<std::uint8_t> const& needed) {
  std::vector<int> number(needed.size(), coloring::neutral);
  c.count = 0;
  for (std::size_t k = 0; k < needed.size(); ++k)
    if (needed[k]) number[k] = c.count++;
  for (int& color : c.colors)
    if (color >= 0) color = number[static_cast<std::size_t>(color)];
}

// Drops what no entry needs: first the colours of rows, which cost more, then those of columns.
inline void drop_colors(sparsity_pattern const& pattern, sparsity_pattern const& transposed, bicoloring& colors) {
  auto all = duet::readings(pattern, transposed, colors);
  auto const drop = [&](std::uint8_t other, auto const& color_of, coloring& c) {
    std::vector<std::uint8_t> needed(static_cast<std::size_t>(c.count), 0);
    auto const visit = [&](auto const& use) {
      for (std::size_t i = 0; i < pattern.rows(); ++i)
        for (std::size_t k = 0; k < pattern.row(i).size(); ++k)
          if (int const color = color_of(i, static_cast<std::size_t>(pattern.row(i)[k])); color >= 0)
            use(all[pattern.start(i) + k], needed[static_cast<std::size_t>(color)]);
    };
    visit([&](std::uint8_t read, std::uint8_t& need) { need |= (read & other) == 0; });
    visit([&](std::uint8_t& read, std::uint8_t need) {
      if (!need) read &= other;
    });
    keep_colors(c, needed);
  };
  drop(off_column, [&](std::size_t i, std::size_t) { return colors.rows.colors[i]; }, colors.rows);
  drop(off_row, [&](std::size_t, std::size_t j) { return colors.columns.colors[j]; }, colors.columns);
}

// ---- covers ----

// Rows, then columns, so that each entry is in one of them.
using vertex_cover = std::vector<std::uint8_t>;

// Always whoever has most entries that are not covered yet (Hossain and Steihaug's complete direct cover); where a row
// and a column have as many, a column unless rows_first.
[[nodiscard]] inline vertex_cover greedy_cover(sparsity_pattern const& bipartite, std::size_t rows, bool rows_first) {
  adjacency_graph const graph(bipartite);
  std::size_t most = duet::largest_degree(graph);
  std::vector<degree_buckets> left(2, degree_buckets(graph.size(), most));  // the side to be preferred first
  auto const side = [&](std::size_t v) { return std::size_t{(v < rows) != rows_first}; };
  for (std::size_t v = graph.size(); v-- > 0;) left[side(v)].insert(v, graph.degree(v));
  vertex_cover cover(graph.size(), 0);
  for (; most > 0; --most)
    for (;;) {
      std::size_t const from = left[0].empty(most) ? 1 : 0;
      if (left[from].empty(most)) break;
      std::size_t const v = left[from].first(most);
      left[from].remove(v);
      cover[v] = 1;
      graph.for_each_neighbor(v, [&](std::size_t w) {
        auto& others = left[side(w)];
        if (others.contains(w)) others.move(w, others.degree(w) - 1);
      });
    }
  return cover;
}

// The lengths of rows at which they can be told into long and short ones: where the lengths, sorted, rise most
// steeply; at most `most` of them.
[[nodiscard]] inline std::vector<std::size_t> steepest_rises(sparsity_pattern const& pattern, std::size_t most) {
  std::vector<std::size_t> lengths(pattern.rows());
  for (std::size_t i = 0; i < lengths.size(); ++i) lengths[i] = pattern.row(i).size();
  std::sort(lengths.begin(), lengths.end());
  std::vector<std::pair<double, std::size_t>> rises;
  for (std::size_t k = 1; k < lengths.size(); ++k)
    if (lengths[k] != lengths[k - 1] && lengths[k - 1] != 0)
      rises.emplace_back(static_cast<double>(lengths[k]) / static_cast<double>(lengths[k - 1]), lengths[k - 1]);
  std::sort(rises.begin(), rises.end(), std::greater<>());
  std::vector<std::size_t> result;
  for (std::size_t k = 0; k < std::min(most, rises.size()); ++k) result.push_back(rises[k].second);
  return result;
}

// The rows longer than `longest`, and the columns of what is left; `first_row` and `first_column` number both.
[[nodiscard]] inline vertex_cover cover_by_length(sparsity_pattern const& pattern, std::size_t longest,
                                                  std::size_t first_row, std::size_t first_column) {
  vertex_cover cover(pattern.rows() + pattern.columns(), 0);
  for (std::size_t i = 0; i < pattern.rows(); ++i) {
    bool const is_long = pattern.row(i).size() > longest;
    cover[first_row + i] = is_long;
    if (!is_long)
      for (int const j : pattern.row(i)) cover[first_column + static_cast<std::size_t>(j)] = 1;
  }
  return cover;
}

// ---- the choice ----

// Columns that differ where they share a row, rows left out; or the other way round.
[[nodiscard]] inline bicoloring color_one_side(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                               bool by_rows, coloring_orders const& orders) {
  bicoloring result;
  auto const color = [&](sparsity_pattern const& p, sparsity_pattern const& t, coloring& c, coloring& neutral) {
    c = duet::color_rows(p, t, orders);
    std::vector<std::uint8_t> needed(static_cast<std::size_t>(c.count), 0);
    for (std::size_t i = 0; i < p.rows(); ++i)
      if (p.row(i).empty())
        c.colors[i] = coloring::neutral;
      else
        needed[static_cast<std::size_t>(c.colors[i])] = 1;
    keep_colors(c, needed);
    neutral.colors.assign(p.columns(), coloring::neutral);
  };
  if (by_rows)
    color(pattern, transposed, result.rows, result.columns);
  else
    color(transposed, pattern, result.columns, result.rows);
  return result;
}

// The star bicolouring of a cover that costs least among those of the orders.
template <class Cost>
[[nodiscard]] bicoloring color_cover(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                     sparsity_pattern const& bipartite, vertex_cover const& cover,
                                     coloring_orders const& orders, Cost const& cost) {
  symmetric_coloring colors(bipartite);
  auto const rows = static_cast<std::ptrdiff_t>(pattern.rows());
  bicoloring best;
  double best_cost = std::numeric_limits<double>::infinity();
  std::uint64_t seed = orders.seed;
  for (coloring_order const order : orders.all) {
    if (is_for_rows_only(order)) continue;
    vertex_order visited = duet::ordered(adjacency_graph(bipartite), order, seed);
    seed += order == coloring_order::random;
    std::erase_if(visited, [&](std::uint32_t v) { return cover[v] == 0; });
    coloring both = colors.star_bicoloring(visited, pattern.rows());
    bicoloring next;
    for (int& c : both.colors)
      if (c >= 0) c /= 2;
    next.rows.colors.assign(both.colors.begin(), both.colors.begin() + rows);
    next.columns.colors.assign(both.colors.begin() + rows, both.colors.end());
    for (coloring* const c : {&next.rows, &next.columns}) {
      c->order = order;
      for (int const color : c->colors) c->count = std::max(c->count, color + 1);
    }
    drop_colors(pattern, transposed, next);
    double const next_cost =
        cost(static_cast<std::size_t>(next.rows.count), static_cast<std::size_t>(next.columns.count));
    if (next_cost < best_cost) {
      best = std::move(next);
      best_cost = next_cost;
    }
  }
  return best;
}

// Covers with what they cost at least, the cheapest first: the entries in a neutral row or column all differ in colour.
// Covers that would take much longer to colour than the entries allow are left out.
template <class Cost>
[[nodiscard]] std::vector<std::pair<double, vertex_cover>> covers_by_cost(sparsity_pattern const& pattern,
                                                                          sparsity_pattern const& transposed,
                                                                          sparsity_pattern const& bipartite,
                                                                          Cost const& cost) {
  constexpr std::size_t lengths = 3;
  std::size_t const rows = pattern.rows();
  std::vector<std::pair<double, vertex_cover>> covers;
  auto const propose = [&](vertex_cover cover) {
    std::array<std::size_t, 2> least{};  // rows, columns
    double work = 0;
    for (std::size_t v = 0; v < cover.size(); ++v) {
      std::size_t const side = v < rows ? 0 : 1, degree = bipartite.row(v).size();
      if (cover[v]) {
        least[side] = std::max(least[side], std::size_t{1});
      } else {
        least[1 - side] = std::max(least[1 - side], degree);
        work += static_cast<double>(degree) * static_cast<double>(degree);
      }
    }
    if (work > 64 * (static_cast<double>(pattern.entries()) + 10'000)) return;
    double const least_cost = cost(least[0], least[1]);
    covers.emplace(std::upper_bound(covers.begin(), covers.end(), least_cost,
                                    [](double wanted, auto const& each) { return wanted < each.first; }),
                   least_cost, std::move(cover));
  };
  for (bool const first : {false, true}) propose(duet::greedy_cover(bipartite, rows, first));
  for (std::size_t const l : duet::steepest_rises(pattern, lengths))
    propose(duet::cover_by_length(pattern, l, 0, rows));
  for (std::size_t const l : duet::steepest_rises(transposed, lengths))
    propose(duet::cover_by_length(transposed, l, rows, 0));
  return covers;
}

// The bicolouring that costs least, by cost(row colours, column colours), of those by columns, by rows, and by covers
// of both. Nothing is coloured whose least cost is not below what is known.
template <class Cost>
[[nodiscard]] bicoloring color_both(sparsity_pattern const& pattern, sparsity_pattern const& transposed,
                                    coloring_orders const& orders, Cost const& cost) {
  bicoloring best;
  double best_cost = std::numeric_limits<double>::infinity();
  auto const take = [&](bicoloring next) {
    double const next_cost =
        cost(static_cast<std::size_t>(next.rows.count), static_cast<std::size_t>(next.columns.count));
    if (next_cost < best_cost) {
      best = std::move(next);
      best_cost = next_cost;
    }
  };
  // A row of so many entries needs as many colours of columns.
  std::array<double, 2> const one_side{cost(0, pattern.longest_row()), cost(transposed.longest_row(), 0)};
  bool const rows_first = one_side[1] < one_side[0];
  std::array<bool, 2> tried{};
  auto const take_side = [&](bool by_rows) {
    if (one_side[by_rows] < best_cost && !std::exchange(tried[by_rows], true))
      take(duet::color_one_side(pattern, transposed, by_rows, orders));
  };
  constexpr double few = 64;  // colours found in linear time: they come first
  if (one_side[rows_first] <= few) take_side(rows_first);
  if (cost(1, 1) < best_cost) {
    sparsity_pattern const bipartite = pattern.bipartite(transposed);
    for (auto const& [least, cover] : duet::covers_by_cost(pattern, transposed, bipartite, cost))
      if (least < best_cost) take(duet::color_cover(pattern, transposed, bipartite, cover, orders, cost));
  }
  take_side(rows_first);
  take_side(!rows_first);
  return best;
}

}  // namespace duet
