#pragma once

// The scalar that finds sparsity patterns: a function evaluated on tracers records which inputs meet in which
// operations. What an operation passes on it reads from the types of the rule's partials, in which zero means zero
// everywhere: nothing of sparsity is stated anywhere else.

#include <duet/expression/traverse.hpp>
#include <duet/math/compound_assignment.hpp>
#include <duet/math/math.hpp>
#include <duet/sparse/trace_graph.hpp>

namespace duet {

// Order 1 for the pattern of a Jacobian, 2 for that of a Hessian.
template <class T = double, int Order = 1>
class tracer;

template <class T, int Order>
inline constexpr bool is_active_scalar<tracer<T, Order>> = true;
template <class T, int Order>
inline constexpr bool is_eager<tracer<T, Order>> = true;

template <class S>
inline constexpr bool is_tracer = false;
template <class T, int Order>
inline constexpr bool is_tracer<tracer<T, Order>> = true;

// The graph that this thread's tracers record onto.
DUET_TLS_MODEL inline constinit thread_local trace_graph* active_trace = nullptr;

class [[nodiscard]] tracing {
 public:
  explicit tracing(trace_graph& onto) : outer_(active_trace) { active_trace = &onto; }
  tracing(tracing const&) = delete;
  tracing& operator=(tracing const&) = delete;
  ~tracing() { active_trace = outer_; }

 private:
  trace_graph* outer_;
};

DUET_COLD inline void throw_no_value() {
  throw error(
      "duet: a function compares, rounds to an integer or reads the value of a variable while its sparsity pattern is "
      "traced, so that the pattern may differ from point to point; write duet::select(condition, a, b), of which both "
      "sides count, or ask for the pattern at one point by pattern_scope::local");
}

// ---- what a rule says of itself ----

template <class Rule, class... V>
concept gives_second = requires(V const&... v) { Rule::second(v...); };

// Bits by trace_graph::second_bit, of the second partials of a rule that are not zero everywhere; all of them for a
// rule that does not state any.
template <class List>
struct second_type {};
inline constexpr std::uint8_t every_bend = 0x3f;
template <class Rule, class T, class... V>
[[nodiscard]] consteval std::uint8_t bends_of() {
  constexpr std::size_t arity = sizeof...(V);
  auto const read = []<class List, std::size_t... K>(second_type<List>, std::index_sequence<K...>) {
    std::uint8_t bends = 0, place = 0;
    bool const bent[] = {!std::is_same_v<std::remove_cvref_t<decltype(get<K>(std::declval<List const&>()))>, zero>...};
    for (std::size_t k = 0; k < arity; ++k)
      for (std::size_t l = k; l < arity; ++l)
        if (bent[place++]) bends |= trace_graph::second_bit(k, l);
    return bends;
  };
  constexpr std::make_index_sequence<arity*(arity + 1) / 2> all{};
  if constexpr (arity == 1) {  // nested: in one condition all of them would be instantiated
    if constexpr (gives_second<Rule, V..., T, T>)
      return read(second_type<partials<decltype(Rule::second(std::declval<V const&>()..., std::declval<T const&>(),
                                                             std::declval<T const&>()))>>{},
                  all);
  } else if constexpr (gives_second<Rule, V..., T>) {
    return read(second_type<decltype(Rule::second(std::declval<V const&>()..., std::declval<T const&>()))>{}, all);
  } else {
    using First = decltype(Rule::first(std::declval<V const&>()..., std::declval<T const&>()));
    if constexpr (gives_second<Rule, V..., T, First>)
      return read(second_type<decltype(Rule::second(std::declval<V const&>()..., std::declval<T const&>(),
                                                    std::declval<First const&>()))>{},
                  all);
  }
  return every_bend;
}

template <class T, int Order>
class tracer : public compound_assignment<tracer<T, Order>> {
 public:
  using value_type = T;
  using scalar = tracer;
  struct tag {};
  using node = trace_graph::node;

