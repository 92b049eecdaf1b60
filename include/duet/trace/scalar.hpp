#pragma once

// The scalar on which duet::trace evaluates a function: a value and the row that it comes from. Every operation adds a
// row to the list; copies, comparisons and operations on constants alone add none.

#include <cmath>
#include <duet/eigen/traits.hpp>
#include <duet/math/compound_assignment.hpp>
#include <duet/trace/row.hpp>
#include <memory>
#include <utility>

namespace duet {

template <class T = double, class Tag = void>
class trace_scalar;

template <class T, class Tag>
inline constexpr bool is_active_scalar<trace_scalar<T, Tag>> = true;
template <class T, class Tag>
inline constexpr bool is_eager<trace_scalar<T, Tag>> = true;

// Owns its share of the list: a variable that outlives the trace stays a number, and what is done with it is written
// where nobody looks.
template <class T, class Tag>
class trace_scalar : public compound_assignment<trace_scalar<T, Tag>> {
 public:
  using value_type = T;
  using scalar = trace_scalar;
  using tag = Tag;
  using list_pointer = std::shared_ptr<trace_recording<T>>;

  trace_scalar() = default;
  // Moving copies: a number that was moved from is still that number.
  trace_scalar(trace_scalar const& other) : value_(other.value_), row_(other.row_), list_(other.list_) {
    if (list_ != nullptr) list_->hold(row_);
  }
  trace_scalar& operator=(trace_scalar other) noexcept {
    note_assignment();
    other.note_assignment();
    std::swap(value_, other.value_);
    std::swap(row_, other.row_);
    std::swap(list_, other.list_);
    return *this;
  }
  ~trace_scalar() {
    if (list_ != nullptr) list_->release(row_);
  }

  // A constant.
  template <constant_of<trace_scalar> X>
  trace_scalar(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  // A new input at the end of the list.
  [[nodiscard]] static trace_scalar input(list_pointer const& list, T const& value) {
    trace_row<T> row;
    row.operation = "input";
    row.value = value;
    return append(list, std::move(row));
  }

  [[nodiscard]] T const& value() const { return value_; }
  [[nodiscard]] bool is_constant() const { return list_ == nullptr; }
  [[nodiscard]] list_pointer const& list() const { return list_; }
  [[nodiscard]] trace_operand<T> operand() const { return {is_constant() ? trace_operand<T>::no_row : row_, value_}; }

  [[nodiscard]] bool vanishes() const { return is_constant() && duet::vanishes(value_); }
  [[nodiscard]] bool all_finite() const { return duet::all_finite(value_); }

  // The result of a rule; apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static trace_scalar applied(Rule, X const&... x) {
    return evaluate<Rule>(duet::eager_operand<trace_scalar>(x)...);
  }

 private:
  // What is assigned, and what it replaces, is a variable's.
  void note_assignment() const {
    if (list_ != nullptr) list_->assigned[row_] = true;
  }

  template <class Rule, class... X>
  [[nodiscard]] DUET_COLD static trace_scalar evaluate(X const&... x) {
    T const y(Rule::value(x.value()...));
    list_pointer list;
    (join(list, x), ...);
    if (list == nullptr) return trace_scalar(y);
    if constexpr (sizeof...(X) == 2) {
      if (trace_scalar const* const same = neutral<Rule>(y, x...)) return *same;
    }

    trace_row<T> row;
    row.operation = operation_name<Rule>;
    row.operands = {operand_of(x)...};
    row.value = y;
    auto const slopes = duet::local_partials<is_passive_operand<X>...>(Rule::first(x.value()..., y));
    [&]<std::size_t... K>(std::index_sequence<K...>) {
      row.partials = {(row.operands[K].is_constant() ? T(0) : duet::number<T>(get<K>(slopes)))...};
    }(std::index_sequence_for<X...>{});
    row.written = &duet::operation_text<Rule>;
    row.partial_texts = &duet::partial_texts<Rule, T, sizeof...(X)>;
    return append(list, std::move(row));
  }

  // A sum in a loop begins at S(0) and Eigen scales its products by S(1): from such a constant nothing is computed, as
  // long as no bit changes. A plain number that the function writes itself is an operand.
  template <class Rule, class A, class B>
  [[nodiscard]] static trace_scalar const* neutral(T const& y, A const& a, B const& b) {
    constexpr bool sum = std::is_same_v<Rule, rules::add>, product = std::is_same_v<Rule, rules::multiply>;
    if constexpr ((sum || product) && std::is_same_v<A, trace_scalar> && std::is_same_v<B, trace_scalar>) {
      constexpr int unit = sum ? 0 : 1;
      auto const unchanged = [&](trace_scalar const& x) { return same_bits(x.value_, y); };
      if (a.is_constant() && a.value_ == unit && unchanged(b)) return &b;
      if (b.is_constant() && b.value_ == unit && unchanged(a)) return &a;
    }
    return nullptr;
  }
  [[nodiscard]] static bool same_bits(T const& a, T const& b) { return a == b && std::signbit(a) == std::signbit(b); }

  static void join(list_pointer& list, trace_scalar const& x) {
    if (x.is_constant()) return;
    if (list != nullptr && list != x.list_)
      throw error("duet::trace: an operation joins variables of two traces; f must not keep variables between calls");
    list = x.list_;
  }
  template <class P>
  static void join(list_pointer&, passive<P> const&) {}

  [[nodiscard]] static trace_operand<T> operand_of(trace_scalar const& x) { return x.operand(); }
  template <class P>
  [[nodiscard]] static trace_operand<T> operand_of(passive<P> const& x) {
    return {trace_operand<T>::no_row, static_cast<T>(x.number)};
  }

  [[nodiscard]] static trace_scalar append(list_pointer const& list, trace_row<T> row) {
    trace_scalar result(row.value);
    result.row_ = list->append(std::move(row));
    result.list_ = list;
    return result;
  }

  T value_{};
  std::size_t row_ = 0;
  list_pointer list_;
};

}  // namespace duet
