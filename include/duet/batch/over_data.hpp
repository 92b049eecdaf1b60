#pragma once

// What functions over data have in common: the data, what is made of each, and on how many threads.

#include <cstddef>
#include <duet/batch/data.hpp>
#include <utility>

namespace duet {

// The base of Function<Kept, F, InLanes>: data as keep_data() keeps them, f, and whether it is called in lanes.
template <template <class, class, bool> class Function, class Kept, class F, bool InLanes>
class over_data {
 protected:
  using data_type = std::remove_cvref_t<decltype(*std::declval<Kept const&>())>;
  using source = data_source<data_type>;

 public:
  over_data(Kept data, F f, std::size_t threads)
      : data_(std::move(data)), f_(std::move(f)), threads_(threads), size_(source::size(*data_)) {}

  // The same on so many threads, the caller among them; 0: as many as the machine runs at once. Results are the same
  // bits on any number of threads. f is then called by several of them at a time.
  [[nodiscard]] Function<Kept, F, InLanes> threads(std::size_t count) const { return {data_, f_, count}; }
  // The same for an f that cannot take lanes: one datum at a time, in plain scalars.
  [[nodiscard]] Function<Kept, F, false> scalar() const { return {data_, f_, threads_}; }

  // What it was made of.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] data_type const& data() const { return *data_; }
  [[nodiscard]] F const& function() const { return f_; }
  [[nodiscard]] std::size_t most_threads() const { return threads_; }

 private:
  Kept data_;
  F f_;
  std::size_t threads_, size_;
};

// A Function of f over data: an object with a name is referred to, a temporary kept.
template <template <class, class, bool> class Function, class Data, class F>
[[nodiscard]] auto make_over_data(Data&& data, F f) {
  using Kept = decltype(duet::keep_data(std::forward<Data>(data)));
  return Function<Kept, F, true>(duet::keep_data(std::forward<Data>(data)), std::move(f), 1);
}

}  // namespace duet