  // Zero.
  constexpr tracer() = default;
  // A constant: a number of the level below.
  template <constant_of<tracer> X>
  DUET_INLINE constexpr tracer(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  // An input or another node of the graph.
  DUET_INLINE constexpr tracer(std::type_identity<node>, T const& value, node at) : value_(value), node_(at) {}

  // Throws duet::error for a variable while a global pattern is traced.
  [[nodiscard]] DUET_INLINE T const& value() const {
    if (!is_known()) [[unlikely]]
      throw_no_value();
    return value_;
  }
  [[nodiscard]] DUET_INLINE bool is_known() const { return node_ == trace_graph::constant || graph().is_local(); }
  [[nodiscard]] node place() const { return node_; }

  [[nodiscard]] bool vanishes() const { return node_ == trace_graph::constant && duet::vanishes(value_); }
  [[nodiscard]] bool all_finite() const { return !is_known() || duet::all_finite(value_); }

  // The result of a rule; apply() calls it.
  template <class Rule, class... X>
  [[nodiscard]] static DUET_INLINE tracer applied(Rule, X const&... x) {
    return evaluate<Rule>(std::index_sequence_for<X...>{}, duet::eager_operand<tracer>(x)...);
  }

  // a or b, where both may be taken.
  [[nodiscard]] static tracer either(tracer const& a, tracer const& b) {
    return {std::type_identity<node>{}, T(),
            graph().join(std::max(a.node_, trace_graph::unknown), std::max(b.node_, trace_graph::unknown))};
  }

 private:
  using nodes = std::array<node, trace_graph::most_operands>;

  [[nodiscard]] static DUET_INLINE trace_graph& graph() {
    if (active_trace == nullptr) [[unlikely]]
      throw_outside();
    return *active_trace;
  }
  DUET_COLD static void throw_outside() {
    throw error("duet::tracer: a variable is used outside of the function whose pattern is traced");
  }

  template <class Rule, std::size_t... I, class... X>
  [[nodiscard]] static DUET_INLINE tracer evaluate(std::index_sequence<I...>, X const&... x) {
    static_assert(sizeof...(X) <= trace_graph::most_operands, "duet::tracer: rules have at most three operands");
    nodes at{node_of(x)...};
    bool const all_known = (true && ... && (at[I] == trace_graph::constant));
    if (all_known) return T(Rule::value(number_of(x)...));
    tracer result;
    bool const local = graph().is_local();
    if (local) result.value_ = T(Rule::value(number_of(x)...));
    constexpr std::uint8_t bends = bends_of<Rule, T, std::remove_cvref_t<decltype(number_of(x))>...>();
    using First = decltype(duet::local_partials<is_passive_operand<X>...>(Rule::first(number_of(x)..., result.value_)));
    constexpr bool moves[] = {
        !std::is_same_v<std::remove_cvref_t<decltype(get<I>(std::declval<First const&>()))>, zero>...};
    ((at[I] = moves[I] ? at[I] : trace_graph::constant), ...);
    if constexpr (bends == 0)  // a piece of a piecewise linear function; a product's factor of zero may move
      if (local) {
        auto const first = duet::local_partials<is_passive_operand<X>...>(Rule::first(number_of(x)..., result.value_));
        ((at[I] = duet::vanishes(get<I>(first)) ? trace_graph::constant : at[I]), ...);
      }
    result.node_ = met < Order == 1 ? std::uint8_t{0} : bends, sizeof...(X) > (at);
    if (!local) result.node_ = std::max(result.node_, trace_graph::unknown);
    return result;
  }

  // The node where these meet, those that are no inputs left out and each once.
  template <std::uint8_t Bends, std::size_t Arity>
  [[nodiscard]] static DUET_INLINE node met(nodes const& at) {
    nodes distinct{};
    std::array<std::size_t, trace_graph::most_operands> place{};
    std::size_t count = 0;
    for (std::size_t k = 0; k < Arity; ++k) {
      if (at[k] < trace_graph::first_input) continue;
      place[k] = 0;
      while (place[k] < count && distinct[place[k]] != at[k]) ++place[k];
      if (place[k] == count) distinct[count++] = at[k];
    }
    if (count == 0) return trace_graph::constant;
    std::uint8_t bends = 0;
    if constexpr (Bends != 0)
      for (std::size_t k = 0; k < Arity; ++k)
        for (std::size_t l = k; l < Arity; ++l)
          if ((Bends & trace_graph::second_bit(k, l)) != 0 && at[k] >= trace_graph::first_input &&
              at[l] >= trace_graph::first_input)
            bends |= trace_graph::second_bit(std::min(place[k], place[l]), std::max(place[k], place[l]));
    return graph().add(distinct, count, bends);
  }

  [[nodiscard]] static DUET_INLINE node node_of(tracer const& x) { return x.node_; }
  [[nodiscard]] static DUET_INLINE T const& number_of(tracer const& x) { return x.value_; }
  template <class P>
  [[nodiscard]] static DUET_INLINE constexpr node node_of(passive<P> const&) {
    return trace_graph::constant;
  }
  template <class P>
  [[nodiscard]] static DUET_INLINE constexpr P const& number_of(passive<P> const& x) {
    return x.number;
  }

  T value_{};
  node node_ = trace_graph::constant;
};

// ---- comparisons ----

// A condition that differs from point to point: `select` takes both sides, anything else throws.
class traced_condition {
 public:
  constexpr traced_condition(bool holds) : holds_(holds) {}  // NOLINT: as bool is one
  [[nodiscard]] static constexpr traced_condition undecided() {
    traced_condition result(false);
    result.known_ = false;
    return result;
  }
  [[nodiscard]] constexpr bool is_known() const { return known_; }
  constexpr operator bool() const {  // NOLINT: wherever a condition is
    if (!known_) throw_no_value();
    return holds_;
  }
  friend constexpr traced_condition operator!(traced_condition const& c) {
    return c.known_ ? traced_condition(!c.holds_) : c;
  }
  friend constexpr traced_condition operator&&(traced_condition const& a, traced_condition const& b) {
    if ((a.known_ && !a.holds_) || (b.known_ && !b.holds_)) return false;
    return a.known_ ? b : a;
  }
  friend constexpr traced_condition operator||(traced_condition const& a, traced_condition const& b) {
    return !(!a && !b);
  }

