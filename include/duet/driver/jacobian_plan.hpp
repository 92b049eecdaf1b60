#pragma once

// What a compressed Jacobian (compress.hpp) needs to know of its pattern: the colours, which columns a pass carries
// together, and where entries are.

#include <duet/driver/mode.hpp>
#include <duet/driver/sparse_options.hpp>
#include <duet/sparse/bicoloring.hpp>
#include <numeric>
#include <string>

namespace duet {

// Directions that one pass carries, and how far apart outputs lie in it, counted in partials.
struct color_chunk {
  std::size_t colors, stride;
};
struct color_chunks {
  color_chunk wide, narrow;
  bool only_narrow = false;
};

class jacobian_plan {
 public:
  // Entries of the matrix by columns, first, first + 1, ... before last.
  struct stretch {
    std::uint32_t first, last;
  };
  // Colours first, first + 1, ... before last, in a dual of the wide chunk or the narrow one; the entries of their
  // columns, in order, and where each is among the partials of the outputs: row * stride + lane.
  struct column_pass {
    std::size_t first = 0, last = 0;
    bool is_wide = false;
    std::vector<stretch> stretches = {};
    std::vector<std::uint32_t> sources = {};
  };

  jacobian_plan(mode chosen, sparsity_pattern pattern, coloring_orders const& orders, color_chunks const& chunks)
      : pattern_(std::move(pattern)), transposed_(pattern_.transposed()), numbers_(pattern_.numbers_in(transposed_)) {
    constexpr double never = std::numeric_limits<double>::infinity();
    colors_ = duet::color_both(pattern_, transposed_, orders, [=](std::size_t rows, std::size_t columns) {
      if ((chosen == mode::forward && rows != 0) || (chosen == mode::reverse && columns != 0)) return never;
      return static_cast<double>(columns) + (rows == 0 ? 0 : reverse_cost(rows));
    });
    std::size_t const most_rows =
        std::numeric_limits<std::uint32_t>::max() / std::max(chunks.wide.stride, chunks.narrow.stride);
    if (pattern_.rows() > most_rows)
      throw std::invalid_argument("duet: a Jacobian is compressed if it has at most " + std::to_string(most_rows) +
                                  " rows, this one has " + std::to_string(pattern_.rows()));
    readings_ = duet::readings(pattern_, transposed_, colors_);
    if (std::find(readings_.begin(), readings_.end(), unread) != readings_.end())
      throw std::logic_error("duet: a colouring does not determine the Jacobian");
    if (row_colors() == 0) readings_ = {};
    group_rows();
    divide_columns(chunks);
  }

  [[nodiscard]] sparsity_pattern const& pattern() const { return pattern_; }
  [[nodiscard]] sparsity_pattern const& transposed() const { return transposed_; }
  [[nodiscard]] bicoloring const& colors() const { return colors_; }
  [[nodiscard]] std::size_t row_colors() const { return static_cast<std::size_t>(colors_.rows.count); }
  [[nodiscard]] std::size_t column_colors() const { return static_cast<std::size_t>(colors_.columns.count); }

  // Evaluations on duals that carry the colours of columns.
  [[nodiscard]] std::vector<column_pass> const& passes() const { return passes_; }
  // The rows of one colour.
  [[nodiscard]] std::span<std::uint32_t const> rows_of(std::size_t color) const {
    return {grouped_rows_.data() + group_starts_[color], group_starts_[color + 1] - group_starts_[color]};
  }
  // Whether the entry, numbered by rows, is read off the sweep of its row's colour. Only if rows have colours.
  [[nodiscard]] bool is_off_row(std::size_t entry) const { return (readings_[entry] & off_column) == 0; }
  // Where the entries of a row are among all entries by columns.
  [[nodiscard]] std::uint32_t const* places(std::size_t i) const { return numbers_.data() + pattern_.start(i); }

