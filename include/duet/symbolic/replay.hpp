#pragma once

// A graph evaluated now and differentiated later: what took long to compute, exponentials, roots and the like, is
// kept in between, the rest is computed again.

#include <duet/symbolic/sweep.hpp>

namespace duet::symbolic {

// Results that cost more to compute again than to load: all but those of a few instructions. Quotients were measured to
// be worth less than their room.
[[nodiscard]] constexpr bool is_costly(operation const& o) {
  if (o.type != kind::active || o.rule->arity == 0 || o.rule->written == notation::choice) return false;
  for (rule_key const cheap :
       {key_of<rules::add>, key_of<rules::subtract>, key_of<rules::multiply>, key_of<rules::divide>,
        key_of<rules::negate>, key_of<rules::abs>, key_of<rules::min>, key_of<rules::max>})
    if (o.is(cheap)) return false;
  return true;
}

// The costly operations of a graph, the first so many of them.
inline constexpr std::size_t most_kept = 32;
template <class Name>
inline constexpr std::size_t kept_count = [] {
  std::size_t count = 0;
  for (auto const& o : Name::list.operations) count += symbolic::is_costly(o);
  return std::min(count, most_kept);
}();
template <class Name>
inline constexpr auto kept_operations = [] {
  std::array<int, kept_count<Name>> places{};
  std::size_t count = 0;
  for (int i = 0; i < Name::list.size && count < places.size(); ++i)
    if (symbolic::is_costly(Name::list.operations[i])) places[count++] = i;
  return places;
}();

// The value of a graph at an array of numbers; keep(k, result) gets the costly results.
template <class Name, class T, std::size_t N, class Keep>
[[nodiscard]] DUET_INLINE auto value_and_costly(graph<Name> const& g, std::array<T, N> const& inputs,
                                                Keep const& keep) {
  evaluation<Name, T, typename graph<Name>::numbers> all(g.constants());
  all.run([&](auto i) DUET_INLINE_LAMBDA -> decltype(auto) { return inputs[decltype(i)::value]; });
  [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
    (keep(K, all.template number_at<kept_operations<Name>[K]>()), ...);
  }(std::make_index_sequence<kept_count<Name>>{});
  return symbolic::shaped_outputs<Name>([&]<int O>(std::integral_constant<int, O>) DUET_INLINE_LAMBDA {
    return T(all.template number_at<Name::list.outputs[O]>());
  });
}

// Inputs, and kept results by kept(k).
template <class Name, class T, std::size_t N, class Kept>
struct replayed_entries {
  std::array<T, N> const& inputs;
  Kept const& kept;

  static constexpr std::size_t place(int operation) {
    std::size_t k = 0;
    while (k < kept_count<Name> && kept_operations<Name>[k] != operation) ++k;
    return k;
  }
  static constexpr bool knows(int operation) { return place(operation) < kept_count<Name>; }

  template <int I>
  [[nodiscard]] DUET_INLINE T result(std::integral_constant<int, I>) const {
    return kept(std::integral_constant<std::size_t, place(I)>{});
  }
  template <std::size_t I>
  [[nodiscard]] DUET_INLINE T const& operator()(std::integral_constant<std::size_t, I>) const {
    return inputs[I];
  }
};

// The gradient of the sum of seeds[o] times output o at the same inputs.
template <class Name, class T, std::size_t N, class Seeds, class Kept>
[[nodiscard]] DUET_INLINE std::array<T, N> replayed_vjp(graph<Name> const& g, Seeds const& seeds,
                                                        std::array<T, N> const& inputs, Kept const& kept) {
  replayed_entries<Name, T, N, Kept> const entry{inputs, kept};
  reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(g.constants());
  sweep.evaluate(entry);
  return symbolic::swept<all_outputs, N>(sweep, g.constants(), entry, seeds);
}

}  // namespace duet::symbolic
