#pragma once

// The fused pass of a statement: block by block the sum of coefficient times leaf. Blocks that nothing reaches are left
// out where the compiler knows of them, and neighbours with the same block take one product.

#include <array>
#include <bit>
#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/forward/mark.hpp>

namespace duet {

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

// Whether c times the block in which an input has its partial is set rather than multiplied, and what it is. (Of many
// blocks it is not worth what compiling the question takes.)
template <class T, std::size_t N>
inline constexpr bool sets_inputs = (block_shape<T, N>::lanes == 2 && block_shape<T, N>::count <= 2) ||
                                    std::is_class_v<typename block_shape<T, N>::vector>;
template <class T, std::size_t N>
[[nodiscard]] DUET_INLINE constexpr typename block_shape<T, N>::vector input_block(T const& c, std::size_t input) {
  using block = typename block_shape<T, N>::vector;
  if constexpr (std::is_class_v<block>)
    return c;
  else
    return input % 2 == 0 ? block{c, 0} : block{0, c};
}

// The bits of a block, in as few words as there are for it.
template <std::size_t Bytes>
struct block_bits {
#if defined(__SIZEOF_INT128__)
  __extension__ typedef unsigned __int128 widest;
#else
  using widest = std::uint64_t;
#endif
  using narrow = std::conditional_t<Bytes == sizeof(std::uint32_t), std::uint32_t, std::uint64_t>;
  using word = std::conditional_t<Bytes % sizeof(widest) == 0, widest, narrow>;
  static constexpr std::size_t count = Bytes / sizeof(word);
  using type = typename native_vector<word, count>::type;
};

// True if the compiler knows that all blocks of two leaves hold the same bits.
template <class T, std::size_t N, class Leaf>
[[nodiscard]] DUET_INLINE constexpr bool known_equal(Leaf const& a, Leaf const& b) {
  using block = typename block_shape<T, N>::vector;
  if constexpr (!block_shape<T, N>::unrolled || std::is_class_v<block> || !std::has_single_bit(sizeof(block))) {
    return false;
  } else {
    if (std::is_constant_evaluated()) return false;
    using bits = block_bits<sizeof(block)>;
    typename bits::type difference{};
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      difference |= __builtin_bit_cast(typename bits::type, block(a.partials[j])) ^
                    __builtin_bit_cast(typename bits::type, block(b.partials[j]));
    });
    return [&]<std::size_t... W>(std::index_sequence<W...>) DUET_INLINE_LAMBDA {
      if constexpr (bits::count == 1) {
        return DUET_KNOWN(difference) && difference == 0;
      } else {
        typename bits::word const any = (difference[W] | ...);
        return DUET_KNOWN(any) && any == 0;
      }
    }(std::make_index_sequence<bits::count>{});
  }
}

// Of longer statements the compiler would have too much to find out about their leaves.
inline constexpr std::size_t most_marked_leaves = 10;

// A bit for each leaf of X that matters and that a product of two active operands joins with the next one.
template <class X, class C>
inline constexpr std::uint32_t product_joints = 0;
template <class Rule, class... X, class... C>
inline constexpr std::uint32_t product_joints<expression<Rule, X...>, coefficient_branch<C...>> = [] {
  std::size_t const counts[] = {leaf_count_of<C>...};
  std::uint32_t const below[] = {product_joints<X, C>...};
  std::uint32_t joints = 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i < sizeof...(X); ++i) {
    joints |= below[i] << before;
    if (expression<Rule, X...>::is_product && before != 0 && counts[i] != 0)  // not sign(x) * y
      joints |= std::uint32_t{1} << (before - 1);
    before += counts[i];
  }
  return joints;
}();

// Block J of a sum that is being added up. What is done with a term is one function for all statements, and not a
// lambda of each: their number is what compiling takes.
template <class T, std::size_t N, std::size_t J>
struct block_sum {
  using block = typename blocks<T, N>::vector;

  block total = -block{};  // to which a term is added without a change of any bit: compilers leave that out
  bool empty = true;       // and of vectors that are classes the first one takes its place

  DUET_INLINE constexpr block_sum() {}
  DUET_INLINE constexpr void add(T const& c, block const& x) { total = total + c * x; }
  // Adds c times block J, which is x, or of_input if that is set and the leaf is one.
  DUET_INLINE constexpr void add(T const& c, seed_mark mark, [[maybe_unused]] block const& of_input, block const& x) {
    if (!mark.reaches(J)) return;
    if constexpr (std::is_class_v<block>) {
      block const term = mark.is_input() ? of_input : block(c * x);
      total = empty ? term : block(total + term);
      empty = false;
    } else if constexpr (sets_inputs<T, N>) {
      total = total + (mark.is_input() ? of_input : c * x);
    } else {
      add(c, x);
    }
  }
};

