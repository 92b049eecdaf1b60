#pragma once

// Coefficient-wise Eigen expressions of var, such as (A * x + b).array().tanh(), and sums of them, such as x.dot(y) or
// x.squaredNorm(), reach the tape as one array node each, and so does x += e. What strips do not know (strip.hpp) is
// evaluated once a coefficient on duals with a partial for each active array in the expression, and the node keeps
// those partials side by side. Small arrays are recorded as statements.

#include <duet/eigen/strip_node.hpp>
#include <optional>

namespace duet {

// ---- the node ----

// At most so many arrays in one expression, and so many partials as statements rather than as a node.
inline constexpr std::size_t most_arrays = 12, most_stated_partials = 16;

// Payload: the header, the partials of each array, and what is listed of its places.
template <std::size_t Arrays>
struct elementwise_header {
  std::size_t count;  // of coefficients
  std::array<array_places, Arrays> places;
};

// One output for each coefficient, or one for their sum.
template <class T, std::size_t Arrays, bool Sum>
struct elementwise_kernel {
  using header = elementwise_header<Arrays>;

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    header h;
    std::memcpy(&h, payload, sizeof h);
    std::byte const* partials = payload + sizeof h;
    T const* const outputs = adjoints + (node - (Sum ? 1 : h.count)) * lanes;
    for (std::size_t a = 0; a < Arrays; ++a, partials += h.count * packed<T>::bytes) {
      array_places const& places = h.places[a];
      if (!places.active) continue;
      auto const pull_back_to = [&](auto const& input) DUET_INLINE_LAMBDA {
        T const x = *outputs;
        for (std::size_t k = 0; k < h.count; ++k)
          add_product<false>(adjoints[input(k)], payload_entry<T>(partials, k), Sum ? x : outputs[k]);
      };
      if (!Damped && lanes == 1 && places.contiguous()) {
        pull_back_to([&](std::size_t k) DUET_INLINE_LAMBDA { return places.first + k; });
      } else if (!Damped && lanes == 1 && places.listed) {
        std::byte const* const list = payload + places.list;
        pull_back_to([list](std::size_t k) DUET_INLINE_LAMBDA { return payload_entry<tape_index>(list, k); });
      } else {
        for (std::size_t k = 0; k < h.count; ++k)
          add_products<Damped>(adjoints + places(payload, k) * lanes, payload_entry<T>(partials, k),
                               outputs + (Sum ? 0 : k * lanes), lanes);
      }
    }
  }
};

// Writes the payload of such a node coefficient by coefficient, where it will stay.
template <class T, std::size_t Arrays, class Kernel>
class elementwise_writer {
 public:
  // Where coefficients go. Kept by value in a loop: what is written may not be taken for a change of it.
  class cursor {
   public:
    cursor(std::byte* payload, std::size_t count)
        : partials_(payload + sizeof(elementwise_header<Arrays>)), count_(count) {}
    DUET_INLINE void add(std::size_t k, auto const& coefficient, std::array<tape_index, Arrays> const& indices) const {
      [&]<std::size_t... A>(std::index_sequence<A...>) DUET_INLINE_LAMBDA {
        (..., set_payload_entry(partials(A), k, T(coefficient.partials().at(A))));
        (..., set_payload_entry(this->indices(A), k, indices[A]));
      }(std::make_index_sequence<Arrays>{});
    }
    [[nodiscard]] std::byte* partials(std::size_t a) const { return partials_ + a * count_ * packed<T>::bytes; }
    [[nodiscard]] std::byte* indices(std::size_t a) const { return partials(Arrays) + a * count_ * sizeof(tape_index); }

   private:
    std::byte* partials_;
    std::size_t count_;
  };

  // Room for `count` coefficients and `outputs` outputs on the tape that this thread records onto.
  elementwise_writer(std::size_t count, std::size_t outputs)
      : tape_(recording_tape<T>()), count_(count), payload_(tape_.array_room(bytes(count), outputs)) {}

  [[nodiscard]] cursor coefficients() const { return {payload_, count_}; }
  [[nodiscard]] tape_index first_output() const { return tape_.next_index(); }

