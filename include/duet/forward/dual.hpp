#pragma once

// The forward scalar: a value and N partials. Assigning an expression computes one coefficient for each leaf, then
// every block of partials in one fused pass, sum of coefficient times leaf: no temporary dual exists inside a
// statement.

#include <duet/core/blocks.hpp>
#include <duet/core/error.hpp>
#include <duet/core/packed.hpp>
#include <duet/expression/apart.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/forward/checked.hpp>
#include <duet/forward/finite_probe.hpp>
#include <duet/forward/leaf_sum.hpp>
#include <duet/forward/tags.hpp>
#include <duet/math/located_assignment.hpp>

namespace duet {

template <class T = double, std::size_t N = 1, class Tag = void>
class dual;

template <class T, std::size_t N, class Tag>
inline constexpr bool is_active_scalar<dual<T, N, Tag>> = true;
template <class T, std::size_t N, class Tag>
inline constexpr bool may_be_uninitialized<dual<T, N, Tag>> = N != dynamic && may_be_uninitialized<T>;

// True once this thread has computed a dual with an infinite partial or NaN. From then on its statements let zero win
// over infinity, as those with an infinite slope of their own do; until then they need not look. A forward_scope ends
// it.
DUET_TLS_MODEL inline constinit thread_local bool infinite_partials_met = false;

[[nodiscard]] DUET_INLINE constexpr bool must_damp() { return !std::is_constant_evaluated() && infinite_partials_met; }

// The scope of a forward evaluation whose results, of type T, leave it: if they carry no derivatives, what was met
// inside no longer matters to the thread.
template <class T>
class [[nodiscard]] forward_scope {
 public:
  forward_scope() = default;
  forward_scope(forward_scope const&) = delete;
  forward_scope& operator=(forward_scope const&) = delete;
  ~forward_scope() {
    if constexpr (!active_scalar<T>) infinite_partials_met = outer_;
  }

 private:
  bool outer_ = infinite_partials_met;
};

// Of blocks alone g++ sees through a copy that is defaulted; of a leaf with its number it does not. (One copy for all
// blocks would be less to compile, but it keeps some of many in memory: the tetrahedron by SSE2 takes 1.13 of the
// time.)
template <std::size_t J, class V>
struct leaf_block {
  V block;
  DUET_INLINE constexpr explicit leaf_block(V const& v) : block(v) {}
  constexpr leaf_block(leaf_block const&) = default;
  constexpr leaf_block& operator=(leaf_block const&) = default;
};

template <class Blocks, class Indices>
struct leaf_blocks;
template <class Blocks, std::size_t... J>
struct leaf_blocks<Blocks, std::index_sequence<J...>> : leaf_block<J, typename Blocks::vector>... {
  DUET_INLINE constexpr explicit leaf_blocks(Blocks const& all)
      : leaf_block<J, typename Blocks::vector>(all[block_index<J>{}])... {}
  DUET_INLINE constexpr explicit leaf_blocks(decltype(J, typename Blocks::vector()) const&... v)
      : leaf_block<J, typename Blocks::vector>(v)... {}
  constexpr leaf_blocks(leaf_blocks const&) = default;
  constexpr leaf_blocks& operator=(leaf_blocks const&) = default;

  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr typename Blocks::vector const& operator[](block_index<K>) const {
    return static_cast<leaf_block<K, typename Blocks::vector> const&>(*this).block;
  }
};

template <class T, std::size_t N, class Tag>
  requires std::is_arithmetic_v<T>
inline constexpr bool has_outlined_statements<dual<T, N, Tag>> = N != dynamic && DUET_OUTLINED_STATEMENTS;

template <class Blocks>
inline constexpr Blocks no_partials{};

// A dual inside an expression: the same numbers with a copy that the compiler sees through.
template <class T, std::size_t N, class Tag>
struct leaf<dual<T, N, Tag>> {
  using scalar = dual<T, N, Tag>;
  using value_type = T;
  using shape = block_shape<T, N>;
  using storage = std::conditional_t<shape::unrolled,
                                     leaf_blocks<typename scalar::all_blocks, std::make_index_sequence<shape::count>>,
                                     typename scalar::all_blocks>;

