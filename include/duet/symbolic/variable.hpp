#pragma once

// Where graphs begin: inputs, zero and one, and functions run on the tracer.

#include <duet/symbolic/graph.hpp>
#include <tuple>

namespace duet::symbolic {

template <int I>
struct variable_recipe {
  static constexpr draft made() {
    builder b;
    return finished(b, {b.input(I)}, -1);
  }
};
template <int Number>
struct number_recipe {
  static constexpr draft made() {
    builder b;
    return finished(b, {fold::number(&b, Number)}, -1);
  }
};

// The input I of a graph, counted from 0.
template <int I>
  requires(I >= 0)
inline constexpr auto variable = symbolic::graph_by<variable_recipe<I>>();

// The graphs that derivatives fold to.
inline constexpr auto zero = symbolic::graph_by<number_recipe<0>>();
inline constexpr auto one = symbolic::graph_by<number_recipe<1>>();

// Called with N numbers, unless it takes one container of them.
template <class F, std::size_t N>
inline constexpr bool takes_each = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::invocable<F const&, decltype(static_cast<void>(I), symbol())...>;
}(std::make_index_sequence<N>{});

// How a result is taken apart.
template <class Y>
struct traced_result {
  static constexpr int columns = -1;
  static constexpr void read(Y const& y, std::vector<term>& outputs) { outputs.push_back(symbolic::as_term(y)); }
};
template <class Y, std::size_t N>
struct traced_result<std::array<Y, N>> {
  static constexpr int columns = 0;
  static constexpr void read(std::array<Y, N> const& y, std::vector<term>& outputs) {
    for (auto const& entry : y) outputs.push_back(symbolic::as_term(entry));
  }
};
template <class Y, std::size_t Columns, std::size_t Rows>
struct traced_result<std::array<std::array<Y, Columns>, Rows>> {
  static constexpr int columns = static_cast<int>(Columns);
  static constexpr void read(std::array<std::array<Y, Columns>, Rows> const& y, std::vector<term>& outputs) {
    for (auto const& row : y) traced_result<std::array<Y, Columns>>::read(row, outputs);
  }
};

template <class F, std::size_t N>
struct function_recipe {
  static constexpr draft made() {
    builder b;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      std::array<symbol, N> const inputs{symbol(b.input(static_cast<int>(I)))...};
      auto const returned = [&] {
        if constexpr (takes_each<F, N>)
          return F{}(inputs[I]...);
        else
          return F{}(inputs);
      }();
      using Y = std::remove_cvref_t<decltype(returned)>;
      std::vector<term> outputs;
      traced_result<Y>::read(returned, outputs);
      return finished(b, outputs, traced_result<Y>::columns);
    }(std::make_index_sequence<N>{});
  }
};

// The same of several arguments, each a std::array of so many numbers, or a number where there are none.
template <class F, std::size_t... Sizes>
struct arguments_recipe {
  static constexpr draft made() {
    builder b;
    int next = 0;
    auto const argument = [&]<std::size_t Size>(std::integral_constant<std::size_t, Size>) {
      if constexpr (Size == 0) {
        return symbol(b.input(next++));
      } else {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
          return std::array<symbol, Size>{symbol(b.input(next + static_cast<int>(I)))...};
        }(std::make_index_sequence<Size>{});
      }
    };
    std::tuple const inputs{[&] {
      auto const made = argument(std::integral_constant<std::size_t, Sizes>{});
      next += static_cast<int>(Sizes);
      return made;
    }()...};
    auto const returned = std::apply([](auto const&... each) { return F{}(each...); }, inputs);
    using Y = std::remove_cvref_t<decltype(returned)>;
    std::vector<term> outputs;
    traced_result<Y>::read(returned, outputs);
    return finished(b, outputs, traced_result<Y>::columns);
  }
};

template <class F>
concept traceable = std::is_empty_v<F> && std::default_initializable<F>;

// The graph of f, which is called once, while the program compiles, with N tracing scalars, or with one std::array of N
// if it does not take N arguments. Loops with known bounds, inner functions and reassigned variables trace as they are;
// a branch on an active value does not compile (use select). f returns a number, a std::array of them (a vector), or a
// std::array of std::array (a matrix). Its constants are part of the graph's type.
template <std::size_t N, class F>
[[nodiscard]] constexpr auto expression(F const&) {
  static_assert(traceable<F>,
                "duet::symbolic::expression needs a function without captures, since it runs while the program "
                "compiles; pass what it captures as further inputs");
  if constexpr (traceable<F>) return symbolic::graph_by<function_recipe<F, N>>();
}

}  // namespace duet::symbolic
