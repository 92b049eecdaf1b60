#include "catch.hpp"

#include <duet/sparse/bicoloring.hpp>
#include <duet/sparse/symmetric_coloring.hpp>

#include "patterns.hpp"

namespace {

using duet::coloring_order, duet::sparsity_pattern;
using duet_test::places;

constexpr coloring_order every_order[] = {coloring_order::saturation,    coloring_order::natural,
                                          coloring_order::interleaved,   coloring_order::largest_first,
                                          coloring_order::smallest_last, coloring_order::incidence_degree,
                                          coloring_order::random};

int column_colors(sparsity_pattern const& pattern) {
  auto const best = duet::color_rows(pattern.transposed(), pattern);
  CHECK(duet_test::columns_differ(pattern, best.colors));
  for (coloring_order const order : every_order) {
    auto const one = duet::color_rows(pattern.transposed(), pattern, {{order}, 7});
    CHECK(one.order == order);
    CHECK(duet_test::columns_differ(pattern, one.colors));
    CHECK(one.count >= static_cast<int>(pattern.longest_row()));
  }
  return best.count;
}
int star_colors(sparsity_pattern const& pattern) {
  auto const best = duet::color_star(pattern);
  CHECK(duet_test::is_star_coloring(pattern, best.colors));
  for (coloring_order const order : every_order)
    CHECK(duet_test::is_star_coloring(pattern, duet::color_star(pattern, {{order}, 7}).colors));
  return best.count;
}
int acyclic_colors(sparsity_pattern const& pattern) {
  auto const best = duet::color_acyclic(pattern);
  CHECK(duet_test::is_acyclic_coloring(pattern, best.colors, best.count));
  for (coloring_order const order : every_order) {
    auto const one = duet::color_acyclic(pattern, {{order}, 7});
    CHECK(duet_test::is_acyclic_coloring(pattern, one.colors, one.count));
  }
  return best.count;
}

// From the definition: each entry is the only one of its row with its column's colour, or of its column with its row's.
bool reads_every_entry(sparsity_pattern const& pattern, duet::bicoloring const& c) {
  for (std::size_t i = 0; i < pattern.rows(); ++i)
    for (int const k : pattern.row(i)) {
      auto const j = static_cast<std::size_t>(k);
      int in_row = 0, in_column = 0;
      for (std::size_t l = 0; l < pattern.columns(); ++l)
        in_row += c.columns.colors[l] == c.columns.colors[j] && pattern.contains(i, l);
      for (std::size_t r = 0; r < pattern.rows(); ++r)
        in_column += c.rows.colors[r] == c.rows.colors[i] && pattern.contains(r, j);
      bool const off_column = c.columns.colors[j] >= 0 && in_row == 1;
      bool const off_row = c.rows.colors[i] >= 0 && in_column == 1;
      if (!off_column && !off_row) return false;
    }
  return true;
}
// Colours are numbered from 0 on without gaps.
bool is_numbered(duet::coloring const& c) {
  std::set<int> used(c.colors.begin(), c.colors.end());
  used.erase(duet::coloring::neutral);
  return static_cast<int>(used.size()) == c.count && (c.count == 0 || *used.rbegin() == c.count - 1);
}
int both_colors(sparsity_pattern const& pattern) {
  auto const count = [](std::size_t rows, std::size_t columns) { return static_cast<double>(rows + columns); };
  auto const both = duet::color_both(pattern, pattern.transposed(), {}, count);
  CHECK(reads_every_entry(pattern, both));
  CHECK(duet::determines(pattern, pattern.transposed(), both));
  CHECK(is_numbered(both.rows));
  CHECK(is_numbered(both.columns));
  for (bool const by_rows : {false, true}) {
    auto const one = duet::color_one_side(pattern, pattern.transposed(), by_rows, {});
    CHECK(both.count() <= one.count());
    CHECK(one.rows.count * one.columns.count == 0);
    CHECK(reads_every_entry(pattern, one));
  }
  // One side forbidden, as a mode does that the caller asks for.
  double const never = std::numeric_limits<double>::infinity();
  auto const only = [&](bool by_rows) {
    return duet::color_both(pattern, pattern.transposed(), {}, [=](std::size_t rows, std::size_t columns) {
      if ((by_rows ? columns : rows) != 0) return never;
      return 5.0 * static_cast<double>(rows + columns);
    });
  };
  CHECK(reads_every_entry(pattern, only(false)));
  CHECK(reads_every_entry(pattern, only(true)));
  return both.count();
}

}  // namespace

