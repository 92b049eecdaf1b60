#pragma once

// Symbol to number: the value of a graph and its derivatives by a reverse sweep over its list. Which operations an
// output needs, and which contribution to an adjoint is the first, is known at compile time: no tape, all
// straight-line.

#include <duet/core/valued.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/symbolic/adjoint_rows.hpp>
#include <duet/symbolic/sweep_plan.hpp>

namespace duet::symbolic {

template <class Name, class T, class Constants>
class reverse_sweep : public evaluation<Name, T, Constants> {
  using base = evaluation<Name, T, Constants>;

 public:
  using base::base, base::list;

  // The values of all operations, and the local partials that the rules compute.
  template <class Entry>
  DUET_INLINE constexpr void evaluate(Entry const& entry) {
    base::run(entry);
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      [[maybe_unused]] int const done[] = {(differentiate<static_cast<int>(I)>(), 0)...};
    }(std::make_index_sequence<static_cast<std::size_t>(list.size)>{});
  }

  // The adjoints of the N inputs from the seed(o) of the outputs that are swept: numbers, or rows of them.
  template <care Care, int Output, std::size_t N, class A = T, class Seed>
  DUET_INLINE constexpr std::array<A, N> adjoints(Seed const& seed) const {
    cells<A, list.size> adjoint;
    [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      (place_seed<Output, static_cast<int>(O)>(adjoint, seed), ...);
    }(std::make_index_sequence<static_cast<std::size_t>(list.output_count)>{});
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      [[maybe_unused]] int const done[] = {
          (pull_back<Care, Output, list.size - 1 - static_cast<int>(I)>(adjoint), 0)...};
    }(std::make_index_sequence<static_cast<std::size_t>(list.size)>{});
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return std::array<A, N>{of_input<Output, static_cast<int>(I)>(adjoint)...};
    }(std::make_index_sequence<N>{});
  }

 private:
  template <int I, int K>
  using partial_t = local_partial_t<Name, T, I, K>;

  template <int I>
  DUET_INLINE constexpr void differentiate() {
    constexpr operation o = list.operations[I];
    if constexpr (o.type == kind::active && o.rule->arity > 0 && o.rule->written != notation::choice) {
      using rule = rule_of<o.rule>;
      auto const& y = base::template number_at<I>();
      auto const& a = base::template number_at<o.operands[0]>();
      if constexpr (o.rule->arity == 1) {
        keep<I, 0>(rule::first(a, y));
      } else if constexpr (o.rule->arity == 2) {
        auto const first = rule::first(a, base::template number_at<o.operands[1]>(), y);
        keep<I, 0>(duet::get<0>(first));
        keep<I, 1>(duet::get<1>(first));
      } else {
        auto const first =
            rule::first(a, base::template number_at<o.operands[1]>(), base::template number_at<o.operands[2]>(), y);
        keep<I, 0>(duet::get<0>(first));
        keep<I, 1>(duet::get<1>(first));
        keep<I, 2>(duet::get<2>(first));
      }
    }
  }
  template <int I, int K, class Partial>
  DUET_INLINE constexpr void keep(Partial const& partial) {
    if constexpr (!constant_number<partial_t<I, K>>) partials_.set(I * most_operands + K, duet::evaluated(partial));
  }

  template <int Output, int O, class A, class Seed>
  DUET_INLINE static constexpr void place_seed(cells<A, list.size>& adjoint, Seed const& seed) {
    constexpr int place = list.outputs[O];
    if constexpr ((Output == all_outputs || Output == O) && plan<Name, T, Output>.needed[place]) {
      constexpr bool is_second = [] {
        for (int o = 0; o < O; ++o)
          if (Output == all_outputs && list.outputs[o] == place) return true;
        return false;
      }();
      if constexpr (is_second)
        adjoint.set(place, adjoint[place] + number<A>(seed(std::integral_constant<int, O>{})));
      else
        adjoint.set(place, number<A>(seed(std::integral_constant<int, O>{})));
    }
  }

  template <care Care, int Output, int I, class A>
  DUET_INLINE constexpr void pull_back(cells<A, list.size>& adjoint) const {
    constexpr operation o = list.operations[I];
    constexpr bool is_square = o.is(key_of<rules::multiply>) && o.operands[0] == o.operands[1] && flow<Name, T>[I][0];
    if constexpr (plan<Name, T, Output>.needed[I] && is_square && has_infinite_slope<Name> && Care == care::bare) {
      // The adjoint twice, which several squares in a sum share. If that overflows alone the damped row is finite.
      accumulate<plan<Name, T, Output>.is_first[I][0]>(adjoint, o.operands[0],
                                                       (adjoint[I] + adjoint[I]) * partials_[I * most_operands]);
    } else if constexpr (plan<Name, T, Output>.needed[I]) {
      if constexpr (flow<Name, T>[I][0]) contribute<Care, Output, I, 0>(adjoint);
      if constexpr (flow<Name, T>[I][1]) contribute<Care, Output, I, 1>(adjoint);
      if constexpr (flow<Name, T>[I][2]) contribute<Care, Output, I, 2>(adjoint);
    }
  }
  template <care Care, int Output, int I, int K, class A>
  DUET_INLINE constexpr void contribute(cells<A, list.size>& adjoint) const {
    constexpr operation o = list.operations[I];
    constexpr bool is_first = plan<Name, T, Output>.is_first[I][K];
    if constexpr (o.rule->written == notation::choice)
      accumulate<is_first>(adjoint, o.operands[K],
                           base::template number_at<o.operands[0]>() == (K == 1) ? adjoint[I] : A{});
    else if constexpr (constant_number<partial_t<I, K>>)
      accumulate<is_first>(adjoint, o.operands[K], adjoint[I] * partial_t<I, K>{});
    else if constexpr (Care == care::damped)
      accumulate<is_first>(adjoint, o.operands[K], duet::damped_product(adjoint[I], partials_[I * most_operands + K]));
    else
      accumulate<is_first>(adjoint, o.operands[K], adjoint[I] * partials_[I * most_operands + K]);
  }
  template <bool IsFirst, class A, class X>
  DUET_INLINE static constexpr void accumulate(cells<A, list.size>& adjoint, int to, X const& contribution) {
    if constexpr (IsFirst)
      adjoint.set(to, contribution);
    else
      adjoint.set(to, adjoint[to] + contribution);
  }

  template <int Output, int Input, class A>
  [[nodiscard]] DUET_INLINE static constexpr A of_input(cells<A, list.size> const& adjoint) {
    constexpr int place = [] {
      for (int i = 0; i < list.size; ++i)
        if (list.operations[i].is(key_of<input_rule>) && list.operations[i].payload == Input) return i;
      return -1;
    }();
    if constexpr (place >= 0) {
      if constexpr (plan<Name, T, Output>.needed[place])
        return adjoint[place];
      else
        return A{};
    } else {
      return A{};
    }
  }

  cells<T, list.size * most_operands> partials_;
};

