#pragma once

// Variables side by side in memory: their values and indices apart, and together again.

#include <bit>
#include <duet/core/blocks.hpp>
#include <duet/reverse/var.hpp>

namespace duet {

// Indices in equal steps.
struct array_run {
  tape_index first, step, count;  // step modulo 2^32
  [[nodiscard]] DUET_INLINE tape_index operator()(std::size_t k) const {
    return first + static_cast<tape_index>(k) * step;
  }
  [[nodiscard]] bool active() const { return (first | step) != 0; }
};

// Variables of double lie in memory as a number and an index, 16 bytes: with vectors they are taken apart and put
// together by shuffles, where compilers would move them one by one.
template <class V>
inline constexpr bool is_shuffled =
    std::is_same_v<typename V::value_type, double> && native_lanes<double> > 1 && !checked::enabled &&
    sizeof(V) == 16 && std::is_trivially_copyable_v<V> && std::endian::native == std::endian::little;

template <std::size_t Lanes>
struct variable_shuffle {
  using numbers = typename native_vector<double, Lanes>::type;
  using bits = typename native_vector<std::uint64_t, Lanes>::type;

  // The indices, each in the lower half of a lane.
  static DUET_INLINE bits split(void const* from, double* values) {
    numbers a, b;
    std::memcpy(&a, from, sizeof a);
    std::memcpy(&b, static_cast<std::byte const*>(from) + sizeof a, sizeof b);
    return [&]<std::size_t... L>(std::index_sequence<L...>) DUET_INLINE_LAMBDA {
      numbers const value = __builtin_shufflevector(a, b, (2 * L)...);
      std::memcpy(values, &value, sizeof value);
      return __builtin_shufflevector((bits)a, (bits)b, (2 * L + 1)...);
    }(std::make_index_sequence<Lanes>{});
  }
  static DUET_INLINE void join(double const* values, bits const& indices, void* to) {
    numbers value;
    std::memcpy(&value, values, sizeof value);
    [&]<std::size_t... L>(std::index_sequence<L...>) DUET_INLINE_LAMBDA {
      bits const low = __builtin_shufflevector((bits)value, indices, (L / 2 + L % 2 * Lanes)...);
      bits const high = __builtin_shufflevector((bits)value, indices, (Lanes / 2 + L / 2 + L % 2 * Lanes)...);
      std::memcpy(to, &low, sizeof low);
      std::memcpy(static_cast<std::byte*>(to) + sizeof low, &high, sizeof high);
    }(std::make_index_sequence<Lanes>{});
  }
};

// The values of neighbours in memory, and their indices as a run; where they are none it has no entries.
template <class V, class T>
[[nodiscard]] DUET_INLINE array_run split_variables(V const* x, std::size_t count, T* __restrict values) {
  tape_index const first = x[0].index();
  array_run run{first, count > 1 ? x[1].index() - first : 0, 0};
  std::size_t k = 0;
  std::uint64_t irregular = 0;
  if constexpr (is_shuffled<V>) {
    constexpr std::size_t lanes = native_lanes<typename V::value_type>;
    using shuffle = variable_shuffle<lanes>;
    typename shuffle::bits steps{}, others{};
    for (std::size_t l = 0; l < lanes; ++l) steps[l] = l * std::uint64_t{run.step};
    auto const split = [&](std::size_t at) DUET_INLINE_LAMBDA {
      others |= shuffle::split(x + at, values + at) ^ (steps + std::uint64_t{run(at)});
    };
    for (; k + lanes <= count; k += lanes) split(k);
    if (k != 0 && k != count) {  // the last ones, some of them once more
      split(count - lanes);
      k = count;
    }
    for (std::size_t l = 0; l < lanes; ++l) irregular |= others[l];
  }
  for (; k < count; ++k) {
    values[k] = x[k].value();
    irregular |= x[k].index() ^ run(k);
  }
  if (static_cast<tape_index>(irregular) == 0) run.count = static_cast<tape_index>(count);
  return run;
}
// The variables with these values at indices from `first` on in equal steps, one after another.
template <class V, class T>
DUET_INLINE void join_variables(T const* __restrict values, tape_index first, tape_index step, std::size_t count,
                                V* to) {
  std::size_t k = 0;
  if constexpr (is_shuffled<V>) {
    constexpr std::size_t lanes = native_lanes<typename V::value_type>;
    using shuffle = variable_shuffle<lanes>;
    typename shuffle::bits steps{};
    for (std::size_t l = 0; l < lanes; ++l) steps[l] = l * step;
    auto const join = [&](std::size_t at) DUET_INLINE_LAMBDA {
      shuffle::join(values + at, steps + std::uint64_t{first + at * step}, static_cast<void*>(to + at));
    };
    for (; k + lanes <= count; k += lanes) join(k);
    if (k != 0 && k != count) {
      join(count - lanes);
      k = count;
    }
  }
  for (; k < count; ++k) to[k] = V::recorded(values[k], first + static_cast<tape_index>(k) * step);
}

}  // namespace duet