  T number;
  [[no_unique_address]] typename scalar::mark_type mark;
  storage partials;

  DUET_INLINE constexpr explicit leaf(scalar const& x)
      : number(x.value()), mark(x.mark()), partials(x.stored_partials()) {}
  DUET_INLINE constexpr leaf(leaf const& other) : number(other.number), mark(other.mark), partials(other.partials) {}
  constexpr leaf& operator=(leaf const&) = default;

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return number; }
  // Block j, zero if none is stored.
  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr typename shape::vector block(Index j) const {
    if constexpr (is_stored_late<Tag>)
      if (!mark.stored()) return typename shape::vector{};
    return partials[j];
  }

  // The number and the blocks one by one, or all of them where there are many.
  static constexpr std::size_t parts = 1 + (shape::unrolled ? shape::count : 1);
  template <class... Block>
    requires(sizeof...(Block) == parts - 1)
  DUET_INLINE constexpr explicit leaf(T const& n, Block const&... block)
      : number(n), mark(scalar::mark_type::anything()), partials(block...) {}
  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr auto part() const {
    if constexpr (K == 0) {
      return number;
    } else if constexpr (shape::unrolled) {
      return block(block_index<K - 1>{});
    } else {
      if constexpr (is_stored_late<Tag>)
        if (!mark.stored()) return storage();
      return partials;
    }
  }
};

