#pragma once

// The scope in which a thread records onto a tape.

#include <duet/reverse/memory.hpp>

namespace duet {

// While it lives, this thread's statements on var<T> are recorded onto the tape. Scopes nest: the inner tape records
// until its scope ends, then the outer one again. The tape must outlive the scope; one thread at a time records onto a
// tape.
template <class T>
class [[nodiscard]] recording {
 public:
  explicit recording(tape<T>& onto) : outer_(active_head<T>.owner) {
    if (outer_ == &onto) return;
    write_head<T> next = onto.head();
    next.owner = &onto;
    if (outer_ != nullptr) outer_->parked_ = active_head<T>;
    onto.parked_.owner = nullptr;
    active_head<T> = next;
    if (next.limit != nullptr) return;
    try {
      onto.make_room();
    } catch (...) {
      end(&onto);
      throw;
    }
  }
  recording(recording const&) = delete;
  recording& operator=(recording const&) = delete;
  ~recording() {
    if (tape<T>* const current = active_head<T>.owner; current != outer_) end(current);
  }

 private:
  void end(tape<T>* current) {
    if (current != nullptr) current->parked_ = active_head<T>;
    active_head<T> = outer_ == nullptr ? write_head<T>{} : outer_->parked_;
    if (outer_ != nullptr) outer_->parked_.owner = nullptr;
  }

  tape<T>* outer_;
};

// Whether this thread records, and onto which tape; that throws duet::error if there is none.
template <class T>
[[nodiscard]] bool is_recording() {
  return active_head<T>.owner != nullptr;
}
template <class T>
[[nodiscard]] tape<T>& recording_tape() {
  if (!is_recording<T>()) throw_not_recording();
  return *active_head<T>.owner;
}

}  // namespace duet
