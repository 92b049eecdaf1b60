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
// nor loaded. Marks are stored in what alignment leaves free, and read only as far as they are known (DUET_KNOWN).
class seed_mark {
 public:
  DUET_INLINE constexpr seed_mark() {}  // a constant: no block
  [[nodiscard]] static DUET_INLINE constexpr seed_mark anything() { return seed_mark(every_block); }
  [[nodiscard]] static DUET_INLINE constexpr seed_mark input(std::size_t index, std::size_t lanes) {
    return index / lanes < most_blocks && index < most_inputs
               ? seed_mark((std::uint32_t{1} << (index / lanes)) | static_cast<std::uint32_t>(index + 1) << most_blocks)
               : anything();
  }

  // What the compiler knows of it: the other questions are for marks that come from here.
  [[nodiscard]] DUET_INLINE constexpr seed_mark known() const {
    return seed_mark(DUET_KNOWN(code_) ? code_ : every_block);
  }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t block) const {
    return block >= most_blocks || (code_ >> block & 1) != 0;
  }
  [[nodiscard]] DUET_INLINE constexpr bool is_input() const { return code_ >> most_blocks != 0; }
  [[nodiscard]] DUET_INLINE constexpr std::size_t index() const { return (code_ >> most_blocks) - 1; }
  // Of a sum in which a term with this and one with the other mark occur.
  [[nodiscard]] DUET_INLINE constexpr seed_mark joined(seed_mark other) const {
    return seed_mark((code_ | other.code_) & every_block);
  }

 private:
  DUET_INLINE constexpr explicit seed_mark(std::uint32_t code) : code_(code) {}
  static constexpr std::uint32_t most_blocks = 16, most_inputs = 0xffff, every_block = 0xffff;
  std::uint32_t code_ = 0;  // a bit for each block, and above them the index of an input plus one
};

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
  [[nodiscard]] DUET_INLINE constexpr no_mark known() const { return {}; }
  [[nodiscard]] DUET_INLINE constexpr bool reaches(std::size_t) const { return true; }
  [[nodiscard]] DUET_INLINE constexpr no_mark joined(no_mark) const { return {}; }
};
// A number that is a vector itself (lanes) is worth the look though it is a block of its own.
template <class T, std::size_t N>
inline constexpr bool has_marks =
    block_shape<T, N>::unrolled && (block_shape<T, N>::lanes > 1 || !std::is_same_v<element_of_t<T>, T>);
template <class T, std::size_t N>
using mark_of = std::conditional_t<has_marks<T, N>, seed_mark, no_mark>;

// c times the block j in which the lane of an input is one.
template <class T, std::size_t N, class Index>
[[nodiscard]] DUET_INLINE constexpr typename block_shape<T, N>::vector input_block(T const& c, Index j,
                                                                                   std::size_t input) {
  constexpr std::size_t lanes = block_shape<T, N>::lanes;
  using block = typename block_shape<T, N>::vector;
  if constexpr (lanes == 1)
    return c;
  else if constexpr (lanes == 2)  // cheaper than to multiply
    return input % lanes == 0 ? block{c, 0} : block{0, c};
  else
    return c * unit_block<T, N>(j, input);
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
      difference |= std::bit_cast<typename bits::type>(block(a.partials[j])) ^
                    std::bit_cast<typename bits::type>(block(b.partials[j]));
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

// Adds to `joints` a bit for each leaf of x that matters and that a product of two active operands joins with the next
// one; k counts the leaves.
template <class X, class C>
constexpr void mark_products(std::uint32_t& joints, std::size_t& k) {
  if constexpr (is_expression<X> && !std::is_same_v<C, zero>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      using coefficients = std::tuple<std::remove_cvref_t<decltype(get<I>(std::declval<C const&>()))>...>;
      using operands = std::tuple<std::remove_cvref_t<decltype(std::declval<X const&>().template operand<I>())>...>;
      constexpr bool is_joint =  // sign(x) * y has leaves on one side alone
          X::is_product &&
          ((leaf_count<std::tuple_element_t<I, operands>, std::tuple_element_t<I, coefficients>>() != 0) && ...);
      ((duet::mark_products<std::tuple_element_t<I, operands>, std::tuple_element_t<I, coefficients>>(joints, k),
        is_joint && I == 0 ? void(joints |= std::uint32_t{1} << (k - 1)) : void()),
       ...);
    }(std::make_index_sequence<X::arity>{});
  } else if constexpr (!std::is_same_v<C, zero>) {
    ++k;
  }
}
template <class X, class C>
inline constexpr std::uint32_t product_joints = [] {
  std::uint32_t joints = 0;
  if constexpr (leaf_count<X, C>() <= most_marked_leaves) {
    std::size_t k = 0;
    duet::mark_products<X, C>(joints, k);
  }
  return joints;
}();

