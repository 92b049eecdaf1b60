#pragma once

// Compressed Jacobians: colours of columns are carried forward, colours of rows are swept in reverse, and every entry
// is read from one of them, straight into its place in a sparse matrix.

#include <duet/driver/jacobian.hpp>
#include <duet/driver/jacobian_plan.hpp>
#include <duet/driver/sparse_point.hpp>

namespace duet {

// Directions that one pass carries: few colours suffice for most patterns, and functions of many inputs are bound by
// memory.
inline constexpr std::size_t wide_colors = 8, narrow_colors = 4;
template <class F, class T, std::size_t C>
using colored_dual = forward_scalar<F, T, C, partials_in::large_arrays>;

// Whether the partials of consecutive duals S of numbers T are found by steps of sizeof(T).
template <class S, class T>
inline constexpr bool lies_in_steps = std::is_arithmetic_v<T> && sizeof(S) % sizeof(T) == 0;
template <class S, class T>
inline constexpr color_chunk chunk_of = {S::size(), lies_in_steps<S, T> ? sizeof(S) / sizeof(T) : S::size()};

// Where wide duals of inputs and outputs leave the last cache, those of half the size take half the memory, and two
// passes of them the same time (measured at 100,000 unknowns of a grid with 8 colours).
template <mode Mode, class F, class T>
[[nodiscard]] jacobian_plan jacobian_plan_for(sparsity_pattern pattern, coloring_orders const& orders) {
  using wide = colored_dual<F, T, wide_colors>;
  using narrow = colored_dual<F, T, narrow_colors>;
  constexpr std::size_t cache = 12'000'000;
  bool const only_narrow = (pattern.rows() + pattern.columns()) * sizeof(wide) >= cache;
  return {Mode, std::move(pattern), orders, {chunk_of<wide, T>, chunk_of<narrow, T>, only_narrow}};
}

inline void require_rows(sparsity_pattern const& pattern, std::size_t outputs) {
  require_size("duet::sparse_jacobian", "the result of f", outputs, pattern.rows(), "the rows of the pattern");
}

// The partial of an output that a pass names by its source: row * stride + lane.
template <class S, class T, class Y>
[[nodiscard]] DUET_INLINE T partial_at(Y const& y, std::uint32_t source) {
  constexpr std::size_t stride = chunk_of<S, T>.stride;
  if constexpr (lies_in_steps<S, T> && requires { y.data()->partials(); }) {
    T result;
    std::memcpy(&result, reinterpret_cast<std::byte const*>(&y.data()->partials()) + source * sizeof(T), sizeof(T));
    return result;
  } else {
    return shape<Y>::entry(y, source / stride).partials().at(source % stride);
  }
}

// The entries of the columns of a pass. What a neighbour of the same colour is mixed with is left to sweep_rows. False
// if one of them is infinite or NaN.
template <class S, class Y, class T>
[[nodiscard]] bool read_columns(Y const& y, jacobian_plan::column_pass const& pass, T* values) {
  constexpr std::size_t side_by_side = 4;  // sums that do not wait for each other
  constexpr std::uint32_t ahead = 64;
  bool finite = true;
  std::array<T, side_by_side> doubts{};  // zero times each entry, added up: NaN if one of them is infinite or NaN
  auto const read = [&](T& entry, std::uint32_t source, std::size_t k) DUET_INLINE_LAMBDA {
    entry = duet::partial_at<S, T>(y, source);
    if constexpr (std::is_arithmetic_v<T>)
      doubts[k] += entry * T(0);
    else
      finite = finite && duet::all_finite(entry);
  };
  std::uint32_t const* source = pass.sources.data();
  for (auto [entry, last] : pass.stretches) {
    for (; last - entry >= side_by_side; entry += side_by_side, source += side_by_side) {
      DUET_PREFETCH_WRITE(values + entry + ahead);
      for (std::size_t k = 0; k < side_by_side; ++k) read(values[entry + k], source[k], k);
    }
    for (; entry != last; ++entry) read(values[entry], *source++, 0);
  }
  return finite && doubts == std::array<T, side_by_side>{};
}

// One pass, read into the values of the matrix; the first writes the value of f too. Where an entry comes out as
// infinity or NaN f is evaluated once more with care, as in evaluate_seeded.
template <class S, class F, class X, class Value, class T>
void carry_colors(F& f, X const& x, jacobian_plan const& plan, jacobian_plan::column_pass const& pass, Value& value,
                  T* values) {
  auto const& colors = plan.colors().columns.colors;
  auto const seed = [&](auto j) DUET_INLINE_LAMBDA {
    std::size_t const lane = static_cast<std::size_t>(colors[j]) - pass.first;
    return S::seeded(shape<X>::entry(x, j), lane);
  };
  forward_scope<T> const scope;
  auto const y = duet::evaluate_on<S>(f, x, seed);
  using Y = std::remove_cvref_t<decltype(y)>;
  duet::require_rows(plan.pattern(), duet::size_of(y));
  if (pass.first == 0) duet::write_values<S>(y, value);
  if constexpr (std::is_same_v<entry_t<Y>, S>) {
    bool const finite = duet::read_columns<S>(y, pass, values);
    if constexpr (!std::is_same_v<S, guarded_t<S>>)
      if (!finite) [[unlikely]]
        (void)duet::read_columns<S>(duet::evaluate_with_care<S>(f, x, seed), pass, values);
  }
}

template <class F, class X, class Value, class T>
void carry_columns(F& f, X const& x, jacobian_plan const& plan, Value& value, T* values) {
  using wide = colored_dual<F, T, wide_colors>;
  using narrow = colored_dual<F, T, narrow_colors>;
  for (auto const& pass : plan.passes())
    if (pass.is_wide)
      duet::carry_colors<wide>(f, x, plan, pass, value, values);
    else
      duet::carry_colors<narrow>(f, x, plan, pass, value, values);
  if (plan.passes().empty()) duet::carry_colors<narrow>(f, x, plan, {}, value, values);
}

// One recording; the outputs of one colour are added up on the tape, and the sums swept side by side.
template <class F, class X, class Value, class T>
void sweep_rows(F& f, X const& x, jacobian_plan const& plan, Value& value, T* values) {
  duet::record(f, x, [&]<class Y>(tape<T>& t, auto const& inputs, Y const& y) {
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
          if (plan.is_off_row(plan.pattern().start(i) + k)) values[plan.places(i)[k]] = adjoint(inputs[j]);
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
    duet::record(f, x, [&]<class Y>(tape<T>& t, auto const& inputs, Y const& y) {
      t.zero_adjoints();
      for (std::size_t i = 0; i < duet::size_of(y); ++i)
        t.seed(duet::output_of<reverse_scalar<F, T>>(shape<Y>::entry(y, i)), random_entry<T>(seed, i));
      t.reverse();
      for (std::size_t j = 0; j < by_columns.rows(); ++j)
        require_product(where, j, t.adjoint(inputs[j]), check.sums[j], check.terms[j]);
    });
  } else {
    using S = colored_dual<F, T, narrow_colors>;
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
