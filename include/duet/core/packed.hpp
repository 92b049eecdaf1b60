#pragma once

// How a number lies in a stream of bytes, unaligned and without padding. A scalar with aligned blocks specialises it.

#include <cstddef>
#include <cstring>
#include <duet/core/config.hpp>

namespace duet {

template <class T>
struct packed {
  static constexpr std::size_t bytes = sizeof(T);
  static DUET_INLINE void write(std::byte* to, T const& x) { std::memcpy(to, static_cast<void const*>(&x), bytes); }
  static DUET_INLINE T read(std::byte const* from) {
    T x;
    std::memcpy(static_cast<void*>(&x), from, bytes);
    return x;
  }
};

}  // namespace duet
