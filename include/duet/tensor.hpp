#pragma once

// jacobian_tensor(f, A): the Jacobian as a tensor with the dimensions of the output and then those of the input. Only
// this header includes Eigen's tensors.

#include <algorithm>
#include <duet/driver/jacobian.hpp>
#include <unsupported/Eigen/CXX11/Tensor>

namespace duet {

// The number of indices of an entry: 0 of a number, 1 of a vector, std::array or std::vector, 2 of a matrix or a
// two-dimensional Eigen array.
template <class X>
inline constexpr int rank_of = number_entry<X> ? 0 : 1;
template <eigen_dense X>
inline constexpr int rank_of<X> = X::IsVectorAtCompileTime ? 1 : 2;

// Writes the dimensions of x.
template <class X>
Eigen::Index* write_dimensions(X const& x, Eigen::Index* to) {
  if constexpr (rank_of<X> == 2) {
    *to++ = x.rows();
    *to++ = x.cols();
  } else if constexpr (rank_of<X> == 1) {
    *to++ = static_cast<Eigen::Index>(duet::size_of(x));
  }
  return to;
}

// The number by columns, in which a tensor is stored, of entry i in the storage order of x.
template <class X>
[[nodiscard]] Eigen::Index tensor_index([[maybe_unused]] X const& x, Eigen::Index i) {
  if constexpr (rank_of<X> == 2)
    if constexpr (X::IsRowMajor) return i % x.cols() * x.rows() + i / x.cols();
  return i;
}

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool jacobian_tensor_demands() {
  if constexpr (jacobian_demands<Mode, F, X>()) {
    constexpr bool ranked = !has_parts<plain_t<X>> && !has_parts<output_for<Mode, F, X>>;
    static_assert(ranked,
                  "duet::jacobian_tensor needs x and the result of f to be a number, a vector or a matrix each; for "
                  "structs, tuples and several arguments call duet::jacobian or duet::labelled_jacobian");
    return ranked;
  } else {
    return false;
  }
}

// T(i..., p...) = d f_i... / d x_p...: an Eigen::Tensor whose dimensions are those of f(x), none for a number, one for
// a vector, two for a matrix, and then those of x. Modes, demands and cost are those of duet::jacobian.
template <mode Mode, class F, class X>
[[nodiscard]] auto jacobian_tensor(mode_constant<Mode> chosen, F&& f, X const& x) {
  if constexpr (jacobian_tensor_demands<Mode, F, X>()) {
    auto const& at = duet::plain(x);
    auto const all = duet::value_and_jacobian(chosen, f, at);
    constexpr int rank = rank_of<std::remove_cvref_t<decltype(all.value)>> + rank_of<plain_t<X>>;
    std::array<Eigen::Index, static_cast<std::size_t>(rank)> dimensions{};
    duet::write_dimensions(at, duet::write_dimensions(all.value, dimensions.data()));
    Eigen::Tensor<entry_t<X>, rank> result(dimensions);
    for (Eigen::Index j = 0; j < all.jacobian.cols(); ++j)
      for (Eigen::Index i = 0; i < all.jacobian.rows(); ++i)
        result.data()[duet::tensor_index(at, j) * all.jacobian.rows() + duet::tensor_index(all.value, i)] =
            all.jacobian(i, j);
    return result;
  }
}
template <class F, class X>
[[nodiscard]] auto jacobian_tensor(F&& f, X const& x) {
  return duet::jacobian_tensor(automatic, f, x);
}

}  // namespace duet
