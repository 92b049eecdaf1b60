#pragma once

// Patterns with known numbers of colours, random ones, and slow checks of colourings straight from their definitions,
// which share nothing with the library.

#include <cstdint>
#include <duet/sparse/pattern.hpp>
#include <functional>
#include <random>
#include <set>
#include <utility>
#include <vector>

namespace duet_test {

using places = std::vector<std::pair<int, int>>;

inline places band(int n, int below, int above) {
  places result;
  for (int i = 0; i < n; ++i)
    for (int j = std::max(0, i - below); j <= std::min(n - 1, i + above); ++j) result.emplace_back(i, j);
  return result;
}
inline places arrow(int n) {
  places result{{0, 0}};
  for (int i = 1; i < n; ++i)
    for (auto const& place : places{{0, i}, {i, 0}, {i, i}}) result.push_back(place);
  return result;
}
// A grid of cells, each with its neighbours at these offsets, open or periodic.
inline places stencil(int rows, int columns, places const& offsets, bool periodic = false) {
  places result;
  for (int i = 0; i < rows; ++i)
    for (int j = 0; j < columns; ++j)
      for (auto const& [di, dj] : offsets) {
        int k = i + di, l = j + dj;
        if (periodic) k = (k + rows) % rows, l = (l + columns) % columns;
        if (k >= 0 && k < rows && l >= 0 && l < columns) result.emplace_back(i * columns + j, k * columns + l);
      }
  return result;
}
inline places const five_points{{0, 0}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}};
inline places nine_points() {
  places result;
  for (int i = -1; i <= 1; ++i)
    for (int j = -1; j <= 1; ++j) result.emplace_back(i, j);
  return result;
}
// Two species in each cell: each with itself in the neighbours, and with the other in its own cell.
inline places two_species(places const& cells, int count, bool interleaved) {
  auto const at = [=](int cell, int species) { return interleaved ? 2 * cell + species : cell + species * count; };
  places result;
  for (int s = 0; s < 2; ++s) {
    for (auto const& [i, j] : cells) result.emplace_back(at(i, s), at(j, s));
    for (int i = 0; i < count; ++i) result.emplace_back(at(i, s), at(i, 1 - s));
  }
  return result;
}
inline places random_places(int rows, int columns, int entries, std::uint32_t seed) {
  std::mt19937 random(seed);
  places result;
  if (rows == 0 || columns == 0) return result;
  std::uniform_int_distribution<int> row(0, rows - 1), column(0, columns - 1);
  for (int k = 0; k < entries; ++k) result.emplace_back(row(random), column(random));
  return result;
}
inline places both_ways(places all) {
  std::size_t const size = all.size();
  for (std::size_t k = 0; k < size; ++k) all.emplace_back(all[k].second, all[k].first);
  return all;
}
inline duet::sparsity_pattern square(int n, places const& all) {
  return duet::sparsity_pattern::of_places(static_cast<std::size_t>(n), static_cast<std::size_t>(n), all);
}

// Columns of one colour have no row in common.
inline bool columns_differ(duet::sparsity_pattern const& pattern, std::vector<int> const& colors) {
  for (std::size_t i = 0; i < pattern.rows(); ++i) {
    std::set<int> met;
    for (int const j : pattern.row(i))
      if (!met.insert(colors[static_cast<std::size_t>(j)]).second) return false;
  }
  return true;
}

inline bool neighbors_differ(duet::sparsity_pattern const& pattern, std::vector<int> const& colors) {
  for (std::size_t i = 0; i < pattern.rows(); ++i)
    for (int const j : pattern.row(i))
      if (static_cast<int>(i) != j && colors[i] == colors[static_cast<std::size_t>(j)]) return false;
  return true;
}
// No path a - b - c - d of two colours.
inline bool is_star_coloring(duet::sparsity_pattern const& pattern, std::vector<int> const& colors) {
  auto const color = [&](int i) { return colors[static_cast<std::size_t>(i)]; };
  auto const around = [&](int i) { return pattern.row(static_cast<std::size_t>(i)); };
  for (int b = 0; b < static_cast<int>(pattern.rows()); ++b)
    for (int const c : around(b))
      for (int const a : around(b))
        for (int const d : around(c))
          if (b != c && a != b && a != c && d != b && d != c && a != d && color(a) == color(c) && color(b) == color(d))
            return false;
  return neighbors_differ(pattern, colors);
}
// The vertices of any two colours make a forest: each edge joins two parts that were apart.
inline bool is_acyclic_coloring(duet::sparsity_pattern const& pattern, std::vector<int> const& colors, int count) {
  for (int a = 0; a < count; ++a)
    for (int b = a + 1; b < count; ++b) {
      std::vector<int> part(pattern.rows());
      for (std::size_t i = 0; i < part.size(); ++i) part[i] = static_cast<int>(i);
      std::function<int(int)> const root = [&](int i) {
        int const up = part[static_cast<std::size_t>(i)];
        return up == i ? i : root(up);
      };
      for (std::size_t i = 0; i < pattern.rows(); ++i)
        for (int const j : pattern.row(i)) {
          if (colors[i] != a || colors[static_cast<std::size_t>(j)] != b) continue;
          int const from = root(static_cast<int>(i)), to = root(j);
          if (from == to) return false;
          part[static_cast<std::size_t>(from)] = to;
        }
    }
  return neighbors_differ(pattern, colors);
}

}  // namespace duet_test