  [[nodiscard]] std::string explain() const {
    auto const colors = [](coloring const& c, char const* what) {
      std::string const order = c.count == 0 ? "" : " (order: " + std::string(to_string(c.order)) + ')';
      return duet::counted(static_cast<std::size_t>(c.count), "colour") + " of " + what + order;
    };
    std::string const entries =
        std::to_string(pattern_.entries()) + (pattern_.entries() == 1 ? " entry in " : " entries in ");
    std::string const carried =
        colors(colors_.columns, "columns") +
        (passes_.empty() ? "" : ", " + duet::counted(passes_.size(), "evaluation") + " on duals");
    if (row_colors() == 0) return "forward: " + entries + carried;
    if (column_colors() == 0) return "reverse: " + entries + colors(colors_.rows, "rows");
    return "forward and reverse: " + entries + carried + ", and " + colors(colors_.rows, "rows");
  }

 private:
  void group_rows() {
    group_starts_.assign(row_colors() + 1, 0);
    for (int const c : colors_.rows.colors)
      if (c >= 0) ++group_starts_[static_cast<std::size_t>(c) + 1];
    std::partial_sum(group_starts_.begin(), group_starts_.end(), group_starts_.begin());
    grouped_rows_.resize(group_starts_.back());
    std::vector<std::size_t> next(group_starts_);
    for (std::size_t i = 0; i < pattern_.rows(); ++i)
      if (int const c = colors_.rows.colors[i]; c >= 0)
        grouped_rows_[next[static_cast<std::size_t>(c)]++] = static_cast<std::uint32_t>(i);
  }

  // Wide passes while more is left than a narrow one carries.
  void divide_columns(color_chunks const& chunks) {
    std::vector<std::size_t> pass_of(column_colors());
    for (std::size_t first = 0; first < pass_of.size();) {
      bool const is_wide = !chunks.only_narrow && pass_of.size() > first + chunks.narrow.colors;
      std::size_t const last = std::min(pass_of.size(), first + (is_wide ? chunks.wide : chunks.narrow).colors);
      for (std::size_t c = first; c < last; ++c) pass_of[c] = passes_.size();
      passes_.push_back({.first = first, .last = last, .is_wide = is_wide});
      first = last;
    }
    auto const for_each_colored = [&](auto const& visit) {
      for (std::size_t j = 0; j < transposed_.rows(); ++j)
        if (int const color = colors_.columns.colors[j]; color >= 0) visit(j, pass_of[static_cast<std::size_t>(color)]);
    };
    std::vector<std::size_t> entries(passes_.size());
    for_each_colored([&](std::size_t j, std::size_t p) { entries[p] += transposed_.row(j).size(); });
    for (std::size_t p = 0; p < passes_.size(); ++p) passes_[p].sources.reserve(entries[p]);
    for_each_colored([&](std::size_t j, std::size_t p) {
      append_column(passes_[p], j, (passes_[p].is_wide ? chunks.wide : chunks.narrow).stride);
    });
  }
  void append_column(column_pass& pass, std::size_t j, std::size_t stride) const {
    auto const first = static_cast<std::uint32_t>(transposed_.start(j));
    auto const last = first + static_cast<std::uint32_t>(transposed_.row(j).size());
    if (!pass.stretches.empty() && pass.stretches.back().last == first)
      pass.stretches.back().last = last;
    else
      pass.stretches.push_back({first, last});
    std::size_t const lane = static_cast<std::size_t>(colors_.columns.colors[j]) - pass.first;
    for (int const i : transposed_.row(j))
      pass.sources.push_back(static_cast<std::uint32_t>(static_cast<std::size_t>(i) * stride + lane));
  }

  sparsity_pattern pattern_, transposed_;
  std::vector<std::uint32_t> numbers_;
  bicoloring colors_;
  std::vector<std::uint8_t> readings_;
  std::vector<std::size_t> group_starts_;
  std::vector<std::uint32_t> grouped_rows_;
  std::vector<column_pass> passes_;
};

}  // namespace duet
