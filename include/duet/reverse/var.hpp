#pragma once

// The scalar of reverse mode: a value and its place on the tape. Assigning an expression records one statement;
// copying shares the place and records nothing. Index 0 is a passive number.

#include <duet/expression/apart.hpp>
#include <duet/math/located_assignment.hpp>
#include <duet/reverse/write_head.hpp>

namespace duet {

template <class T = double, class Tag = void>
class var;

template <class T, class Tag>
inline constexpr bool is_active_scalar<var<T, Tag>> = true;

template <class T, class Tag>
class var : public statement_assignment<var<T, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = var;

  constexpr var() = default;

  // A passive number.
  template <constant_of<var> X>
  DUET_INLINE constexpr var(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <deferred_of<var> X>
  DUET_INLINE var(X const& x) : var(duet::run_apart<statement>(x)) {}  // NOLINT
  template <prompt_of<var> X>
  DUET_INLINE var(X const& x, checked::site at = checked::site::current())  // NOLINT
      : value_(x.value()), index_(record(x, at)), stamp_(stamp_of(index_)) {}
  template <deferred_of<var> X>
  DUET_INLINE var& operator=(X const& x) {
    return *this = var(x);
  }
  template <prompt_of<var> X>
    requires(!checked::enabled)
  DUET_INLINE var& operator=(X const& x) {
    tape_index const index = record(x, {});  // first: x may read *this
    value_ = x.value();
    index_ = index;
    return *this;
  }

  // The variable x as one of this derivative: for drivers, which make inputs and read outputs.
  template <class Other>
  [[nodiscard]] static DUET_INLINE constexpr var retagged(var<T, Other> const& x) {
    return var(x.value(), x.place(), x.stamp());
  }

  // The variable at an index of the recording: for what records by itself (array nodes).
  [[nodiscard]] static DUET_INLINE constexpr var recorded(T const& value, tape_index index) {
    if constexpr (keeps_values<T>)
      if (index != 0) active_head<T>.values.keep(index, value);
    return var(value, index, stamp_of(index, &value));
  }
  // The place alone, whose value does not matter: for reading adjoints.
  [[nodiscard]] static DUET_INLINE constexpr var placed(tape_index index) {
    return var(T(0), index, stamp_of(index, nullptr));
  }

  [[nodiscard]] DUET_INLINE constexpr T const& value(
      [[maybe_unused]] checked::site at = checked::site::current()) const {
    if constexpr (checked::enabled) made_passive(*this, at);
    return value_;
  }
  // The place on the tape. Checked: where Duet asks, it is to record with it, on the tape that records.
  [[nodiscard]] DUET_INLINE constexpr tape_index index(
      [[maybe_unused]] checked::site at = checked::site::current()) const {
    if constexpr (checked::enabled)
      if (!std::is_constant_evaluated() && index_ != 0 && active_head<T>.owner != nullptr)
        active_head<T>.owner->checks().asked(index_, stamp_, at);
    return index_;
  }
  // The same for the tape itself, which looks closer.
  [[nodiscard]] DUET_INLINE constexpr tape_index place() const { return index_; }
  [[nodiscard]] DUET_INLINE constexpr checked::stamp stamp() const { return stamp_; }

  // The value of x, a variable or an expression, is taken at a place of the user's.
  template <class X>
    requires(checked::enabled)
  static constexpr void made_passive(X const& x, checked::site at) {
    if (std::is_constant_evaluated() || active_head<T>.owner == nullptr) return;
    auto& checks = active_head<T>.owner->checks();
    if constexpr (is_expression<X>) {
      if (duet::any_index(x) != 0) checks.made_passive(x.value(), at);
    } else {
      if (x.index_ != 0) checks.made_passive(x.value_, at);
    }
  }

  [[nodiscard]] constexpr bool vanishes() const { return index_ == 0 && duet::vanishes(value_); }
  [[nodiscard]] constexpr bool all_finite() const { return duet::all_finite(value_); }

 private:
  friend class tape<T>;
  friend compound_assignment<var>;
  DUET_INLINE constexpr var(T const& value, tape_index index, checked::stamp stamp)
      : value_(value), index_(index), stamp_(stamp) {}

  // Checked: of which recording an index of the tape that records is, and that a value recorded there is finite.
  static DUET_INLINE constexpr checked::stamp stamp_of([[maybe_unused]] tape_index index,
                                                       [[maybe_unused]] T const* value = nullptr) {
    if constexpr (checked::enabled)
      if (!std::is_constant_evaluated() && index != 0 && active_head<T>.owner != nullptr) {
        auto& checks = active_head<T>.owner->checks();
        if (value != nullptr) checks.value_recorded(*value);
        return checks.stamp_of(index);
      }
    return {};
  }

  // Statements as functions of their own, of a deferred expression's leaves.
  struct statement {
    template <class X>
    static DUET_INLINE var run(X const& x) {
      return var(x);
    }
  };
  struct sum_statement {
    template <class X, class Seed>
    static DUET_INLINE var run(X const& x, var sum, Seed seed) {
      sum.accumulate(x, seed);
      return sum;
    }
  };

  template <class X>
  static DUET_INLINE tape_index record(X const& x, checked::site at) {
    if (duet::any_index(x) == 0) return 0;
    [[maybe_unused]] checked::statement const here(at);
    return statement_writer<T>::template write<0>(x, one{});
  }

  // *this += seed * x. If *this is the newest statement, x alone is recorded and the sweep hands the adjoint on in a
  // register (the carry); each step has a fresh index, so copies made before stay right.
  template <class X, class Seed>
    requires is_deferred<X>
  DUET_INLINE void accumulate(X const& x, Seed seed) {
    *this = duet::run_apart<sum_statement>(x, *this, seed);
  }
  template <class X, class Seed>
  DUET_INLINE void accumulate(X const& x, Seed seed) {
    if constexpr (keeps_values<T>) {  // another value is another entry
      if ((index_ | duet::any_index(x)) != 0) index_ = write_sum(x, seed);
    } else if constexpr (!is_passive_operand<X>) {
      if (duet::any_index(x) != 0) {
        if constexpr (checked::enabled) (void)index();
        if (DUET_TAPE_CARRY && index_ != 0 && index_ + std::size_t{1} == active_head<T>.next) [[likely]]
          index_ = statement_writer<T>::template write<descriptor::carry>(x, seed);
        else if (index_ == 0)
          index_ = statement_writer<T>::template write<0>(x, seed);
        else
          index_ = write_sum(x, seed);
        stamp_ = stamp_of(index_);
      }
    }
    value_ = duet::accumulated_value(value_, x, seed);
  }
  template <class X, class Seed>
  DUET_INLINE tape_index write_sum(X const& x, Seed) const {
    using sum = std::conditional_t<Seed::number == 1, rules::add, rules::subtract>;
    return statement_writer<T>::template write<0>(
        expression<sum, leaf<var>, X>(std::type_identity<var>{}, leaf<var>(*this), x), one{});
  }

  T value_{};
  tape_index index_ = 0;
  [[no_unique_address]] checked::stamp stamp_;
};

}  // namespace duet
