#pragma once

// lanes<T, W>: W numbers that go through one evaluation side by side, in SIMD registers. A plain number to all modes: a
// dual, a hyper-dual or a variable of lanes differentiates W evaluations at once. What differs between lanes cannot be
// branched on: comparisons give a mask, which select() reads and which is a bool only where all lanes agree.

#include <array>
#include <bit>
#include <duet/batch/simd.hpp>
#include <duet/core/blocks.hpp>
#include <duet/core/error.hpp>
#include <duet/core/packed.hpp>
#include <duet/core/scalar.hpp>
#include <duet/expression/traverse.hpp>
#include <ostream>
#include <string>

namespace duet {

template <class T = double, std::size_t W = 8>
class lanes;
template <class T, std::size_t W>
class lanes_mask;

// W numbers as SIMD batches: as wide as the machine's, W at most.
template <class T, std::size_t W>
struct lanes_storage {
  static_assert(std::is_same_v<T, double> || std::is_same_v<T, float>,
                "duet::lanes<T, W>: T must be double or float; lanes of derivatives are dual<lanes<double>, N>");
  static_assert(W * sizeof(T) >= 16 && std::has_single_bit(W),
                "duet::lanes<T, W>: W must be a power of two, 2 at least for double and 4 for float");
  template <std::size_t Width>
  static consteval auto sized() {
    using found = typename xsimd::make_sized_batch<T, Width>::type;
    if constexpr (std::is_void_v<found>)
      return sized<Width / 2>();
    else
      return std::type_identity<found>{};
  }
  using batch = typename decltype(sized<(W < xsimd::batch<T>::size ? W : xsimd::batch<T>::size)>())::type;
  static constexpr std::size_t width = batch::size, count = W / width;
  using indices = std::make_index_sequence<count>;
};

// Batches side by side, of numbers or of conditions. Copied block by block: what is copied whole g++ moves through
// memory.
template <class Self, class Batch, std::size_t Count>
class batch_blocks {
 public:
  using batch = Batch;

  DUET_INLINE batch_blocks(batch_blocks const& other) { copy(other); }
  DUET_INLINE batch_blocks& operator=(batch_blocks const& other) {
    copy(other);
    return *this;
  }

  // make(j) is block j.
  template <class Make>
  [[nodiscard]] static DUET_INLINE Self made(Make const& make) {
    Self result(uninitialized{});
    each([&](auto j) DUET_INLINE_LAMBDA { result.block(j) = make(j); });
    return result;
  }
  template <class J>
  [[nodiscard]] DUET_INLINE batch& block(J) {
    return static_cast<block_member<J::value, batch>&>(members_).block;
  }
  template <class J>
  [[nodiscard]] DUET_INLINE batch const& block(J) const {
    return static_cast<block_member<J::value, batch> const&>(members_).block;
  }

 protected:
  struct uninitialized {};
  DUET_INLINE batch_blocks() {}
  template <class Visit>
  static DUET_INLINE void each(Visit const& visit) {
    [&]<std::size_t... J>(std::index_sequence<J...>)
        DUET_INLINE_LAMBDA { (visit(block_index<J>{}), ...); }(std::make_index_sequence<Count>{});
  }

 private:
  DUET_INLINE void copy(batch_blocks const& other) {
    each([&](auto j) DUET_INLINE_LAMBDA { block(j) = other.block(j); });
  }
  block_members<batch, std::make_index_sequence<Count>> members_;
};

template <class T, std::size_t W>
using lanes_blocks = batch_blocks<lanes<T, W>, typename lanes_storage<T, W>::batch, lanes_storage<T, W>::count>;
template <class T, std::size_t W>
using mask_blocks =
    batch_blocks<lanes_mask<T, W>, typename lanes_storage<T, W>::batch::batch_bool_type, lanes_storage<T, W>::count>;

// Conditions that may differ between lanes.
template <class T, std::size_t W>
class lanes_mask : public mask_blocks<T, W> {
  using storage = lanes_storage<T, W>;
  using blocks = mask_blocks<T, W>;
  using blocks::each;
  using typename blocks::uninitialized;

 public:
  using typename blocks::batch;
  using blocks::block, blocks::made;
  using numbers = lanes<T, W>;

  DUET_INLINE lanes_mask() : lanes_mask(false) {}
  DUET_INLINE lanes_mask(bool all) {  // NOLINT: implicit as in conditions
    each([&](auto j) DUET_INLINE_LAMBDA { this->block(j) = batch(all); });
  }

  [[nodiscard]] static constexpr std::size_t size() { return W; }
  [[nodiscard]] bool operator[](std::size_t lane) const {
    if (lane >= W) throw_bad_lane(lane, W);
    return (bits() >> lane & 1) != 0;
  }
  // Lane i is bit i.
  [[nodiscard]] std::uint64_t bits() const {
    std::array<bool, W> flags;
    each([&](auto j) { this->block(j).store_unaligned(flags.data() + j() * storage::width); });
    std::uint64_t all = 0;
    for (std::size_t i = 0; i < W; ++i) all |= std::uint64_t{flags[i]} << i;
    return all;
  }

