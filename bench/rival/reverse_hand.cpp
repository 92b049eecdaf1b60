// The yardsticks: the adjoints written by hand, and the functions alone.

#include "reverse_rows.hpp"

namespace {

// What f keeps from its way there for the way back.
template <class F, class X, class Memory>
Memory memory_of(double (F::*)(X const&, X&, Memory&) const);

struct by_hand {
  template <class F, class X>
  static auto gradient(F const& f, X const& at) {
    if constexpr (requires(X g) { f.gradient(at, g); })
      return [f](X const& x, X& g) { return f.gradient(x, g); };
    else
      return [f, memory = decltype(memory_of(&F::gradient)){}](X const& x, X& g) mutable {
        return f.gradient(x, g, memory);
      };
  }
};

struct function_alone {
  static constexpr bool value_alone = true;

  template <class F, class X>
  static auto gradient(F const& f, X const&) {
    return [f](X const& x, X const&) { return f(x); };
  }
};

rival::registered const hand("hand", 0, "value and gradient", rival::contend_in_reverse<by_hand>);
rival::registered const function("function", 1, "value alone", rival::contend_in_reverse<function_alone>);

}  // namespace
