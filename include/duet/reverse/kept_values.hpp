#pragma once

// A tape that works partials out in the sweep keeps the value of each entry (batch/value_tape.hpp). Others keep none.

#include <cstddef>
#include <cstdint>
#include <duet/reverse/stream.hpp>

namespace duet {

template <class T>
inline constexpr bool keeps_values = false;

// Where the thread that records puts them.
template <class T>
struct kept_values {
  DUET_INLINE constexpr void keep(std::size_t, T const&) const {}
};
template <class T>
  requires keeps_values<T>
struct kept_values<T> {
  T* first = nullptr;
  DUET_INLINE void keep(std::size_t index, T const& value) const { first[index] = value; }
};

// Their memory, in the tape.
template <class T>
struct value_stream {
  static constexpr std::size_t entry_bytes = 0;
  constexpr value_stream(std::size_t, std::size_t) {}
  static constexpr void ensure(std::size_t, std::size_t) {}
  static constexpr void release() {}
  [[nodiscard]] static constexpr void const* data() { return nullptr; }
  [[nodiscard]] static constexpr kept_values<T> kept() { return {}; }
};
template <class T>
  requires keeps_values<T>
class value_stream<T> {
 public:
  static constexpr std::size_t entry_bytes = sizeof(T);
  value_stream(std::size_t most, std::size_t skew) : stream_(most * sizeof(T), skew) {}
  void ensure(std::size_t used, std::size_t wanted) { stream_.ensure(used * sizeof(T), wanted * sizeof(T)); }
  void release() { stream_.release(); }
  [[nodiscard]] void const* data() const { return stream_.data(); }
  [[nodiscard]] kept_values<T> kept() const { return {reinterpret_cast<T*>(stream_.data())}; }

 private:
  stream stream_;
};

}  // namespace duet
