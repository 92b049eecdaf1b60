#pragma once

// Compressed Jacobians: colours of columns are carried forward, colours of rows are swept in reverse, and every entry
// is read from one of them, straight into its place in a sparse matrix.

#include <duet/driver/jacobian.hpp>
#include <duet/driver/sparse_point.hpp>
#include <duet/sparse/bicoloring.hpp>

namespace duet {

// Directions that one pass carries: few colours suffice for most patterns, and functions of many inputs are bound by
// memory. With AVX-512 duals of 12 partials take as much of it as those of 8.
template <class T>
inline constexpr std::size_t wide_colors = active_scalar<T> ? 8 : 12;
template <class T>
inline constexpr std::size_t narrow_colors = 4;

// What depends on the pattern alone.
class jacobian_plan {
 public:
  jacobian_plan(mode chosen, sparsity_pattern pattern, coloring_orders const& orders)
      : pattern_(std::move(pattern)), transposed_(pattern_.transposed()) {
    constexpr double never = std::numeric_limits<double>::infinity();
    colors_ = duet::color_both(pattern_, transposed_, orders, [=](std::size_t rows, std::size_t columns) {
      if ((chosen == mode::forward && rows != 0) || (chosen == mode::reverse && columns != 0)) return never;
      return static_cast<double>(columns) + (rows == 0 ? 0 : reverse_cost(rows));
    });
    if (!duet::determines(pattern_, transposed_, colors_))
      throw std::logic_error("duet: a colouring does not determine the Jacobian");
    group_rows();
    number_places();
  }

  [[nodiscard]] sparsity_pattern const& pattern() const { return pattern_; }
  [[nodiscard]] sparsity_pattern const& transposed() const { return transposed_; }
  [[nodiscard]] bicoloring const& colors() const { return colors_; }
  [[nodiscard]] std::size_t row_colors() const { return static_cast<std::size_t>(colors_.rows.count); }
  [[nodiscard]] std::size_t column_colors() const { return static_cast<std::size_t>(colors_.columns.count); }

  // The rows of one colour.
  [[nodiscard]] std::span<std::uint32_t const> rows_of(std::size_t color) const {
    return {grouped_rows_.data() + group_starts_[color], group_starts_[color + 1] - group_starts_[color]};
  }
  // The colour of each entry's column, by rows; by_row for those read off sweeps.
  static constexpr std::uint32_t by_row = std::numeric_limits<std::uint32_t>::max();
  [[nodiscard]] std::uint32_t const* column_colors_of_entries() const { return entry_colors_.data(); }
  // Where the entries of a row are among all entries by columns.
  [[nodiscard]] std::uint32_t const* places(std::size_t i) const { return places_.data() + pattern_.start(i); }