TEST_CASE("colours of known patterns are valid and as few as they should be") {
  struct known {
    char const* name;
    sparsity_pattern pattern;
    int columns, star, acyclic, both;
  };
  auto const grid = [](int n, places const& offsets, bool periodic = false) {
    return duet_test::stencil(n, n, offsets, periodic);
  };
  auto const nine = duet_test::nine_points();
  known const all[] = {
      {"diagonal", duet_test::square(20, duet_test::band(20, 0, 0)), 1, 1, 1, 1},
      {"tridiagonal", duet_test::square(50, duet_test::band(50, 1, 1)), 3, 3, 2, 3},
      {"band of half width 3", duet_test::square(40, duet_test::band(40, 3, 3)), 7, 7, 4, 7},
      {"arrow", duet_test::square(30, duet_test::arrow(30)), 30, 2, 2, 3},
      {"5-point 4x4", duet_test::square(16, grid(4, duet_test::five_points)), 6, 5, 4, 6},
      {"5-point 10x10", duet_test::square(100, grid(10, duet_test::five_points)), 6, 5, 4, 6},
      {"9-point 8x8", duet_test::square(64, grid(8, nine)), 9, 9, 6, 9},
      {"Brusselator 2x20", duet_test::square(40, duet_test::two_species(duet_test::band(20, 1, 1), 20, true)), 4, 5, 3,
       4},
      {"periodic Brusselator 6x6",
       duet_test::square(72, duet_test::two_species(grid(6, duet_test::five_points, true), 36, false)), 9, 9, 6, 9},
      {"periodic Brusselator 8x8, cell by cell",
       duet_test::square(128, duet_test::two_species(grid(8, duet_test::five_points, true), 64, true)), 8, 0, 0, 8},
      {"periodic Brusselator 8x8, all u, then all v",
       duet_test::square(128, duet_test::two_species(grid(8, duet_test::five_points, true), 64, false)), 8, 0, 0, 8},
      {"band 5 below, 1 above", duet_test::square(40, duet_test::band(40, 5, 1)), 7, 0, 0, 7},
  };
  for (known const& k : all) {
    INFO(k.name);
    CHECK(column_colors(k.pattern) <= k.columns);
    CHECK(both_colors(k.pattern) <= k.both);
    if (k.star == 0) continue;
    CHECK(star_colors(k.pattern) <= k.star);
    CHECK(acyclic_colors(k.pattern) <= k.acyclic);
  }
}

TEST_CASE("dense rows and columns are read off together") {
  places all;  // the first and last row and column of 10 x 20
  for (int j = 0; j < 20; ++j)
    for (int const i : {0, 9}) all.emplace_back(i, j);
  for (int i = 0; i < 10; ++i)
    for (int const j : {0, 19}) all.emplace_back(i, j);
  CHECK(both_colors(sparsity_pattern::of_places(10, 20, all)) == 4);
  places anti_diagonal;
  for (int i = 0; i < 10; ++i) anti_diagonal.emplace_back(i, 9 - i);
  CHECK(both_colors(duet_test::square(10, anti_diagonal)) == 1);
}

TEST_CASE("rows and columns together take fewer colours than either where both are dense somewhere") {
  places border = duet_test::arrow(60);  // two dense rows, two dense columns, a band
  for (int i = 0; i < 60; ++i)
    for (auto const& place : places{{30, i}, {i, 30}}) border.push_back(place);
  auto const band = duet_test::band(60, 1, 1);
  border.insert(border.end(), band.begin(), band.end());
  CHECK(both_colors(duet_test::square(60, border)) <= 7);

  // Blocks (rows, columns) of a chessboard of dense and diagonal ones: a star bicolouring reads dense rows in reverse
  // and dense columns forward, whatever the lengths of the others.
  places blocks;
  for (int i = 0; i < 40; ++i)
    for (int j = 0; j < 40; ++j)
      if ((i < 3 && j >= 3) || (j < 3 && i >= 3) || i % 10 == j % 10) blocks.emplace_back(i, j);
  auto const pattern = duet_test::square(40, blocks);
  CHECK(pattern.longest_row() == 37 + 1);
  CHECK(both_colors(pattern) <= 3 + 3 + 4);

  std::uint32_t seed = 100;
  for (int const dense : {1, 2, 4}) {  // random ones, with some rows and columns full
    places all = duet_test::random_places(70, 50, 90, ++seed);
    for (int k = 0; k < dense; ++k) {
      for (int j = 0; j < 50; ++j) all.emplace_back(7 * k, j);
      for (int i = 0; i < 70; ++i) all.emplace_back(i, 5 * k + 3);
    }
    CHECK(both_colors(sparsity_pattern::of_places(70, 50, all)) <= 2 * dense + 5);
  }
}

