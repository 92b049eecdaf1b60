#pragma once

// The forward scalar: a value and N partials. Assigning an expression computes one coefficient for each leaf, then
// every block of partials in one fused pass, sum of coefficient times leaf: no temporary dual exists inside a
// statement.

#include <duet/core/blocks.hpp>
#include <duet/core/error.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/math/compound_assignment.hpp>

namespace duet {

template <class T = double, std::size_t N = 1, class Tag = void>
class dual;

// The tag of scalars whose statements do not look for zero times infinity: a driver that evaluates a function on them
// looks at the results, in which it shows as NaN or infinity, and then evaluates again on the guarded ones, tagged Tag.
template <class Tag>
struct unguarded {};
template <class Tag>
inline constexpr bool is_unguarded = false;
template <class Tag>
inline constexpr bool is_unguarded<unguarded<Tag>> = true;

// The guarded scalar of the same numbers.
template <class S>
struct guarded {
  using type = S;
};
template <template <class, std::size_t, class> class Scalar, class T, std::size_t N, class Tag>
struct guarded<Scalar<T, N, unguarded<Tag>>> {
  using type = Scalar<T, N, Tag>;
};
template <class S>
using guarded_t = typename guarded<S>::type;

template <class T, std::size_t N, class Tag>
inline constexpr bool is_active_scalar<dual<T, N, Tag>> = true;

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

// What the compiler may know of the partials of a dual once a function is inlined: which blocks can differ from zero,
// and of an input that a driver has just seeded, which one it is. Blocks that nothing reaches are then neither computed
// nor loaded. Marks are stored in what alignment leaves free, and read only where they are known (DUET_KNOWN).
class seed_mark {
 public:
  DUET_INLINE constexpr seed_mark() {}  // a constant: no block
  [[nodiscard]] static DUET_INLINE constexpr seed_mark anything() { return seed_mark(every_block); }
  [[nodiscard]] static DUET_INLINE constexpr seed_mark input(std::size_t index, std::size_t lanes) {
    return index / lanes < most_blocks && index < most_inputs
               ? seed_mark((std::uint32_t{1} << (index / lanes)) | static_cast<std::uint32_t>(index + 1) << most_blocks)
               : anything();
  }

  [[nodiscard]] DUET_INLINE constexpr bool is_known() const { return DUET_KNOWN(code_); }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t block) const {
    return block >= most_blocks || (code_ >> block & 1) != 0;
  }
  [[nodiscard]] DUET_INLINE constexpr bool is_input() const { return code_ >> most_blocks != 0; }
  [[nodiscard]] DUET_INLINE constexpr std::size_t index() const { return (code_ >> most_blocks) - 1; }
  // Of a sum in which a term with this and one with the other mark occur.
  [[nodiscard]] DUET_INLINE constexpr seed_mark joined(seed_mark other) const {
    return is_known() && other.is_known() ? seed_mark((code_ | other.code_) & every_block) : anything();
  }

 private:
  DUET_INLINE constexpr explicit seed_mark(std::uint32_t code) : code_(code) {}
  static constexpr std::uint32_t most_blocks = 16, most_inputs = 0xffff, every_block = 0xffff;
  std::uint32_t code_ = 0;  // a bit for each block, and above them the index of an input plus one
};

// True if the compiler knows that two blocks hold the same bits.
template <class V>
[[nodiscard]] DUET_INLINE constexpr bool known_equal(V const& a, V const& b) {
  if (std::is_constant_evaluated()) return false;
  if constexpr (std::is_same_v<V, double>) {
    auto const difference = std::bit_cast<std::uint64_t>(a) ^ std::bit_cast<std::uint64_t>(b);
    return DUET_KNOWN(difference) && difference == 0;
  } else if constexpr (requires { a[0]; } && sizeof(V) >= 16) {
    using bits = typename native_vector<std::int64_t, sizeof(V) / 8>::type;
    bits const difference = (bits)a ^ (bits)b;
    std::int64_t any = 0;
    for (std::size_t l = 0; l < sizeof(V) / 8; ++l) any |= difference[l];
    return DUET_KNOWN(any) && any == 0;
  } else {
    return false;
  }
}

// Whether numbers are finite: x - x is zero for those that are, and NaN for the others.
template <class T, std::size_t N>
class finite_probe {
 public:
  using vector = typename blocks<T, N>::vector;

  DUET_INLINE constexpr void add(vector const& x) {
    if constexpr (lanes > 1)
      seen_ |= reinterpret_bits(x - x);
    else
      seen_ = seen_ || !duet::all_finite(x);
  }
  [[nodiscard]] DUET_INLINE constexpr bool finite() const {
    if constexpr (lanes > 1)
      return any_of<lanes / 2>(seen_) == 0;
    else
      return !seen_;
  }

