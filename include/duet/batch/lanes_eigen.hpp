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
struct NumTraits<duet::lanes<T, W>> {
  using plain = NumTraits<T>;
  using number = duet::lanes<T, W>;
  using Real = number;
  using NonInteger = number;
  using Nested = number;
  using Literal = number;

  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = 1,
    ReadCost = 1,
    AddCost = 2,
    MulCost = 2
  };

  static number epsilon() { return plain::epsilon(); }
  static number dummy_precision() { return plain::dummy_precision(); }
  static number highest() { return plain::highest(); }
  static number lowest() { return plain::lowest(); }
  static number infinity() { return plain::infinity(); }
  static number quiet_NaN() { return plain::quiet_NaN(); }
  static constexpr int digits10() { return plain::digits10(); }
};

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
