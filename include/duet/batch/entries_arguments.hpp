#pragma once

// The arguments of map_entries(): arrays and numbers, active or not, read in lanes one group of entries after another.

#include <duet/batch/data.hpp>
#include <duet/batch/lanes.hpp>
#include <duet/reverse/array_places.hpp>

namespace duet::entries_detail {

template <class X>
inline constexpr bool is_number = !shaped<plain_t<X>> || number_entry<plain_t<X>>;

// Entries can be read one after another, matrices by columns, where they are.
template <class X>
inline constexpr bool is_readable = false;
template <eigen_dense X>
inline constexpr bool is_readable<X> =
    (X::Flags & Eigen::LinearAccessBit) != 0 && (X::Flags & Eigen::DirectAccessBit) != 0 &&
    (X::IsVectorAtCompileTime || !X::IsRowMajor);

template <class X>
[[nodiscard]] auto by_columns(X const& x) {
  constexpr int order = X::IsVectorAtCompileTime ? X::Options : int{Eigen::ColMajor};
  using S = typename X::Scalar;
  if constexpr (std::is_base_of_v<Eigen::MatrixBase<X>, X>)
    return Eigen::Matrix<S, X::RowsAtCompileTime, X::ColsAtCompileTime, order>(x);
  else
    return Eigen::Array<S, X::RowsAtCompileTime, X::ColsAtCompileTime, order>(x);
}
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) readable(X const& x) {
  if constexpr (is_readable<X>)
    return (x);
  else if constexpr (eigen_dense<X>)
    return by_columns(duet::plain(x));
  else
    return duet::plain(x);
}
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) entry(X const& x, std::size_t k) {
  if constexpr (is_number<X>)
    return (x);
  else if constexpr (eigen_dense<X>)
    return (x.coeffRef(static_cast<Eigen::Index>(k)));
  else
    return (shape<X>::entry(x, k));
}
template <class X>
struct entry_of {
  using type = std::remove_cvref_t<decltype(entry(std::declval<X const&>(), 0))>;
};

// The first array of some arguments.
template <class First, class... Rest>
[[nodiscard]] DUET_INLINE constexpr auto const& first_array(First const& first, Rest const&... rest) {
  if constexpr (is_number<First> && sizeof...(Rest) > 0)
    return first_array(rest...);
  else
    return first;
}
// Its number of entries, known to the compiler where it is static.
template <class X>
[[nodiscard]] DUET_INLINE std::size_t length(X const& x) {
  if constexpr (static_size_of<X> != dynamic)
    return static_size_of<X>;
  else
    return static_cast<std::size_t>(x.size());
}
template <class... X>
DUET_INLINE void require_length(std::size_t expected, X const&... x) {
  std::size_t place = 0;
  auto const check = [&]<class A>(A const& a) DUET_INLINE_LAMBDA {
    if constexpr (!is_number<A>)
      if (length(a) != expected) [[unlikely]]
        throw_wrong_size("duet::map_entries", "argument " + std::to_string(place), length(a), expected,
                         "as the first array");
    ++place;
  };
  (check(x), ...);
}

// Entries k and those after it; beyond the end the last one again.
template <class E, class X>
[[nodiscard]] DUET_INLINE E entries(X const& x, std::size_t k, std::size_t count) {
  using A = typename entry_of<X>::type;
  if constexpr (is_number<X>) {
    if constexpr (is_recorded<A>)
      return E(x.value());
    else
      return E(static_cast<typename E::value_type>(x));
  } else {
    bool const whole = k + E::size() <= count;
    if constexpr (is_recorded<A>) {
      if (whole) return gathered<E>([&](std::size_t l) DUET_INLINE_LAMBDA { return entry(x, k + l).value(); });
      return gathered<E>([&](std::size_t l)
                             DUET_INLINE_LAMBDA { return entry(x, std::min(k + l, count - 1)).value(); });
    } else {
      if (whole) return gathered<E>([&](std::size_t l) DUET_INLINE_LAMBDA { return entry(x, k + l); });
      return gathered<E>([&](std::size_t l) DUET_INLINE_LAMBDA { return entry(x, std::min(k + l, count - 1)); });
    }
  }
}

template <class X>
[[nodiscard]] array_places places_of(X const& x, std::size_t count) {
  if constexpr (!is_recorded<typename entry_of<X>::type>) {
    return {};
  } else if constexpr (is_number<X>) {
    return {x.index(), 0, 0, x.index() != 0, false};
  } else {
    places_probe probe(entry(x, 0).index(), entry(x, count > 1 ? 1 : 0).index());
    for (std::size_t k = 0; k < count; ++k) probe.add(entry(x, k).index());
    return probe.places(0);
  }
}

}  // namespace duet::entries_detail