 private:
  static constexpr std::size_t lanes = block_shape<T, N>::lanes;
  using integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  using mask = std::conditional_t<(lanes > 1), typename native_vector<integer, lanes>::type, bool>;

  static DUET_INLINE constexpr mask reinterpret_bits(vector const& x) { return (mask)x; }
  // Some lane of x, with the bits of all: the halves are joined until one lane is left.
  template <std::size_t Distance>
  static DUET_INLINE constexpr integer any_of(mask const& x) {
    if constexpr (Distance == 0)
      return x[0];
    else
      return any_of<Distance / 2>(x | rotated<Distance>(x, std::make_index_sequence<lanes>{}));
  }
  template <std::size_t Distance, std::size_t... L>
  static DUET_INLINE constexpr mask rotated(mask const& x, std::index_sequence<L...>) {
    return __builtin_shufflevector(x, x, ((L + Distance) % lanes)...);
  }

  mask seen_{};
};

// sum + c * x for one block; with Damped, zero wins over infinity lane by lane. A sum of type zero is the first term's.
template <bool Damped, class Sum, class C, class Block>
[[nodiscard]] DUET_INLINE constexpr Block add_block(Sum const& sum, C const& c, Block const& x) {
  if constexpr (Damped && !constant_number<C>) {
    if constexpr (requires { x[0]; })
      return duet::vanishes(c) ? sum : sum + ((x != Block{}) ? c * x : Block{});
    else
      return Block(sum + duet::damped_product(c, x));
  } else if constexpr (std::is_same_v<C, one>) {
    return Block(sum + x);
  } else if constexpr (std::is_same_v<C, minus_one>) {
    return Block(sum - x);
  } else {
    return Block(sum + c * x);
  }
}

// In place of a mark where there is one lane a block, or loops over blocks: nothing is ever known.
struct no_mark {
  [[nodiscard]] static DUET_INLINE constexpr no_mark anything() { return {}; }
  [[nodiscard]] static DUET_INLINE constexpr no_mark input(std::size_t, std::size_t) { return {}; }
  [[nodiscard]] DUET_INLINE constexpr bool is_known() const { return false; }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t) const { return true; }
  [[nodiscard]] DUET_INLINE constexpr bool is_input() const { return false; }
  [[nodiscard]] DUET_INLINE constexpr std::size_t index() const { return 0; }
  [[nodiscard]] DUET_INLINE constexpr no_mark joined(no_mark) const { return {}; }
};
template <class T, std::size_t N>
using mark_of = std::conditional_t<(block_shape<T, N>::lanes > 1) && block_shape<T, N>::unrolled, seed_mark, no_mark>;

// c times the block in which one lane is one.
template <class Block, class C>
[[nodiscard]] DUET_INLINE constexpr Block lane_block(C const& c, Block const& unit, std::size_t lane) {
  if constexpr (!constant_number<C> && sizeof(Block) == 2 * sizeof(C)) {
    return lane == 0 ? Block{c, 0} : Block{0, c};  // cheaper than to multiply
  } else {
    return duet::add_block<false>(zero{}, c, unit);
  }
}

template <std::size_t J, class V>
struct leaf_block {
  V block;
  DUET_INLINE constexpr explicit leaf_block(V const& v) : block(v) {}
  DUET_INLINE constexpr leaf_block(leaf_block const& other) : block(other.block) {}
  constexpr leaf_block& operator=(leaf_block const&) = default;
};

template <class Blocks, class Indices>
struct leaf_blocks;
template <class Blocks, std::size_t... J>
struct leaf_blocks<Blocks, std::index_sequence<J...>> : leaf_block<J, typename Blocks::vector>... {
  DUET_INLINE constexpr explicit leaf_blocks(Blocks const& all)
      : leaf_block<J, typename Blocks::vector>(all[block_index<J>{}])... {}
  DUET_INLINE constexpr leaf_blocks(leaf_blocks const& other)
      : leaf_block<J, typename Blocks::vector>(static_cast<leaf_block<J, typename Blocks::vector> const&>(other))... {}
  constexpr leaf_blocks& operator=(leaf_blocks const&) = default;

  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr typename Blocks::vector const& operator[](block_index<K>) const {
    return static_cast<leaf_block<K, typename Blocks::vector> const&>(*this).block;
  }
};

// A dual inside an expression: the same numbers with a copy that the compiler sees through.
template <class T, std::size_t N, class Tag>
struct leaf<dual<T, N, Tag>> {
  using scalar = dual<T, N, Tag>;
  using value_type = T;
  using shape = block_shape<T, N>;
  using storage = std::conditional_t<shape::unrolled, leaf_blocks<blocks<T, N>, std::make_index_sequence<shape::count>>,
                                     blocks<T, N>>;

  T number;
  [[no_unique_address]] mark_of<T, N> mark;
  storage partials;

