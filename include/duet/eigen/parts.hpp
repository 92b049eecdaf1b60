#pragma once

// Shapes made of other shapes of one scalar, one after another: std::tuple and std::pair here, structs of parameters in
// structure.hpp, several arguments in arguments.hpp. parts<X> says which parts there are; all the rest is here.

#include <algorithm>
#include <duet/core/config.hpp>
#include <duet/eigen/shape.hpp>
#include <span>
#include <string>
#include <tuple>
#include <utility>

namespace duet {

// parts<X> has: count; type<I>, the type of part I; value_type, the type of an entry; rebind<S>; get<I>(x), part I of
// an X or of what has the same parts with other entries; name<I>(); and, for what else an X holds, carries, whether
// there is any, and carry(target, like), which copies it.
template <class X>
struct parts;

template <class X>
concept has_parts = requires { parts<X>::count; };

// Which of some flags is the n-th that is set, counted from zero: a part by its number among all fields or arguments.
template <std::size_t N>
[[nodiscard]] consteval std::size_t nth_true(std::array<bool, N> const& flags, std::size_t n) {
  std::size_t k = 0;
  while (!flags[k] || n-- != 0) ++k;
  return k;
}

// ---- the places of entries ----

// Entry `local` of part I: for a shape of the same family this is the entry, without a search for the part. To all
// others it is the number of the entry in storage order.
template <class Family, std::size_t I, class Local>
struct place_in_part {
  std::size_t first;  // of the part
  Local local;
  DUET_INLINE constexpr operator std::size_t() const { return first + local; }  // NOLINT: a number
};
// The same, known to the compiler.
template <class Family, std::size_t I, class Local, std::size_t Index>
struct fixed_place : std::integral_constant<std::size_t, Index> {
  static constexpr Local local{};
};

template <class Index>
inline constexpr bool is_constant_index = false;
template <std::size_t I>
inline constexpr bool is_constant_index<std::integral_constant<std::size_t, I>> = true;
template <class Family, std::size_t I, class Local, std::size_t Index>
inline constexpr bool is_constant_index<fixed_place<Family, I, Local, Index>> = true;

// ---- walks ----

// Calls visit(i) for the place i of each entry of x, in order; Fixed makes constants of them where x has static size.
template <bool Fixed, class X, class Visit>
DUET_INLINE constexpr void for_each_place(X const& x, Visit const& visit) {
  if constexpr (has_parts<X>)
    shape<X>::template for_each_place<Fixed>(x, visit);
  else if constexpr (Fixed && shape<X>::static_size != dynamic)
    duet::for_each_entry<shape<X>::static_size>(shape<X>::size(x), visit);
  else
    for (std::size_t i = 0; i < shape<X>::size(x); ++i) visit(i);
}
template <class X, class Visit>
DUET_INLINE constexpr void for_each_place(X const& x, Visit const& visit) {
  duet::for_each_place<(shape<X>::static_size <= most_unrolled_entries)>(x, visit);
}

// The entries of the shapes that x is made of in the end: each keeps its own side by side.
template <class X>
inline constexpr std::size_t leaf_shapes = 1;
template <has_parts X>
inline constexpr std::size_t leaf_shapes<X> = []<std::size_t... I>(std::index_sequence<I...>) {
  return (leaf_shapes<typename parts<X>::template type<I>> + ...);
}(std::make_index_sequence<parts<X>::count>{});
template <class X, class Span>
DUET_INLINE constexpr Span* write_leaf_spans(X& x, Span* to) {
  using Object = std::remove_const_t<X>;
  if constexpr (has_parts<Object>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      ((to = duet::write_leaf_spans(parts<Object>::template get<I>(x), to)), ...);
    }(std::make_index_sequence<parts<Object>::count>{});
  } else if (std::size_t const size = shape<Object>::size(x); size != 0) {
    *to++ = Span(&shape<Object>::entry(x, 0), size);
  }
  return to;
}

