#pragma once

// The scalar of second order: a value, a gradient of N partials and a symmetric Hessian. Assigning an expression
// computes one coefficient a leaf and one outer product an operand of each nonlinear operation (curvature.hpp), then
// every block of the Hessian in one pass: no temporary Hessian exists inside a statement (Fike and Alonso 2011 for the
// numbers; the statement-wise evaluation is Duet's).

#include <duet/forward/curvature.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/hessian_pass.hpp>

namespace duet {

template <class T = double, std::size_t N = 1, class Tag = void>
class hyperdual;

template <class T, std::size_t N, class Tag>
inline constexpr bool is_active_scalar<hyperdual<T, N, Tag>> = true;

// A hyper-dual inside an expression: the same numbers with copies that the compiler sees through.
template <class T, std::size_t N, class Tag>
struct leaf<hyperdual<T, N, Tag>> {
  using scalar = hyperdual<T, N, Tag>;
  using value_type = T;
  using gradient_storage = typename leaf<dual<T, N, Tag>>::storage;

  T number;
  gradient_storage partials;
  hessian_storage<T, N> hessian;

  DUET_INLINE constexpr explicit leaf(scalar const& x) : number(x.value()), partials(x.partials()) {
    hessian.copy(x.hessian());
  }
  DUET_INLINE constexpr leaf(leaf const& other) : number(other.number), partials(other.partials) {
    hessian.copy(other.hessian);
  }
  constexpr leaf& operator=(leaf const&) = default;

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return number; }
  [[nodiscard]] constexpr T partial(std::size_t i) const {
    blocks<T, N> all;
    blocks<T, N>::for_each_block([&](auto j) { all[j] = partials[j]; });
    return all.at(i);
  }
};

