#pragma once

// The Jacobian, outputs by inputs: ceil(n / chunk) evaluations in forward mode, or one recording and ceil(m / 8)
// sweeps. One output gives a row, one input a column.

#include <duet/driver/evaluate.hpp>

namespace duet {

template <class Value, class Jacobian>
struct valued_jacobian {
  Value value;
  Jacobian jacobian;
};

template <class T, std::size_t Rows, std::size_t Columns>
using matrix_of = Eigen::Matrix<T, Rows == dynamic ? Eigen::Dynamic : static_cast<int>(Rows),
                                Columns == dynamic ? Eigen::Dynamic : static_cast<int>(Columns),
                                Rows == 1 && Columns != 1 ? Eigen::RowMajor : Eigen::ColMajor>;

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool jacobian_demands() {
  using Inputs = probe_t<Mode, X>;
  static_assert(point<X>,
                "duet::jacobian needs x to be a floating-point number, or an Eigen vector or matrix, a std::array or a "
                "std::vector of them");
  static_assert(
      !point<X> || takes<F, Inputs>,
      "duet::jacobian needs f to accept Duet scalars: make f a template or a generic lambda (const auto& x), not a "
      "function of double");
  static_assert(
      !takes<F, Inputs> || returns_numbers<F, Inputs>,
      "duet::jacobian needs f to return a number, or an Eigen vector or matrix, a std::array or a std::vector of "
      "the numbers it was given");
  return returns_numbers<F, Inputs>;
}

// Throws if f returns results of different sizes at one point.
inline void require_same_outputs(std::string_view where, std::size_t given, std::size_t expected) {
  require_size(where, "the result of f", given, expected, "as when f was called before");
}

template <class Result, class F, class X>
[[nodiscard]] Result jacobian_in(mode_constant<mode::forward>, F& f, X const& x) {
  using T = entry_t<X>;
  Result result;
  auto const read = [&]<class S, class Y>(std::type_identity<S>, Y const& y, std::size_t first, std::size_t count) {
    std::size_t const rows = duet::size_of(y);
    if (first == 0) {
      result.value = duet::values_of<S>(y);
      result.jacobian.resize(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(duet::size_of(x)));
    }
    duet::require_same_outputs("duet::jacobian", rows, static_cast<std::size_t>(result.jacobian.rows()));
    std::array<T, S::size()> partials;
    for (std::size_t i = 0; i < rows; ++i) {
      duet::copy_partials<S>(shape<Y>::entry(y, i), partials);
      for (std::size_t j = 0; j < count; ++j)
        result.jacobian(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(first + j)) = partials[j];
    }
  };
  duet::forward_passes(f, x, read);
  return result;
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

template <class Result, class F, class X>
[[nodiscard]] Result jacobian_in(mode_constant<mode::reverse>, F& f, X const& x) {
  using T = entry_t<X>;
  Result result;
  duet::record(f, x, [&]<class Inputs>(tape<T>& t, Inputs const& inputs, auto const& y) {
    result.value = duet::values_of<var<T>>(y);
    result.jacobian.resize(static_cast<Eigen::Index>(duet::size_of(y)), static_cast<Eigen::Index>(duet::size_of(x)));
    duet::for_each_row(t, duet::outputs_of<var<T>>(y), [&](std::size_t row, auto const& adjoint) {
      for (std::size_t j = 0; j < duet::size_of(x); ++j)
        result.jacobian(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(j)) =
            adjoint(shape<Inputs>::entry(inputs, j));
    });
  });
  return result;
}

// {f(x) in its own shape, Jacobian}, from the same evaluations as the Jacobian alone.
template <mode Mode, class F, class X>
[[nodiscard]] auto value_and_jacobian(mode_constant<Mode>, F&& f, X const& x) {
  if constexpr (jacobian_demands<Mode, F, X>()) {
    using T = entry_t<X>;
    using Output = result_t<F, probe_t<Mode, X>>;
    constexpr std::size_t outputs = static_size_of<Output>, inputs = static_size_of<X>;
    using Result = valued_jacobian<lifted_t<Output, T>, matrix_of<T, outputs, inputs>>;
    auto const& at = duet::plain(x);
    return duet::run_mode<Mode, inputs, outputs>(
        duet::size_of(at),
        [&] {
          if constexpr (outputs != dynamic)
            return outputs;
          else
            return duet::size_of(duet::evaluate(f, at));
        },
        [&](auto chosen) { return duet::jacobian_in<Result>(chosen, f, at); });
  }
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
  for (std::size_t j = 0; j < duet::size_of(xs); ++j) require_here(shape<Xs>::entry(xs, j), "jacobian");
  Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic> result(static_cast<Eigen::Index>(duet::size_of(ys)),
                                                          static_cast<Eigen::Index>(duet::size_of(xs)));
  auto const all = duet::outputs_of<var<T>>(ys);
  reverse_rows(std::span<var<T> const>(all), [&](std::size_t row, auto const& adjoint) {
    for (std::size_t j = 0; j < duet::size_of(xs); ++j)
      result(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(j)) = adjoint(shape<Xs>::entry(xs, j));
  });
  return result;
}

}  // namespace duet
