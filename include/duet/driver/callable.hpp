#pragma once

// What is known of a function that a driver differentiates: its parameters where they are fixed, and the tag by which
// its scalars differ from those of others.

#include <duet/forward/dual.hpp>
#include <tuple>
#include <type_traits>
#include <utility>

namespace duet {

// The parameters of a callable that is no template: a pointer to function, or an object with one plain operator().
template <class R, class... A>
std::type_identity<std::tuple<A...>> parameters_of(R (*)(A...));
template <class R, class C, class... A>
std::type_identity<std::tuple<A...>> parameters_of(R (C::*)(A...));
template <class R, class C, class... A>
std::type_identity<std::tuple<A...>> parameters_of(R (C::*)(A...) const);

template <class F>
struct parameters {
  using type = std::tuple<>;
};
template <class F>
  requires requires(F* f) { duet::parameters_of(f); }
struct parameters<F> {
  using type = typename decltype(duet::parameters_of(std::declval<F*>()))::type;
};
template <class F>
  requires requires { duet::parameters_of(&F::operator()); }
struct parameters<F> {
  using type = typename decltype(duet::parameters_of(&F::operator()))::type;
};
template <class F>
inline constexpr std::size_t parameters_known = std::tuple_size_v<typename parameters<std::remove_cvref_t<F>>::type>;

// The tag of the scalars that a callable F sees. Derivatives taken inside one another then differ in type, and a
// variable of the outer one that F captures cannot slip in among those of the inner (perturbation confusion, Siskind
// and Pearlmutter 2008). A callable that captures nothing needs none; one that is no template names its scalar itself.
template <class F>
inline constexpr bool is_tagged = std::is_class_v<F> && !std::is_empty_v<F> && parameters_known<F> == 0;
// The tag names F by an address: F's own template arguments would bring their namespaces into every look-up (std::apply
// for a callable that holds a std::tuple).
template <class F>
inline constexpr char callable_mark = 0;
template <char const* Mark>
struct callable_tag {};
template <class F>
using tag_of =
    std::conditional_t<is_tagged<std::remove_cvref_t<F>>, callable_tag<&callable_mark<std::remove_cvref_t<F>>>, void>;

// In forward mode f is evaluated on unguarded scalars (forward/dual.hpp), unless it names its scalar or is checked: on
// unaligned ones where it takes thousands of them, on those that are stored late in a pass over some of its inputs.
enum class partials_in { whole_pass, large_arrays, one_of_many_passes };

template <partials_in Use, class Tag>
using tag_for = std::conditional_t<Use == partials_in::large_arrays, unaligned<Tag>,
                                   std::conditional_t<Use == partials_in::one_of_many_passes, stored_late<Tag>, Tag>>;
template <class F, partials_in Use = partials_in::whole_pass>
using forward_tag =
    std::conditional_t<parameters_known<F> != 0 || checked::enabled, tag_of<F>, unguarded<tag_for<Use, tag_of<F>>>>;

}  // namespace duet