 private:
  bool holds_, known_ = true;
};

template <class A, class B>
concept traced_comparison = comparable<A, B> && is_tracer<result_scalar_t<A, B>>;

template <class X>
[[nodiscard]] DUET_INLINE bool is_decided(X const& x) {
  if constexpr (is_tracer<X>)
    return x.is_known();
  else
    return true;
}
template <class A, class B, class Compare>
[[nodiscard]] DUET_INLINE traced_condition traced(A const& a, B const& b, Compare const& compare) {
  if (!duet::is_decided(a) || !duet::is_decided(b)) return traced_condition::undecided();
  return bool(compare(duet::compared<B>(a), duet::compared<A>(b)));
}

template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator==(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l == r; });
}
template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator!=(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l != r; });
}
template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator<(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l < r; });
}
template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator>(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l > r; });
}
template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator<=(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l <= r; });
}
template <class A, class B>
  requires comparable<A, B> && traced_comparison<A, B>
[[nodiscard]] DUET_INLINE traced_condition operator>=(A const& a, B const& b) {
  return duet::traced(a, b, [](auto const& l, auto const& r) { return l >= r; });
}

// Both sides where the condition may hold or not.
template <class A, class B>
[[nodiscard]] auto select(traced_condition const& condition, A const& a, B const& b) {
  if constexpr (std::invocable<A> && std::invocable<B>) {
    using R = std::common_type_t<evaluated_t<std::invoke_result_t<A>>, evaluated_t<std::invoke_result_t<B>>>;
    if constexpr (is_tracer<R>)
      if (!condition.is_known()) return R::either(R(a()), R(b()));
    return condition ? R(a()) : R(b());
  } else {
    using R = std::common_type_t<A, B>;
    if constexpr (is_tracer<R>)
      if (!condition.is_known()) return R::either(R(a), R(b));
    return condition ? R(a) : R(b);
  }
}

// ---- functions of containers that look at values ----

template <class Range>
concept tracer_range = number_range<Range> && is_tracer<entry_scalar_t<Range>>;

template <class Range>
  requires number_range<Range> && tracer_range<Range>
[[nodiscard]] auto norm(Range const& range) {
  using S = entry_scalar_t<Range>;
  return S(sqrt(duet::sum_of_squares<S>(range)));
}
template <class Range>
  requires number_range<Range> && tracer_range<Range>
[[nodiscard]] auto log_sum_exp(Range const& range) {
  using S = entry_scalar_t<Range>;
  S sum(0);
  for_each_entry(range, [&](auto const& x) { sum += exp(S(x)); });
  return S(log(sum));
}

}  // namespace duet
