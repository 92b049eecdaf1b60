#pragma once

// Names for the entries of a point: "layer.W(1, 0)", "b[3]", "c"; for the columns of a Jacobian, and for people.

#include <cctype>
#include <duet/eigen/arguments.hpp>
#include <duet/eigen/structure.hpp>
#include <string>

namespace duet {

// Of the name of a part and that of an entry inside.
[[nodiscard]] inline std::string joined_label(std::string part, std::string const& inside) {
  if (!inside.empty() && std::isalpha(static_cast<unsigned char>(inside.front()))) part += '.';
  return part + inside;
}

template <class X>
[[nodiscard]] std::string label_of(X const& x, std::size_t i) {
  if constexpr (number_entry<X>) {
    return "";
  } else if constexpr (has_parts<X>) {
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      std::string text;
      std::size_t left = i;
      auto const found = [&]<class Part>(Part const& part, auto const& name) {
        if (std::size_t const here = duet::size_of(part); left >= here) {
          left -= here;
          return false;
        }
        text = duet::joined_label(name(), duet::label_of(part, left));
        return true;
      };
      static_cast<void>((found(parts<X>::template get<I>(x), [] { return parts<X>::template name<I>(); }) || ...));
      return text;
    }(std::make_index_sequence<parts<X>::count>{});
  } else {
    if constexpr (eigen_dense<X>)
      if constexpr (!X::IsVectorAtCompileTime) {
        auto const inner = static_cast<std::size_t>(x.innerSize());
        std::size_t const row = X::IsRowMajor ? i / inner : i % inner, column = X::IsRowMajor ? i % inner : i / inner;
        return '(' + std::to_string(row) + ", " + std::to_string(column) + ')';
      }
    return '[' + std::to_string(i) + ']';
  }
}

// The name of entry i of x, counted as the columns of a Jacobian are: fields by name, entries of vectors as "[3]", of
// matrices as "(1, 0)", parts of a tuple as "[0]", arguments as "argument 0(1, 0)"; empty for a number by itself.
// Throws std::invalid_argument if x has no such entry.
template <point X>
[[nodiscard]] std::string label(X const& x, std::size_t i) {
  auto const& at = duet::plain(x);
  if (i >= duet::size_of(at))
    throw std::invalid_argument("duet::label: entry " + std::to_string(i) + " of x, which has " +
                                std::to_string(duet::size_of(at)));
  return duet::label_of(at, i);
}

}  // namespace duet