// Sets `count` entries of x from `first` on to f(i), at one place of the program: what f calls is compiled once.
template <class X, class Entry>
DUET_INLINE constexpr void set_entries_in_loop(X& x, std::size_t first, std::size_t count, Entry const& f) {
  if constexpr (has_parts<X>) {
    std::array<std::span<typename shape<X>::value_type>, leaf_shapes<X>> leaves;
    auto* const end = duet::write_leaf_spans(x, leaves.data());
    std::size_t const last = first + count;
    std::size_t begin = 0;  // of a leaf
    for (auto* leaf = leaves.data(); leaf != end && begin < last; ++leaf) {
      std::size_t const size = leaf->size(), until = std::min(size, last - begin);
      for (std::size_t i = first > begin ? first - begin : 0; i < until; ++i) (*leaf)[i] = f(begin + i);
      begin += size;
    }
  } else {
    for (std::size_t i = first; i < first + count; ++i) shape<X>::entry(x, i) = f(i);
  }
}
// All of them.
template <class X, class Entry>
DUET_INLINE constexpr void set_entries(X& x, Entry const& f) {
  duet::set_entries_in_loop(x, 0, shape<X>::size(x), f);
}
// Sets `count` entries of x from `first` on, or all, to numbers side by side. `begin` is the number of the first of x.
template <class X, class T>
DUET_INLINE constexpr std::size_t copy_entries(T const* from, X& x, std::size_t first = 0, std::size_t count = dynamic,
                                               std::size_t begin = 0) {
  if constexpr (has_parts<X>) {
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      ((begin = duet::copy_entries(from, parts<X>::template get<I>(x), first, count, begin)), ...);
    }(std::make_index_sequence<parts<X>::count>{});
    return begin;
  } else {
    std::size_t const end = begin + shape<X>::size(x), low = std::max(first, begin),
                      high = std::min(first + count, end);
    for (std::size_t i = low; i < high; ++i) shape<X>::entry(x, i - begin) = from[i - first];
    return end;
  }
}
// `count` of them; where the size is static each i is a constant.
template <class X, class Entry>
DUET_INLINE constexpr void set_entries(X& x, std::size_t first, std::size_t count, Entry const& f) {
  if constexpr (has_parts<X> && shape<X>::static_size <= most_unrolled_entries)
    duet::for_each_place(x, [&](auto i) DUET_INLINE_LAMBDA {
      if (i - first < count) shape<X>::entry(x, i) = f(i);
    });
  else
    duet::set_entries_in_loop(x, first, count, f);
}

// True if x has the sizes of y, part by part.
template <class X, class Y>
[[nodiscard]] constexpr bool same_sizes(X const& x, Y const& y) {
  if constexpr (has_parts<X> && has_parts<Y>) {
    if constexpr (parts<X>::count == parts<Y>::count)
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (duet::same_sizes(parts<X>::template get<I>(x), parts<Y>::template get<I>(y)) && ...);
      }(std::make_index_sequence<parts<X>::count>{});
    else
      return false;
  } else if constexpr (eigen_dense<X> && eigen_dense<Y>) {
    return x.rows() == y.rows() && x.cols() == y.cols();
  } else {
    return shape<X>::size(x) == shape<Y>::size(y);
  }
}

// Whether an X holds anything besides its entries, as structs and argument lists can.
template <class X>
inline constexpr bool carries = false;
template <has_parts X>
inline constexpr bool carries<X> = parts<X>::carries || []<std::size_t... I>(std::index_sequence<I...>) {
  return (... || carries<typename parts<X>::template type<I>>);
}(std::make_index_sequence<parts<X>::count>{});

