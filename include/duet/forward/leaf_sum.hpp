#pragma once

// The fused pass of a statement: block by block the sum of coefficient times leaf. Blocks that nothing reaches are left
// out where the compiler knows of them, and neighbours with the same block take one product.

#include <array>
#include <bit>
#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>
#include <tuple>

namespace duet {

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
  } else if constexpr (!std::is_class_v<V> && requires { a[0]; } && sizeof(V) >= 16) {
    using bits = typename native_vector<std::int64_t, sizeof(V) / 8>::type;
    bits const difference = (bits)a ^ (bits)b;
    std::int64_t any = 0;
    for (std::size_t l = 0; l < sizeof(V) / 8; ++l) any |= difference[l];
    return DUET_KNOWN(any) && any == 0;
  } else {
    return false;
  }
}

// sum + c * x for one block; with Damped, zero wins over infinity lane by lane. A sum of type zero is the first term's.
template <bool Damped, class Sum, class C, class Block>
[[nodiscard]] DUET_INLINE constexpr Block add_block(Sum const& sum, C const& c, Block const& x) {
  if constexpr (Damped && !constant_number<C>) {
    if constexpr (!std::is_class_v<Block> && requires { x[0]; })
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

// In place of a mark where there is one lane a block, or loops over blocks, or in large arrays: nothing is ever known.
struct no_mark {
  [[nodiscard]] static DUET_INLINE constexpr no_mark anything() { return {}; }
  [[nodiscard]] static DUET_INLINE constexpr no_mark input(std::size_t, std::size_t) { return {}; }
  [[nodiscard]] DUET_INLINE constexpr bool is_known() const { return false; }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t) const { return true; }
  [[nodiscard]] DUET_INLINE constexpr bool is_input() const { return false; }
  [[nodiscard]] DUET_INLINE constexpr std::size_t index() const { return 0; }
  [[nodiscard]] DUET_INLINE constexpr no_mark joined(no_mark) const { return {}; }
};
// A number that is a vector itself (lanes) is worth the look though it is a block of its own.
template <class T, std::size_t N>
inline constexpr bool has_marks =
    block_shape<T, N>::unrolled && (block_shape<T, N>::lanes > 1 || !std::is_same_v<element_of_t<T>, T>);
template <class T, std::size_t N>
using mark_of = std::conditional_t<has_marks<T, N>, seed_mark, no_mark>;

// c times the block in which one lane is one.
template <class Block, class C>
[[nodiscard]] DUET_INLINE constexpr Block lane_block(C const& c, Block const& unit, std::size_t lane) {
  if constexpr (sizeof(Block) == 2 * sizeof(C))
    return lane == 0 ? Block{c, 0} : Block{0, c};  // cheaper than to multiply
  else
    return c * unit;
}

// For each leaf of x that matters, whether a product of two active operands joins it with the next one.
template <class X, class C, std::size_t Count>
constexpr void mark_products(std::array<bool, Count>& joined, std::size_t& k) {
  if constexpr (is_expression<X> && !std::is_same_v<C, zero>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      using coefficients = std::tuple<std::remove_cvref_t<decltype(get<I>(std::declval<C const&>()))>...>;
      using operands = std::tuple<std::remove_cvref_t<decltype(std::declval<X const&>().template operand<I>())>...>;
      constexpr bool is_joint =  // sign(x) * y has leaves on one side alone
          X::is_product &&
          ((leaf_count<std::tuple_element_t<I, operands>, std::tuple_element_t<I, coefficients>>() != 0) && ...);
      ((duet::mark_products<std::tuple_element_t<I, operands>, std::tuple_element_t<I, coefficients>>(joined, k),
        is_joint && I == 0 ? void(joined[k - 1] = true) : void()),
       ...);
    }(std::make_index_sequence<X::arity>{});
  } else if constexpr (!std::is_same_v<C, zero>) {
    ++k;
  }
}
template <class X, class C>
inline constexpr auto joined_by_product = [] {
  std::array<bool, leaf_count<X, C>()> joined{};
  std::size_t k = 0;
  duet::mark_products<X, C>(joined, k);
  return joined;
}();

// A block of a sum that is being added up. What is done with a term is one function for all statements, and not a
// lambda of each: their number is what compiling takes.
template <class T, std::size_t N, class Leaf>
class block_sum {
 public:
  using block = typename blocks<T, N>::vector;
  using mark_type = decltype(Leaf::mark);

  block total{};
  bool empty = true;  // the compiler knows that nothing has reached it

  // Adds c times block j of x. If the term before it waits, c joins that one's coefficient; and the term waits itself
  // if `next`, not null, is known to hold the same block, as in x * x: then both take one product.
  template <class Index>
  DUET_INLINE constexpr void add(T const& c, Leaf const& x, Leaf const* next, bool looks_closely, Index j) {
    waiting_ = waits_ ? T(waiting_ + c) : c;
    waits_ = next != nullptr && duet::known_equal(x.partials[j], next->partials[j]);
    if (!waits_) add_product(x.mark, x.partials[j], looks_closely, j);
  }