  // What a branch reads. Throws duet::error if the lanes differ.
  [[nodiscard]] explicit DUET_INLINE operator bool() const {
    bool const all = all_of(*this);
    if (!all && any_of(*this)) [[unlikely]]
      throw_mixed(bits());
    return all;
  }

  [[nodiscard]] friend DUET_INLINE bool all_of(lanes_mask const& m) {
    return [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      return xsimd::all((m.block(block_index<J>{}) & ...));
    }(typename storage::indices{});
  }
  [[nodiscard]] friend DUET_INLINE bool any_of(lanes_mask const& m) {
    return [&]<std::size_t... J>(std::index_sequence<J...>) DUET_INLINE_LAMBDA {
      return xsimd::any((m.block(block_index<J>{}) | ...));
    }(typename storage::indices{});
  }
  [[nodiscard]] friend DUET_INLINE bool none_of(lanes_mask const& m) { return !any_of(m); }

  // Both sides are evaluated, whatever the first one is.
  [[nodiscard]] friend DUET_INLINE lanes_mask operator&&(lanes_mask const& a, lanes_mask const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) & b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator||(lanes_mask const& a, lanes_mask const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) | b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator&&(lanes_mask const& a, bool b) { return a && lanes_mask(b); }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator&&(bool a, lanes_mask const& b) { return lanes_mask(a) && b; }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator||(lanes_mask const& a, bool b) { return a || lanes_mask(b); }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator||(bool a, lanes_mask const& b) { return lanes_mask(a) || b; }
  // ^ of masks would be | with AVX-512 in xsimd 8.1.
  [[nodiscard]] friend DUET_INLINE lanes_mask operator!(lanes_mask const& a) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return ~a.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes_mask operator==(lanes_mask const& a, lanes_mask const& b) {
    return (a && b) || !(a || b);
  }

 private:
  friend numbers;
  friend blocks;
  DUET_INLINE explicit lanes_mask(uninitialized) {}
  DUET_COLD static void throw_mixed(std::uint64_t bits) {
    std::string pattern;
    for (std::size_t i = 0; i < W; ++i) pattern += (bits >> i & 1) != 0 ? '1' : '0';
    throw error("duet::lanes: a branch depends on a condition that holds in " + std::to_string(std::popcount(bits)) +
                " of " + std::to_string(W) + " lanes (" + pattern +
                ", lane 0 first); write duet::select(condition, a, b), which takes both ways");
  }
  DUET_COLD static void throw_bad_lane(std::size_t lane, std::size_t width) {
    throw std::invalid_argument("duet::lanes: lane " + std::to_string(lane) + " of " + std::to_string(width) +
                                " (expected 0 to " + std::to_string(width - 1) + ")");
  }
};

template <class T, std::size_t W>
class lanes : public lanes_blocks<T, W> {
  using storage = lanes_storage<T, W>;
  using blocks = lanes_blocks<T, W>;
  using blocks::each;
  using typename blocks::uninitialized;

 public:
  using value_type = T;
  using typename blocks::batch;
  using blocks::block, blocks::made;
  using mask = lanes_mask<T, W>;
  static constexpr std::size_t count = storage::count;

  // All zero.
  DUET_INLINE lanes() : lanes(T(0)) {}
  // The same number in all lanes.
  template <class X>
    requires std::is_arithmetic_v<X>
  DUET_INLINE lanes(X x) {  // NOLINT: implicit as in T
    batch const all(static_cast<T>(x));
    each([&](auto j) DUET_INLINE_LAMBDA { this->block(j) = all; });
  }
  // One number for each lane.
  DUET_INLINE explicit lanes(std::array<T, W> const& x) : lanes(load(x.data())) {}

