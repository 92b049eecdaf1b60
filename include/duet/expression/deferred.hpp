#pragma once

// Expressions of which nothing is computed before a function of its own takes their leaves (DUET_OUTLINED_STATEMENTS).

#include <duet/expression/parts.hpp>

namespace duet {

// The parts of a leaf, and nothing of it that is none.
template <class S>
struct deferred_leaf {
  using scalar = S;
  using value_type = typename S::value_type;
  static constexpr std::size_t parts = part_count<leaf<S>>;

  DUET_INLINE constexpr explicit deferred_leaf(S const& x) : parts_(duet::parts_of(leaf<S>(x))) {}
  DUET_INLINE constexpr deferred_leaf(deferred_leaf const& other) : parts_(duet::parts_of(other)) {}
  constexpr deferred_leaf& operator=(deferred_leaf const&) = default;

  [[nodiscard]] DUET_INLINE constexpr value_type const& value() const { return get<0>(parts_); }
  template <std::size_t K>
  [[nodiscard]] DUET_INLINE constexpr auto part() const {
    return get<K>(parts_);
  }

 private:
  parts_t<leaf<S>> parts_;
};

template <class X>
inline constexpr bool is_deferred = false;
template <class S>
inline constexpr bool is_deferred<deferred_leaf<S>> = true;
template <class Rule, class... X>
inline constexpr bool is_deferred<expression<Rule, X...>> = (is_deferred<X> || ...);

// X as it is where it is evaluated.
template <class X>
struct prompt {
  using type = X;
};
template <class S>
struct prompt<deferred_leaf<S>> {
  using type = leaf<S>;
};
template <class Rule, class... X>
struct prompt<expression<Rule, X...>> {
  using type = expression<Rule, typename prompt<X>::type...>;
};
template <class X>
using prompt_t = typename prompt<X>::type;

template <class X>
[[nodiscard]] DUET_INLINE constexpr prompt_t<X> prompted(X const& x) {
  return joined<prompt_t<X>>::from(duet::parts_of(x));
}

template <class Rule, class... X>
  requires is_deferred<expression<Rule, X...>>
class expression<Rule, X...> : operand_list<X...> {
  using list = operand_list<X...>;

 public:
  using scalar = typename operand_scalar<X...>::type;
  using value_type = typename scalar::value_type;
  static constexpr std::size_t arity = sizeof...(X);
  static constexpr bool is_product = requires { requires Rule::is_product; };

  template <class S, class... U>
  DUET_INLINE constexpr explicit expression(std::type_identity<S> as, U const&... x) : list(as, x...) {}
  DUET_INLINE constexpr expression(expression const& other) : list(static_cast<list const&>(other)) {}
  constexpr expression& operator=(expression const&) = default;

  [[nodiscard]] DUET_INLINE constexpr value_type value() const { return duet::prompted(*this).value(); }
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto const& operand() const {
    return duet::operand_at<I>(static_cast<list const&>(*this));
  }
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE constexpr auto partial() const {
    return duet::prompted(*this).template partial<I>();
  }
};

}  // namespace duet