TEST_CASE("a colour that no entry needs is dropped") {
  places anti_diagonal;
  for (int i = 0; i < 10; ++i) anti_diagonal.emplace_back(i, 9 - i);
  auto const pattern = duet_test::square(10, anti_diagonal);
  duet::bicoloring colors;
  colors.rows.colors.assign(10, 0);
  colors.columns.colors.assign(10, 0);
  colors.columns.colors[4] = 1;
  colors.rows.count = 1;
  colors.columns.count = 2;
  duet::drop_colors(pattern, pattern.transposed(), colors);
  CHECK(colors.rows.count == 0);
  CHECK(colors.columns.count == 2);
  CHECK(reads_every_entry(pattern, colors));
}

TEST_CASE("covers have a row or a column of each entry") {
  for (std::uint32_t seed = 1; seed < 6; ++seed) {
    auto const pattern = sparsity_pattern::of_places(20, 30, duet_test::random_places(20, 30, 70, seed));
    auto const graph = pattern.bipartite(pattern.transposed());
    CHECK(graph == graph.transposed());
    for (auto const& cover :
         {duet::greedy_cover(graph, 20, false), duet::greedy_cover(graph, 20, true),
          duet::cover_by_length(pattern, 3, 0, 20), duet::cover_by_length(pattern.transposed(), 2, 20, 0)})
      for (std::size_t i = 0; i < 20; ++i)
        for (int const j : pattern.row(i)) CHECK(cover[i] + cover[20 + static_cast<std::size_t>(j)] > 0);
  }
}

TEST_CASE("random patterns of all shapes are coloured validly") {
  std::uint32_t seed = 0;
  for (auto const& [rows, columns, entries] : {std::array{1, 1, 1},
                                               {12, 5, 9},
                                               {5, 12, 40},
                                               {30, 30, 60},
                                               {40, 25, 200},
                                               {60, 60, 1500},
                                               {80, 80, 5000},
                                               {9, 0, 0},
                                               {0, 9, 0},
                                               {0, 0, 0},
                                               {50, 50, 5}}) {
    for (int repeat = 0; repeat < 3; ++repeat) {
      INFO(rows << " x " << columns << ", seed " << seed);
      auto const pattern =
          sparsity_pattern::of_places(static_cast<std::size_t>(rows), static_cast<std::size_t>(columns),
                                      duet_test::random_places(rows, columns, entries, ++seed));
      (void)column_colors(pattern);
      (void)column_colors(pattern.transposed());
      (void)both_colors(pattern);
      if (rows != columns || entries > 1500) continue;
      auto const symmetric = pattern.symmetrized();
      CHECK(symmetric == symmetric.transposed());
      int const star = star_colors(symmetric);
      CHECK(acyclic_colors(symmetric) <= star);
    }
  }
}

TEST_CASE("a validator finds what is wrong with a colouring") {
  auto const pattern = duet_test::square(6, duet_test::band(6, 1, 1));
  auto colors = duet::color_rows(pattern.transposed(), pattern);
  CHECK(duet::separates_rows(pattern, colors));
  colors.colors[2] = colors.colors[3];
  CHECK_FALSE(duet::separates_rows(pattern, colors));
  CHECK_FALSE(duet_test::columns_differ(pattern, colors.colors));
  auto const any = [](std::size_t, std::size_t columns) { return static_cast<double>(columns); };
  auto both = duet::color_both(pattern, pattern.transposed(), {}, any);
  both.rows.colors.assign(6, duet::coloring::neutral);
  both.rows.count = 0;
  both.columns.colors = colors.colors;
  both.columns.count = colors.count;
  CHECK_FALSE(duet::determines(pattern, pattern.transposed(), both));
}

TEST_CASE("random orders follow from their seed") {
  CHECK(duet::random_order(50, 3) == duet::random_order(50, 3));
  CHECK(duet::random_order(50, 3) != duet::random_order(50, 4));
  auto shuffled = duet::random_order(50, 3);
  std::sort(shuffled.begin(), shuffled.end());
  CHECK(shuffled == duet::natural_order(50));
}

TEST_CASE("a vertex of large degree costs no more than its entries") {
  int const n = 50'000;
  auto const pattern = duet_test::square(n, duet_test::arrow(n));  // squared degrees would be minutes
  CHECK(duet::color_star(pattern).count == 2);
  CHECK(duet::color_acyclic(pattern).count == 2);
  auto const both = duet::color_both(pattern, pattern.transposed(), {},
                                     [](std::size_t r, std::size_t c) { return static_cast<double>(r + c); });
  CHECK(both.count() == 3);
}
