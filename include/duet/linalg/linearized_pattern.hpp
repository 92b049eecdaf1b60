#pragma once

// Linearizations in the tracer of sparsity patterns, which has no values: an operation that can tell the sizes of its
// result has a member like(x...), an object of these sizes.

#include <duet/linalg/linearized_scalar.hpp>
#include <duet/sparse/tracer.hpp>
#include <string>

namespace duet {

// Every output depends on every entry of the arguments that moves, and any two of these bend it.
template <class T, int Order>
struct linearized_scalar<tracer<T, Order>> {
  using S = tracer<T, Order>;

  template <class Operation, class... X>
  static auto apply(char const* where, Operation const& operation, X const&... x) {
    bool known = true;
    for_each_tracer([&](S const& e) { known &= e.is_known(); }, x...);
    auto const read = [&](S const& e) { return known ? e.value() : T(); };
    auto const node = all_met(x...);
    auto const result = [&](auto const& y) {
      return duet::make_result<S>(y, [&](T const& e) {
        return node == trace_graph::constant && known ? S(e) : S(std::type_identity<trace_graph::node>{}, e, node);
      });
    };
    constexpr bool knows_sizes = requires { operation.like(duet::read_argument<S, T>(x, read)...); };
    if constexpr (knows_sizes) {
      if (!known) return result(operation.like(duet::read_argument<S, T>(x, read)...));
    } else {
      if (!known)
        throw error(std::string(where) +
                    ": the sizes of what a function of whole matrices returns are not known while the pattern for all "
                    "points is traced; ask for the pattern at one point by pattern_scope::local");
    }
    return result(operation(duet::read_argument<S, T>(x, read)...).value());
  }

 private:
  template <class Visit, class... X>
  static void for_each_tracer(Visit const& visit, X const&... x) {
    auto const each = [&]<class A>(A const& a) {
      if constexpr (moves_with<S, A>)
        for (std::size_t i = 0; i < duet::size_of(a); ++i) visit(shape<A>::entry(a, i));
    };
    (each(x), ...);
  }

  template <class... X>
  static trace_graph::node all_met(X const&... x) {
    auto met = trace_graph::constant;
    for_each_tracer(
        [&](S const& e) {
          if (e.place() != trace_graph::constant)
            met = active_trace->join(met, e.place());  // the larger if one is none
        },
        x...);
    if (Order == 2 && met >= trace_graph::first_input) met = active_trace->add({met}, 1, trace_graph::second_bit(0, 0));
    return met;
  }
};

}  // namespace duet