  [[nodiscard]] static DUET_INLINE lanes load(T const* from) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return batch::load_unaligned(from + j() * storage::width); });
  }
  DUET_INLINE void store(T* to) const {
    each([&](auto j) DUET_INLINE_LAMBDA { this->block(j).store_unaligned(to + j() * storage::width); });
  }

  [[nodiscard]] static constexpr std::size_t size() { return W; }
  [[nodiscard]] std::array<T, W> array() const {
    std::array<T, W> all;
    store(all.data());
    return all;
  }
  // The number in one lane: for reading results, not for hot loops. Throws std::invalid_argument beyond W.
  [[nodiscard]] T operator[](std::size_t lane) const {
    if (lane >= W) mask::throw_bad_lane(lane, W);
    return array()[lane];
  }
  void set(std::size_t lane, T x) {
    if (lane >= W) mask::throw_bad_lane(lane, W);
    auto all = array();
    all[lane] = x;
    *this = lanes(all);
  }

  // f of each number.
  template <class F>
  [[nodiscard]] static DUET_INLINE lanes lane_by_lane(F const& f, lanes const& a,
                                                      std::same_as<lanes> auto const&... b) {
    return [&](auto x, auto const&... y) {
      for (std::size_t i = 0; i < W; ++i) x[i] = static_cast<T>(f(x[i], y[i]...));
      return lanes(x);
    }(a.array(), b.array()...);
  }

  [[nodiscard]] friend DUET_INLINE lanes operator+(lanes const& a, lanes const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) + b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes operator-(lanes const& a, lanes const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) - b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes operator*(lanes const& a, lanes const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) * b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes operator/(lanes const& a, lanes const& b) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) / b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes operator-(lanes const& a) {
    return made([&](auto j) DUET_INLINE_LAMBDA { return -a.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE lanes operator+(lanes const& a) { return a; }
  DUET_INLINE lanes& operator+=(lanes const& b) { return *this = *this + b; }
  DUET_INLINE lanes& operator-=(lanes const& b) { return *this = *this - b; }
  DUET_INLINE lanes& operator*=(lanes const& b) { return *this = *this * b; }
  DUET_INLINE lanes& operator/=(lanes const& b) { return *this = *this / b; }

  [[nodiscard]] friend DUET_INLINE mask operator==(lanes const& a, lanes const& b) {
    return mask::made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) == b.block(j); });
  }
  // Also of NaN.
  [[nodiscard]] friend DUET_INLINE mask operator!=(lanes const& a, lanes const& b) { return !(a == b); }
  [[nodiscard]] friend DUET_INLINE mask operator<(lanes const& a, lanes const& b) {
    return mask::made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) < b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE mask operator<=(lanes const& a, lanes const& b) {
    return mask::made([&](auto j) DUET_INLINE_LAMBDA { return a.block(j) <= b.block(j); });
  }
  [[nodiscard]] friend DUET_INLINE mask operator>(lanes const& a, lanes const& b) { return b < a; }
  [[nodiscard]] friend DUET_INLINE mask operator>=(lanes const& a, lanes const& b) { return b <= a; }

  // The sum over the lanes, neighbours first: ((0 + 1) + (2 + 3)) + ..., the same on every machine.
  [[nodiscard]] friend DUET_INLINE T sum_of_lanes(lanes const& a) {
    auto x = a.array();
    for (std::size_t step = 1; step < W; step *= 2)
      for (std::size_t i = 0; i < W; i += 2 * step) x[i] += x[i + step];
    return x[0];
  }

  [[nodiscard]] DUET_INLINE bool vanishes() const { return all_of(*this == lanes(0)); }
  [[nodiscard]] DUET_INLINE bool all_finite() const { return all_of(*this - *this == lanes(0)); }
  // a b in which zero wins over infinity and NaN, lane by lane.
  [[nodiscard]] static DUET_INLINE lanes damped_product(lanes const& a, lanes const& b) {
    lanes const none(0);
    return select(a == none || b == none, none, a * b);
  }

  friend std::ostream& operator<<(std::ostream& out, lanes const& x) {
    out << '{';
    for (std::size_t i = 0; i < W; ++i) out << (i == 0 ? "" : ", ") << x[i];
    return out << '}';
  }

 private:
  friend blocks;
  DUET_INLINE explicit lanes(uninitialized) {}
};

template <class X>
inline constexpr bool is_lanes = false;
template <class T, std::size_t W>
inline constexpr bool is_lanes<lanes<T, W>> = true;

template <class T, std::size_t W>
struct element_of<lanes<T, W>> {
  using type = T;
};

// On a tape: unaligned, by loads and stores of registers. What is copied by bytes the compiler keeps in memory.
template <class T, std::size_t W>
struct packed<lanes<T, W>> {
  static constexpr std::size_t bytes = W * sizeof(T);
  static DUET_INLINE void write(std::byte* to, lanes<T, W> const& x) { x.store(reinterpret_cast<T*>(to)); }
  static DUET_INLINE lanes<T, W> read(std::byte const* from) {
    return lanes<T, W>::load(reinterpret_cast<T const*>(from));
  }
};

// a where the mask holds, b elsewhere; of any numbers that lanes may be inside, and of constants. Derivatives are those
// of the side taken.
template <class T, std::size_t W>
[[nodiscard]] DUET_INLINE lanes<T, W> select(lanes_mask<T, W> const& m, lanes<T, W> const& a, lanes<T, W> const& b) {
  return lanes<T, W>::made([&](auto j)
                               DUET_INLINE_LAMBDA { return xsimd::select(m.block(j), a.block(j), b.block(j)); });
}

}  // namespace duet

template <class T, std::size_t W>
class std::numeric_limits<duet::lanes<T, W>> : public std::numeric_limits<T> {
  using plain = std::numeric_limits<T>;
  using number = duet::lanes<T, W>;

 public:
  static number min() noexcept { return plain::min(); }
  static number max() noexcept { return plain::max(); }
  static number lowest() noexcept { return plain::lowest(); }
  static number epsilon() noexcept { return plain::epsilon(); }
  static number round_error() noexcept { return plain::round_error(); }
  static number infinity() noexcept { return plain::infinity(); }
  static number quiet_NaN() noexcept { return plain::quiet_NaN(); }
  static number signaling_NaN() noexcept { return plain::signaling_NaN(); }
  static number denorm_min() noexcept { return plain::denorm_min(); }
};
