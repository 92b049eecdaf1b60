#pragma once

// The Jacobian, outputs by inputs: ceil(n / chunk) evaluations in forward mode, or one recording and ceil(m / 8)
// sweeps. One output gives a row, one input a column.

#include <duet/core/valued.hpp>
#include <duet/driver/passes.hpp>
#include <duet/driver/workspace.hpp>

namespace duet {

template <class T, std::size_t Rows, std::size_t Columns>
using matrix_of = Eigen::Matrix<T, Rows == dynamic ? Eigen::Dynamic : static_cast<int>(Rows),
                                Columns == dynamic ? Eigen::Dynamic : static_cast<int>(Columns),
                                Rows == 1 && Columns != 1 ? Eigen::RowMajor : Eigen::ColMajor>;

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool jacobian_demands() {
  using Inputs = probe_t<Mode, F, X>;
  static_assert(point<X>,
                "duet::jacobian needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::jacobian needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                "duet::jacobian needs f to return a number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of the numbers it was given, or a struct or std::tuple of such");
  return returns_numbers<F, Inputs>;
}

// Throws if f returns results of different sizes at one point.
inline void require_same_outputs(std::string_view where, std::size_t given, std::size_t expected) {
  require_size(where, "the result of f", given, expected, "as when f was called before");
}

// The first partials of the entries of y, a row for each, to as many columns of a matrix from `begin` on. It is stored
// by columns: as many rows as a block has lanes are transposed in registers at a time. Says whether all are finite,
// which costs no more than the registers they are in.
template <class S, class Y, class Matrix>
DUET_INLINE bool write_partials(Y const& y, Matrix& target, std::size_t begin, std::size_t columns) {
  using T = typename S::value_type;
  using row_shape = block_shape<T, partial_count<S>>;
  constexpr std::size_t lanes = row_shape::lanes;
  constexpr bool by_tiles =
      std::is_same_v<entry_t<Y>, S> && !is_eager<S> && lanes > 1 && row_shape::unrolled && static_size_of<Y> >= lanes;
  std::size_t const rows = duet::size_of(y);
  auto const at = [&](std::size_t i, std::size_t j) DUET_INLINE_LAMBDA -> T& {
    return target.coeffRef(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(begin + j));
  };
  finite_probe<T, partial_count<S>> probe;
  std::size_t first = 0;
  if constexpr (by_tiles) {
    using vector = typename row_shape::vector;
    auto const store = [&](vector const& block, std::size_t row, std::size_t column) DUET_INLINE_LAMBDA {
      if (column < columns) std::memcpy(&at(row, column), &block, sizeof block);
    };
    auto const write = [&]<std::size_t... K>(auto j, std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      vector_tile<vector, lanes> t(shape<Y>::entry(y, first + K).partials()[j]...);
      if constexpr (is_unguarded_result<S, Y>) (probe.add(t[K]), ...);
      t.transpose();
      (store(t[K], first, j() * lanes + K), ...);
    };
    for (; first + lanes <= rows; first += lanes)
      [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
        (write(block_index<J>{}, std::make_index_sequence<lanes>{}), ...);
      }(std::make_index_sequence<row_shape::count>{});
  }
  if constexpr (!by_tiles || static_size_of<Y> == dynamic || static_size_of<Y> % lanes != 0) {
    std::array<T, partial_count<S>> partials;
    for (std::size_t i = first; i < rows; ++i) {
      auto const& entry = shape<Y>::entry(y, i);
      if constexpr (is_unguarded_result<S, Y>) entry.probe_partials(probe);
      duet::copy_partials<S>(entry, partials.data());
      for (std::size_t j = 0; j < columns; ++j) at(i, j) = partials[j];
    }
  }
  return probe.finite();
}

// Both give a result the sizes it needs.
template <class F, class X, class Result>
void jacobian_in(mode_constant<mode::forward>, F& f, X const& x, Result& result) {
  auto const read = [&]<class S, class Y>(std::type_identity<S>, Y const& y, auto first, auto count) {
    if (first == 0) duet::write_values<S>(y, result.value);
    if constexpr (decltype(result.jacobian)::SizeAtCompileTime == Eigen::Dynamic) {
      std::size_t const rows = duet::size_of(y);
      if (first == 0)
        result.jacobian.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(duet::size_of(x)));
      duet::require_same_outputs("duet::jacobian", rows, static_cast<std::size_t>(result.jacobian.rows()));
    }
    return duet::write_partials<S>(y, result.jacobian, first, count);
  };
  duet::forward_passes(f, x, read);
}

// The entries of y as variables of the tape, in `all`.
template <class S, class Y>
void write_outputs(Y const& y, std::vector<var<typename S::value_type>>& all) {
  all.clear();
  all.reserve(duet::size_of(y));
  for (std::size_t i = 0; i < duet::size_of(y); ++i) all.push_back(duet::output_of<S>(shape<Y>::entry(y, i)));
}

// Calls visit(row, adjoint) for each output in order, adjoint(x) being d outputs[row] / dx.
template <class T, class Visit>
void for_each_row(tape<T>& t, std::vector<var<T>> const& outputs, Visit const& visit) {
  if (outputs.size() == 1) {  // one plain sweep costs less than eight lanes
    t.reverse(outputs[0]);
    visit(std::size_t{0}, [&](var<T> const& x) { return t.adjoint(x); });
  } else {
    t.reverse_rows(std::span<var<T> const>(outputs), visit);
  }
}

template <class F, class X, class Result>
void jacobian_in(mode_constant<mode::reverse>, F& f, X const& x, Result& result) {
  using T = entry_t<X>;
  duet::record(f, x, [&](tape<T>& t, auto const& inputs, auto const& y) {
    using S = reverse_scalar<F, T>;
    duet::write_values<S>(y, result.value);
    result.jacobian.resize(static_cast<Eigen::Index>(duet::size_of(y)), static_cast<Eigen::Index>(duet::size_of(x)));
    auto&& outputs = duet::buffer_for<std::vector<var<T>>>(x);
    duet::write_outputs<S>(y, outputs);
    duet::for_each_row(t, outputs, [&](std::size_t row, auto const& adjoint) {
      for (std::size_t j = 0; j < duet::size_of(x); ++j)
        result.jacobian(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(j)) = adjoint(inputs[j]);
    });
  });
}

template <mode Mode, class F, class X>
using output_for = result_t<F, probe_t<Mode, F, X>>;
template <mode Mode, class F, class X>
using jacobian_result =
    valued_jacobian<lifted_t<output_for<Mode, F, X>, entry_t<X>>,
                    matrix_of<entry_t<X>, static_size_of<output_for<Mode, F, X>>, static_size_of<X>>>;

// The number of outputs of f, evaluated at x to find out if it is not static.
template <std::size_t StaticOutputs, class F, class X>
[[nodiscard]] std::size_t outputs_at(F& f, X const& x) {
  if constexpr (StaticOutputs != dynamic)
    return StaticOutputs;
  else
    return duet::size_of(duet::evaluate(f, x));
}

template <mode Mode, std::size_t StaticOutputs, class F, class X, class Outputs, class Result>
void jacobian_into(F& f, X const& x, Outputs const& outputs, Result& result) {
  if constexpr (Mode != mode::reverse && requires { f.fill_jacobian(x, result); })  // rows in lanes
    if (f.fill_jacobian(x, result)) return;
  duet::run_mode<Mode, static_size_of<X>, StaticOutputs>(duet::size_of(x), outputs,
                                                         [&](auto chosen) { duet::jacobian_in(chosen, f, x, result); });
}

template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_jacobian_at(F& f, X const& x) {
  constexpr std::size_t m = static_size_of<output_for<Mode, F, X>>;
  jacobian_result<Mode, F, X> result;
  duet::jacobian_into<Mode, m>(f, x, [&] { return duet::outputs_at<m>(f, x); }, result);
  return result;
}

// {f(x) in its own shape, Jacobian}, from the same evaluations as the Jacobian alone.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_jacobian(mode_constant<Mode>, F&& f, X const& x) {
  if constexpr (jacobian_demands<Mode, F, X>()) return duet::value_and_jacobian_at<Mode>(f, duet::plain(x));
}
template <class F, class X>
[[nodiscard]] auto value_and_jacobian(F&& f, X const& x) {
  return duet::value_and_jacobian(automatic, f, x);
}