// Blocks that are added up leaf by leaf: more at a time would not stay in registers, and of SSE2, which has few and no
// products of three operands, as few as can be are quicker.
template <class T, std::size_t N>
inline constexpr std::size_t blocks_together = vector_bytes == 16 ? blocks_a_bit<T, N> : 4;

// The blocks First + I.
template <class T, std::size_t N, std::size_t First, class Indices>
class block_sums;
template <class T, std::size_t N, std::size_t First, std::size_t... I>
class block_sums<T, N, First, std::index_sequence<I...>> : block_sum<T, N, First + I>... {
 public:
  using block = typename blocks<T, N>::vector;

  DUET_INLINE constexpr block_sums() {}
  template <class Leaf>
  DUET_INLINE constexpr void add(T const& c, seed_mark mark, block const& of_input, Leaf const& l) {
    if constexpr (blocks_a_bit<T, N> == 1)
      (block_sum<T, N, First + I>::add(c, mark, of_input, l.partials[block_index<First + I>{}]), ...);
    else if (mark.reaches(First / blocks_a_bit<T, N>))
      (block_sum<T, N, First + I>::add(c, l.partials[block_index<First + I>{}]), ...);
  }
  DUET_INLINE constexpr void assign_to(auto& partials, seed_mark reached) const {
    ((partials[block_index<First + I>{}] =
          reached.reaches((First + I) / blocks_a_bit<T, N>) ? block_sum<T, N, First + I>::total : block{}),
     ...);
  }
  DUET_INLINE constexpr void add_to(auto& partials) const {
    ((partials[block_index<First + I>{}] =
          block(block_sum<T, N, First + I>::total + block(partials[block_index<First + I>{}]))),
     ...);
  }
};

// A leaf and its coefficient; of an input, if that is set, the block in which it has a partial too.
template <class T, class Leaf, std::size_t K>
struct leaf_term {
  DUET_INLINE constexpr leaf_term() {}  // an implicit one would be a call, for which terms would lie in memory
  T coefficient;
  seed_mark mark;
  Leaf const* leaf;
  typename Leaf::shape::vector of_input;
};

// The leaves of a statement with their coefficients, where the scalar's partials are plain numbers: a type that
// statements of as many leaves share. Terms are bases, which compilers keep in registers where they send arrays of
// classes (lanes) through memory, and are filled where they are: each copy of them would have to be compiled.
template <
    class T, std::size_t N, class Leaf, class Indices,
    class Groups = std::make_index_sequence<
        block_shape<T, N>::unrolled ? (block_shape<T, N>::count + blocks_together<T, N> - 1) / blocks_together<T, N>
                                    : 1>>
class leaf_sum;
template <class T, std::size_t N, class Leaf, std::size_t... K, std::size_t... G>
class leaf_sum<T, N, Leaf, std::index_sequence<K...>, std::index_sequence<G...>> : leaf_term<T, Leaf, K>... {
  using shape = block_shape<T, N>;
  using mark_type = decltype(Leaf::mark);
  static constexpr bool looks_closely = sizeof...(K) <= most_marked_leaves;
  static constexpr bool asks_whether_stored = std::is_same_v<mark_type, stored_mark>;

 public:
  template <class X, class Seed>
  DUET_INLINE constexpr leaf_sum(X const& x, Seed const& seed) {
    using coefficients = coefficients_t<X, Seed>;
    gather<0, coefficients>(x, seed, operand_indices<X>{});
    if constexpr (looks_closely) ((product_joints<X, coefficients> >> K & 1 ? join<K>() : void()), ...);
    if constexpr (shape::unrolled) {
      if constexpr (sets_inputs<T, N>)
        ((term<K>::of_input = duet::input_block<T, N>(term<K>::coefficient, term<K>::mark.index())), ...);
      ((reached_ = reached_.joined(term<K>::mark)), ...);
    }
  }

  // The mark of the sum, and of what else has this mark.
  [[nodiscard]] DUET_INLINE constexpr mark_type mark(mark_type joint) const {
    if constexpr (asks_whether_stored) {
      ((joint = joint.joined(term<K>::leaf->mark)), ...);
      return joint;
    } else if constexpr (looks_closely && std::is_same_v<mark_type, seed_mark>) {
      return joint.joined(reached_);
    } else {
      return mark_type::anything();
    }
    return mark_type::anything();
  }