// True if no number is infinite or NaN. Of doubles by their bits: an exponent of ones, plus one, carries into the
// sign's place; asking the processor's comparisons was measured to cost a tenth of a small sweep more, and testing the
// sum of the numbers a twentieth.
template <class... T>
[[nodiscard]] DUET_INLINE constexpr bool all_finite(T const&... x) {
  if constexpr ((std::same_as<T, double> && ...) && std::numeric_limits<double>::is_iec559) {
    constexpr std::uint64_t exponent = 0x7ff0000000000000, unit = 0x0010000000000000;
    return (((((std::bit_cast<std::uint64_t>(x) & exponent) + unit)) | ... | 0) >> 63) == 0;
  } else if constexpr ((requires { typename T::mask; } && ...)) {
    return duet::all_finite((... + (x - x)));  // zero, or NaN: one comparison for all
  } else {
    return (duet::all_finite(x) && ...);
  }
}

// The row in which zero wins over infinity. It starts over from the inputs, in the caller's container if there is one:
// what it needs would otherwise be kept for it.
template <int Output, std::size_t N, class Name, class T, class Inputs, class Seeds>
DUET_COLD constexpr std::array<T, N> damped_row(typename graph<Name>::numbers const& constants, Inputs const& inputs,
                                                Seeds const& seeds) {
  reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(constants);
  sweep.evaluate(container_entries<Inputs>{inputs});
  return sweep.template adjoints<care::damped, Output, N>(
      [&](auto o) DUET_INLINE_LAMBDA { return seeds[static_cast<std::size_t>(decltype(o)::value)]; });
}

template <class Seeds>
[[nodiscard]] DUET_INLINE constexpr auto copied_seeds(Seeds const& seeds) {
  return seeds;
}
template <class T, std::size_t N>
[[nodiscard]] DUET_INLINE constexpr auto copied_seeds(std::array<T, N> const& seeds) {
  return [&]<std::size_t... O>(std::index_sequence<O...>)
             DUET_INLINE_LAMBDA { return std::array<T, N>{seeds[O]...}; }(std::make_index_sequence<N>{});
}

