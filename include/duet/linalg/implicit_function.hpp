#pragma once

// y(p) defined by an equation r(y, p) = 0, however it is solved: the derivative comes from the implicit function
// theorem,
//   dy = -r_y^-1 r_p dp,   p~ = -r_p^T r_y^-T y~,
// with one linear system for each direction and each sweep. What implicit_root, fixed_point and argmin share.
//
// A definition of y is an object with
//   solve(p)        y for plain numbers p, in a shape of the numbers of p
//   residual(y, p)  r, one entry for each entry of y, for y and p of any scalars
//   inverse(y, p)   an object that owns what it needs, with apply(v) = -r_y^-1 v and apply_transposed(w) = -r_y^-T w in
//                   the shape of y, all of the scalar of y and p

#include <duet/driver/affine_map.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/driver/product.hpp>
#include <duet/linalg/factorization.hpp>
#include <sstream>

namespace duet {

// The entries of y, in order, as a column of its own.
template <class Y>
[[nodiscard]] auto own_column(Y const& y) {
  return plain_t<decltype(duet::column_of(y))>(duet::column_of(y));
}

// x with its entries as numbers of type T.
template <class T, class X>
[[nodiscard]] lifted_t<X, T> with_entries(X const& x) {
  return shape<X>::template make<T>(x, [&](auto i) { return T(shape<X>::entry(x, i)); });
}
// x as passive numbers of type P, whatever it carries.
template <class P, class X>
[[nodiscard]] lifted_t<X, P> stripped(X const& x) {
  return shape<X>::template make<P>(x, [&](auto i) { return static_cast<P>(duet::value(shape<X>::entry(x, i))); });
}

// A shape of numbers that R can hold.
template <class Result, class R>
concept entries_for = shaped<Result> && std::is_convertible_v<entry_t<Result>, R>;

// What a caller's function returned, as a shape like y of numbers of type R.
template <class R, class Y, class Result>
[[nodiscard]] lifted_t<Y, R> entries_like(char const* where, char const* what, Y const& y, Result const& result) {
  auto const& given = duet::plain(result);
  using Given = plain_t<Result>;
  require_size(where, what, duet::size_of(given), duet::size_of(y), "one for each entry of y");
  return shape<Y>::template make<R>(y, [&](auto i) { return R(shape<Given>::entry(given, i)); });
}

DUET_COLD inline void throw_no_inverse(char const* where, char const* meaning, char const* fault) {
  throw error(std::string(where) + ": " + meaning + " is " + fault + " at the solution, where y has no derivative");
}

// -J^-1 for the Jacobian of a residual, or the other sign.
template <class Y, class Method, class J>
class factored_inverse {
 public:
  using T = entry_t<Y>;
  factored_inverse(char const* where, char const* meaning, Y const& like, J const& jacobian, int sign)
      : like_(like), factors_(duet::factorize<Method>(jacobian)), sign_(sign) {
    if (!factors_->is_regular()) throw_no_inverse(where, meaning, Method::name);
  }
  [[nodiscard]] Y apply(Y const& v) const { return signed_shape(factors_->solve(duet::own_column(v))); }
  [[nodiscard]] Y apply_transposed(Y const& w) const {
    return signed_shape(factors_->template solve<true>(duet::own_column(w)));
  }

 private:
  template <class Column>
  [[nodiscard]] Y signed_shape(Column const& column) const {
    return duet::shaped_as(like_, Column(passive_of_t<T>(sign_) * column));
  }
  Y like_;
  factored_pointer<Method, J> factors_;
  int sign_;
};

// In forward mode the residual is differentiated along dp where it is asked for.
template <class Definition, class Y, class P, class Inverse>
class implicit_linearization {
 public:
  implicit_linearization(Definition const& definition, Y y, P const& p)
      : definition_(definition), y_(std::move(y)), p_(p), inverse_(definition.inverse(y_, p)) {}
  [[nodiscard]] Y const& value() const { return y_; }
  [[nodiscard]] Y tangent(P const* dp) const {
    auto const along = [this](auto const& q) { return definition_.residual(y_, q); };
    return inverse_.apply(duet::jvp(forward, along, p_, *dp));
  }

 private:
  Definition const& definition_;
  Y y_;
  P p_;  // the argument lives no longer than the call
  Inverse inverse_;
};

// In reverse mode the residual at the solution is recorded, and y = y - r_y^-1 r as one node behind it: the sweep needs
// neither the definition nor what it captures.
template <class Y, class Inverse>
class implicit_correction {
 public:
  implicit_correction(Y y, Inverse inverse) : y_(std::move(y)), inverse_(std::move(inverse)) {}
  [[nodiscard]] Y const& value() const { return y_; }
  [[nodiscard]] Y tangent(Y const* dr) const { return inverse_.apply(*dr); }
  void adjoint(Y const& ybar, Y* rbar) const {
    if (rbar != nullptr) *rbar = inverse_.apply_transposed(ybar);
  }

 private:
  Y y_;
  Inverse inverse_;
};

// The solution of a definition at p, with the derivatives that p carries.
template <class Definition, class P>
[[nodiscard]] auto implicit_value(char const* where, Definition const& definition, P const& p) {
  using S = entry_t<P>;
  if constexpr (!active_scalar<S>) {
    return definition.solve(p);
  } else if constexpr (is_recorded<S>) {
    auto const values = duet::values_of<S>(p);
    auto const y = duet::implicit_value(where, definition, values);
    auto const r = definition.residual(y, p);
    auto const inverse = definition.inverse(y, values);
    return duet::apply_linearized(where, [&](auto const&) { return implicit_correction(y, inverse); }, r);
  } else {
    return duet::apply_linearized(
        where,
        [&](auto const& at) {
          using At = std::remove_cvref_t<decltype(at)>;
          auto y = duet::implicit_value(where, definition, at);
          using Y = decltype(y);
          return implicit_linearization<Definition, Y, At, decltype(definition.inverse(y, at))>(definition,
                                                                                                std::move(y), at);
        },
        p);
  }
}

DUET_COLD inline void throw_not_converged(char const* where, long iterations, char const* what, double size) {
  std::ostringstream text;
  text << where << ": no convergence after " << iterations << (iterations == 1 ? " iteration" : " iterations") << ": "
       << what << " is " << size;
  throw error(text.str());
}

}  // namespace duet