  // Records the node and returns the index of its first output; 0, and nothing is recorded, if no variable was read.
  tape_index finish(std::size_t outputs) {
    cursor const written = coefficients();
    elementwise_header<Arrays> h{count_, {}};
    std::size_t at = sizeof h + Arrays * count_ * packed<T>::bytes;
    bool active = false;
    for (std::size_t a = 0; a < Arrays; ++a) {
      places_probe const probe(written.indices(a), count_);
      h.places[a] = probe.places(at);
      active = active || probe.active();
      if (!probe.listed()) continue;
      std::memmove(payload_ + at, written.indices(a), count_ * sizeof(tape_index));
      at += count_ * sizeof(tape_index);
    }
    if (!active) return 0;
    std::memcpy(payload_, &h, sizeof h);
    return tape_.template array<Kernel>(at, outputs, duet::payload_is_finite<T>(written.partials(0), Arrays * count_));
  }

 private:
  static std::size_t bytes(std::size_t count) {
    return sizeof(elementwise_header<Arrays>) + Arrays * count * (packed<T>::bytes + sizeof(tape_index));
  }

  tape<T>& tape_;
  std::size_t count_;
  std::byte* payload_;
};

// ---- evaluation ----

// Calls visit(i, j, k) for all coefficients in the order in which the target keeps them.
template <bool ByRows, class Visit>
DUET_INLINE void for_each_coefficient(Eigen::Index rows, Eigen::Index columns, Visit const& visit) {
  std::size_t k = 0;
  for (Eigen::Index o = 0; o < (ByRows ? rows : columns); ++o)
    for (Eigen::Index i = 0; i < (ByRows ? columns : rows); ++i, ++k) visit(ByRows ? o : i, ByRows ? i : o, k);
}

// X as coefficients with a partial for each of its arrays.
template <class X>
struct elementwise {
  using V = typename X::Scalar;
  using T = typename V::value_type;
  using expression_tree = tree<V, X>;
  static constexpr std::size_t arrays = expression_tree::arrays;
  using D = dual<T, arrays>;
  static constexpr bool by_rows = (Eigen::internal::traits<X>::Flags & Eigen::RowMajorBit) != 0;

  explicit elementwise(X const& x) : tree_(x) {}
  DUET_INLINE D at(Eigen::Index i, Eigen::Index j, std::array<tape_index, arrays>& indices) const {
    [[maybe_unused]] checked::array_operation const values_only;
    return tree_.template at<D, 0>(i, j, indices);
  }

 private:
  expression_tree tree_;
};

// One coefficient as a statement.
template <class V, class D>
[[nodiscard]] DUET_INLINE V stated(D const& x, std::array<tape_index, D::size()> const& indices) {
  using T = typename V::value_type;
  std::array<T, D::size()> partials;
  for (std::size_t a = 0; a < D::size(); ++a) partials[a] = x.partials().at(a);
  return V::recorded(x.value(), statement_writer<T>::write_arguments(partials.data(), indices.data(), D::size()));
}

// Whether X is to be recorded as a node rather than as statements.
template <class X>
[[nodiscard]] bool takes_node(X const& x) {
  return static_cast<std::size_t>(x.size()) * elementwise<X>::arrays > most_stated_partials &&
         is_recording<typename elementwise<X>::T>();
}

// target(i, j) = x(i, j) for each coefficient.
template <class V, class Target, class X>
void assign_elementwise(Target& target, X const& x, Eigen::internal::assign_op<V, V> const& assign = {}) {
  using source = elementwise<X>;
  using T = typename V::value_type;
  bool const as_node = takes_node(x);
  if constexpr (is_strip_expression<V, X>) {
    if (as_node) {
      strip_recorder<V, X, false> recorder(x);
      if (recorder.finite()) {
        Eigen::internal::resize_if_allowed(target, x, assign);
        recorder.record(target);
        return;
      }
    }
  }
  source const coefficients(x);
  Eigen::internal::resize_if_allowed(target, x, assign);  // after the products in x, which may read the target
  forward_scope<T> const scope;
  std::array<tape_index, source::arrays> indices{};
  auto const size = static_cast<std::size_t>(x.size());
  if (!as_node) {
    for_each_coefficient<source::by_rows>(x.rows(), x.cols(), [&](auto i, auto j, std::size_t) {
      target.coeffRef(i, j) = stated<V>(coefficients.at(i, j, indices), indices);
    });
    return;
  }
  elementwise_writer<T, source::arrays, elementwise_kernel<T, source::arrays, false>> writer(size, size);
  tape_index const first = writer.first_output();
  auto const written = writer.coefficients();
  for_each_coefficient<source::by_rows>(x.rows(), x.cols(), [&](auto i, auto j, std::size_t k) DUET_INLINE_LAMBDA {
    auto const y = coefficients.at(i, j, indices);
    written.add(k, y, indices);
    target.coeffRef(i, j) = V::recorded(y.value(), static_cast<tape_index>(first + k));
  });
  if (writer.finish(size) == 0)
    for_each_coefficient<source::by_rows>(x.rows(), x.cols(), [&](auto i, auto j, std::size_t) {
      target.coeffRef(i, j) = V(target.coeffRef(i, j).value());
    });
}