  DUET_INLINE constexpr explicit leaf(scalar const& x) : number(x.value()), mark(x.mark()), partials(x.partials()) {}
  DUET_INLINE constexpr leaf(leaf const& other) : number(other.number), mark(other.mark), partials(other.partials) {}
  constexpr leaf& operator=(leaf const&) = default;

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return number; }
};

template <class T, std::size_t N, class Tag>
class dual : public compound_assignment<dual<T, N, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = dual;
  using block = typename blocks<T, N>::vector;
  using mark_type = mark_of<T, N>;

  // Zero, with partials of zero.
  DUET_INLINE constexpr dual() {}  // not defaulted: that would clear the padding too

  // A constant: a number of the level below, without partials.
  template <constant_of<dual> X>
  DUET_INLINE constexpr dual(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <expression_of<dual> X>
  DUET_INLINE constexpr dual(X const& x) {  // NOLINT
    assign(x);
  }
  template <expression_of<dual> X>
  DUET_INLINE constexpr dual& operator=(X const& x) {
    assign(x);
    return *this;
  }

  // The i-th of N independent variables: its partial i is one.
  [[nodiscard]] static DUET_INLINE constexpr dual independent(T const& value, std::size_t i) {
    if (i >= N) throw_bad_index(i);
    return dual(value, i);
  }
  // The same numbers under another tag.
  template <class Other>
  [[nodiscard]] static DUET_INLINE constexpr dual retagged(dual<T, N, Other> const& x) {
    return dual(x.value(), x.mark(), x.partials());
  }

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return value_; }
  [[nodiscard]] constexpr T partial(std::size_t i) const {
    if (i >= N) throw_bad_index(i);
    return partials_.at(i);
  }
  constexpr void set_partial(std::size_t i, T const& x) {
    if (i >= N) throw_bad_index(i);
    partials_.set(i, x);
    mark_ = mark_type::anything();
  }
  [[nodiscard]] static constexpr std::size_t size() { return N; }
  [[nodiscard]] DUET_INLINE constexpr blocks<T, N> const& partials() const { return partials_; }
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
      if (!duet::vanishes(partials_.at(i))) return false;
    return true;
  }
  [[nodiscard]] constexpr bool all_finite() const { return duet::all_finite(value_) && partials_are_finite(); }
  DUET_INLINE constexpr void probe_partials(finite_probe<T, N>& probe) const {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { probe.add(partials_[j]); });
  }

 private:
  friend compound_assignment<dual>;

  // Built whole: setting what exists would have g++ clear it first, with its padding.
  DUET_INLINE constexpr dual(T const& value, std::size_t input)
      : value_(value), mark_(mark_type::input(input, block_shape<T, N>::lanes)) {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = unit_block<T, N>(j, input); });
  }
  DUET_INLINE constexpr dual(T const& value, mark_type mark, blocks<T, N> const& partials)
      : value_(value), mark_(mark), partials_(partials) {}

  DUET_COLD static void throw_bad_index(std::size_t i) {
    throw std::invalid_argument("duet::dual: index " + std::to_string(i) + " of a dual with " + std::to_string(N) +
                                " partials (expected 0 to N - 1)");
  }

  // The mark of sum_k c_k leaf_k.
  template <class X, class C>
  static DUET_INLINE constexpr mark_type joint_mark(X const& x, C const& c, mark_type mark) {
    duet::for_each_leaf(x, c, [&](auto const&, auto const& l) DUET_INLINE_LAMBDA { mark = mark.joined(l.mark); });
    return mark;
  }

  // A sum of blocks of which the compiler may know that it is still zero.
  struct block_sum {
    block sum;
    bool empty;
  };
  template <class Sum, class C, class Index>
  static DUET_INLINE constexpr block_sum add_term(Sum const& s, C const& c, mark_type mark, block const& x, Index j) {
    constexpr std::size_t lanes = block_shape<T, N>::lanes;
    if (mark.is_known() && !mark.reaches(j)) {
      if constexpr (std::is_same_v<Sum, zero>)
        return {block{}, true};
      else
        return s;
    }
    if constexpr (lanes > 1) {
      if (mark.is_known() && mark.is_input()) {
        block const term = duet::lane_block(c, unit_block<T, N>(j, mark.index()), mark.index() % lanes);
        if constexpr (std::is_same_v<Sum, zero>)
          return {term, false};
        else
          return {s.empty ? term : block(s.sum + term), false};
      }
    }
    if constexpr (std::is_same_v<Sum, zero>)
      return {duet::add_block<false>(zero{}, c, x), false};
    else
      return {s.empty ? duet::add_block<false>(zero{}, c, x) : duet::add_block<false>(s.sum, c, x), false};
  }

  // A sum, and a term that waits for a neighbour with the same block, as in x * x: then it takes one product.
  template <class Sum>
  struct waiting_sum {
    Sum sum;
    T coefficient;
    mark_type mark;
    block x;
  };

  // Block j of sum_k c_k leaf_k; `zero` if no leaf matters.
  template <class X, class C, class Index>
  static DUET_INLINE constexpr auto weighted_sum(X const& x, C const& c, Index j) {
    constexpr std::size_t leaves = leaf_count<X, C>();
    if constexpr (leaves < 2 || leaves > 8 || active_scalar<T>) {
      return duet::fold_leaves(x, c, zero{},
                               [&]<class Sum>(Sum const& sum, auto const& coefficient, auto const& l)
                                   DUET_INLINE_LAMBDA { return add_term(sum, coefficient, l.mark, l.partials[j], j); });
    } else {
      auto s = duet::fold_leaves(
          x, c, zero{}, [&]<class Sum>(Sum const& sum, auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
            if constexpr (std::is_same_v<Sum, zero>) {
              return waiting_sum<zero>{{}, number<T>(coefficient), l.mark, l.partials[j]};
            } else {
              bool const same = duet::known_equal(sum.x, l.partials[j]);
              block_sum added = add_term(sum.sum, sum.coefficient, sum.mark, sum.x, j);
              return waiting_sum<block_sum>{same ? so_far(sum.sum) : added,
                                            same ? T(sum.coefficient + number<T>(coefficient)) : number<T>(coefficient),
                                            l.mark, l.partials[j]};
            }
          });
      return add_term(s.sum, s.coefficient, s.mark, s.x, j);
    }
  }
  static DUET_INLINE constexpr block_sum so_far(zero) { return {block{}, true}; }
  static DUET_INLINE constexpr block_sum so_far(block_sum const& sum) { return sum; }

  [[nodiscard]] constexpr bool partials_are_finite() const {
    finite_probe<T, N> probe;
    probe_partials(probe);
    return probe.finite();
  }

  template <class X, class C>
  static DUET_INLINE constexpr bool needs_damping(X const& x, C const& c) {
    if constexpr (has_infinite_slope<X>)
      return must_damp() || !duet::coefficients_are_finite(x, c);
    else
      return must_damp();
  }

  // The cold path hands over members one by one: a dual that is the target of a call is kept in memory. The mark is
  // written before the paths part: of what is written on both the compiler would know nothing when it matters.
  template <class X>
  DUET_INLINE constexpr void assign(X const& x) {
    auto c = duet::coefficients<care::bare>(x, one{});
    mark_ = joint_mark(x, c, mark_type());
    if constexpr (!is_unguarded<Tag>)
      if (needs_damping(x, c)) [[unlikely]] {
        dual const result = damped(X(x), one{});
        value_ = result.value_;
        blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = result.partials_[j]; });
        return;
      }
    T const value = x.value();
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      auto sum = weighted_sum(x, c, j);
      if constexpr (std::is_same_v<decltype(sum), zero>)
        partials_[j] = block{};
      else
        partials_[j] = sum.empty ? block{} : sum.sum;
    });
    value_ = value;
  }

  // *this + seed * x, with the old partials added last: first, they would make a loop one long chain of additions.
  template <class X, class Seed>
  DUET_INLINE constexpr void accumulate(X const& x, Seed seed) {
    if constexpr (!is_passive_operand<X>) {
      auto c = duet::coefficients<care::bare>(x, seed);
      mark_type old = mark_;
      mark_ = joint_mark(x, c, old);
      if constexpr (!is_unguarded<Tag>)
        if (needs_damping(x, c)) [[unlikely]] {
          dual const increment = damped(X(x), seed);
          blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] += increment.partials_[j]; });
          add_value(x, seed);
          return;
        }
      blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
        auto sum = weighted_sum(x, c, j);
        if constexpr (!std::is_same_v<decltype(sum), zero>)
          if (!sum.empty) partials_[j] = old.is_known() && !old.reaches(j) ? sum.sum : block(sum.sum + partials_[j]);
      });
    }
    add_value(x, seed);
  }
  template <class X, class Seed>
  DUET_INLINE constexpr void add_value(X const& x, Seed) {
    if constexpr (Seed::number == 1)
      value_ = T(value_ + x.value());
    else
      value_ = T(value_ - x.value());
  }

  // The same where a slope is infinite: a zero times it is zero. Out of line, on a copy, so that the hot path keeps
  // its expression in registers.
  template <class X, class Seed>
  DUET_COLD static dual damped(X const& x, Seed seed) {
    auto c = duet::coefficients<care::damped>(x, seed);
    dual result;
    result.value_ = x.value();
    result.mark_ = mark_type::anything();
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) {
      blocks<T, N>::for_each_block([&](auto j) {
        result.partials_[j] = duet::add_block<true>(result.partials_[j], coefficient, l.partials[j]);
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
  blocks<T, N> partials_{};
};

}  // namespace duet