 private:
  template <class Index>
  DUET_INLINE constexpr void add_product(mark_type mark, block const& x, bool looks_closely, Index j) {
    constexpr std::size_t lanes = block_shape<T, N>::lanes;
    if (looks_closely && mark.is_known() && !mark.reaches(j)) return;
    if constexpr (!std::is_same_v<mark_type, no_mark>) {
      if (looks_closely && mark.is_known() && mark.is_input()) {
        block term;
        if constexpr (lanes > 1)
          term = duet::lane_block(waiting_, unit_block<T, N>(j, mark.index()), mark.index() % lanes);
        else
          term = waiting_;
        total = empty ? term : block(total + term);
        empty = false;
        return;
      }
    }
    total = empty ? block(waiting_ * x) : block(total + waiting_ * x);
    empty = false;
  }

  T waiting_{};
  bool waits_ = false;
};

// Leaves and their coefficients, the last one first; as a structure, which compilers keep in registers where they send
// arrays of classes (lanes) through memory.
template <class T, class Leaf, std::size_t Count>
struct leaf_terms {
  leaf_terms<T, Leaf, Count - 1> before;
  T coefficient;
  Leaf const* leaf;
};
template <class T, class Leaf>
struct leaf_terms<T, Leaf, 0> {};
template <std::size_t K, class T, class Leaf, std::size_t Count>
[[nodiscard]] DUET_INLINE constexpr auto const& term_at(leaf_terms<T, Leaf, Count> const& terms) {
  if constexpr (K + 1 == Count)
    return terms;
  else
    return duet::term_at<K>(terms.before);
}
template <class T, class Leaf, class X, class C>
[[nodiscard]] DUET_INLINE constexpr auto terms_of(X const& x, C const& c) {
  return duet::fold_leaves(
      x, c, leaf_terms<T, Leaf, 0>{},
      []<std::size_t Count>(leaf_terms<T, Leaf, Count> const& before, auto const& coefficient, Leaf const& l)
          DUET_INLINE_LAMBDA { return leaf_terms<T, Leaf, Count + 1>{before, number<T>(coefficient), &l}; });
}

// The leaves of a statement with their coefficients, where the scalar's partials are plain numbers.
template <class T, std::size_t N, class X, class C, class Leaf>
class leaf_sum {
  static constexpr std::size_t count = leaf_count<X, C>();
  // Of longer statements the compiler would have too much to find out.
  static constexpr bool looks_closely = count <= 10;

 public:
  using mark_type = decltype(Leaf::mark);

  DUET_INLINE constexpr leaf_sum(X const& x, C const& c) : terms_(duet::terms_of<T, Leaf>(x, c)) {}

  // The mark of the sum, and of what else has this mark.
  [[nodiscard]] DUET_INLINE constexpr mark_type mark(mark_type joint) const {
    if constexpr (looks_closely)
      return joined(joint, std::make_index_sequence<count>{});
    else
      return mark_type::anything();
  }

  // Block j.
  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr block_sum<T, N, Leaf> sum(Index j) const {
    return added(j, std::make_index_sequence<count>{});
  }

 private:
  template <std::size_t... K>
  [[nodiscard]] DUET_INLINE constexpr mark_type joined(mark_type joint, std::index_sequence<K...>) const {
    ((joint = joint.joined(term<K>().leaf->mark)), ...);
    return joint;
  }
  template <class Index, std::size_t... K>
  [[nodiscard]] DUET_INLINE constexpr block_sum<T, N, Leaf> added([[maybe_unused]] Index j,
                                                                  std::index_sequence<K...>) const {
    block_sum<T, N, Leaf> result;
    (result.add(term<K>().coefficient, *term<K>().leaf, next_of_product<K>(), looks_closely, j), ...);
    return result;
  }

  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr auto const& term() const {
    return duet::term_at<K>(terms_);
  }
  // The leaf behind K if a product joins them.
  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr Leaf const* next_of_product() const {
    if constexpr (looks_closely && K + 1 < count && joined_by_product<X, C>[K])
      return term<K + 1>().leaf;
    else
      return nullptr;
  }

  leaf_terms<T, Leaf, count> terms_;
};

// The same of partials that carry derivatives themselves: coefficients keep their types, of which many are constants.
template <class T, std::size_t N, class X, class C>
class nested_leaf_sum {
 public:
  using block = typename blocks<T, N>::vector;
  struct partial_sum {
    block total;
    bool empty;
  };

  DUET_INLINE constexpr nested_leaf_sum(X const& x, C const& c) : x_(x), c_(c) {}
  [[nodiscard]] DUET_INLINE constexpr no_mark mark(no_mark joint) const { return joint; }
  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr partial_sum sum(Index j) const {
    auto total = duet::fold_leaves(x_, c_, zero{},
                                   [&](auto const& so_far, auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
                                     return duet::add_block<false>(so_far, coefficient, l.partials[j]);
                                   });
    if constexpr (std::is_same_v<decltype(total), zero>)
      return {block{}, true};
    else
      return {std::move(total), false};
  }

 private:
  X const& x_;
  C const& c_;
};

template <class S, class X, class C, class T = typename S::value_type>
using sum_of_leaves =
    std::conditional_t<active_scalar<T>, nested_leaf_sum<T, S::size(), X, C>, leaf_sum<T, S::size(), X, C, leaf<S>>>;

}  // namespace duet
