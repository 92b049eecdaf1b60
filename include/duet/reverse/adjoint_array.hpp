#pragma once

// The adjoints of a sweep, those of several outputs side by side for each descriptor, in memory like that of the
// recording: kept from one sweep to the next, in huge pages where it is large.

#include <algorithm>
#include <duet/reverse/stream.hpp>
#include <memory>

namespace duet {

template <class T>
class adjoint_array {
 public:
  // Of `lanes` outputs, for at most so many descriptors. Those of one output begin a cache line at index 1, the first
  // input: a matrix of inputs is then aligned as Eigen's products like it (measured a tenth faster).
  adjoint_array(std::size_t lanes, std::size_t most, std::size_t skew)
      : stream_(most * lanes * sizeof(T), skew, lanes == 1 ? (64 - sizeof(T) % 64) % 64 : 0), lanes_(lanes) {}

  [[nodiscard]] T* data() const { return reinterpret_cast<T*>(stream_.data()); }
  [[nodiscard]] std::size_t lanes() const { return lanes_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] T& at(std::size_t i, std::size_t lane = 0) const { return data()[i * lanes_ + lane]; }

  // `size` zeros.
  void clear(std::size_t size) {
    size_ = 0;
    extend(size);
  }
  // At least `size` entries, those that are new zero.
  DUET_INLINE void extend(std::size_t size) {
    if (size <= size_) return;
    std::size_t const used = size_ * lanes_, wanted = size * lanes_;
    stream_.ensure(used * sizeof(T), wanted * sizeof(T));
    std::uninitialized_fill(data() + used, data() + wanted, T{});
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
  std::size_t lanes_, size_ = 0;
};

}  // namespace duet
