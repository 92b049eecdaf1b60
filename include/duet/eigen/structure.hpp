#pragma once

// Structs of parameters, described to Boost.Hana: by BOOST_HANA_DEFINE_STRUCT inside of the struct, or by a
// specialisation of boost::hana::accessors_impl outside. The struct is a class template and its one type parameter is
// its scalar, so that Duet can make it of duals and variables. Fields that hold the scalar are shapes of it, of any
// depth; fields whose type does not depend on it are carried along.

#include <boost/hana/accessors.hpp>
#include <boost/hana/at.hpp>
#include <boost/hana/concept/struct.hpp>
#include <boost/hana/first.hpp>
#include <boost/hana/length.hpp>
#include <boost/hana/second.hpp>
#include <duet/eigen/lift.hpp>

namespace duet {

template <class X>
concept hana_structure = boost::hana::Struct<X>::value;

// ---- fields ----

template <class X>
using accessors_of = std::remove_cvref_t<decltype(boost::hana::accessors<X>())>;
template <class X>
inline constexpr std::size_t field_count = decltype(boost::hana::length(std::declval<accessors_of<X> const&>()))::value;

// A reference to field K of x.
template <std::size_t K, class Self>
[[nodiscard]] DUET_INLINE constexpr decltype(auto) field(Self& x) {
  using pair = std::remove_cvref_t<decltype(boost::hana::at_c<K>(
      std::declval<accessors_of<std::remove_const_t<Self>> const&>()))>;
  return std::remove_cvref_t<decltype(boost::hana::second(std::declval<pair const&>()))>{}(x);
}
template <class X, std::size_t K>
using field_type = std::remove_cvref_t<decltype(duet::field<K>(std::declval<X&>()))>;

// The name of field K, a boost::hana::string.
template <class X, std::size_t K>
using field_name =
    std::remove_cvref_t<decltype(boost::hana::first(boost::hana::at_c<K>(std::declval<accessors_of<X> const&>())))>;

// ---- what is demanded of a struct ----

template <class X>
struct structure_of {
  static constexpr bool is_template = false;
};
template <template <class> class Structure, class S>
struct structure_of<Structure<S>> {
  static constexpr bool is_template = true;
  using scalar = S;
  template <class E>
  using rebind = Structure<E>;
  using other = Structure<std::conditional_t<std::is_same_v<S, double>, float, double>>;  // to compare fields with
};

// Fields whose type depends on the scalar.
template <class X, std::size_t K>
inline constexpr bool depends_on_scalar =
    !std::is_same_v<field_type<X, K>, field_type<typename structure_of<X>::other, K>>;
template <class X, std::size_t K>
inline constexpr bool is_part = [] {
  if constexpr (!shaped<field_type<X, K>>)
    return false;
  else
    return std::is_same_v<typename shape<field_type<X, K>>::value_type, typename structure_of<X>::scalar>;
}();

template <class X>
[[nodiscard]] consteval std::array<bool, field_count<X>> fields_of_scalar() {
  return []<std::size_t... K>(std::index_sequence<K...>) {
    return std::array<bool, field_count<X>>{depends_on_scalar<X, K>...};
  }(std::make_index_sequence<field_count<X>>{});
}

enum class structure_fault { none, no_structure, no_template, described_once, field_without_shape, no_number };

template <class X>
inline constexpr structure_fault fault_of = [] {
  if constexpr (!hana_structure<X>) {
    return structure_fault::no_structure;
  } else if constexpr (!structure_of<X>::is_template) {
    return structure_fault::no_template;
  } else if constexpr (!number_entry<typename structure_of<X>::scalar>) {
    return structure_fault::no_template;
  } else if constexpr (!hana_structure<typename structure_of<X>::other>) {
    return structure_fault::described_once;
  } else {
    return []<std::size_t... K>(std::index_sequence<K...>) {
      if (!(... && (!depends_on_scalar<X, K> || is_part<X, K>))) return structure_fault::field_without_shape;
      return (... || depends_on_scalar<X, K>) ? structure_fault::none : structure_fault::no_number;
    }(std::make_index_sequence<field_count<X>>{});
  }
}();

template <class X>
concept parameter_structure = fault_of<X> == structure_fault::none;

// What drivers take for the inputs of f where X is no point: none. Says what is wrong with a struct.
template <class X>
struct no_point {
  using type = void;
  static constexpr structure_fault fault = fault_of<X>;
  static_assert(fault != structure_fault::no_template,
                "duet: a struct of parameters is a class template whose one type parameter is its scalar: template "
                "<class S> struct parameters { BOOST_HANA_DEFINE_STRUCT(parameters<S>, (S, a), ...); }");
  static_assert(
      fault != structure_fault::described_once,
      "duet: this struct of parameters is described to Boost.Hana for one scalar only: describe the template, "
      "by BOOST_HANA_DEFINE_STRUCT inside of it or a partial specialisation of boost::hana::accessors_impl");
  static_assert(fault != structure_fault::field_without_shape,
                "duet: a field of a struct of parameters holds its scalar in a type that has no shape: a field is a "
                "number, an Eigen vector or matrix, a std::array, std::vector, std::tuple or std::pair, or such a "
                "struct");
  static_assert(fault != structure_fault::no_number,
                "duet: a struct of parameters needs a field of its scalar; this one has none");
};

// ---- the shape ----

template <parameter_structure X>
struct parts<X> {
 private:
  static constexpr std::size_t fields = field_count<X>;
  static constexpr std::array<bool, fields> holds_scalar = duet::fields_of_scalar<X>();

 public:
  static constexpr bool carries = std::count(holds_scalar.begin(), holds_scalar.end(), false) != 0;
  static constexpr std::size_t count = std::count(holds_scalar.begin(), holds_scalar.end(), true);
  // The field that part I is.
  template <std::size_t I>
  static constexpr std::size_t field_of = duet::nth_true(holds_scalar, I);

  template <std::size_t I>
  using type = field_type<X, field_of<I>>;
  using value_type = typename structure_of<X>::scalar;
  template <class S>
  using rebind = typename structure_of<X>::template rebind<S>;

  template <std::size_t I, class Self>
  static DUET_INLINE constexpr auto& get(Self& x) {
    return duet::field<field_of<I>>(x);
  }
  template <class Target>
  static DUET_INLINE constexpr void carry(Target& target, X const& like) {
    [&]<std::size_t... K>(std::index_sequence<K...>)
        DUET_INLINE_LAMBDA { (copy_field<K>(target, like), ...); }(std::make_index_sequence<fields>{});
  }
  template <std::size_t I>
  static std::string name() {
    return field_name<X, field_of<I>>::c_str();
  }

 private:
  template <std::size_t K, class Target>
  static DUET_INLINE constexpr void copy_field(Target& target, X const& like) {
    if constexpr (!holds_scalar[K]) duet::field<K>(target) = duet::field<K>(like);
  }
};

}  // namespace duet