template <class T, std::size_t N, class Tag>
class hyperdual : public statement_assignment<hyperdual<T, N, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = hyperdual;

  // Zero, with derivatives of zero.
  constexpr hyperdual() = default;

  // A constant: a number of the level below, without derivatives.
  template <constant_of<hyperdual> X>
  DUET_INLINE constexpr hyperdual(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <expression_of<hyperdual> X>
  DUET_INLINE constexpr hyperdual(X const& x, checked::site at = checked::site::current()) {  // NOLINT
    checked::forward_statement<hyperdual> const here(at);
    assign(x);
    here.end(*this, x);
  }
  template <expression_of<hyperdual> X>
    requires(!checked::enabled)
  DUET_INLINE constexpr hyperdual& operator=(X const& x) {
    assign(x);
    return *this;
  }

  // The i-th of N independent variables: its partial i is one.
  [[nodiscard]] static DUET_INLINE constexpr hyperdual independent(T const& value, std::size_t i,
                                                                   checked::site at = checked::site::current()) {
    require(i);
    checked::input(value, at);
    hyperdual x;
    x.value_ = value;
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { x.partials_[j] = unit_block<T, N>(j, i); });
    return x;
  }

  [[nodiscard]] DUET_INLINE constexpr T const& value() const { return value_; }
  // Entry i of the gradient.
  [[nodiscard]] constexpr T partial(std::size_t i) const {
    require(i);
    return partials_.at(i);
  }
  // Entry (i, j) of the Hessian.
  [[nodiscard]] constexpr T second(std::size_t i, std::size_t j) const {
    require(i);
    require(j);
    return hessian_.at(i, j);
  }
  constexpr void set_partial(std::size_t i, T const& x) {
    require(i);
    partials_.set(i, x);
  }
  // Sets entries (i, j) and (j, i).
  constexpr void set_second(std::size_t i, std::size_t j, T const& x) {
    require(i);
    require(j);
    hessian_.set(i, j, x);
  }
  // N, the number of independent variables.
  [[nodiscard]] static constexpr std::size_t size() { return N; }

  [[nodiscard]] DUET_INLINE constexpr blocks<T, N> const& partials() const { return partials_; }
  [[nodiscard]] DUET_INLINE constexpr hessian_storage<T, N> const& hessian() const { return hessian_; }

  [[nodiscard]] constexpr bool vanishes() const {
    return duet::vanishes(value_) && every_derivative([](T const& x) { return duet::vanishes(x); });
  }
  [[nodiscard]] constexpr bool all_finite() const { return duet::all_finite(value_) && derivatives_are_finite(); }
  constexpr void probe_partials(finite_probe<T, N>& probe) const {
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { probe.add(partials_[j]); });
    hessian_.for_each_block([&](auto const& block) DUET_INLINE_LAMBDA { probe.add(block); });
  }

 private:
  friend compound_assignment<hyperdual>;

  static DUET_INLINE constexpr void require(std::size_t i) {
    if (i >= N) throw_bad_index(i);
  }
  DUET_COLD static void throw_bad_index(std::size_t i) {
    throw std::invalid_argument("duet::hyperdual: index " + std::to_string(i) + " of a hyper-dual with " +
                                std::to_string(N) + " partials (expected 0 to N - 1)");
  }

  template <class Test>
  [[nodiscard]] constexpr bool every_derivative(Test const& test) const {
    for (std::size_t i = 0; i < N; ++i) {
      if (!test(partials_.at(i))) return false;
      if (hessian_.flat()) continue;
      for (std::size_t j = i; j < N; ++j)
        if (!test(hessian_.at(i, j))) return false;
    }
    return true;
  }
  [[nodiscard]] constexpr bool derivatives_are_finite() const {
    finite_probe<T, N> probe;
    probe_partials(probe);
    return probe.finite();
  }

  // True if zero has to win over an infinite slope or bend somewhere in the statement.
  template <class X, class C, class Bend>
  static DUET_INLINE constexpr bool needs_damping(X const& x, C const& c, Bend const& b) {
    if constexpr (has_infinite_slope<X>) {
      if (!duet::coefficients_are_finite(x, c)) return true;
      finite_probe<T, N> probe;
      (void)duet::fold_products(b, 0, [&](int, auto const&, auto const& p) DUET_INLINE_LAMBDA {
        blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { probe.add(p[j]); });
        return 0;
      });
      return !probe.finite() || must_damp();
    } else {
      return must_damp();
    }
  }
  template <class X>
  DUET_INLINE constexpr void assign(X const& x) {
    auto c = duet::coefficients<care::bare>(x, one{});
    bend<blocks<T, N>, X, one> b(x, one{});
    if constexpr (!is_unguarded<Tag>)
      if (needs_damping(x, c, b)) [[unlikely]] {
        hyperdual const result = damped(X(x), one{});
        take(result);
        return;
      }
    T const value = x.value();
    write_hessian<false>(x, c, b);
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(b.gradient())>, zero>)
      blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = typename blocks<T, N>::vector{}; });
    else
      blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = b.gradient()[j]; });
    value_ = value;
  }

  // *this + seed * x.
  template <class X, class Seed>
  DUET_INLINE constexpr void accumulate(X const& x, Seed seed) {
    if constexpr (!is_passive_operand<X>) {
      auto c = duet::coefficients<care::bare>(x, seed);
      bend<blocks<T, N>, X, Seed> b(x, seed);
      if constexpr (!is_unguarded<Tag>)
        if (needs_damping(x, c, b)) [[unlikely]] {
          hyperdual const increment = damped(X(x), seed);
          add_derivatives(increment);
          value_ = duet::accumulated_value(value_, x, seed);
          return;
        }
      write_hessian<true>(x, c, b);
      if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(b.gradient())>, zero>)
        blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA {
          if constexpr (Seed::number == 1)
            partials_[j] += b.gradient()[j];
          else
            partials_[j] -= b.gradient()[j];
        });
    }
    value_ = duet::accumulated_value(value_, x, seed);
  }

  // The Hessian of the statement, added to the old one if that is kept. Zero ones are asked for leaf by leaf: inputs
  // are, and what depends on them linearly.
  template <bool Keep, class X, class C, class Bend>
  DUET_INLINE constexpr void write_hessian(X const& x, C const& c, Bend const& b) {
    if constexpr (symmetric_shape<T, N>::unrolled)
      sum_unrolled<Keep>(x, c, b);
    else
      sum_in_memory<Keep>(x, c, b);
  }
  template <bool Keep, class X, class C, class Bend>
  DUET_INLINE constexpr void sum_unrolled(X const& x, C const& c, Bend const& b) {
    using matrix = symmetric<T, N>;
    constexpr bool has_products = product_count<Bend> != 0;
    matrix sum;
    matrix::for_each_block([&](auto k) DUET_INLINE_LAMBDA { sum[k] = -typename matrix::vector{}; });
    bool flat = !has_products;
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
      if (l.hessian.flat()) return;
      flat = false;
      matrix::for_each_block(
          [&](auto k) DUET_INLINE_LAMBDA { sum[k] = duet::add_block<false>(sum[k], coefficient, l.hessian.all()[k]); });
    });
    if constexpr (has_products)
      (void)duet::fold_products(b, zero{}, [&](zero, auto const& g, auto const& p) DUET_INLINE_LAMBDA {
        matrix::for_each_block([&](auto k) DUET_INLINE_LAMBDA { sum[k] += duet::outer_block<T, N>(k, g, p); });
        return zero{};
      });
    if (Keep && !hessian_.flat()) {
      flat = false;
      matrix::for_each_block([&](auto k) DUET_INLINE_LAMBDA { sum[k] += hessian_.all()[k]; });
    }
    if (flat) {
      hessian_.clear();
    } else {
      hessian_.set_rows(row_set<T, N>::all());
      matrix::for_each_block([&](auto k) DUET_INLINE_LAMBDA { hessian_.all()[k] = sum[k]; });
    }
  }
  template <bool Keep, class X, class C, class Bend>
  DUET_INLINE constexpr void sum_in_memory(X const& x, C const& c, Bend const& b) {
    constexpr std::size_t leaves = leaf_count_of<C>, products = product_count<Bend>;
    std::array<hessian_storage<T, N> const*, leaves == 0 ? 1 : leaves> hessians;
    std::array<T, leaves == 0 ? 1 : leaves> coefficients;
    std::array<outer_product<T, N>, products == 0 ? 1 : products> outer;
    std::size_t curved = 0, k = 0;
    row_set<T, N> rows;
    bool complete = true;
    duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
      if (l.hessian.flat()) return;
      rows.add(l.hessian.rows());
      complete = complete && l.hessian.rows().complete();
      hessians[curved] = &l.hessian;
      coefficients[curved++] = number<T>(coefficient);
    });
    if (products == 0 && curved == 0) {
      if constexpr (!Keep) hessian_.clear();
      return;
    }
    rows_of_products<T, N> moved;
    (void)duet::fold_products(b, zero{}, [&](zero, auto const& g, auto const& p) DUET_INLINE_LAMBDA {
      moved.add(g);
      outer[k++].set(g, p);
      return zero{};
    });
    if constexpr (products != 0) rows.add(moved.rows());
    hessian_pass<T, N>::add(hessian_, Keep, rows, complete,
                            {hessians.data(), coefficients.data(), curved, outer.data(), products});
  }

  DUET_INLINE constexpr void take(hyperdual const& x) {
    value_ = x.value_;
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] = x.partials_[j]; });
    hessian_ = x.hessian_;
  }
  DUET_INLINE constexpr void add_derivatives(hyperdual const& x) {
    hessian_.store_all();
    blocks<T, N>::for_each_block([&](auto j) DUET_INLINE_LAMBDA { partials_[j] += x.partials_[j]; });
    hessian_.all().add(x.hessian_.all());
  }

  // The same where a slope or a bend is infinite: a zero times it is zero. Out of line, on a copy, entry by entry.
  template <class X, class Seed>
  DUET_COLD static hyperdual damped(X const& x, Seed seed) {
    hyperdual result;
    result.value_ = x.value();
    result.hessian_.store_all();
    for (std::size_t i = 0; i < N; ++i) {
      result.partials_.set(i, duet::damped_slope<T>(x, seed, i));
      for (std::size_t j = i; j < N; ++j) result.hessian_.set(i, j, duet::damped_bend<T>(x, seed, i, j));
    }
    if (!result.derivatives_are_finite()) infinite_partials_met = true;
    return result;
  }

  // g++ keeps a const object in memory if all that is in it is const: this member is not, and takes no room.
  [[no_unique_address]] mutable struct {
  } in_registers_;
  T value_{};
  blocks<T, N> partials_{};
  hessian_storage<T, N> hessian_;
};

}  // namespace duet
