#pragma once

// Lets Eigen hold lanes and mix them with plain numbers: 2.0 * v, MatrixXd * Matrix<lanes>. In a matrix of lanes W
// matrices go through one computation; a decomposition that looks for a pivot branches, and throws where lanes differ.

#include <duet/batch/lanes_math.hpp>
#include <duet/eigen/traits.hpp>

namespace duet {

// A matrix product of lanes, or of lanes and plain numbers.
template <class Lhs, class Rhs>
concept lanes_product =
    (is_lanes<Lhs> && (is_lanes<Rhs> || std::is_arithmetic_v<Rhs>)) || (std::is_arithmetic_v<Lhs> && is_lanes<Rhs>);

}  // namespace duet

namespace Eigen {

template <class T, std::size_t W>
struct NumTraits<duet::lanes<T, W>> : duet::number_traits<duet::lanes<T, W>, T, 1, 2, 2> {};

template <class T, std::size_t W, class P, class Operation>
  requires std::is_arithmetic_v<P>
struct ScalarBinaryOpTraits<duet::lanes<T, W>, P, Operation> {
  using ReturnType = duet::lanes<T, W>;
};
template <class P, class T, std::size_t W, class Operation>
  requires std::is_arithmetic_v<P>
struct ScalarBinaryOpTraits<P, duet::lanes<T, W>, Operation> {
  using ReturnType = duet::lanes<T, W>;
};

namespace internal {

// Eigen's kernels compare scale factors with one, which lanes answer with a mask.
template <class Lhs, class Rhs>
  requires duet::lanes_product<typename Lhs::Scalar, typename Rhs::Scalar>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemvProduct> : active_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::lanes_product<typename Lhs::Scalar, typename Rhs::Scalar>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemmProduct> : active_product_impl<Lhs, Rhs> {};

}  // namespace internal
}  // namespace Eigen
