#pragma once

// The second derivatives of a statement. With c_k the coefficient of leaf k, s the seed of an operation (what the
// statement's value moves by when the operation's does) and g_m the gradient of its operand m, the Hessian is
//
//   sum_k c_k H_k + sum over operations, s sum_ml f''_ml g_m g_l^T
//
// so that no operation builds a Hessian of its own: each gives one outer product an operand, g_m p_m^T with
// p_m = s sum_l f''_ml g_l, and linear operations give none.

#include <duet/core/blocks.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/symmetric.hpp>

namespace duet {

// ---- gradients, of which the type may say that they are zero ----

// target = sum + c * g, for the blocks of a target.
template <class Target, class Sum, class C, class G>
DUET_INLINE constexpr void set_sum(Target& target, Sum const& sum, C const& c, G const& g) {
  Target::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
    if constexpr (std::is_same_v<Sum, zero>)
      target[j] = duet::add_block<false>(zero{}, c, g[j]);
    else
      target[j] = duet::add_block<false>(sum[j], c, g[j]);
  });
}

// sum + c * g, a Blocks; the sum itself if there is nothing to add, and g if there is nothing else.
template <class Blocks, class Sum, class C, class G>
[[nodiscard]] DUET_INLINE constexpr auto plus_scaled(Sum const& sum, C const& c, G const& g) {
  if constexpr (std::is_same_v<C, zero> || std::is_same_v<G, zero>) {
    return sum;
  } else {
    Blocks result;
    duet::set_sum(result, sum, c, g);
    return result;
  }
}

// ---- second partials of an operation ----

template <class Rule>
concept has_second = requires { Rule::second(1.0, 1.0, 1.0); } || requires { Rule::second(1.0, 1.0, 1.0, 1.0); };

template <class Rule, class... A>
concept second_takes = requires(A const&... a) { Rule::second(a...); };

// f''_ml of a rule at operands with these values, as a list: daa, or daa dab dbb, or daa dab dac dbb dbc dcc; y is the
// value there, and slopes[m] its first partials.
template <class Rule, class T, std::size_t Arity, class... V>
[[nodiscard]] DUET_INLINE constexpr auto second_list(T const& y, std::array<T, Arity> const& slopes,
                                                     V const&... values) {
  static_assert(
      has_second<Rule>,
      "duet: a rule without second derivatives meets a scalar of second order; give the rule `second`, or use "
      "scalars of first order");
  auto const all = [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
    if constexpr (Arity == 1)
      return partials{Rule::second(values..., y, slopes[0])};
    else if constexpr (second_takes<Rule, V..., T, decltype(partials{slopes[I]...})>)
      return Rule::second(values..., y, partials{slopes[I]...});
    else
      return Rule::second(values..., y);
  }(std::make_index_sequence<Arity>{});
  return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
    return partials{duet::evaluated(get<K>(all))...};
  }(std::make_index_sequence<Arity*(Arity + 1) / 2>{});
}

// The same of an operation.
template <class Rule, class... X>
[[nodiscard]] DUET_INLINE constexpr auto second_partials(expression<Rule, X...> const& x) {
  using T = typename expression<Rule, X...>::value_type;
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
    std::array<T, sizeof...(X)> slopes{number<T>(x.template partial<I>())...};
    return duet::second_list<Rule, T>(x.value(), slopes, x.template operand<I>().value()...);
  }(std::index_sequence_for<X...>{});
}
// The place of f''_ml in the list, for n operands.
[[nodiscard]] constexpr std::size_t second_place(std::size_t n, std::size_t m, std::size_t l) {
  if (m > l) std::swap(m, l);
  return m * n - m * (m + 1) / 2 + l;
}

// ---- the statement ----

// An operand of a statement seen from the root: its gradient, and the outer products in it. Built in place, from the
// operand and its seed: nothing is copied on the way up.
template <class Blocks, class X, class Seed>
class bend;

// A number moves nothing.
template <class Blocks, class X, class Seed>
  requires is_passive_operand<X>
class bend<Blocks, X, Seed> {
 public:
  DUET_INLINE constexpr bend(X const&, Seed const&) {}
  [[nodiscard]] DUET_INLINE constexpr zero gradient() const { return {}; }
  static constexpr std::size_t operands = 0;
  static constexpr bool moves = false;
};

template <class Blocks, class X, class Seed>
  requires(!is_passive_operand<X> && !is_expression<X>)
class bend<Blocks, X, Seed> {
 public:
  DUET_INLINE constexpr bend(X const& x, Seed const&) : leaf_(x) {}
  [[nodiscard]] DUET_INLINE constexpr auto const& gradient() const { return leaf_.partials; }
  static constexpr std::size_t operands = 0;
  static constexpr bool moves = true;

 private:
  X const& leaf_;
};

template <class Blocks, std::size_t I, class X, class Seed>
struct bend_below {
  using operand = std::remove_cvref_t<decltype(std::declval<X const&>().template operand<I>())>;
  using partial = decltype(std::declval<X const&>().template partial<I>());
  using seed_below = decltype(duet::evaluated(std::declval<Seed const&>() * std::declval<partial const&>()));
  using type = bend<Blocks, operand, seed_below>;
  static constexpr bool moves = type::moves && !std::is_same_v<std::remove_cvref_t<partial>, zero>;

  type operand_bend;
  DUET_INLINE constexpr bend_below(X const& x, Seed const& s)
      : operand_bend(x.template operand<I>(), duet::evaluated(s * x.template partial<I>())) {}
};
template <class Blocks, class Indices, class X, class Seed>
struct bends_below;
template <class Blocks, std::size_t... I, class X, class Seed>
struct bends_below<Blocks, std::index_sequence<I...>, X, Seed> : bend_below<Blocks, I, X, Seed>... {
  static constexpr bool moves = (bend_below<Blocks, I, X, Seed>::moves || ...);
  DUET_INLINE constexpr bends_below(X const& x, Seed const& seed) : bend_below<Blocks, I, X, Seed>(x, seed)... {}
};