  // A group of blocks, to which old partials that are kept are added last. (In one function for all groups what they do
  // would be compiled once more.)
  using groups = std::index_sequence<G...>;
  template <std::size_t Group, bool Keep>
  DUET_INLINE constexpr void write_group(auto& partials) const {
    if constexpr (shape::unrolled) {
      constexpr std::size_t first = Group * blocks_together<T, N>;
      block_sums<T, N, first, std::make_index_sequence<std::min(blocks_together<T, N>, shape::count - first)>> sums;
      if constexpr (asks_whether_stored)
        ((term<K>::leaf->mark.stored()
              ? sums.add(term<K>::coefficient, term<K>::mark, term<K>::of_input, *term<K>::leaf)
              : void()),
         ...);
      else
        (sums.add(term<K>::coefficient, term<K>::mark, term<K>::of_input, *term<K>::leaf), ...);
      if constexpr (Keep)
        sums.add_to(partials);
      else
        sums.assign_to(partials, reached_);
    } else if constexpr (!Keep || sizeof...(K) != 0) {
      for (std::size_t j = 0; j < shape::count; ++j) {
        auto const total = sum(j);
        partials[j] = Keep ? total + partials[j] : total;
      }
    }
  }

 private:
  template <std::size_t I>
  using term = leaf_term<T, Leaf, I>;

  // The terms of the leaves below x, from number First on.
  template <std::size_t First, class C, class X, class Seed, std::size_t... I>
  DUET_INLINE constexpr void gather(X const& x, Seed const& seed, std::index_sequence<I...>) {
    if constexpr (std::is_same_v<C, zero>) {
    } else if constexpr (is_expression<X>) {
      (gather<First + leaves_before<C, I>, coefficient_t<C, I>>(
           x.template operand<I>(), duet::seed_below<care::bare>(seed, x.template partial<I>()),
           operand_indices<std::remove_cvref_t<decltype(x.template operand<I>())>>{}),
       ...);
    } else {
      term<First>::coefficient = number<T>(seed);
      term<First>::mark = known_mark(x);
      term<First>::leaf = &x;
    }
  }
  [[nodiscard]] static DUET_INLINE constexpr seed_mark known_mark([[maybe_unused]] Leaf const& l) {
    if constexpr (looks_closely && std::is_same_v<mark_type, seed_mark>)
      return l.mark.known();
    else
      return seed_mark::anything();
  }

  // If a product joins term I to the next one and both have the same partials, as in x * x, they take one product with
  // both coefficients, and term I reaches no block any more.
  template <std::size_t I>
  DUET_INLINE constexpr void join() {
    if constexpr (I + 1 < sizeof...(K))
      if (duet::known_equal<T, N>(*term<I>::leaf, *term<I + 1>::leaf)) {
        term<I + 1>::coefficient = term<I>::coefficient + term<I + 1>::coefficient;
        term<I>::mark = seed_mark();
      }
  }

  [[nodiscard]] DUET_INLINE constexpr typename shape::vector sum([[maybe_unused]] std::size_t j) const {
    typename shape::vector total = sizeof...(K) == 0 ? typename shape::vector{} : -typename shape::vector{};
    if constexpr (asks_whether_stored)
      (static_cast<void>(
           term<K>::leaf->mark.stored() ? total = total + term<K>::coefficient * term<K>::leaf->partials[j] : total),
       ...);
    else
      ((total = total + term<K>::coefficient * term<K>::leaf->partials[j]), ...);
    return total;
  }

  seed_mark reached_;
};

// The same of partials that carry derivatives themselves: coefficients keep their types, of which many are constants.
template <class T, std::size_t N, class X, class Seed>
class nested_leaf_sum {
 public:
  DUET_INLINE constexpr nested_leaf_sum(X const& x, Seed const& seed)
      : x_(x), c_(duet::coefficients<care::bare>(x, seed)) {}
  [[nodiscard]] DUET_INLINE constexpr no_mark mark(no_mark joint) const { return joint; }

  using groups = std::index_sequence<0>;
  template <std::size_t, bool Keep>
  DUET_INLINE constexpr void write_group(auto& partials) const {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      if constexpr (!is_empty)
        partials[j] = Keep ? block(sum(j) + block(partials[j])) : block(sum(j));
      else if constexpr (!Keep)
        partials[j] = block{};
    });
  }

 private:
  using block = typename blocks<T, N>::vector;
  using coefficients = coefficients_t<X, Seed>;
  static constexpr bool is_empty = leaf_count_of<coefficients> == 0;

  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr block sum([[maybe_unused]] Index j) const {
    return duet::fold_leaves(x_, c_, zero{},
                             [&](auto const& so_far, auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
                               return duet::add_block<false>(so_far, coefficient, l.partials[j]);
                             });
  }

  X const& x_;
  coefficients c_;
};

template <class S, class X, class Seed, class T = typename S::value_type>
using sum_of_leaves = std::conditional_t<
    active_scalar<T>, nested_leaf_sum<T, S::size(), X, Seed>,
    leaf_sum<T, S::size(), leaf<S>, std::make_index_sequence<leaf_count_of<coefficients_t<X, Seed>>>>>;

}  // namespace duet
