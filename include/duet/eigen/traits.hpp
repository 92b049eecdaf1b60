#pragma once

// Lets Eigen hold Duet scalars and mix them with passive numbers: 2.0 * v, MatrixXd * Matrix<dual>, decompositions. A
// number of any level below a scalar may meet it; an expression stands for the scalar that it evaluates to.

#include <Eigen/Core>
#include <duet/core/limits.hpp>
#include <duet/expression/traverse.hpp>

namespace duet {

// P may meet the active scalar S in an Eigen operation without being converted to it first.
template <class P, class S>
concept eigen_number_below = is_active_scalar<S> && !std::is_same_v<P, S> && !is_expression<P> && !std::is_void_v<P> &&
                             operands<S, P> && std::is_same_v<result_scalar_t<S, P>, S>;

// A scalar whose products are recorded as one node each (product.hpp).
template <class S>
inline constexpr bool is_recorded = false;

// A matrix product of active numbers, or of active ones and some of a level below.
template <class Lhs, class Rhs>
concept active_product = !is_recorded<typename Eigen::Product<Lhs, Rhs>::Scalar> &&
                         (std::is_same_v<typename Lhs::Scalar, typename Rhs::Scalar>
                              ? is_active_scalar<typename Lhs::Scalar>
                              : eigen_number_below<typename Lhs::Scalar, typename Rhs::Scalar> ||
                                    eigen_number_below<typename Rhs::Scalar, typename Lhs::Scalar>);

// What Eigen asks of a number S with the limits of Plain, and what it is told to cost. Where it need not be initialized
// a function of many numbers moves a third less memory.
template <class S, class Plain, int Read, int Add, int Multiply>
struct number_traits {
  using plain = Eigen::NumTraits<Plain>;
  using Real = S;
  using NonInteger = S;
  using Nested = S;
  using Literal = S;

  enum {
    IsComplex = 0,
    IsInteger = 0,
    IsSigned = 1,
    RequireInitialization = !may_be_uninitialized<S>,
    ReadCost = Read,
    AddCost = Add,
    MulCost = Multiply
  };

  static constexpr S epsilon() { return S(plain::epsilon()); }
  static constexpr S dummy_precision() { return S(plain::dummy_precision()); }
  static constexpr S highest() { return S(plain::highest()); }
  static constexpr S lowest() { return S(plain::lowest()); }
  static constexpr S infinity() { return S(plain::infinity()); }
  static constexpr S quiet_NaN() { return S(plain::quiet_NaN()); }
  static constexpr int digits10() { return plain::digits10(); }
};

}  // namespace duet

namespace Eigen {

template <class S>
  requires duet::is_active_scalar<S>
struct NumTraits<S> : duet::number_traits<S, duet::passive_of_t<S>, 2, 4, 8> {};

template <class X>
  requires duet::is_expression<X>
struct NumTraits<X> : NumTraits<duet::scalar_of_t<X>> {};

template <class S, class P, class Operation>
  requires duet::eigen_number_below<P, S>
struct ScalarBinaryOpTraits<S, P, Operation> {
  using ReturnType = S;
};
template <class P, class S, class Operation>
  requires duet::eigen_number_below<P, S>
struct ScalarBinaryOpTraits<P, S, Operation> {
  using ReturnType = S;
};

// (a * b) * VectorXd: the expression's scalar times a passive matrix.
template <class X, class P, class Operation>
  requires(duet::is_expression<X> && duet::eigen_number_below<P, duet::scalar_of_t<X>>)
struct ScalarBinaryOpTraits<X, P, Operation> {
  using ReturnType = duet::scalar_of_t<X>;
};
template <class P, class X, class Operation>
  requires(duet::is_expression<X> && duet::eigen_number_below<P, duet::scalar_of_t<X>>)
struct ScalarBinaryOpTraits<P, X, Operation> {
  using ReturnType = duet::scalar_of_t<X>;
};

namespace internal {

// Eigen's kernels convert the scale factor of a product to both scalars; an active one cannot become passive. And they
// write out up to 64 multiplications, each of which takes the compiler long. Plain dot products take their place, each
// one a chain of s += a * b, which dual and var read best.
template <class Lhs, class Rhs>
struct active_product_impl : generic_product_impl_base<Lhs, Rhs, active_product_impl<Lhs, Rhs>> {
  using Scalar = typename Product<Lhs, Rhs>::Scalar;

  template <class Target>
  static void scaleAndAddTo(Target& target, Lhs const& lhs, Rhs const& rhs, Scalar const& alpha) {
    typename nested_eval<Lhs, Rhs::ColsAtCompileTime>::type left(lhs);
    typename nested_eval<Rhs, Lhs::RowsAtCompileTime>::type right(rhs);
    bool const scaled = !duet::vanishes(Scalar(alpha - 1));
    for (Index j = 0; j < right.cols(); ++j)
      for (Index i = 0; i < left.rows(); ++i) {
        Scalar sum(0);
        for (Index k = 0; k < left.cols(); ++k) sum += left.coeff(i, k) * right.coeff(k, j);
        if (scaled)
          target.coeffRef(i, j) += alpha * sum;
        else
          target.coeffRef(i, j) += sum;
      }
  }
};

template <class Lhs, class Rhs>
  requires duet::active_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemvProduct> : active_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::active_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemmProduct> : active_product_impl<Lhs, Rhs> {};

// The kernel inside Eigen's triangular solves and decompositions, likewise: C += alpha A B, of factors packed in panels
// of up to `Rows` rows and `Columns` columns.
template <class Lhs, class Rhs, class Size, class Target, int Rows, int Columns, bool ConjugateLhs, bool ConjugateRhs>
  requires(duet::is_active_scalar<Lhs> || duet::is_active_scalar<Rhs>)
struct gebp_kernel<Lhs, Rhs, Size, Target, Rows, Columns, ConjugateLhs, ConjugateRhs> {
  using Scalar = typename gebp_traits<Lhs, Rhs>::ResScalar;
  static constexpr Size pair = Rows >= 2 ? 2 : 1, four = Columns >= 4 ? 4 : 1;

  EIGEN_DONT_INLINE void operator()(Target const& target, Lhs const* a, Rhs const* b, Size rows, Size depth,
                                    Size columns, Scalar const& alpha, Size a_stride = -1, Size b_stride = -1,
                                    Size a_offset = 0, Size b_offset = 0) {
    if (a_stride == -1) a_stride = depth;
    if (b_stride == -1) b_stride = depth;
    for (Size i = 0; i < rows; ++i) {
      Size const height = i < rows / pair * pair ? pair : 1, first_row = i - i % height;
      Lhs const* const row = a + first_row * a_stride + a_offset * height + (i - first_row);
      for (Size j = 0; j < columns; ++j) {
        Size const width = j < columns / four * four ? four : 1, first_column = j - j % width;
        Rhs const* const column = b + first_column * b_stride + b_offset * width + (j - first_column);
        Scalar sum(0);
        for (Size k = 0; k < depth; ++k) sum += row[k * height] * column[k * width];
        target(i, j) += alpha * sum;
      }
    }
  }
};

}  // namespace internal
}  // namespace Eigen
