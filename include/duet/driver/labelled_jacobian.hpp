#pragma once

// The Jacobian in a struct of parameters as a Boost.Hana map from the names of its fields to their columns; of several
// arguments from their numbers. Included by who calls it: maps take longer to compile than all the rest of a struct.

#include <boost/hana/at_key.hpp>
#include <boost/hana/integral_constant.hpp>
#include <boost/hana/map.hpp>
#include <boost/hana/pair.hpp>
#include <boost/hana/string.hpp>
#include <duet/driver/jacobian.hpp>

namespace duet {

template <class X>
inline constexpr bool has_labels = is_arguments<X> || parameter_structure<X>;

template <mode Mode, class F, class X>
[[nodiscard]] consteval bool labelled_jacobian_demands() {
  static_assert(has_labels<plain_t<X>>,
                "duet::labelled_jacobian needs x to be a struct of parameters, described to Boost.Hana, or "
                "duet::args(...); for the columns of other shapes call duet::jacobian");
  if constexpr (has_labels<plain_t<X>>)
    return jacobian_demands<Mode, F, X>();
  else
    return false;
}

// The key of part I: a boost::hana::string with the name of the field, or the number of the argument.
template <std::size_t I, class X>
[[nodiscard]] constexpr auto key_of_part(std::type_identity<X>) {
  return field_name<X, parts<X>::template field_of<I>>{};
}
template <std::size_t I, class... X>
[[nodiscard]] constexpr auto key_of_part(std::type_identity<arguments<X...>>) {
  return boost::hana::int_c<static_cast<int>(active_argument<arguments<X...>, I>)>;
}

// The key of part I of x, and its columns, which begin at `first`; moves `first` behind them.
template <std::size_t I, class X, class Jacobian>
[[nodiscard]] auto block_of_part(X const& x, Jacobian const& all, Eigen::Index& first) {
  constexpr std::size_t columns = shape<typename parts<X>::template type<I>>::static_size;
  constexpr std::size_t rows =
      Jacobian::RowsAtCompileTime == Eigen::Dynamic ? dynamic : static_cast<std::size_t>(Jacobian::RowsAtCompileTime);
  auto const count = static_cast<Eigen::Index>(duet::size_of(parts<X>::template get<I>(x)));
  matrix_of<entry_t<X>, rows, columns> const block = all.middleCols(first, count);
  first += count;
  return boost::hana::make_pair(duet::key_of_part<I>(std::type_identity<X>{}), block);
}

// The columns of a Jacobian, field by field of x: J[BOOST_HANA_STRING("W")] is m x size of W, its columns counted in
// storage order, and of args(...) J[boost::hana::int_c<0>] those of the first argument. A field that is a struct has
// its columns together. Modes and cost are those of duet::jacobian.
template <mode Mode, class F, class X>
[[nodiscard]] auto labelled_jacobian(mode_constant<Mode> chosen, F&& f, X const& x) {
  if constexpr (labelled_jacobian_demands<Mode, F, X>()) {
    auto const& at = duet::plain(x);
    auto const all = duet::jacobian(chosen, f, at);
    Eigen::Index first = 0;
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      auto blocks = std::tuple{duet::block_of_part<I>(at, all, first)...};  // in braces: made in order
      return boost::hana::make_map(std::get<I>(std::move(blocks))...);
    }(std::make_index_sequence<parts<plain_t<X>>::count>{});
  }
}
template <class F, class X>
[[nodiscard]] auto labelled_jacobian(F&& f, X const& x) {
  return duet::labelled_jacobian(automatic, f, x);
}

}  // namespace duet
