#pragma once

// The scope in which a thread records onto a tape.

#include <duet/reverse/tape.hpp>

namespace duet {

// While it lives, this thread's statements on var<T> are recorded onto the tape. Scopes nest: the inner tape records
// until its scope ends, then the outer one again. The tape must outlive the scope; one thread at a time records onto a
// tape.
template <class T>
class [[nodiscard]] recording {
 public:
  explicit recording(tape<T>& onto) : outer_(active_head<T>) {
    if (onto.head_.owner == nullptr) onto.make_room();
    active_head<T> = &onto.head_;
  }
  recording(recording const&) = delete;
  recording& operator=(recording const&) = delete;
  ~recording() { active_head<T> = outer_; }

 private:
  write_head<T>* outer_;
};

}  // namespace duet
