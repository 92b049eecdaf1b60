#pragma once

// Where the states of a checkpointed loop are: the current one and those in slots, the first of them in memory, the
// rest in files.

#include <duet/checkpoint/disk.hpp>
#include <duet/core/packed.hpp>
#include <duet/eigen/lift.hpp>
#include <optional>
#include <type_traits>

namespace duet {

// A copy of a small state made number by number: copied several at once right after each was written by itself, which
// is how a step leaves them, they would be waited for until they are in the cache.
template <class State>
[[nodiscard]] DUET_INLINE State copied_singly(State const& y) {
  using T = entry_t<State>;
  State copy = y;
  if constexpr (std::is_arithmetic_v<T> && std::is_trivially_copyable_v<State> &&
                static_size_of<State> <= most_unrolled_entries)
    duet::for_each_place(y, [&](auto i) DUET_INLINE_LAMBDA {
      shape<State>::entry(copy, i) = static_cast<T const volatile&>(shape<State>::entry(y, i));
    });
  return copy;
}

// Of states in the shape State, whose entries are numbers; all have the sizes of the first.
template <class State>
class loop_states {
 public:
  using T = entry_t<State>;

  loop_states(State initial, long in_memory, std::filesystem::path folder)
      : current_(std::move(initial)), in_memory_(in_memory), folder_(std::move(folder)) {}

  [[nodiscard]] State const& here() const {
    return slot_here_ < 0 ? current_ : slots_[static_cast<std::size_t>(slot_here_)];
  }

  // The state that comes next; what is in slots stays.
  void set(State&& next) {
    current_ = std::move(next);
    slot_here_ = nowhere;
  }

  // The current state, which is in no slot; set() comes next.
  [[nodiscard]] State release() { return std::move(current_); }

  // The same as set(); returns memory of the state before, which is that state unless it lies in a slot.
  [[nodiscard]] State exchange(State&& next) {
    slot_here_ = nowhere;
    return std::exchange(current_, std::move(next));
  }

  // Keeps the current state, which is `position`, in a slot.
  DUET_INLINE void store(long slot, long position) {
    auto const at = static_cast<std::size_t>(slot);
    if (at >= positions_.size()) make_slot(at);
    if (positions_[at] == position) return;
    positions_[at] = nowhere;
    if (slot >= in_memory_) {
      write(slot, position);
    } else if (slot_here_ >= 0 || std::is_trivially_copyable_v<State>) {
      return store(slot, position, here());
    } else {  // what the current state leaves there is memory to write the next one to
      std::swap(slots_[at], current_);
      slot_here_ = slot;
    }
    positions_[at] = position;
  }

  // Keeps a state in a slot in memory; the current one stays.
  DUET_INLINE void store(long slot, long position, State const& y) {
    auto const at = static_cast<std::size_t>(slot);
    if (at >= positions_.size()) make_slot(at);
    slots_[at] = duet::copied_singly(y);
    positions_[at] = position;
  }

  DUET_INLINE void restore(long slot, long position) {
    if (slot >= in_memory_)
      read(slot, position);
    else
      slot_here_ = slot;
  }

 private:
  static constexpr std::ptrdiff_t nowhere = -1;
  static constexpr std::size_t few_slots = 32;  // whose places are got at once

  DUET_COLD void make_slot(std::size_t at) {
    if (slots_.capacity() == 0) {
      positions_.reserve(few_slots);
      slots_.reserve(static_cast<std::size_t>(std::min(in_memory_, static_cast<long>(few_slots))));
    }
    positions_.resize(at + 1, nowhere);
    slots_.resize(std::min(at + 1, static_cast<std::size_t>(in_memory_)));
  }
  DUET_COLD void write(long slot, long position) {
    if constexpr (!std::is_trivially_copyable_v<T>) {
      throw std::invalid_argument(
          "duet::snapshots::on_disk: the numbers of this state hold memory of their own; keep it in memory");
    } else if constexpr (carries<State>) {
      throw std::invalid_argument(
          "duet::snapshots::on_disk: this state has fields besides its numbers, which a file does not keep; keep it in "
          "memory");
    } else {
      if (!disk_) disk_.emplace(folder_);
      State const& state = here();
      bytes_.resize(shape<State>::size(state) * packed<T>::bytes);
      for (std::size_t i = 0; i < shape<State>::size(state); ++i)
        packed<T>::write(bytes_.data() + i * packed<T>::bytes, shape<State>::entry(state, i));
      disk_->write(slot, position, bytes_);
    }
  }
  DUET_COLD void read(long slot, long position) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      State const& like = here();
      bytes_.resize(shape<State>::size(like) * packed<T>::bytes);
      disk_->read(slot, position, bytes_);
      set(shape<State>::template make<T>(
          like, [&](auto i) { return packed<T>::read(bytes_.data() + std::size_t{i} * packed<T>::bytes); }));
    }
  }

  State current_;
  std::vector<State> slots_;
  std::ptrdiff_t slot_here_ = nowhere;  // where the current state lies, if in a slot
  std::vector<long> positions_;         // of what is in slots
  long in_memory_;
  std::filesystem::path folder_;
  std::optional<disk_snapshots> disk_;
  std::vector<std::byte> bytes_;
};

}  // namespace duet