// One row of derivatives in N numbers; damped if infinity or NaN shows in it, unless the caller asks that.
template <int Output, std::size_t N, care Care = care::damped, class Name, class T, class Entry, class Seeds>
[[nodiscard]] DUET_INLINE constexpr std::array<T, N> swept(
    reverse_sweep<Name, T, typename graph<Name>::numbers> const& sweep, typename graph<Name>::numbers const& constants,
    Entry const& entry, Seeds const& seeds) {
  auto row = sweep.template adjoints<care::bare, Output, N>(
      [&](auto o) DUET_INLINE_LAMBDA { return seeds[static_cast<std::size_t>(decltype(o)::value)]; });
  if constexpr (has_infinite_slope<Name> && Care == care::damped) {
    bool const finite = [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      return symbolic::all_finite(row[telling_inputs<Name, T, Output>[I]]...);
    }(std::make_index_sequence<telling_inputs<Name, T, Output>.size()>{});
    if (!finite) [[unlikely]] {
      auto const damped = [&](auto const& inputs) {
        auto const copied = symbolic::copied_seeds(seeds);  // in memory for the call, and the seeds not
        return symbolic::damped_row<Output, N, Name, T>(constants, inputs, copied);
      };
      auto const inputs = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<T, N>{static_cast<T>(entry(std::integral_constant<std::size_t, I>{}))...};
      };
      auto const instead = [&] {
        if constexpr (requires { entry.all; })
          return damped(entry.all);
        else
          return damped(inputs(std::make_index_sequence<N>{}));
      }();
      // One by one: the row as a whole would be kept in memory for the call, also where it is not called.
      [&]<std::size_t... I>(std::index_sequence<I...>)
          DUET_INLINE_LAMBDA { ((row[I] = instead[I]), ...); }(std::make_index_sequence<N>{});
    }
  }
  return row;
}

// The seed of every output.
struct unit_seeds {
  constexpr duet::one operator[](std::size_t) const { return {}; }
};

// The rows of all outputs side by side.
template <care Care, std::size_t N, class Name, class T>
[[nodiscard]] DUET_INLINE auto columns_of_rows(reverse_sweep<Name, T, typename graph<Name>::numbers> const& sweep) {
  using rows = adjoint_rows<T, static_cast<std::size_t>(Name::list.output_count)>;
  return sweep.template adjoints<Care, all_outputs, N, rows>(
      []<int O>(std::integral_constant<int, O>) DUET_INLINE_LAMBDA { return rows::template unit<O>(); });
}
template <std::size_t N, class Name, class T>
DUET_COLD auto damped_columns(typename graph<Name>::numbers const& constants, std::array<T, N> const& inputs) {
  reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(constants);
  sweep.evaluate([&](auto i) DUET_INLINE_LAMBDA -> decltype(auto) { return inputs[i]; });
  return symbolic::columns_of_rows<care::damped, N, Name, T>(sweep);
}
template <std::size_t N, class Name, class T, class Entry>
[[nodiscard]] DUET_INLINE auto rows_side_by_side(reverse_sweep<Name, T, typename graph<Name>::numbers> const& sweep,
                                                 typename graph<Name>::numbers const& constants, Entry const& entry) {
  auto columns = symbolic::columns_of_rows<care::bare, N, Name, T>(sweep);
  return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
    if constexpr (has_infinite_slope<Name>) {
      constexpr auto const& telling = telling_inputs<Name, T, all_outputs>;
      bool const finite = [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
        return adjoint_rows<T, static_cast<std::size_t>(Name::list.output_count)>::all_finite(columns[telling[K]]...);
      }(std::make_index_sequence<telling.size()>{});
      if (!finite) [[unlikely]] {
        auto const damped = symbolic::damped_columns<N, Name, T>(
            constants, {static_cast<T>(entry(std::integral_constant<std::size_t, I>{}))...});
        ((columns[I] = damped[I]), ...);
      }
    }
    return [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
      auto const row = [&]<std::size_t R>(block_index<R> r)
                           DUET_INLINE_LAMBDA { return std::array<T, N>{columns[I].row(r)...}; };
      return std::array<std::array<T, N>, sizeof...(O)>{row(block_index<O>{})...};
    }(std::make_index_sequence<static_cast<std::size_t>(Name::list.output_count)>{});
  }(std::make_index_sequence<N>{});
}

