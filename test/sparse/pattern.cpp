#include "catch.hpp"

#include <duet/sparse/pattern.hpp>

#include "patterns.hpp"

using duet::sparsity_pattern;
using duet_test::contains, duet_test::places;

TEST_CASE("places in any order and named twice make sorted rows without repetition") {
  places const given{{2, 1}, {0, 3}, {0, 0}, {2, 1}, {0, 3}, {2, 0}};
  auto const pattern = sparsity_pattern::of_places(3, 4, given);
  CHECK(pattern.rows() == 3);
  CHECK(pattern.columns() == 4);
  CHECK(pattern.entries() == 4);
  CHECK(std::vector<int>(pattern.row(0).begin(), pattern.row(0).end()) == std::vector{0, 3});
  CHECK(pattern.row(1).empty());
  CHECK(std::vector<int>(pattern.row(2).begin(), pattern.row(2).end()) == std::vector{0, 1});
  CHECK(pattern.contains(2, 1));
  CHECK_FALSE(pattern.contains(1, 1));
  CHECK(pattern.longest_row() == 2);
}

TEST_CASE("a place outside is refused and named") {
  CHECK_THROWS_WITH(sparsity_pattern::of_places(3, 4, places{{1, 4}}), contains("(1, 4) lies outside of 3 x 4"));
  CHECK_THROWS_AS(sparsity_pattern::of_places(3, 4, places{{-1, 0}}), std::invalid_argument);
  CHECK_THROWS_AS(sparsity_pattern::of_places(0, 4, places{{0, 0}}), std::invalid_argument);
}

TEST_CASE("transposing twice and symmetrizing") {
  for (std::uint32_t seed = 1; seed < 6; ++seed) {
    auto const all = duet_test::random_places(9, 7, 30, seed);
    auto const pattern = sparsity_pattern::of_places(9, 7, all);
    auto const transposed = pattern.transposed();
    CHECK(transposed.transposed() == pattern);
    for (auto const& [i, j] : all) CHECK(transposed.contains(static_cast<std::size_t>(j), static_cast<std::size_t>(i)));
    auto const square = duet_test::square(9, duet_test::random_places(9, 9, 20, seed));
    CHECK(square.symmetrized() == square.symmetrized().transposed());
  }
  CHECK_THROWS_AS(sparsity_pattern(2, 3).symmetrized(), std::invalid_argument);
}

TEST_CASE("patterns without rows or columns") {
  CHECK(sparsity_pattern(0, 5).transposed() == sparsity_pattern(5, 0));
  CHECK(sparsity_pattern(5, 0).entries() == 0);
  CHECK(sparsity_pattern().symmetrized() == sparsity_pattern(0, 0));
}
