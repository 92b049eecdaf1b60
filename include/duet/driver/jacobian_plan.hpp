#pragma once

// What a compressed Jacobian (compress.hpp) needs to know of its pattern: the colours, which columns a pass carries
// together, and where entries are.

#include <duet/driver/mode.hpp>
#include <duet/driver/sparse_options.hpp>
#include <duet/sparse/bicoloring.hpp>
#include <numeric>
#include <string>

namespace duet {

// Directions that one pass carries.
struct color_chunks {
  std::size_t wide, narrow;
  bool only_narrow = false;
};

class jacobian_plan {
 public:
  // Colours first, first + 1, ... before last, in a dual of the wide chunk or the narrow one.
  struct column_pass {
    std::size_t first, last;
    bool is_wide;
    std::size_t columns_begin, columns_end;
  };

  jacobian_plan(mode chosen, sparsity_pattern pattern, coloring_orders const& orders, color_chunks const& chunks)
      : pattern_(std::move(pattern)), transposed_(pattern_.transposed()), numbers_(pattern_.numbers_in(transposed_)) {
    constexpr double never = std::numeric_limits<double>::infinity();
    colors_ = duet::color_both(pattern_, transposed_, orders, [=](std::size_t rows, std::size_t columns) {
      if ((chosen == mode::forward && rows != 0) || (chosen == mode::reverse && columns != 0)) return never;
      return static_cast<double>(columns) + (rows == 0 ? 0 : reverse_cost(rows));
    });
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
  // The columns that one carries, in order.
  [[nodiscard]] std::span<std::uint32_t const> columns_of(column_pass const& pass) const {
    return {divided_columns_.data() + pass.columns_begin, pass.columns_end - pass.columns_begin};
  }
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
      bool const is_wide = !chunks.only_narrow && pass_of.size() > first + chunks.narrow;
      std::size_t const last = std::min(pass_of.size(), first + (is_wide ? chunks.wide : chunks.narrow));
      for (std::size_t c = first; c < last; ++c) pass_of[c] = passes_.size();
      passes_.push_back({first, last, is_wide, 0, 0});
      first = last;
    }
    auto const& colors = colors_.columns.colors;
    for (int const c : colors)
      if (c >= 0) ++passes_[pass_of[static_cast<std::size_t>(c)]].columns_end;
    std::size_t next = 0;
    for (column_pass& pass : passes_) {
      pass.columns_begin = next;
      next += std::exchange(pass.columns_end, next);
    }
    divided_columns_.resize(next);
    for (std::size_t j = 0; j < colors.size(); ++j)
      if (colors[j] >= 0)
        divided_columns_[passes_[pass_of[static_cast<std::size_t>(colors[j])]].columns_end++] =
            static_cast<std::uint32_t>(j);
  }

  sparsity_pattern pattern_, transposed_;
  std::vector<std::uint32_t> numbers_;
  bicoloring colors_;
  std::vector<std::uint8_t> readings_;
  std::vector<std::size_t> group_starts_;
  std::vector<std::uint32_t> grouped_rows_, divided_columns_;
  std::vector<column_pass> passes_;
};

}  // namespace duet