// The sum of all coefficients.
template <class V, class X>
[[nodiscard]] V sum_elementwise(X const& x) {
  using source = elementwise<X>;
  using T = typename V::value_type;
  bool const as_node = takes_node(x);
  if constexpr (is_strip_expression<V, X>) {
    if (as_node) {
      strip_recorder<V, X, true> recorder(x);
      if (recorder.finite()) return recorder.record_sum();
    }
  }
  source const coefficients(x);
  forward_scope<T> const scope;
  auto const size = static_cast<std::size_t>(x.size());
  T sum(0);
  auto const for_each = [&](auto const& visit) DUET_INLINE_LAMBDA {
    for_each_coefficient<source::by_rows>(x.rows(), x.cols(), [&](auto i, auto j, std::size_t k) DUET_INLINE_LAMBDA {
      std::array<tape_index, source::arrays> indices{};
      auto const y = coefficients.at(i, j, indices);
      sum = k == 0 ? T(y.value()) : T(sum + y.value());
      visit(k, y, indices);
    });
  };
  if (!as_node) {
    std::array<T, most_stated_partials> partials;
    std::array<tape_index, most_stated_partials> arguments;
    std::size_t count = 0;
    for_each([&](std::size_t, auto const& y, auto const& indices) {
      for (std::size_t a = 0; a < source::arrays; ++a) {
        if (indices[a] == 0) continue;
        if (count == most_stated_partials) count = 0;  // without a recording: only that there are some matters
        partials[count] = y.partials().at(a);
        arguments[count++] = indices[a];
      }
    });
    return V::recorded(sum, statement_writer<T>::write_arguments(partials.data(), arguments.data(), count));
  }
  elementwise_writer<T, source::arrays, elementwise_kernel<T, source::arrays, true>> writer(size, 1);
  auto const written = writer.coefficients();
  for_each([&](std::size_t k, auto const& y, auto const& indices) DUET_INLINE_LAMBDA { written.add(k, y, indices); });
  return V::recorded(sum, writer.finish(1));
}

// An expression of var with operations to be evaluated as one.
template <class X>
concept elementwise_sum = is_recorded<typename X::Scalar> && (tree<typename X::Scalar, X>::arrays > 0) &&
                          (tree<typename X::Scalar, X>::arrays <= most_arrays);
template <class X>
inline constexpr bool is_product = false;
template <class Lhs, class Rhs>
inline constexpr bool is_product<Eigen::Product<Lhs, Rhs, Eigen::DefaultProduct> const> = true;
// What Eigen assigns in two steps, with the product added to the target: a + A * B, and a product scaled by a constant.
template <class X>
inline constexpr bool adds_product = false;
template <class S, class P, class A, class B>
inline constexpr bool adds_product<Eigen::CwiseBinaryOp<Eigen::internal::scalar_sum_op<S, P>, A, B>> = is_product<B>;
template <class S, class P, class A, class B>
inline constexpr bool adds_product<Eigen::CwiseBinaryOp<Eigen::internal::scalar_difference_op<S, P>, A, B>> =
    is_product<B>;
template <class S, class P, class C, class Plain, class B>
inline constexpr bool
    adds_product<Eigen::CwiseBinaryOp<Eigen::internal::scalar_product_op<S, P>,
                                      Eigen::CwiseNullaryOp<Eigen::internal::scalar_constant_op<C>, Plain> const, B>> =
        is_product<B>;
template <class X>
concept elementwise_map = elementwise_sum<X> && (tree<typename X::Scalar, X>::operations > 0) && !adds_product<X>;
// What x += e, x -= e, x *= e and x /= e take as e.
template <class X>
inline constexpr bool is_any_product = false;
template <class Lhs, class Rhs, int Option>
inline constexpr bool is_any_product<Eigen::Product<Lhs, Rhs, Option>> = true;
template <class X>
concept elementwise_update = elementwise_sum<X> && !adds_product<X> && !is_any_product<X>;

