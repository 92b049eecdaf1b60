#pragma once

// dual<T, dynamic>: as many partials as a run-time number says. Copies share their partials, so an expression owns its
// leaves at the price of a count; a statement writes its result in one fused pass, in place where nobody shares it.

#include <duet/forward/dual.hpp>
#include <memory>

namespace duet {

// Partials in blocks of the machine's width, shared between copies; empty for a constant.
template <class T>
class shared_blocks {
 public:
  using block = typename native_vector<T, native_lanes<T>>::type;
  static constexpr std::size_t lanes = native_lanes<T>;

  shared_blocks() = default;
  explicit shared_blocks(std::size_t size) : size_(size), data_(std::make_shared<block[]>(block_count(size))) {}

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t block_count() const { return block_count(size_); }
  [[nodiscard]] bool writable(std::size_t size) const { return size == size_ && data_.use_count() == 1; }
  [[nodiscard]] DUET_INLINE block const operator[](std::size_t j) const {
    return size_ == 0 ? block{} : data_.get()[j];
  }
  [[nodiscard]] DUET_INLINE block& at_block(std::size_t j) { return data_.get()[j]; }

  // The same partials, shared with nobody.
  [[nodiscard]] shared_blocks copy() const {
    shared_blocks result(size_);
    std::copy_n(data_.get(), block_count(), result.data_.get());
    return result;
  }

  [[nodiscard]] T at(std::size_t i) const {
    if constexpr (lanes == 1)
      return data_.get()[i];
    else
      return data_.get()[i / lanes][i % lanes];
  }
  void set(std::size_t i, T const& x) {
    if constexpr (lanes == 1)
      data_.get()[i] = x;
    else
      data_.get()[i / lanes][i % lanes] = x;
  }

 private:
  static std::size_t block_count(std::size_t size) { return (size + lanes - 1) / lanes; }

  std::size_t size_ = 0;
  std::shared_ptr<block[]> data_;
};

template <class T, class Tag>
struct leaf<dual<T, dynamic, Tag>> {
  using scalar = dual<T, dynamic, Tag>;
  using value_type = T;

  T number;
  shared_blocks<T> partials;

  explicit leaf(scalar const& x) : number(x.value()), partials(x.partials()) {}
  [[nodiscard]] T const& value() const { return number; }
};

template <class T, class Tag>
class dual<T, dynamic, Tag> : public statement_assignment<dual<T, dynamic, Tag>> {
 public:
  using value_type = T;
  using tag = Tag;
  using scalar = dual;
  using block = typename shared_blocks<T>::block;

  // Zero, a constant.
  dual() = default;

  // A constant: it has no partials, and meets duals of any number of them.
  template <constant_of<dual> X>
  dual(X const& x) : value_(static_cast<T>(x)) {}  // NOLINT: implicit as in double

  template <expression_of<dual> X>
  dual(X const& x, checked::site at = checked::site::current()) {  // NOLINT
    checked::forward_statement<dual> const here(at);
    assign(x);
    here.end(*this, x);
  }
  template <expression_of<dual> X>
    requires(!checked::enabled)
  dual& operator=(X const& x) {
    assign(x);
    return *this;
  }

  // The i-th of n independent variables.
  [[nodiscard]] static dual independent(T const& value, std::size_t i, std::size_t n,
                                        checked::site at = checked::site::current()) {
    require(i, n);
    checked::input(value, at);
    dual x(value);
    x.partials_ = shared_blocks<T>(n);
    x.partials_.set(i, T(1));
    return x;
  }

  // A value with n partials, all of them zero.
  [[nodiscard]] static dual with_partials(T const& value, std::size_t n) {
    dual x(value);
    if (n != 0) x.partials_ = shared_blocks<T>(n);
    return x;
  }

  [[nodiscard]] T const& value() const { return value_; }
  // The i-th partial; zero for a constant.
  [[nodiscard]] T partial(std::size_t i) const {
    if (size() == 0) return T(0);
    require(i, size());
    return partials_.at(i);
  }
  void set_partial(std::size_t i, T const& x) {
    require(i, size());
    if (!partials_.writable(size())) partials_ = partials_.copy();
    partials_.set(i, x);
  }
  // The number of partials, 0 for a constant.
  [[nodiscard]] std::size_t size() const { return partials_.size(); }
  [[nodiscard]] shared_blocks<T> const& partials() const { return partials_; }

  [[nodiscard]] bool vanishes() const {
    if (!duet::vanishes(value_)) return false;
    for (std::size_t i = 0; i < size(); ++i)
      if (!duet::vanishes(partials_.at(i))) return false;
    return true;
  }
  [[nodiscard]] bool all_finite() const {
    if (!duet::all_finite(value_)) return false;
    for (std::size_t i = 0; i < size(); ++i)
      if (!duet::all_finite(partials_.at(i))) return false;
    return true;
  }

 private:
  friend compound_assignment<dual>;

  static void require(std::size_t i, std::size_t n) {
    if (i >= n)
      throw std::invalid_argument("duet::dual: index " + std::to_string(i) + " of a dual with " + std::to_string(n) +
                                  " partials (expected less)");
  }

  // The one number of partials among the leaves of x, constants apart.
  template <class X, class C>
  static std::size_t common_size(X const& x, C const& c, std::size_t known) {
    duet::for_each_leaf(x, c, [&](auto const&, auto const& l) {
      std::size_t const n = l.partials.size();
      if (known != 0 && n != 0 && n != known)
        throw std::invalid_argument("duet::dual: an operand with " + std::to_string(n) + " partials meets one with " +
                                    std::to_string(known) + "; expected equal numbers, or constants");
      known = std::max(known, n);
    });
    return known;
  }

  // seed * x + kept, where kept are this dual's partials or none.
  template <class X, class Seed>
  void evaluate(X const& x, Seed seed, bool keep) {
    auto c = duet::coefficients<care::bare>(x, seed);
    bool finite = !must_damp();
    if constexpr (has_infinite_slope<X>) finite = finite && duet::coefficients_are_finite(x, c);
    if (finite) return fill<false>(x, c, keep);
    fill<true>(x, duet::coefficients<care::damped>(x, seed), keep);
    for (std::size_t i = 0; i < size(); ++i)
      if (!duet::all_finite(partials_.at(i))) infinite_partials_met = true;
  }
  template <bool Damped, class X, class C>
  void fill(X const& x, C const& c, bool keep) {
    std::size_t const n = common_size(x, c, keep ? size() : 0);
    bool const in_place = partials_.writable(n);
    shared_blocks<T> fresh = in_place || n == 0 ? shared_blocks<T>() : shared_blocks<T>(n);
    shared_blocks<T>& target = in_place ? partials_ : fresh;
    for (std::size_t j = 0; j < target.block_count(); ++j) {
      block sum{};
      duet::for_each_leaf(x, c, [&](auto const& coefficient, auto const& l) DUET_INLINE_LAMBDA {
        sum = duet::add_block<Damped>(sum, coefficient, l.partials[j]);
      });
      target.at_block(j) = keep ? block(sum + partials_[j]) : sum;
    }
    if (!in_place) partials_ = std::move(fresh);
  }

  template <class X>
  void assign(X const& x) {
    T const value = x.value();
    evaluate(x, one{}, false);
    value_ = value;
  }
  template <class X, class Seed>
  void accumulate(X const& x, Seed seed) {
    T const value = duet::accumulated_value(value_, x, seed);
    if constexpr (!is_passive_operand<X>) evaluate(x, seed, true);
    value_ = value;
  }

  T value_{};
  shared_blocks<T> partials_;
};

}  // namespace duet
