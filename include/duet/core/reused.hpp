#pragma once

// Objects that a thread keeps from one call to the next, because their memory costs more to get than to reuse: the
// system takes large blocks back at once, and each of their pages costs a fault when it is used again.

#include <array>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace duet {

// What takes more than this is not kept.
inline constexpr std::size_t most_bytes_kept = std::size_t{1} << 28;

// The objects of type B that this thread has at hand: as many as one call may need at a time. They go with the
// thread; what outlives that finds nobody to keep it.
template <class B>
class idle_objects {
 public:
  [[nodiscard]] static std::unique_ptr<B> take() {
    if (!gone_) {
      idle_objects& own = of_this_thread();
      if (own.count_ != 0) return std::move(own.objects_[--own.count_]);
    }
    return std::make_unique<B>();
  }
  static void keep(std::unique_ptr<B> object) noexcept {
    if (gone_) return;
    idle_objects& own = of_this_thread();
    if (own.count_ != own.objects_.size()) own.objects_[own.count_++] = std::move(object);
  }

 private:
  idle_objects() = default;
  ~idle_objects() { gone_ = true; }
  static idle_objects& of_this_thread() {
    thread_local idle_objects own;
    return own;
  }

  static inline constinit thread_local bool gone_ = false;
  std::array<std::unique_ptr<B>, 16> objects_;
  std::size_t count_ = 0;
};

// An object for the time of a call, one of those that the thread keeps if there is one. It is as its last user left it.
template <class B>
class reused {
 public:
  reused() : object_(idle_objects<B>::take()) {}
  reused(reused&&) = default;
  reused& operator=(reused&&) = delete;
  ~reused() {
    if (object_ && !discarded_) idle_objects<B>::keep(std::move(object_));
  }

  [[nodiscard]] bool holds() const { return object_ != nullptr; }  // not moved from
  [[nodiscard]] B& operator*() const { return *object_; }
  [[nodiscard]] B* operator->() const { return object_.get(); }
  // It will not be kept.
  void discard_later() { discarded_ = true; }
  // For several owners, the last of whom gives it back.
  [[nodiscard]] std::shared_ptr<B const> share() && {
    return {object_.release(), [discarded = discarded_](B* object) {
              std::unique_ptr<B> owner(object);
              if (!discarded) idle_objects<B>::keep(std::move(owner));
            }};
  }

 private:
  std::unique_ptr<B> object_;
  bool discarded_ = false;
};

// Room for `size` objects for the time of a call; they hold what the last user left. It grows to the most that any call
// has asked for.
template <class T>
class scratch {
 public:
  explicit scratch(std::size_t size) {
    if (all().size() < size) {
      all().clear();  // nothing to copy
      all().resize(size);
    }
    if (size > most_bytes_kept / sizeof(T)) room_.discard_later();
  }

  [[nodiscard]] T* data() const { return all().data(); }

 private:
  struct room {
    std::vector<T> objects;
  };
  [[nodiscard]] std::vector<T>& all() const { return room_->objects; }

  reused<room> room_;
};

}  // namespace duet