// What an updating assignment does with its target and its operand.
template <class Update>
struct operation_of {};
template <class A, class B>
struct operation_of<Eigen::internal::add_assign_op<A, B>> : std::type_identity<Eigen::internal::scalar_sum_op<A, B>> {};
template <class A, class B>
struct operation_of<Eigen::internal::sub_assign_op<A, B>>
    : std::type_identity<Eigen::internal::scalar_difference_op<A, B>> {};
template <class A, class B>
struct operation_of<Eigen::internal::mul_assign_op<A, B>>
    : std::type_identity<Eigen::internal::scalar_product_op<A, B>> {};
template <class A, class B>
struct operation_of<Eigen::internal::div_assign_op<A, B>>
    : std::type_identity<Eigen::internal::scalar_quotient_op<A, B>> {};

// target = operation(target, x). Without a recording a passive x does not change which variables the target is.
template <class Operation, class Target, class X, class Assign>
void update_elementwise(Target& target, X const& x, Assign const& assign) {
  using V = typename X::Scalar;
  if (is_recording<typename V::value_type>())
    duet::assign_elementwise<V>(target, Eigen::CwiseBinaryOp<Operation, Target const, X const>(target, x));
  else
    Eigen::internal::call_dense_assignment_loop(target, x, assign);
}

}  // namespace duet

namespace Eigen::internal {

template <class Target, class X, class S, class Weak>
  requires(std::is_same_v<S, typename X::Scalar> && duet::elementwise_map<X>)
struct Assignment<Target, X, assign_op<S, S>, Dense2Dense, Weak> {
  static void run(Target& target, X const& x, assign_op<S, S> const& assign) {
    duet::assign_elementwise<S>(target, x, assign);
  }
};

template <class Target, class X, class S, template <class, class> class Update, class Weak>
  requires(std::is_same_v<S, typename X::Scalar> && duet::elementwise_update<X> &&
           requires { typename duet::operation_of<Update<S, S>>::type; })
struct Assignment<Target, X, Update<S, S>, Dense2Dense, Weak> {
  static void run(Target& target, X const& x, Update<S, S> const& assign) {
    duet::update_elementwise<typename duet::operation_of<Update<S, S>>::type>(target, x, assign);
  }
};

// Sums read the expression itself; Eigen's evaluator, which would evaluate the products in it once more, is made for
// other reductions when they first ask for a coefficient.
template <class X>
  requires duet::elementwise_sum<X>
class redux_evaluator<X> {
  using eager = evaluator<X>;

 public:
  using XprType = X;
  using Scalar = typename X::Scalar;
  using CoeffReturnType = typename X::CoeffReturnType;
  using PacketScalar = typename X::PacketScalar;
  enum {
    MaxRowsAtCompileTime = X::MaxRowsAtCompileTime,
    MaxColsAtCompileTime = X::MaxColsAtCompileTime,
    Flags = eager::Flags & ~DirectAccessBit,
    IsRowMajor = X::IsRowMajor,
    SizeAtCompileTime = X::SizeAtCompileTime,
    InnerSizeAtCompileTime = X::InnerSizeAtCompileTime,
    CoeffReadCost = eager::CoeffReadCost,
    Alignment = eager::Alignment
  };

  explicit redux_evaluator(X const& x) : x_(x) {}
  CoeffReturnType coeffByOuterInner(Index outer, Index inner) const {
    if (!made_) made_.emplace(x_);
    return made_->coeff(IsRowMajor ? outer : inner, IsRowMajor ? inner : outer);
  }

 private:
  X const& x_;
  mutable std::optional<eager> made_;
};

template <class S, class Evaluator>
  requires duet::elementwise_sum<typename Evaluator::XprType>
struct redux_impl<scalar_sum_op<S, S>, Evaluator, DefaultTraversal, NoUnrolling> {
  template <class X>
  static S run(Evaluator const&, scalar_sum_op<S, S> const&, X const& x) {
    return duet::sum_elementwise<S>(x);
  }
};
template <class S, class Evaluator>
  requires duet::elementwise_sum<typename Evaluator::XprType>
struct redux_impl<scalar_sum_op<S, S>, Evaluator, DefaultTraversal, CompleteUnrolling>
    : redux_impl<scalar_sum_op<S, S>, Evaluator, DefaultTraversal, NoUnrolling> {};

}  // namespace Eigen::internal
