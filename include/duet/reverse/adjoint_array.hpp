#pragma once

// The adjoints of a sweep, one for each descriptor, in memory like that of the recording: kept from one sweep to the
// next, in huge pages where it is large.

#include <algorithm>
#include <duet/reverse/stream.hpp>
#include <memory>

namespace duet {

template <class A>
class adjoint_array {
 public:
  adjoint_array(std::size_t most, std::size_t skew) : stream_(most * sizeof(A), skew) {}

  [[nodiscard]] A* data() const { return reinterpret_cast<A*>(stream_.data()); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] A& operator[](std::size_t i) { return data()[i]; }
  [[nodiscard]] A const& operator[](std::size_t i) const { return data()[i]; }

  // `size` zeros.
  void clear(std::size_t size) {
    size_ = 0;
    extend(size);
  }
  // At least `size` entries, those that are new zero.
  void extend(std::size_t size) {
    if (size <= size_) return;
    stream_.ensure(size_ * sizeof(A), size * sizeof(A));
    std::uninitialized_fill_n(data() + size_, size - size_, A{});
    size_ = size;
  }
  // At most `size` entries.
  void truncate(std::size_t size) { size_ = std::min(size_, size); }

  void release() {
    stream_.release();
    size_ = 0;
  }

 private:
  stream stream_;
  std::size_t size_ = 0;
};

}  // namespace duet
