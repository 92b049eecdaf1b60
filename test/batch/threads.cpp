// Blocks on threads: what runs, in which order it is put together, and what is thrown.

#include <duet/batch/threads.hpp>

#include <atomic>
#include <catch.hpp>
#include <set>
#include <stdexcept>

TEST_CASE("Blocks cover the data once, in whole groups, and few of them") {
  for (std::size_t const size : {0u, 1u, 15u, 31u, 32u, 33u, 250u, 2048u, 2049u, 100003u}) {
    duet::block_list const blocks(size);
    std::size_t next = 0;
    for (std::size_t b = 0; b < blocks.count(); ++b) {
      CHECK(blocks.first(b) == next);
      CHECK(blocks.first(b) % duet::block_list::granularity == 0);
      CHECK(blocks.last(b) > blocks.first(b));
      next = blocks.last(b);
    }
    CHECK(next == size);
    CHECK(blocks.count() <= duet::block_list::most);
  }
}

TEST_CASE("Each block runs once, with a context of its thread") {
  for (std::size_t const threads : {1u, 2u, 7u, 0u}) {
    std::vector<std::atomic<int>> runs(100);
    std::atomic<int> contexts = 0;
    duet::for_each_block(
        100, threads, [&] { return std::pair(++contexts, std::this_thread::get_id()); },
        [&](auto const& context, std::size_t block) {
          if (context.second != std::this_thread::get_id()) throw std::logic_error("another thread's context");
          ++runs[block];
        });
    for (auto const& each : runs) CHECK(each == 1);
    CHECK(contexts >= 1);
    CHECK(contexts <= static_cast<int>(duet::thread_count(threads)));
  }
}

TEST_CASE("Blocks are added up in their order on any number of threads") {
  struct text {
    std::string all;
    text& operator+=(text const& other) {
      all += other.all;
      return *this;
    }
  };
  auto const sum = [](auto&, std::size_t from, std::size_t to) {
    text result;
    for (std::size_t b = from; b < to; ++b) result.all += std::to_string(b) + ' ';
    return result;
  };
  std::string const expected = duet::sum_of_blocks(40, 1, [] { return 0; }, sum)->all;
  CHECK(expected.substr(0, 8) == "0 1 2 3 ");
  CHECK(duet::sum_of_blocks(40, 2, [] { return 0; }, sum)->all == expected);
  CHECK(duet::sum_of_blocks(40, 7, [] { return 0; }, sum)->all == expected);
  CHECK(!duet::sum_of_blocks(0, 7, [] { return 0; }, sum));
}

TEST_CASE("Of several exceptions that of the first block is thrown") {
  for (std::size_t const threads : {1u, 2u, 7u})
    for (int repeat = 0; repeat < 20; ++repeat) {
      std::string what;
      try {
        duet::for_each_block(
            50, threads, [] { return 0; },
            [](int, std::size_t block) {
              if (block % 10 == 3) throw std::runtime_error("block " + std::to_string(block));
            });
      } catch (std::runtime_error const& e) {
        what = e.what();
      }
      CHECK(what == "block 3");
    }
}

TEST_CASE("Blocks whose context cannot be made fail as such") {
  auto const make = []() -> int { throw std::runtime_error("no context"); };
  CHECK_THROWS_WITH(duet::for_each_block(5, 2, make, [](int, std::size_t) {}), "no context");
}
