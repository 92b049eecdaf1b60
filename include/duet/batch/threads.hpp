#pragma once

// Work over a fixed list of blocks on several threads. What a block is depends on the amount of data alone, and what
// blocks give is put together in their order: results are the same bits on any number of threads.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#if defined(DUET_USE_TBB)
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#endif

namespace duet {

// `size` data in blocks of equal size but for the last, which is smaller.
class block_list {
 public:
  // Blocks are whole groups of lanes, whatever their number, and few enough to keep what each of them gives.
  static constexpr std::size_t granularity = 16, smallest = 32, most = 64;

  explicit block_list(std::size_t size)
      : size_(size), block_(std::max(smallest, (size + most * granularity - 1) / (most * granularity) * granularity)) {}

  [[nodiscard]] std::size_t count() const { return (size_ + block_ - 1) / block_; }
  [[nodiscard]] std::size_t first(std::size_t block) const { return block * block_; }
  [[nodiscard]] std::size_t last(std::size_t block) const { return std::min(size_, (block + 1) * block_); }

 private:
  std::size_t size_, block_;
};

// How many threads a number stands for: zero for as many as the machine runs at once.
[[nodiscard]] inline std::size_t thread_count(std::size_t asked) {
  return asked != 0 ? asked : std::max<std::size_t>(1, std::thread::hardware_concurrency());
}

// What blocks have thrown: the exception of the first of them counts, so that the blocks behind it need not run.
class first_failure {
 public:
  [[nodiscard]] bool is_before(std::size_t block) const { return block_.load(std::memory_order_relaxed) < block; }
  void keep(std::size_t block) {
    std::lock_guard const lock(mutex_);
    if (block >= block_) return;
    block_ = block;
    exception_ = std::current_exception();
  }
  void rethrow() const {
    if (exception_) std::rethrow_exception(exception_);
  }

 private:
  std::mutex mutex_;
  std::atomic<std::size_t> block_ = static_cast<std::size_t>(-1);
  std::exception_ptr exception_;
};

// Calls work(context, block) for each block < count, on up to `threads` threads of which the caller is one; a context
// is what make() gives, one for each thread that gets a block. An exception ends it: that of the first block which
// threw, by order of the blocks and not of time. Threads are std::thread's, or oneTBB's where DUET_USE_TBB is defined.
template <class Make, class Work>
void for_each_block(std::size_t count, std::size_t threads, Make const& make, Work const& work) {
  threads = std::min(duet::thread_count(threads), count);
  if (threads <= 1) {
    if (count == 0) return;
    auto context = make();
    for (std::size_t block = 0; block < count; ++block) work(context, block);
    return;
  }
  first_failure failure;
  std::atomic<std::size_t> next = 0;
  auto const run = [&] {
    std::optional<decltype(make())> context;
    for (std::size_t block;
         (block = next.fetch_add(1, std::memory_order_relaxed)) < count && !failure.is_before(block);)
      try {
        if (!context) context.emplace(make());
        work(*context, block);
      } catch (...) {
        failure.keep(block);
      }
  };
#if defined(DUET_USE_TBB)
  oneapi::tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    oneapi::tbb::parallel_for(
        oneapi::tbb::blocked_range<std::size_t>(0, threads, 1), [&](auto const&) { run(); },
        oneapi::tbb::simple_partitioner{});
  });
#else
  std::vector<std::thread> others;
  try {
    others.reserve(threads - 1);
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  } catch (std::system_error const&) {  // no more threads to be had: those there are do it
  }
  run();
  for (auto& each : others) each.join();
#endif
  failure.rethrow();
}

// The sum of all blocks, added up by += in their order, where sum(context, from, to) gives that of the blocks from
// `from` on and before `to`, added up likewise. Nothing where there are none.
template <class Make, class Sum>
[[nodiscard]] auto sum_of_blocks(std::size_t count, std::size_t threads, Make const& make, Sum const& sum) {
  using Part = decltype(sum(std::declval<decltype(make())&>(), count, count));
  std::optional<Part> total;
  if (std::min(duet::thread_count(threads), count) <= 1) {
    if (count == 0) return total;
    auto context = make();
    total.emplace(sum(context, std::size_t{0}, count));
    return total;
  }
  std::vector<std::optional<Part>> parts(count);
  duet::for_each_block(count, threads, make,
                       [&](auto& context, std::size_t block) { parts[block].emplace(sum(context, block, block + 1)); });
  total = std::move(parts[0]);
  for (std::size_t block = 1; block < count; ++block) *total += *parts[block];
  return total;
}

}  // namespace duet
