#pragma once

// Times candidates alternately in one process, so that whatever else the machine does falls on all of them: in every
// round each runs once, and what is reported is the median of the ratios of the rounds.

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <functional>
#include <string>
#include <vector>
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <duet/core/blocks.hpp>

namespace bench {

// The compiler must take x for read and changed here.
template <class X>
inline void touch(X& x) {
  asm volatile("" : : "r"(&x) : "memory");
}

// Else memory goes back to the system, and comes again page by page, whenever a temporary matrix happens to be the last
// one of the heap: twice the time of a row, or not, by what was allocated before.
inline void keep_memory() {
#if defined(__GLIBC__)
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
#endif
}

struct candidate {
  std::string name;
  std::function<void(long)> repeat;  // runs the work so many times
};

template <class Work>
candidate time_of(std::string name, Work work) {
  return {std::move(name), [work](long count) mutable {
            for (long i = 0; i < count; ++i) work();
          }};
}

// Calls visit.operator()<N>() for each size.
template <std::size_t... N, class Visit>
void for_each_size(Visit const& visit) {
  (visit.template operator()<N>(), ...);
}

// A test runs so briefly that the figures mean nothing: with --quick, or --benchmark_min_time as Google Benchmark has
// it.
inline bool is_quick(int argc, char** argv) {
  return std::any_of(argv + 1, argv + argc, [](char const* argument) {
    return std::strcmp(argument, "--quick") == 0 || std::strncmp(argument, "--benchmark_min_time", 20) == 0;
  });
}

struct settings {
  int rounds = 41;
  double seconds = 2e-3;  // of one candidate in one round
};
inline settings settings_for(bool quick) { return quick ? settings{3, 1e-5} : settings{}; }

// Processor time of this process: what others do in between does not count.
inline double seconds_used(candidate const& c, long count) {
  std::clock_t const start = std::clock();
  c.repeat(count);
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

inline double median(std::vector<double> x) {
  auto const middle = x.begin() + static_cast<std::ptrdiff_t>(x.size() / 2);
  std::nth_element(x.begin(), middle, x.end());
  return *middle;
}

struct timing {
  double nanoseconds;  // the median
  double ratio;        // to the first candidate
};

// The nanoseconds of each candidate in every round.
inline std::vector<std::vector<double>> time_rounds(std::vector<candidate> const& candidates, settings const& s) {
  std::vector<long> counts;
  for (auto const& c : candidates) {
    long count = 1;
    while (seconds_used(c, count) < s.seconds) count *= 2;
    counts.push_back(count);
  }
  std::vector<std::vector<double>> times(candidates.size());
  for (int round = 0; round < s.rounds; ++round)
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      // Every other round backwards: nobody always follows the same one.
      std::size_t const k = round % 2 == 0 ? i : candidates.size() - 1 - i;
      times[k].push_back(seconds_used(candidates[k], counts[k]) / static_cast<double>(counts[k]) * 1e9);
    }
  return times;
}

// The median of the ratios of the rounds.
inline double median_ratio(std::vector<double> const& times, std::vector<double> const& to) {
  std::vector<double> ratios;
  for (std::size_t r = 0; r < times.size(); ++r) ratios.push_back(times[r] / to[r]);
  return median(std::move(ratios));
}

inline std::vector<timing> compare(std::vector<candidate> const& candidates, settings const& s) {
  auto const times = time_rounds(candidates, s);
  std::vector<timing> result;
  for (auto const& t : times) result.push_back({median(t), median_ratio(t, times[0])});
  return result;
}

// One candidate of a derivative at x: compute(x) gives a result that must not be thrown away.
template <class X, class Compute>
candidate derivative(std::string name, X x, Compute compute) {
  return time_of(std::move(name), [x, compute]() mutable {
    touch(x);
    auto result = compute(x);
    touch(result);
  });
}

// A table whose first column is the first candidate in nanoseconds; the others are ratios, to it unless said otherwise.
inline void print_head(char const* title, std::vector<std::string> const& columns,
                       std::vector<std::string> units = {}) {
  if (units.empty()) {
    units.assign(columns.size(), "/ " + columns[0]);
    units[0] = "ns";
  }
  std::printf("%-36s", title);
  for (auto const& c : columns) std::printf(" %12s", c.c_str());
  std::printf("\n%-36s", "");
  for (auto const& u : units) std::printf(" %12s", u.c_str());
  std::printf("\n");
}
inline void print_row(std::string const& name, std::vector<timing> const& t) {
  std::printf("%-36s %12.1f", name.c_str(), t[0].nanoseconds);
  for (std::size_t i = 1; i < t.size(); ++i) std::printf(" %12.2f", t[i].ratio);
  std::printf("\n");
  std::fflush(stdout);
}

inline void print_setting() {
#if defined(__clang__)
  std::printf("compiler: clang %d.%d.%d", __clang_major__, __clang_minor__, __clang_patchlevel__);
#elif defined(__GNUC__)
  std::printf("compiler: g++ %d.%d.%d", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
#if defined(BENCH_FLAGS)
  std::printf(", flags: %s", BENCH_FLAGS);
#endif
#if !defined(__OPTIMIZE__)
  std::printf(", NOT OPTIMISED");
#endif
  std::printf(", vectors of %zu bytes\n", duet::vector_bytes);
}

}  // namespace bench
