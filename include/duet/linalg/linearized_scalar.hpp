#pragma once

// What carries a linearization (linearization.hpp) through a scalar: linearized_scalar, specialised for each mode, and
// what the specialisations share.

#include <duet/driver/evaluate.hpp>

namespace duet {

// The scalar of some arguments: the one of the highest level, to which the others are constants.
template <class... X>
using joint_scalar_t = std::common_type_t<entry_t<X>...>;

// How the scalar S goes through a linearization: apply(where, operation, x...).
template <class S>
struct linearized_scalar {
  template <class Operation, class... X>
  static auto apply(char const* /*where*/, Operation const& /*operation*/, X const&... /*x*/) {
    static_assert(!active_scalar<S>,
                  "duet: a function of whole matrices (duet::solve, duet::with_pullback, ...) cannot be traced into "
                  "scalar operations; differentiate it in forward or reverse mode");
  }
};

// y = f(x...) for arguments of any scalar: the value, with the derivatives that the scalar carries. Errors begin with
// `where`.
template <class Operation, class... X>
[[nodiscard]] auto apply_linearized(char const* where, Operation const& operation, X const&... x) {
  using S = joint_scalar_t<X...>;
  if constexpr (active_scalar<S>)
    return linearized_scalar<S>::apply(where, operation, x...);
  else
    return plain_t<decltype(operation(x...).value())>(operation(x...).value());
}

template <class S, class X>
inline constexpr bool moves_with = std::is_same_v<entry_t<X>, S>;

// x with entries of type U made of its own by read(entry), or by U(entry) where it does not move with S.
template <class S, class U, class X, class Read>
[[nodiscard]] lifted_t<X, U> read_argument(X const& x, Read const& read) {
  return shape<X>::template make<U>(x, [&](auto i) -> U {
    if constexpr (moves_with<S, X>)
      return read(shape<X>::entry(x, i));
    else
      return U(shape<X>::entry(x, i));
  });
}

// One direction of an argument; none where all of it vanishes, so that zero wins over an infinite derivative.
template <class S, class U, class X>
class argument_tangent {
 public:
  template <class Read>
  argument_tangent(X const& x, Read const& read) {
    if constexpr (moves_with<S, X>) {
      tangent_ = duet::read_argument<S, U>(x, read);
      for (std::size_t i = 0; i < duet::size_of(x); ++i) moves_ |= !duet::vanishes(shape<Lifted>::entry(tangent_, i));
    }
  }
  [[nodiscard]] bool moves() const { return moves_; }
  [[nodiscard]] auto pointer() const { return moves_ ? &tangent_ : nullptr; }

 private:
  using Lifted = lifted_t<X, U>;
  Lifted tangent_;
  bool moves_ = false;
};

// The tangent along which read(entry) gives the entries of the arguments, to visit(i, entry); nothing where none moves.
template <class S, class U, class Linearization, class Read, class Visit, class... X>
void visit_tangent(Linearization const& at, Read const& read, Visit const& visit, X const&... x) {
  auto const push = [&](argument_tangent<S, U, X> const&... dx) {
    if (!(... || dx.moves())) return;
    auto const& dy = at.tangent(dx.pointer()...);
    using Y = std::remove_cvref_t<decltype(dy)>;
    for (std::size_t i = 0; i < duet::size_of(dy); ++i) visit(i, shape<Y>::entry(dy, i));
  };
  push(argument_tangent<S, U, X>(x, read)...);
}

// The result of an operation with entries S made of those of its value.
template <class S, class Y, class Make>
[[nodiscard]] lifted_t<Y, S> make_result(Y const& y, Make const& make) {
  return shape<Y>::template make<S>(y, [&](auto i) { return S(make(shape<Y>::entry(y, i))); });
}

}  // namespace duet