template <class T, std::size_t N, class Tag>
class dual : public statement_assignment<dual<T, N, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = dual;
  using all_blocks = blocks<T, N, !is_unaligned<Tag>>;
  using block = typename all_blocks::vector;
  using mark_type = std::conditional_t<is_stored_late<Tag>, stored_mark,
                                       std::conditional_t<is_unaligned<Tag>, no_mark, mark_of<T, N>>>;

  // Zero, with partials of zero. (Not defaulted: that would clear the padding too.)
  DUET_INLINE constexpr dual() : partials_(std::conditional_t<is_stored_late<Tag>, unset, all_blocks>()) {}

  // A constant: a number of the level below, without partials.
  template <constant_of<dual> X>
  DUET_INLINE constexpr dual(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <deferred_of<dual> X>
  DUET_INLINE constexpr dual(X const& x)  // NOLINT
      : dual(joined<leaf<dual>>::from(duet::run_apart<statement>(x))) {}
  template <prompt_of<dual> X>
  DUET_INLINE constexpr dual(X const& x, checked::site at = checked::site::current()) {  // NOLINT
    checked::forward_statement<dual> const here(at);
    assign<true>(x, typename sum_of_leaves<dual, X, one>::groups{});
    here.end(*this, x);
  }
  template <deferred_of<dual> X>
  DUET_INLINE constexpr dual& operator=(X const& x) {
    return *this = dual(x);
  }
  template <prompt_of<dual> X>
    requires(!checked::enabled)
  DUET_INLINE constexpr dual& operator=(X const& x) {
    assign<false>(x, typename sum_of_leaves<dual, X, one>::groups{});
    return *this;
  }

  // The i-th of N independent variables: its partial i is one.
  [[nodiscard]] static DUET_INLINE constexpr dual independent(T const& value, std::size_t i,
                                                              checked::site at = checked::site::current()) {
    if (i >= N) throw_bad_index(i);
    checked::input(value, at);
    return dual(value, i);
  }

  // The same, or a constant if i is not below N; without a branch, for inputs that are seeded in no regular order.
  [[nodiscard]] static DUET_INLINE constexpr dual seeded(T const& value, std::size_t i,
                                                         checked::site at = checked::site::current()) {
    if (i < N) checked::input(value, at);
    return dual(value, i, mark_type::anything());
  }

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return value_; }
  [[nodiscard]] constexpr T partial(std::size_t i) const {
    if (i >= N) throw_bad_index(i);
    return partials().at(i);
  }
  constexpr void set_partial(std::size_t i, T const& x) {
    if (i >= N) throw_bad_index(i);
    if (!has_partials()) partials_ = all_blocks();
    partials_.set(i, x);
    mark_ = mark_type::anything();
  }
  [[nodiscard]] static constexpr std::size_t size() { return N; }
  [[nodiscard]] DUET_INLINE constexpr all_blocks const& partials() const {
    if constexpr (is_stored_late<Tag>)
      return has_partials() ? partials_ : no_partials<all_blocks>;
    else
      return partials_;
  }
  // Those that are stored, if there are any.
  [[nodiscard]] DUET_INLINE constexpr all_blocks const& stored_partials() const { return partials_; }
  [[nodiscard]] DUET_INLINE constexpr mark_type mark() const { return mark_; }

  // a b in which zero wins over infinity and NaN, term by term.
  [[nodiscard]] static constexpr dual damped_product(dual const& a, dual const& b) {
    dual result(T(duet::damped_product(a.value_, b.value_)));
    for (std::size_t i = 0; i < N; ++i)
      result.set_partial(
          i, T(duet::damped_product(a.value_, b.partial(i)) + duet::damped_product(a.partial(i), b.value_)));
    return result;
  }

  [[nodiscard]] constexpr bool vanishes() const {
    if (!duet::vanishes(value_)) return false;
    for (std::size_t i = 0; i < N; ++i)
      if (!duet::vanishes(partials().at(i))) return false;
    return true;
  }
  [[nodiscard]] constexpr bool all_finite() const { return duet::all_finite(value_) && partials_are_finite(); }
  DUET_INLINE constexpr void probe_partials(finite_probe<T, N>& probe) const {
    if (!has_partials()) return;
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { probe.add(partials_[j]); });
  }

 private:
  friend compound_assignment<dual>;
  friend packed<dual>;

  // Built whole: setting what exists would have g++ clear it first, with its padding.
  DUET_INLINE constexpr dual(T const& value, std::size_t input)
      : dual(value, input,
             input < N ? mark_type::input(input, block_shape<T, N>::lanes * blocks_a_bit<T, N>)
                       : mark_type::anything()) {}
  DUET_INLINE constexpr dual(T const& value, std::size_t input, mark_type mark) : value_(value), mark_(mark) {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = unit_block<T, N>(j, input); });
  }

  DUET_COLD static void throw_bad_index(std::size_t i) {
    char text[100];
    std::snprintf(text, sizeof text, "duet::dual: index %zu of a dual with %zu partials (expected 0 to N - 1)", i, N);
    throw std::invalid_argument(text);
  }

  // Whether partials are stored; if not they are zero.
  [[nodiscard]] DUET_INLINE constexpr bool has_partials() const {
    if constexpr (is_stored_late<Tag>)
      return mark_.stored();
    else
      return true;
  }

  [[nodiscard]] constexpr bool partials_are_finite() const {
    finite_probe<T, N> probe;
    probe_partials(probe);
    return probe.finite();
  }

  // A statement as a function of its own, of a deferred expression's leaves.
  struct statement {
    template <class X>
    static DUET_INLINE constexpr auto run(X const& x) {
      return duet::parts_of(leaf<dual>(dual(x)));
    }
  };
  DUET_INLINE constexpr explicit dual(leaf<dual> const& x) : value_(x.number), mark_(mark_type::anything()) {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = x.block(j); });
  }

  template <class X, class Seed>
  static DUET_INLINE constexpr bool needs_damping(X const& x, Seed const& seed) {
    if constexpr (has_infinite_slope<X>)
      return must_damp() || !duet::coefficients_are_finite(x, duet::coefficients<care::bare>(x, seed));
    else
      return must_damp();
  }

  // The cold path hands over members one by one: a dual that is the target of a call is kept in memory. The mark is
  // written before the paths part: of what is written on both the compiler would know nothing when it matters.
  template <bool IsNew, class X, std::size_t... Group>
  DUET_INLINE constexpr void assign(X const& x, std::index_sequence<Group...>) {
    sum_of_leaves<dual, X, one> leaves(x, one{});
    mark_ = leaves.mark(mark_type());
    if constexpr (!is_unguarded<Tag>)
      if (needs_damping(x, one{})) [[unlikely]] {
        dual const result = damped(X(x), one{});
        value_ = result.value_;
        blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = result.partials_[j]; });
        return;
      }
    T const value = x.value();
    if (IsNew || has_partials()) (leaves.template write_group<Group, false>(partials_), ...);
    value_ = value;
  }

  // *this + seed * x, with the old partials added last: first, they would make a loop one long chain of additions.
  template <class X, class Seed>
    requires is_deferred<X>
  DUET_INLINE constexpr void accumulate(X const& x, Seed) {
    constexpr std::type_identity<dual> as;
    if constexpr (Seed::number == 1)
      *this = expression<rules::add, X, deferred_leaf<dual>>(as, x, *this);
    else
      accumulate(expression<rules::negate, X>(as, x), one{});
  }
  template <class X, class Seed>
  DUET_INLINE constexpr void accumulate(X const& x, Seed seed) {
    accumulate(x, seed, typename sum_of_leaves<dual, X, Seed>::groups{});
  }
  template <class X, class Seed, std::size_t... Group>
  DUET_INLINE constexpr void accumulate(X const& x, Seed seed, std::index_sequence<Group...>) {
    if constexpr (!is_passive_operand<X>) {
      sum_of_leaves<dual, X, Seed> leaves(x, seed);
      bool const had_partials = has_partials();
      mark_ = leaves.mark(mark_.known());
      if (!had_partials && has_partials()) partials_ = all_blocks();
      if constexpr (!is_unguarded<Tag>)
        if (needs_damping(x, seed)) [[unlikely]] {
          dual const increment = damped(X(x), seed);
          blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] += increment.partials_[j]; });
          value_ = duet::accumulated_value(value_, x, seed);
          return;
        }
      if (has_partials()) (leaves.template write_group<Group, true>(partials_), ...);
    }
    value_ = duet::accumulated_value(value_, x, seed);
  }

  // The same where a slope is infinite: a zero times it is zero. Out of line, on a copy, so that the hot path keeps
  // its expression in registers.
  template <class X, class Seed>
  DUET_COLD static dual damped(X const& x, Seed seed) {
    auto c = duet::coefficients<care::damped>(x, seed);
    dual result;
    result.value_ = x.value();
    if (!result.has_partials()) result.partials_ = all_blocks();
    result.mark_ = mark_type::anything();
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) {
      blocks<T, N>::for_each_block([&](auto j) {
        result.partials_[j] = duet::add_block<true>(block(result.partials_[j]), coefficient, l.block(j));
      });
    });
    if (!result.partials_are_finite()) infinite_partials_met = true;
    return result;
  }

  // g++ keeps a const object in memory if all that is in it is const: this member is not, and takes no room.
  [[no_unique_address]] mutable struct {
  } in_registers_;
  T value_{};
  [[no_unique_address]] mark_type mark_;
  all_blocks partials_{};
};

// On a tape: the value and N partials, no padding.
template <class T, std::size_t N, class Tag>
  requires std::is_arithmetic_v<T>
struct packed<dual<T, N, Tag>> {
  static constexpr std::size_t bytes = (1 + N) * sizeof(T);
  static DUET_INLINE void write(std::byte* to, dual<T, N, Tag> const& x) {
    packed<T>::write(to, x.value());
    x.partials().write(to + sizeof(T));
  }
  static DUET_INLINE dual<T, N, Tag> read(std::byte const* from) {
    dual<T, N, Tag> x(packed<T>::read(from));
    x.partials_.read(from + sizeof(T));
    x.mark_ = decltype(x.mark_)::anything();
    return x;
  }
};

}  // namespace duet