// A block of a sum that is being added up. What is done with a term is one function for all statements, and not a
// lambda of each: their number is what compiling takes.
template <class T, std::size_t N>
class block_sum {
 public:
  using block = typename blocks<T, N>::vector;

  block total{};
  bool empty = true;  // the compiler knows that nothing has reached it

  // Adds c times block j, which is x.
  template <class Index>
  DUET_INLINE constexpr void add(T const& c, seed_mark mark, block const& x, Index j) {
    if (!mark.reaches(j)) return;
    block const term = mark.is_input() ? duet::input_block<T, N>(c, j, mark.index()) : block(c * x);
    total = empty ? term : block(total + term);
    empty = false;
  }
};

// Leaves and their coefficients, the last one first; as a structure, which compilers keep in registers where they send
// arrays of classes (lanes) through memory.
template <class T, class Leaf, std::size_t Count>
struct leaf_terms {
  static constexpr std::size_t count = Count;
  leaf_terms<T, Leaf, Count - 1> before;
  T coefficient;
  seed_mark mark;
  Leaf const* leaf;
};
template <class T, class Leaf>
struct leaf_terms<T, Leaf, 0> {};
template <std::size_t K, class Terms>
[[nodiscard]] DUET_INLINE constexpr auto& term_at(Terms& terms) {
  if constexpr (K + 1 == Terms::count)
    return terms;
  else
    return duet::term_at<K>(terms.before);
}

// The leaves of a statement with their coefficients, where the scalar's partials are plain numbers: a type that
// statements of as many leaves share. Joints are those of product_joints.
template <class T, std::size_t N, class Leaf, std::uint32_t Joints, class Indices,
          class BlockIndices = std::make_index_sequence<block_shape<T, N>::unrolled ? block_shape<T, N>::count : 0>>
class leaf_sum;
template <class T, std::size_t N, class Leaf, std::uint32_t Joints, std::size_t... K, std::size_t... J>
class leaf_sum<T, N, Leaf, Joints, std::index_sequence<K...>, std::index_sequence<J...>> {
  using shape = block_shape<T, N>;
  using mark_type = decltype(Leaf::mark);
  static constexpr bool looks_closely = sizeof...(K) <= most_marked_leaves;

 public:
  template <class X, class C>
  DUET_INLINE constexpr leaf_sum(X const& x, C const& c)
      : terms_(duet::fold_leaves(
            x, c, leaf_terms<T, Leaf, 0>{},
            []<std::size_t Count>(leaf_terms<T, Leaf, Count> const& before, auto const& coefficient, Leaf const& l)
                DUET_INLINE_LAMBDA {
                  return leaf_terms<T, Leaf, Count + 1>{before, number<T>(coefficient), known_mark(l), &l};
                })) {
    (join<K>(), ...);
  }

  // The mark of the sum, and of what else has this mark.
  [[nodiscard]] DUET_INLINE constexpr mark_type mark(mark_type joint) const {
    if constexpr (looks_closely) {
      joint = joint.known();
      ((joint = joint.joined(term<K>().leaf->mark.known())), ...);
      return joint;
    } else {
      return mark_type::anything();
    }
  }

