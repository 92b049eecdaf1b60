#pragma once

// Shapes for the time of a call in memory that the thread keeps, where their sizes are known at run time: what drivers
// and operations of whole matrices make in every call.

#include <duet/core/reused.hpp>
#include <duet/eigen/lift.hpp>

namespace duet {

// Whether an X may lie idle: it holds no copies of what a caller's struct carries.
template <class X>
inline constexpr bool may_lie_idle = static_size_of<X> == dynamic && !carries<X>;

// An X of any contents and sizes, to be set first. Static sizes live on the stack.
template <class X>
class loaned {
 public:
  [[nodiscard]] X& operator*() { return object_; }
  [[nodiscard]] X const& operator*() const { return object_; }
  [[nodiscard]] X* operator->() { return &object_; }
  [[nodiscard]] X const* operator->() const { return &object_; }

 private:
  X object_;
};
template <class X>
  requires may_lie_idle<X>
class loaned<X> {
 public:
  loaned() = default;
  loaned(loaned&&) noexcept = default;
  loaned& operator=(loaned&&) = delete;
  ~loaned() {
    if (object_.holds() && duet::size_of(*object_) > most_bytes_kept / sizeof(entry_t<X>)) object_.discard_later();
  }
  [[nodiscard]] X& operator*() { return *object_; }
  [[nodiscard]] X const& operator*() const { return *object_; }
  [[nodiscard]] X* operator->() { return &*object_; }
  [[nodiscard]] X const* operator->() const { return &*object_; }

 private:
  reused<X> object_;
};

// target = x with entries f(i), in the memory of target where the sizes allow it.
template <class X, class Target, class Entry>
DUET_INLINE void set_like(Target& target, X const& x, Entry const& f) {
  if constexpr (static_size_of<X> == dynamic)
    duet::remake<false>(target, x, f);
  else
    target = shape<X>::template make<entry_t<Target>>(x, f);
}

// A matrix of numbers for the time of a call, of any contents: unless its size is static, in memory of the caller's or,
// where that is null, scratch memory.
template <class Matrix>
class matrix_room {
 public:
  using scalar = typename Matrix::Scalar;
  using view = Matrix;
  static constexpr bool is_elsewhere = false;
  matrix_room(Eigen::Index rows, Eigen::Index columns, scalar* = nullptr) : matrix_(rows, columns) {}
  matrix_room(matrix_room const&) = delete;
  [[nodiscard]] view& matrix() { return matrix_; }

 private:
  Matrix matrix_;
};
template <class Matrix>
  requires(Matrix::SizeAtCompileTime == Eigen::Dynamic)
class matrix_room<Matrix> {
 public:
  using scalar = typename Matrix::Scalar;
  using view = Eigen::Map<Matrix>;
  static constexpr bool is_elsewhere = true;
  matrix_room(Eigen::Index rows, Eigen::Index columns, scalar* there = nullptr)
      : room_(there == nullptr ? static_cast<std::size_t>(rows * columns) : 0),
        matrix_(there == nullptr ? room_.data() : there, rows, columns) {}
  matrix_room(matrix_room const&) = delete;
  [[nodiscard]] view& matrix() { return matrix_; }

 private:
  scratch<scalar> room_;
  view matrix_;
};

}  // namespace duet
