#pragma once

// The scalar of reverse mode: a value and its place on the tape. Assigning an expression records one statement;
// copying shares the place and records nothing. Index 0 is a passive number.

#include <duet/math/compound_assignment.hpp>
#include <duet/reverse/write_head.hpp>

namespace duet {

template <class T = double, class Tag = void>
class var;

template <class T, class Tag>
inline constexpr bool is_active_scalar<var<T, Tag>> = true;

template <class T, class Tag>
class var : public compound_assignment<var<T, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = var;

  constexpr var() = default;

  // A passive number.
  template <constant_of<var> X>
  DUET_INLINE constexpr var(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <expression_of<var> X>
  DUET_INLINE var(X const& x) : value_(x.value()), index_(record(x)) {}  // NOLINT
  template <expression_of<var> X>
  DUET_INLINE var& operator=(X const& x) {
    tape_index const index = record(x);  // first: x may read *this
    value_ = x.value();
    index_ = index;
    return *this;
  }

  // The variable x as one of this derivative: for drivers, which make inputs and read outputs.
  template <class Other>
  [[nodiscard]] static DUET_INLINE constexpr var retagged(var<T, Other> const& x) {
    return var(x.value(), x.index());
  }

  // The variable at an index of the recording: for what records by itself (array nodes).
  [[nodiscard]] static DUET_INLINE constexpr var recorded(T const& value, tape_index index) {
    if constexpr (keeps_values<T>)
      if (index != 0) active_head<T>.values.keep(index, value);
    return var(value, index);
  }

  // The place alone, whose value does not matter: for reading adjoints.
  [[nodiscard]] static DUET_INLINE constexpr var placed(tape_index index) { return var(T(0), index); }

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return value_; }
  [[nodiscard]] DUET_INLINE constexpr tape_index index() const { return index_; }

  [[nodiscard]] constexpr bool vanishes() const { return index_ == 0 && duet::vanishes(value_); }
  [[nodiscard]] constexpr bool all_finite() const { return duet::all_finite(value_); }

 private:
  friend class tape<T>;
  friend compound_assignment<var>;
  DUET_INLINE constexpr var(T const& value, tape_index index) : value_(value), index_(index) {}

  template <class X>
  static DUET_INLINE tape_index record(X const& x) {
    if (duet::any_index(x) == 0) return 0;
    return statement_writer<T>::template write<0>(x, one{});
  }

  // *this += seed * x. If *this is the newest statement, x alone is recorded and the sweep hands the adjoint on in a
  // register (the carry); each step has a fresh index, so copies made before stay right.
  template <class X, class Seed>
  DUET_INLINE void accumulate(X const& x, Seed seed) {
    if constexpr (keeps_values<T>) {  // another value is another entry
      if ((index_ | duet::any_index(x)) != 0) index_ = write_sum(x, seed);
    } else if constexpr (!is_passive_operand<X>) {
      if (duet::any_index(x) != 0) {
        if (DUET_TAPE_CARRY && index_ != 0 && index_ + std::size_t{1} == active_head<T>.next) [[likely]]
          index_ = statement_writer<T>::template write<descriptor::carry>(x, seed);
        else if (index_ == 0)
          index_ = statement_writer<T>::template write<0>(x, seed);
        else
          index_ = write_sum(x, seed);
      }
    }
    value_ = duet::accumulated_value(value_, x, seed);
  }
  template <class X, class Seed>
  DUET_INLINE tape_index write_sum(X const& x, Seed) const {
    using sum = std::conditional_t<Seed::number == 1, rules::add, rules::subtract>;
    return statement_writer<T>::template write<0>(expression<sum, leaf<var>, X>(std::type_identity<var>{}, *this, x),
                                                  one{});
  }

  T value_{};
  tape_index index_ = 0;
};

}  // namespace duet