  DUET_INLINE constexpr void assign_to(auto& partials) const {
    if constexpr (shape::unrolled)
      ((partials[block_index<J>{}] = sum(block_index<J>{}).total), ...);
    else
      for (std::size_t j = 0; j < shape::count; ++j) partials[j] = sum(j).total;
  }
  // The old partials, of this mark, are added last.
  DUET_INLINE constexpr void add_to(auto& partials, mark_type old) const {
    if constexpr (shape::unrolled)
      (add_block_to(partials, old, block_index<J>{}), ...);
    else
      for (std::size_t j = 0; j < shape::count; ++j) add_block_to(partials, old, j);
  }

 private:
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto& term() {
    return duet::term_at<I>(terms_);
  }
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto const& term() const {
    return duet::term_at<I>(terms_);
  }
  [[nodiscard]] static DUET_INLINE constexpr seed_mark known_mark([[maybe_unused]] Leaf const& l) {
    if constexpr (looks_closely && !std::is_same_v<mark_type, no_mark>)
      return l.mark.known();
    else
      return seed_mark::anything();
  }

  // If a product joins term I to the next one and both have the same partials, as in x * x, they take one product with
  // both coefficients, and term I reaches no block any more.
  template <std::size_t I>
  DUET_INLINE constexpr void join() {
    if constexpr ((Joints >> I & 1) != 0)
      if (duet::known_equal<T, N>(*term<I>().leaf, *term<I + 1>().leaf)) {
        term<I + 1>().coefficient = term<I>().coefficient + term<I + 1>().coefficient;
        term<I>().mark = seed_mark();
      }
  }

  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr block_sum<T, N> sum([[maybe_unused]] Index j) const {
    block_sum<T, N> result;
    (result.add(term<K>().coefficient, term<K>().mark, term<K>().leaf->partials[j], j), ...);
    return result;
  }
  template <class Index>
  DUET_INLINE constexpr void add_block_to(auto& partials, mark_type old, Index j) const {
    using block = typename shape::vector;
    auto const increment = sum(j);
    if (!increment.empty) partials[j] = old.reaches(j) ? block(increment.total + block(partials[j])) : increment.total;
  }

  leaf_terms<T, Leaf, sizeof...(K)> terms_;
};

// The same of partials that carry derivatives themselves: coefficients keep their types, of which many are constants.
template <class T, std::size_t N, class X, class C>
class nested_leaf_sum {
 public:
  DUET_INLINE constexpr nested_leaf_sum(X const& x, C const& c) : x_(x), c_(c) {}
  [[nodiscard]] DUET_INLINE constexpr no_mark mark(no_mark joint) const { return joint; }

  DUET_INLINE constexpr void assign_to(auto& partials) const {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
      if constexpr (is_empty)
        partials[j] = block{};
      else
        partials[j] = sum(j);
    });
  }
  DUET_INLINE constexpr void add_to(auto& partials, no_mark) const {
    if constexpr (!is_empty)
      blocks<T, N>::for_each_block([&](auto j)
                                       DUET_INLINE_LAMBDA { partials[j] = block(sum(j) + block(partials[j])); });
  }

 private:
  using block = typename blocks<T, N>::vector;
  static constexpr bool is_empty = leaf_count<X, C>() == 0;

  template <class Index>
  [[nodiscard]] DUET_INLINE constexpr block sum([[maybe_unused]] Index j) const {
    return duet::fold_leaves(x_, c_, zero{},
                             [&](auto const& so_far, auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
                               return duet::add_block<false>(so_far, coefficient, l.partials[j]);
                             });
  }

  X const& x_;
  C const& c_;
};

template <class S, class X, class C, class T = typename S::value_type>
using sum_of_leaves = std::conditional_t<
    active_scalar<T>, nested_leaf_sum<T, S::size(), X, C>,
    leaf_sum<T, S::size(), leaf<S>, product_joints<X, C>, std::make_index_sequence<leaf_count<X, C>()>>>;

}  // namespace duet