// Copies it from `like`.
template <class Target, class X>
DUET_INLINE constexpr void carry(Target& target, X const& like) {
  if constexpr (carries<X>) {
    parts<X>::carry(target, like);
    [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA {
      (duet::carry(parts<X>::template get<I>(target), parts<X>::template get<I>(like)), ...);
    }(std::make_index_sequence<parts<X>::count>{});
  }
}

// Makes `target`, of any sizes, what shape<X>::make(like, f) is; in its own memory where the sizes allow it.
template <bool Fixed, class X, class Target, class Entry>
DUET_INLINE constexpr void remake(Target& target, X const& like, Entry const& f) {
  if constexpr (has_parts<X>) {
    parts<X>::carry(target, like);
    shape<X>::template for_each_part<Fixed>(like, [&]<std::size_t I>(auto at) DUET_INLINE_LAMBDA {
      duet::remake<Fixed>(parts<X>::template get<I>(target), parts<X>::template get<I>(like),
                          [&](auto local) DUET_INLINE_LAMBDA { return f(at(local)); });
    });
  } else {
    auto const replace = [&](auto i) DUET_INLINE_LAMBDA { duet::place(shape<X>::entry(target, i), f, i); };
    if constexpr (shape<X>::static_size != dynamic) {
      duet::for_each_place<Fixed>(like, replace);
    } else if (duet::same_sizes(target, like)) {
      duet::for_each_place<Fixed>(like, replace);
    } else {
      target = shape<X>::template make<typename shape<Target>::value_type>(like, f);
    }
  }
}

// ---- the shape ----

// The entries of the first `many` parts; duet::dynamic where one of them is.
template <class X>
[[nodiscard]] consteval std::size_t static_size_of_parts(std::size_t many) {
  return [=]<std::size_t... I>(std::index_sequence<I...>) mutable {
    std::size_t sum = 0;
    for (std::size_t const size : {shape<typename parts<X>::template type<I>>::static_size...}) {
      if (many-- == 0) break;
      if (size == dynamic) return dynamic;
      sum += size;
    }
    return sum;
  }(std::make_index_sequence<parts<X>::count>{});
}

template <has_parts X>
struct shape<X> {
  using value_type = typename parts<X>::value_type;
  template <class S>
  using rebind = typename parts<X>::template rebind<S>;
  template <std::size_t I>
  using part_shape = shape<typename parts<X>::template type<I>>;
  using family = rebind<double>;  // which X this is, whatever its entries are
  static constexpr std::size_t count = parts<X>::count;

  static constexpr std::size_t static_size = duet::static_size_of_parts<X>(count);

  static constexpr std::size_t size(X const& x) {
    if constexpr (static_size != dynamic)
      return static_size;
    else
      return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (part_shape<I>::size(parts<X>::template get<I>(x)) + ...);
      }(std::make_index_sequence<count>{});
  }

  template <class Self, std::size_t I, class Local>
  static DUET_INLINE constexpr auto& entry(Self& x, place_in_part<family, I, Local> const& i) {
    return part_shape<I>::entry(parts<X>::template get<I>(x), i.local);
  }
  template <class Self, std::size_t I, class Local, std::size_t Index>
  static DUET_INLINE constexpr auto& entry(Self& x, fixed_place<family, I, Local, Index>) {
    return part_shape<I>::entry(parts<X>::template get<I>(x), Local{});
  }
  template <std::size_t I = 0, class Self>
  static DUET_INLINE constexpr auto& entry(Self& x, std::size_t i) {
    auto& part = parts<X>::template get<I>(x);
    if constexpr (I + 1 == count) {
      return part_shape<I>::entry(part, i);
    } else {
      std::size_t const here = shape<std::remove_cvref_t<decltype(part)>>::size(part);
      return i < here ? part_shape<I>::entry(part, i) : entry<I + 1>(x, i - here);
    }
  }

  template <class S, class Entry>
  static DUET_INLINE constexpr rebind<S> make(X const& like, Entry const& f) {
    rebind<S> result;
    duet::remake<(static_size <= most_unrolled_entries)>(result, like, f);
    return result;
  }

  template <bool Fixed, class Visit>
  static DUET_INLINE constexpr void for_each_place(X const& x, Visit const& visit) {
    for_each_part<Fixed>(x, [&]<std::size_t I>(auto at) DUET_INLINE_LAMBDA {
      duet::for_each_place<Fixed>(parts<X>::template get<I>(x),
                                  [&](auto local) DUET_INLINE_LAMBDA { visit(at(local)); });
    });
  }

  // Calls visit<I>(at) for each part, where at(local) is the place in x of an entry of the part.
  template <bool Fixed, class Visit>
  static DUET_INLINE constexpr void for_each_part(X const& x, Visit const& visit) {
    std::size_t first = 0;
    [&]<std::size_t... I>(std::index_sequence<I...>)
        DUET_INLINE_LAMBDA { (visit_part<Fixed, I>(x, first, visit), ...); }(std::make_index_sequence<count>{});
  }

 private:
  template <bool Fixed, std::size_t I, class Visit>
  static DUET_INLINE constexpr void visit_part(X const& x, std::size_t& first, Visit const& visit) {
    std::size_t const here = first;
    visit.template operator()<I>([here]<class Local>(Local local) DUET_INLINE_LAMBDA {
      if constexpr (is_constant_index<Local> && duet::static_size_of_parts<X>(I) != dynamic)
        return fixed_place<family, I, Local, duet::static_size_of_parts<X>(I) + Local::value>{};
      else
        return place_in_part<family, I, Local>{here, local};
    });
    first += part_shape<I>::size(parts<X>::template get<I>(x));
  }
};

// ---- tuples and pairs ----

template <class... X>
inline constexpr bool of_one_scalar = false;
template <shaped First, shaped... Rest>
inline constexpr bool of_one_scalar<First, Rest...> =
    (... && std::is_same_v<typename shape<Rest>::value_type, typename shape<First>::value_type>);

struct tuple_parts {
  static constexpr bool carries = false;
  template <std::size_t I, class Self>
  static DUET_INLINE constexpr auto& get(Self& x) {
    return std::get<I>(x);
  }
  template <class Target, class X>
  static constexpr void carry(Target&, X const&) {}
};

template <class... X>
  requires of_one_scalar<X...>
struct parts<std::tuple<X...>> : tuple_parts {
  static constexpr std::size_t count = sizeof...(X);
  template <std::size_t I>
  using type = std::tuple_element_t<I, std::tuple<X...>>;
  using value_type = typename shape<type<0>>::value_type;
  template <class S>
  using rebind = std::tuple<typename shape<X>::template rebind<S>...>;
  template <std::size_t I>
  static std::string name() {
    return '[' + std::to_string(I) + ']';
  }
};

template <class First, class Second>
  requires of_one_scalar<First, Second>
struct parts<std::pair<First, Second>> : tuple_parts {
  static constexpr std::size_t count = 2;
  template <std::size_t I>
  using type = std::tuple_element_t<I, std::pair<First, Second>>;
  using value_type = typename shape<First>::value_type;
  template <class S>
  using rebind = std::pair<typename shape<First>::template rebind<S>, typename shape<Second>::template rebind<S>>;
  template <std::size_t I>
  static std::string name() {
    return I == 0 ? "first" : "second";
  }
};

}  // namespace duet