template <class Blocks, class X, class Seed>
  requires is_expression<X>
class bend<Blocks, X, Seed> : bends_below<Blocks, std::make_index_sequence<X::arity>, X, Seed> {
  using all_below = bends_below<Blocks, std::make_index_sequence<X::arity>, X, Seed>;

 public:
  static constexpr std::size_t operands = X::arity;
  static constexpr bool moves = all_below::moves;

  DUET_INLINE constexpr bend(X const& x, Seed const& seed)
      : all_below(x, seed), x_(x), seed_(seed), second_(duet::second_partials(x)), gradient_(gradient_sum<0>(zero{})) {}

  [[nodiscard]] DUET_INLINE constexpr auto const& gradient() const { return gradient_; }
  template <std::size_t M>
  [[nodiscard]] DUET_INLINE constexpr auto const& below() const {
    return static_cast<bend_below<Blocks, M, X, Seed> const&>(*this).operand_bend;
  }
  // p_M, zero if the operand gives no outer product.
  template <std::size_t M>
  [[nodiscard]] DUET_INLINE constexpr auto product() const {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(below<M>().gradient())>, zero>)
      return zero{};
    else
      return product_sum<M, 0>(zero{});
  }

 private:
  template <std::size_t L, class Sum>
  [[nodiscard]] DUET_INLINE constexpr auto gradient_sum(Sum const& sum) const {
    if constexpr (L == X::arity)
      return sum;
    else
      return gradient_sum<L + 1>(duet::plus_scaled<Blocks>(sum, x_.template partial<L>(), below<L>().gradient()));
  }
  template <std::size_t M, std::size_t L, class Sum>
  [[nodiscard]] DUET_INLINE constexpr auto product_sum(Sum const& sum) const {
    if constexpr (L == X::arity)
      return sum;
    else
      return product_sum<M, L + 1>(duet::plus_scaled<Blocks>(
          sum, duet::evaluated(seed_ * get<second_place(X::arity, M, L)>(second_)), below<L>().gradient()));
  }

  X const& x_;
  [[no_unique_address]] Seed seed_;
  [[no_unique_address]] decltype(duet::second_partials(std::declval<X const&>())) second_;
  [[no_unique_address]] std::conditional_t<moves, Blocks, zero> gradient_;
};

// step(sum, g, p) folded over the outer products g p^T below a bend.
template <std::size_t M = 0, class Bend, class Sum, class Step>
[[nodiscard]] DUET_INLINE constexpr auto fold_products(Bend const& b, Sum const& sum, Step const& step) {
  if constexpr (M == Bend::operands) {
    return sum;
  } else {
    auto const below = [&](auto const& so_far) DUET_INLINE_LAMBDA {
      return duet::fold_products<M + 1>(b, duet::fold_products<0>(b.template below<M>(), so_far, step), step);
    };
    auto p = b.template product<M>();
    if constexpr (std::is_same_v<decltype(p), zero>)
      return below(sum);
    else
      return below(step(sum, b.template below<M>().gradient(), p));
  }
}

template <class Bend>
inline constexpr std::size_t product_count = decltype(duet::fold_products(
    std::declval<Bend const&>(), block_index<0>{},
    []<std::size_t K>(block_index<K>, auto const&, auto const&) { return block_index<K + 1>{}; }))::value;

// ---- where zero wins over infinity ----

// Entry i of seed times the gradient of x.
template <class T, class X, class Seed>
[[nodiscard]] constexpr T damped_slope(X const& x, Seed const& seed, std::size_t i) {
  T sum(0);
  duet::for_each_leaf(x, duet::coefficients<care::damped>(x, seed),
                      [&](auto const& c, auto const& l) { sum += number<T>(duet::damped_product(c, l.partial(i))); });
  return sum;
}

// Entry (i, j) of seed times the Hessian of x.
template <class T, class X, class Seed>
[[nodiscard]] constexpr T damped_bend(X const& x, Seed const& seed, std::size_t i, std::size_t j) {
  if constexpr (is_passive_operand<X> || std::is_same_v<Seed, zero>) {
    return T(0);
  } else if constexpr (!is_expression<X>) {
    return number<T>(duet::damped_product(seed, x.hessian.at(i, j)));
  } else {
    T sum(0);
    auto const second = duet::second_partials(x);
    auto const slope = [&]<std::size_t M>(block_index<M>, std::size_t entry) {
      if constexpr (is_passive_operand<std::remove_cvref_t<decltype(x.template operand<M>())>>)
        return zero{};
      else
        return duet::damped_slope<T>(x.template operand<M>(), one{}, entry);
    };
    auto const add_operand = [&]<std::size_t M>(block_index<M> m) {
      sum += duet::damped_bend<T>(x.template operand<M>(), duet::damped_product(seed, x.template partial<M>()), i, j);
      [&]<std::size_t... L>(std::index_sequence<L...>) {
        ((sum += number<T>(duet::damped_product(duet::damped_product(seed, get<second_place(X::arity, M, L)>(second)),
                                                duet::damped_product(slope(m, i), slope(block_index<L>{}, j))))),
         ...);
      }(std::make_index_sequence<X::arity>{});
    };
    [&]<std::size_t... M>(std::index_sequence<M...>) {
      (add_operand(block_index<M>{}), ...);
    }(std::make_index_sequence<X::arity>{});
    return sum;
  }
}

}  // namespace duet
