#pragma once

// What a driver that is called again and again keeps between calls (driver/prepare.hpp). To a driver a kept_point is a
// point like any other: what it makes in the shape of the point, seeded inputs of f above all, is made once and filled
// anew in every call. Drivers ask buffer_for(x) for what else they need.

#include <duet/driver/evaluate.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace duet {

// One object of each type that was asked for.
class workspace {
 public:
  template <class B>
  [[nodiscard]] B& get() {
    for (auto const& s : slots_)
      if (s.type == &type_mark<B>) return *static_cast<B*>(s.object.get());
    slots_.push_back({&type_mark<B>, {new B(), [](void* object) { delete static_cast<B*>(object); }}});
    return *static_cast<B*>(slots_.back().object.get());
  }

 private:
  template <class B>
  static inline char type_mark = 0;  // its address tells types apart
  struct slot {
    char const* type;
    std::unique_ptr<void, void (*)(void*)> object;
  };
  std::vector<slot> slots_;
};

// A point, and a workspace for what is made in its shape; a view of both. Static sizes live on the stack and are not
// kept: there the compiler knows seeds one by one.
template <class X>
class kept_point {
 public:
  kept_point(X const& point, workspace& memory) : point_(&point), memory_(&memory) {}
  [[nodiscard]] DUET_INLINE X const& point() const { return *point_; }
  [[nodiscard]] workspace& memory() const { return *memory_; }

 private:
  X const* point_;
  workspace* memory_;
};

template <class X>
inline constexpr bool is_kept_point = false;
template <class X>
inline constexpr bool is_kept_point<kept_point<X>> = true;
template <class X>
inline constexpr bool may_lie_idle<kept_point<X>> = false;

template <class X>
struct shape<kept_point<X>> {
  using value_type = entry_t<X>;
  static constexpr std::size_t static_size = static_size_of<X>;
  template <class S>
  using rebind = std::conditional_t<static_size == dynamic, kept_point<lifted_t<X, S>>, lifted_t<X, S>>;

  static std::size_t size(kept_point<X> const& x) { return shape<X>::size(x.point()); }
  // Of the point, or of a result in its shape.
  template <class Self, class Index>
  static DUET_INLINE auto& entry(Self& x, Index i) {
    if constexpr (is_kept_point<std::remove_const_t<Self>>)
      return shape<X>::entry(x.point(), i);
    else
      return shape<X>::entry(x, i);
  }
  template <class S, class Entry>
  static DUET_INLINE rebind<S> make(kept_point<X> const& like, Entry const& f) {
    if constexpr (static_size == dynamic) {
      using Lifted = lifted_t<X, S>;
      auto& kept = like.memory().template get<Lifted>();
      duet::remake<false>(kept, like.point(), f);
      return kept_point<Lifted>(kept, like.memory());
    } else {
      return shape<X>::template make<S>(like.point(), f);
    }
  }
};

// f, called on what a kept_point holds.
template <class F>
struct at_kept_points {
  F& f;
  template <class X>
  DUET_INLINE decltype(auto) operator()(kept_point<X> const& x) const {
    return duet::call(f, x.point());
  }
};
template <class F>
inline constexpr bool is_tagged<at_kept_points<F>> = is_tagged<std::remove_const_t<F>>;
template <class F>
struct parameters<at_kept_points<F>> : parameters<std::remove_const_t<F>> {};

// Apart from what is made in the shape of a point: inputs may well be a std::vector<var<T>>, and so may a buffer.
template <class B>
struct kept_buffer {
  B buffer;
};

// An object for the time of a call: a new one, or the one kept with x.
template <class B, class X>
[[nodiscard]] B buffer_for(X const&) {
  return B();
}
template <class B, class X>
[[nodiscard]] B& buffer_for(kept_point<X> const& x) {
  return x.memory().template get<kept_buffer<B>>().buffer;
}

// target = the values of y, in place where the sizes allow it.
template <class S, class Y, class Target>
DUET_INLINE void write_values(Y const& y, Target& target) {
  if constexpr (static_size_of<Y> <= most_unrolled_entries)
    target = duet::values_of<S>(y);
  else
    duet::remake<false>(target, y, [&](auto i) DUET_INLINE_LAMBDA { return duet::value_of<S>(shape<Y>::entry(y, i)); });
}

// The last point that a prepared driver was called at, of the size that it was prepared for.
template <class X>
class kept_input {
 public:
  explicit kept_input(X const& x0) : point_(x0) {}

  [[nodiscard]] std::size_t size() const { return duet::size_of(point_); }

  // x, or a copy where x is an expression or lies inside one of the objects that the call overwrites.
  template <class Y, class... Overwritten>
  X const& take(Y const& x, Overwritten const&... results) {
    if constexpr (number_entry<X>) {
      point_ = static_cast<X>(x);
      return point_;
    } else {
      require_sizes(x);
      if constexpr (std::is_same_v<Y, X>) {
        if constexpr (std::is_copy_assignable_v<X>) {
          if (!(... || is_inside(x, results))) return x;
          point_ = x;
        } else {
          return x;  // args(...) with a constant argument; no result holds such
        }
      } else if constexpr (requires { point_.noalias() = x; }) {
        point_.noalias() = x;
      } else {
        point_ = x;
      }
      return point_;
    }
  }

 private:
  template <class Y>
  void require_sizes(Y const& x) const {
    if (!duet::same_sizes(x, point_)) [[unlikely]]
      throw_sizes_of(x);
  }
  template <class Y>
  DUET_COLD void throw_sizes_of(Y const& x) const {
    static constexpr char const* why = "as it was prepared for";
    if constexpr (eigen_dense<Y>) {  // perhaps an expression
      require_size("duet: a prepared driver", "x", static_cast<std::size_t>(x.size()), duet::size_of(point_), why);
      require_size("duet: a prepared driver", "a column of x", static_cast<std::size_t>(x.rows()),
                   static_cast<std::size_t>(point_.rows()), why);
    } else {
      require_size("duet: a prepared driver", "x", duet::size_of(x), duet::size_of(point_), why);
    }
    throw std::invalid_argument("duet: a prepared driver: a part of x has other sizes than it was prepared for");
  }
  template <class Result>
  [[nodiscard]] static bool is_inside(X const& x, Result const& result) {
    std::less<void const*> const before;
    void const* const given = std::addressof(x);
    return !before(given, std::addressof(result)) && before(given, std::addressof(result) + 1);
  }

  X point_;
};

}  // namespace duet
