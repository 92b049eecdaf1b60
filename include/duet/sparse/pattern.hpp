#pragma once

// Where a matrix can differ from zero: the pattern that tracers find (sparse/tracer.hpp), that colourings divide into
// groups and that compressed derivatives are written to. Rows are compressed, with sorted columns.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <duet/core/error.hpp>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace duet {

class sparsity_pattern {
 public:
  using index = int;  // as in Eigen's sparse matrices

  // Without rows and columns, or of these sizes and without entries.
  sparsity_pattern() = default;
  sparsity_pattern(std::size_t rows, std::size_t columns) : columns_(columns), starts_(rows + 1) {
    constexpr auto most = static_cast<std::size_t>(std::numeric_limits<index>::max());
    if (rows >= most || columns >= most)
      throw std::invalid_argument("duet::sparsity_pattern: more than 2^31 - 2 rows or columns");
  }

  // Of places (row, column) in any order; what is named twice counts once. Throws std::invalid_argument if one lies
  // outside. Linear in the sizes and the places.
  template <class Places>
  [[nodiscard]] static sparsity_pattern of_places(std::size_t rows, std::size_t columns, Places const& places) {
    sparsity_pattern by_column(columns, rows);
    for (auto const& [row, column] : places) {
      if (!inside(row, rows) || !inside(column, columns))
        throw std::invalid_argument("duet::sparsity_pattern: the place (" + std::to_string(row) + ", " +
                                    std::to_string(column) + ") lies outside of " + std::to_string(rows) + " x " +
                                    std::to_string(columns));
      ++by_column.starts_[static_cast<std::size_t>(column) + 1];
    }
    by_column.add_up();
    by_column.indices_.resize(by_column.starts_.back());
    std::vector<std::size_t> next(by_column.starts_.begin(), by_column.starts_.end() - 1);
    for (auto const& [row, column] : places)
      by_column.indices_[next[static_cast<std::size_t>(column)]++] = static_cast<index>(row);
    sparsity_pattern result = by_column.transposed();
    result.drop_repetitions();
    return result;
  }

  // Row by row: append(columns) for each row in order, columns in any order and each once; then sorted().
  void append(std::span<index const> columns) {
    indices_.insert(indices_.end(), columns.begin(), columns.end());
    starts_.push_back(indices_.size());
  }
  [[nodiscard]] static sparsity_pattern without_rows(std::size_t columns) { return sparsity_pattern(0, columns); }
  [[nodiscard]] sparsity_pattern sorted() const { return transposed().transposed(); }

  [[nodiscard]] std::size_t rows() const { return starts_.size() - 1; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] std::size_t entries() const { return indices_.size(); }

  // The columns of a row, and where they begin among all entries.
  [[nodiscard]] std::span<index const> row(std::size_t i) const {
    return {indices_.data() + starts_[i], starts_[i + 1] - starts_[i]};
  }
  [[nodiscard]] std::size_t start(std::size_t i) const { return starts_[i]; }
  [[nodiscard]] std::span<index const> indices() const { return indices_; }

  static constexpr std::size_t absent = std::numeric_limits<std::size_t>::max();
  // The number of the entry (i, j), or `absent`. Logarithmic in the entries of the row.
  [[nodiscard]] std::size_t find(std::size_t i, std::size_t j) const {
    auto const columns = row(i);
    auto const at = std::lower_bound(columns.begin(), columns.end(), static_cast<index>(j));
    if (at == columns.end() || static_cast<std::size_t>(*at) != j) return absent;
    return starts_[i] + static_cast<std::size_t>(at - columns.begin());
  }
  [[nodiscard]] bool contains(std::size_t i, std::size_t j) const { return find(i, j) != absent; }

  [[nodiscard]] std::size_t longest_row() const {
    std::size_t longest = 0;
    for (std::size_t i = 0; i < rows(); ++i) longest = std::max(longest, starts_[i + 1] - starts_[i]);
    return longest;
  }

  // Linear in the sizes and the entries; its rows are sorted whether or not these are.
  [[nodiscard]] sparsity_pattern transposed() const {
    sparsity_pattern result(columns_, rows());
    for (index const j : indices_) ++result.starts_[static_cast<std::size_t>(j) + 1];
    result.add_up();
    result.indices_.resize(indices_.size());
    std::vector<std::size_t> next(result.starts_.begin(), result.starts_.end() - 1);
    for (std::size_t i = 0; i < rows(); ++i)
      for (index const j : row(i)) result.indices_[next[static_cast<std::size_t>(j)]++] = static_cast<index>(i);
    return result;
  }

  // For each entry by rows its number by columns: that in the transposed pattern.
  [[nodiscard]] std::vector<std::uint32_t> numbers_in(sparsity_pattern const& transposed) const {
    std::vector<std::uint32_t> numbers(entries());
    std::vector<std::size_t> next(transposed.starts_.begin(), transposed.starts_.end() - 1);
    for (std::size_t k = 0; k < numbers.size(); ++k)
      numbers[k] = static_cast<std::uint32_t>(next[static_cast<std::size_t>(indices_[k])]++);
    return numbers;
  }

  // This pattern above its transpose, off the diagonal of a symmetric one: the graph whose vertices are the rows, then
  // the columns, and whose edges are the entries.
  [[nodiscard]] sparsity_pattern bipartite(sparsity_pattern const& transposed) const {
    sparsity_pattern result = without_rows(rows() + columns_);
    result.indices_.reserve(2 * entries());
    for (index const j : indices_) result.indices_.push_back(static_cast<index>(rows()) + j);
    result.indices_.insert(result.indices_.end(), transposed.indices_.begin(), transposed.indices_.end());
    result.starts_ = starts_;
    for (std::size_t j = 1; j < transposed.starts_.size(); ++j)
      result.starts_.push_back(entries() + transposed.starts_[j]);
    return result;
  }

  // This and its transpose. Throws std::invalid_argument unless it is square.
  [[nodiscard]] sparsity_pattern symmetrized() const {
    require_size("duet::sparsity_pattern", "a column", rows(), columns_, "a symmetric pattern is square");
    sparsity_pattern const other = transposed();
    sparsity_pattern result = without_rows(columns_);
    std::vector<index> both;
    for (std::size_t i = 0; i < rows(); ++i) {
      both.clear();
      std::set_union(row(i).begin(), row(i).end(), other.row(i).begin(), other.row(i).end(), std::back_inserter(both));
      result.append(both);
    }
    return result;
  }

  friend bool operator==(sparsity_pattern const&, sparsity_pattern const&) = default;

 private:
  template <class Given>
  [[nodiscard]] static bool inside(Given given, std::size_t size) {
    return std::in_range<std::size_t>(given) && static_cast<std::size_t>(given) < size;
  }
  void add_up() {
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  }
  void drop_repetitions() {
    std::size_t kept = 0;
    for (std::size_t i = 0, first = 0; i + 1 < starts_.size(); ++i) {
      std::size_t const last = starts_[i + 1];
      for (std::size_t k = first; k < last; ++k)
        if (k == first || indices_[k] != indices_[k - 1]) indices_[kept++] = indices_[k];
      first = last;
      starts_[i + 1] = kept;
    }
    indices_.resize(kept);
  }

  std::size_t columns_ = 0;
  std::vector<std::size_t> starts_{0};
  std::vector<index> indices_;
};

}  // namespace duet