// {value, gradient} of a graph with one output at the numbers x..., or at a container of them: one evaluation and one
// reverse sweep, each operation once. The gradient is a std::array with an entry for each number given, or for each
// input of the graph if given a container. By care::bare some entry is infinite or NaN where care was needed; else the
// gradient is the same.
template <care Care = care::damped, class Name, class... X>
[[nodiscard]] DUET_INLINE constexpr auto value_and_gradient(graph<Name> const& g, X const&... x) {
  static_assert(scalar_graph<graph<Name>>,
                "duet::symbolic::value_and_gradient needs a graph with one output; for several call "
                "value_and_jacobian");
  constexpr std::size_t n = (number_container<X> || ...) ? std::size_t{graph<Name>::inputs} : sizeof...(X);
  return symbolic::with_entries<graph<Name>::inputs>(
      [&]<class T>(std::type_identity<T>, auto const& entry) DUET_INLINE_LAMBDA {
        reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(g.constants());
        sweep.evaluate(entry);
        return valued_gradient<T, std::array<T, n>>{
            T(sweep.template number_at<Name::list.outputs[0]>()),
            symbolic::swept<0, n, Care>(sweep, g.constants(), entry, unit_seeds{})};
      },
      x...);
}

// {value, jacobian} of a graph with several outputs, a row of the Jacobian for each; one evaluation, and one reverse
// sweep for all outputs side by side, or for each over what it needs.
template <class Name, class... X>
[[nodiscard]] DUET_INLINE constexpr auto value_and_jacobian(graph<Name> const& g, X const&... x) {
  static_assert(Name::list.columns == 0,
                "duet::symbolic::value_and_jacobian needs a graph with a vector of outputs; for one output call "
                "value_and_gradient");
  constexpr std::size_t n = (number_container<X> || ...) ? std::size_t{graph<Name>::inputs} : sizeof...(X);
  constexpr auto outputs = static_cast<std::size_t>(Name::list.output_count);
  return symbolic::with_entries<graph<Name>::inputs>(
      [&]<class T>(std::type_identity<T>, auto const& entry) DUET_INLINE_LAMBDA {
        reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(g.constants());
        sweep.evaluate(entry);
        auto const rows = [&]() DUET_INLINE_LAMBDA {
          if constexpr (rows_fit_vectors<T, outputs>)
            if (!std::is_constant_evaluated())
              return symbolic::rows_side_by_side<n, Name, T>(sweep, g.constants(), entry);
          return [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
            return std::array{symbolic::swept<static_cast<int>(O), n>(sweep, g.constants(), entry, unit_seeds{})...};
          }(std::make_index_sequence<outputs>{});
        };
        return valued_jacobian<std::array<T, outputs>, std::array<std::array<T, n>, outputs>>{
            [&]<std::size_t... O>(std::index_sequence<O...>) DUET_INLINE_LAMBDA {
              return std::array<T, outputs>{T(sweep.template number_at<Name::list.outputs[O]>())...};
            }(std::make_index_sequence<outputs>{}),
            rows()};
      },
      x...);
}

// {value, gradient} of the sum of seeds[o] times output o, all outputs in one reverse sweep: the vector-Jacobian
// product of a graph. The value is that of the graph.
template <class Name, class Seeds, class... X>
[[nodiscard]] DUET_INLINE constexpr auto value_and_vjp(graph<Name> const& g, Seeds const& seeds, X const&... x) {
  constexpr std::size_t n = (number_container<X> || ...) ? std::size_t{graph<Name>::inputs} : sizeof...(X);
  return symbolic::with_entries<graph<Name>::inputs>(
      [&]<class T>(std::type_identity<T>, auto const& entry) DUET_INLINE_LAMBDA {
        reverse_sweep<Name, T, typename graph<Name>::numbers> sweep(g.constants());
        sweep.evaluate(entry);
        auto const value =
            symbolic::shaped_outputs<Name>([&]<int O>(std::integral_constant<int, O>) DUET_INLINE_LAMBDA {
              return T(sweep.template number_at<Name::list.outputs[O]>());
            });
        return valued_gradient<std::remove_cv_t<decltype(value)>, std::array<T, n>>{
            value, symbolic::swept<all_outputs, n>(sweep, g.constants(), entry, seeds)};
      },
      x...);
}

}  // namespace duet::symbolic