// The m x n Jacobian of f at x, with static sizes where they are known; inputs and outputs are counted in storage
// order.
template <mode Mode, class F, class X>
[[nodiscard]] auto jacobian(mode_constant<Mode> chosen, F&& f, X const& x) {
  if constexpr (jacobian_demands<Mode, F, X>()) return duet::value_and_jacobian(chosen, f, x).jacobian;
}
template <class F, class X>
[[nodiscard]] auto jacobian(F&& f, X const& x) {
  return duet::jacobian(automatic, f, x);
}

template <class T>
template <class Inputs, class Outputs>
auto tape<T>::jacobian(Inputs const& inputs, Outputs const& outputs) {
  auto const& xs = duet::plain(inputs);
  auto const& ys = duet::plain(outputs);
  using Xs = plain_t<Inputs>;
  for (std::size_t j = 0; j < duet::size_of(xs); ++j) require_here(shape<Xs>::entry(xs, j), "duet::tape::jacobian");
  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> result(static_cast<Eigen::Index>(duet::size_of(ys)),
                                                          static_cast<Eigen::Index>(duet::size_of(xs)));
  std::vector<var<T>> all;
  duet::write_outputs<var<T>>(ys, all);
  reverse_rows(std::span<var<T> const>(all), [&](std::size_t row, auto const& adjoint) {
    for (std::size_t j = 0; j < duet::size_of(xs); ++j)
      result(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(j)) = adjoint(shape<Xs>::entry(xs, j));
  });
  return result;
}

}  // namespace duet
