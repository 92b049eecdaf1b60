#pragma once

// The memory behind one stream of a tape. It starts small on the heap, so that short tapes cost nothing; a longer one
// moves once into reserved address space, whose pages the system supplies as they are touched and whose addresses never
// change again. Where address space cannot be reserved it grows on the heap. Memory is kept until release().

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <duet/core/error.hpp>
#include <new>
#include <string>

#if DUET_TAPE_RESERVE
#include <sys/mman.h>
#endif

namespace duet {

class stream {
 public:
  // At most `most` bytes. Streams read side by side get different skews: bases equal modulo 2 MiB were measured to make
  // a sweep up to 2.8 times slower. The first byte lies `lead` bytes behind a multiple of 64.
  stream(std::size_t most, std::size_t skew, std::size_t lead = 0) : most_(most), skew_(skew * (4096 + 832) + lead) {}
  stream(stream const&) = delete;
  stream& operator=(stream const&) = delete;
  ~stream() { release(); }

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }

  // Room for `wanted` bytes in all; the first `used` stay as they are, at a new address if need be. Throws duet::error
  // and changes nothing if there is no such room.
  DUET_INLINE void ensure(std::size_t used, std::size_t wanted) {
    if (wanted > capacity_) [[unlikely]]
      grow(used, wanted);
  }

  void release() {
#if DUET_TAPE_RESERVE
    if (mapped_ != nullptr) {
      ::munmap(mapped_, mapped_bytes_);
      mapped_ = nullptr;
      data_ = nullptr;
    }
#endif
    free_heap();
    data_ = nullptr;
    capacity_ = 0;
  }

 private:
  static constexpr std::size_t small = std::size_t{1} << 16;
  static constexpr std::align_val_t alignment{64};  // of vectors of adjoints

  DUET_COLD void grow(std::size_t used, std::size_t wanted) {
    if (wanted > most_) throw_full(wanted);
    if (wanted <= small) return move_to_heap(used, small);
    if (!reserve(used)) move_to_heap(used, std::min(most_, std::max(wanted, 2 * capacity_)));
  }
  DUET_COLD void throw_full(std::size_t wanted) const {
    throw error("duet::tape: no room for " + std::to_string(wanted) + " bytes in one stream (it holds at most " +
                std::to_string(most_) + "); record less at a time: rewind, preaccumulate or checkpoint");
  }

  void move_to_heap(std::size_t used, std::size_t bytes) {
    std::size_t const skew = skew_ % 4096;
    auto* fresh = static_cast<std::byte*>(::operator new(bytes + skew, alignment, std::nothrow));
    if (fresh == nullptr) throw_full(bytes);
    replace(fresh + skew, used, bytes);
  }
  void free_heap() {
    if (data_ != nullptr) ::operator delete(data_ - skew_ % 4096, alignment);
  }

  bool reserve([[maybe_unused]] std::size_t used) {
#if DUET_TAPE_RESERVE
    constexpr std::size_t huge_page = std::size_t{1} << 21;
    std::size_t const bytes = most_ + skew_ + huge_page;
    void* const place =
        ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (place == MAP_FAILED) return false;
#if defined(MADV_HUGEPAGE) && DUET_TAPE_HUGE_PAGES
    ::madvise(place, bytes, MADV_HUGEPAGE);
#endif
    auto const address = reinterpret_cast<std::uintptr_t>(place);
    std::size_t const to_page = (huge_page - address % huge_page) % huge_page;
    replace(static_cast<std::byte*>(place) + to_page + skew_, used, most_);
    mapped_ = place;
    mapped_bytes_ = bytes;
    return true;
#else
    return false;
#endif
  }

  void replace(std::byte* fresh, std::size_t used, std::size_t bytes) {
    if (data_ != nullptr) std::memcpy(fresh, data_, std::min(used, capacity_));
    free_heap();
    data_ = fresh;
    capacity_ = bytes;
  }

  std::byte* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t most_, skew_;
  void* mapped_ = nullptr;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace duet