  [[nodiscard]] std::string explain() const {
    auto const colors = [](coloring const& c, char const* what) {
      std::string const order = c.count == 0 ? "" : " (order: " + std::string(to_string(c.order)) + ')';
      return duet::counted(static_cast<std::size_t>(c.count), "colour") + " of " + what + order;
    };
    std::string const entries =
        std::to_string(pattern_.entries()) + (pattern_.entries() == 1 ? " entry in " : " entries in ");
    if (row_colors() == 0) return "forward: " + entries + colors(colors_.columns, "columns");
    if (column_colors() == 0) return "reverse: " + entries + colors(colors_.rows, "rows");
    return "forward and reverse: " + entries + colors(colors_.columns, "columns") + " and " +
           colors(colors_.rows, "rows");
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
  void number_places() {
    places_.resize(pattern_.entries());
    entry_colors_.resize(pattern_.entries());
    std::vector<std::size_t> next(pattern_.columns(), 0);
    for (std::size_t i = 0; i < pattern_.rows(); ++i)
      for (std::size_t k = 0; k < pattern_.row(i).size(); ++k) {
        auto const j = static_cast<std::size_t>(pattern_.row(i)[k]);
        entry_colors_[pattern_.start(i) + k] =
            colors_.by_row(i, j) ? by_row : static_cast<std::uint32_t>(colors_.columns.colors[j]);
        places_[pattern_.start(i) + k] = static_cast<std::uint32_t>(transposed_.start(j) + next[j]++);
      }
  }

  sparsity_pattern pattern_, transposed_;
  bicoloring colors_;
  std::vector<std::size_t> group_starts_;
  std::vector<std::uint32_t> grouped_rows_, places_, entry_colors_;
};

inline void require_rows(sparsity_pattern const& pattern, std::size_t outputs) {
  require_size("duet::sparse_jacobian", "the result of f", outputs, pattern.rows(), "the rows of the pattern");
}

// A lane at a run-time index, in a loop that is worth it: blocks lie side by side.
template <class T, std::size_t N>
[[nodiscard]] DUET_INLINE T lane_at(blocks<T, N> const& all, std::size_t lane) {
  if constexpr (std::is_arithmetic_v<T>) {
    static_assert(sizeof(all) % sizeof(T) == 0 && sizeof(all) >= N * sizeof(T));
    T result;
    std::memcpy(&result, reinterpret_cast<std::byte const*>(&all) + lane * sizeof(T), sizeof(T));
    return result;
  } else {
    return all.at(lane);
  }
}

// One pass along the colours from `first` on, read into the values of the matrix.
template <class S, class F, class X, class Value, class T>
void carry_colors(F& f, X const& x, jacobian_plan const& plan, std::size_t first, Value& value, T* values) {
  auto const& colors = plan.colors().columns.colors;
  auto const lane_of = [&](std::size_t j) { return static_cast<std::size_t>(colors[j]) - first; };
  auto const y = duet::evaluate_seeded<S>(f, x, [&](auto j) DUET_INLINE_LAMBDA {
    std::size_t const lane = lane_of(j);
    return lane < S::size() ? S::independent(shape<X>::entry(x, j), lane) : S(shape<X>::entry(x, j));
  });
  using Y = std::remove_cvref_t<decltype(y)>;
  duet::require_rows(plan.pattern(), duet::size_of(y));
  if (first == 0) duet::write_values<S>(y, value);
  if constexpr (std::is_same_v<entry_t<Y>, S>) {
    std::uint32_t const *colors_of = plan.column_colors_of_entries(), *places = plan.places(0);
    for (std::size_t i = 0, entry = 0; i < plan.pattern().rows(); ++i) {  // the duals are read once and in order
      auto const& partials = shape<Y>::entry(y, i).partials();
      for (std::size_t const last = plan.pattern().start(i + 1); entry < last; ++entry)
        if (std::size_t const lane = colors_of[entry] - first; lane < S::size())
          values[places[entry]] = duet::lane_at<T, S::size()>(partials, lane);
    }
  }
}

template <class F, class X, class Value, class T>
void carry_columns(F& f, X const& x, jacobian_plan const& plan, Value& value, T* values) {
  using wide = forward_scalar<F, T, wide_colors<T>>;
  using narrow = forward_scalar<F, T, narrow_colors<T>>;
  std::size_t const colors = plan.column_colors();
  std::size_t first = 0;
  // Where the duals leave the cache two narrow passes move half the memory of a wide one; measured a third faster.
  constexpr std::size_t cache = std::size_t{1} << 22;
  bool const small = (plan.pattern().rows() + plan.pattern().columns()) * sizeof(wide) < cache;
  if (small || colors > 2 * narrow::size())
    for (; colors > first + narrow::size(); first += wide::size())
      duet::carry_colors<wide>(f, x, plan, first, value, values);
  for (; colors > first + narrow::size(); first += narrow::size())
    duet::carry_colors<narrow>(f, x, plan, first, value, values);
  if (first < colors || first == 0) duet::carry_colors<narrow>(f, x, plan, first, value, values);
}

// One recording; the outputs of one colour are added up on the tape, and the sums swept side by side.
template <class F, class X, class Value, class T>
void sweep_rows(F& f, X const& x, jacobian_plan const& plan, Value& value, T* values) {
  duet::record(f, x, [&]<class Inputs, class Y>(tape<T>& t, Inputs const& inputs, Y const& y) {
    using S = reverse_scalar<F, T>;
    duet::require_rows(plan.pattern(), duet::size_of(y));
    duet::write_values<S>(y, value);
    auto&& sums = duet::buffer_for<std::vector<var<T>>>(x);
    sums.clear();
    sums.reserve(plan.row_colors());
    for (std::size_t c = 0; c < plan.row_colors(); ++c) {
      auto const rows = plan.rows_of(c);
      var<T> sum = duet::output_of<S>(shape<Y>::entry(y, rows[0]));
      for (std::uint32_t const i : rows.subspan(1)) sum += duet::output_of<S>(shape<Y>::entry(y, i));
      sums.push_back(sum);
    }
    duet::for_each_row(t, sums, [&](std::size_t c, auto const& adjoint) {
      for (std::uint32_t const i : plan.rows_of(c)) {
        auto const columns = plan.pattern().row(i);
        for (std::size_t k = 0; k < columns.size(); ++k) {
          auto const j = static_cast<std::size_t>(columns[k]);
          if (plan.column_colors_of_entries()[plan.pattern().start(i) + k] == jacobian_plan::by_row)
            values[plan.places(i)[k]] = adjoint(shape<Inputs>::entry(inputs, j));
        }
      }
    });
  });
}

template <mode Mode, class F, class X, class Value, class T>
void compressed_jacobian(F& f, X const& x, jacobian_plan const& plan, Value& value, T* values) {
  if constexpr (Mode == mode::forward) {
    duet::carry_columns(f, x, plan, value, values);
  } else if constexpr (Mode == mode::reverse) {
    duet::sweep_rows(f, x, plan, value, values);
  } else {
    if (plan.row_colors() == 0 || plan.column_colors() != 0) duet::carry_columns(f, x, plan, value, values);
    if (plan.row_colors() != 0) duet::sweep_rows(f, x, plan, value, values);
  }
}

// What a check adds up by rows, or by columns in reverse.
template <class T>
struct check_sums {
  std::vector<T> sums, terms;
  void clear(std::size_t size) {
    sums.assign(size, T(0));
    terms.assign(size, T(0));
  }
  void add(std::size_t i, T const& term) {
    using std::abs;
    sums[i] += term;
    terms[i] += T(abs(term));
  }
};

// Compares J v, or w^T J where only reverse mode was asked for, with what the recovered entries give: one evaluation or
// sweep along a random direction. An entry that the pattern misses moves the product unless the direction happens to
// be orthogonal to all that is missed. Throws duet::error.
template <mode Mode, class F, class X, class T>
void check_jacobian(F& f, X const& x, jacobian_plan const& plan, T const* values, std::uint64_t seed) {
  static constexpr std::string_view where = "duet::sparse_jacobian";
  constexpr bool reversed = Mode == mode::reverse;
  sparsity_pattern const& by_columns = plan.transposed();
  auto&& check = duet::buffer_for<check_sums<T>>(x);
  check.clear(reversed ? by_columns.rows() : plan.pattern().rows());
  for (std::size_t j = 0; j < by_columns.rows(); ++j)
    for (std::size_t k = 0; k < by_columns.row(j).size(); ++k) {
      auto const i = static_cast<std::size_t>(by_columns.row(j)[k]);
      check.add(reversed ? j : i, T(values[by_columns.start(j) + k] * random_entry<T>(seed, reversed ? i : j)));
    }
  if constexpr (reversed) {
    duet::record(f, x, [&]<class Inputs, class Y>(tape<T>& t, Inputs const& inputs, Y const& y) {
      t.zero_adjoints();
      for (std::size_t i = 0; i < duet::size_of(y); ++i)
        t.seed(duet::output_of<reverse_scalar<F, T>>(shape<Y>::entry(y, i)), random_entry<T>(seed, i));
      t.reverse();
      for (std::size_t j = 0; j < by_columns.rows(); ++j)
        require_product(where, j, t.adjoint(shape<Inputs>::entry(inputs, j)), check.sums[j], check.terms[j]);
    });
  } else {
    using S = forward_scalar<F, T, narrow_colors<T>>;
    auto const y = duet::evaluate_seeded<S>(f, x, [&](auto j) {
      S seeded(shape<X>::entry(x, j));
      seeded.set_partial(0, random_entry<T>(seed, j));
      return seeded;
    });
    using Y = std::remove_cvref_t<decltype(y)>;
    if constexpr (std::is_same_v<entry_t<Y>, S>)
      for (std::size_t i = 0; i < duet::size_of(y); ++i)
        require_product(where, i, shape<Y>::entry(y, i).partial(0), check.sums[i], check.terms[i]);
  }
}

}  // namespace duet
