// Long recordings: ten million statements under a small stack, and machines that give little address space.

#include "catch.hpp"

#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

#if defined(__unix__)
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#if !defined(SANITIZED)
#define SANITIZED 0
#endif

namespace {

using duet::tape, duet::var, duet::recording;

struct outcome {
  double slope = 0, expected = 0, bytes_per_statement = 0;
  std::size_t statements = 0;
  bool right() const { return std::abs(slope - expected) <= 1e-9 * std::abs(expected); }
};

// y <- 0.5 y + x sin(y): y and dy/dx converge, so that the exact slope is known from the same loop on numbers.
outcome record(std::size_t statements) {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.25);
  var<> y = 1;
  double v = 1, slope = 0;
  for (std::size_t i = 0; i < statements; ++i) {
    slope = 0.5 * slope + std::sin(v) + 0.25 * std::cos(v) * slope + (i % 2 == 0 ? 0.01 : 0.0);
    v = 0.5 * v + 0.25 * std::sin(v) + (i % 2 == 0 ? 0.01 * 0.25 : 0.0);
    y = i % 2 == 0 ? var<>(0.5 * y + x * sin(y) + 0.01 * x) : var<>(0.5 * y + x * sin(y));
  }
  t.reverse(y);
  return {t.adjoint(x), slope, t.statistics().bytes_per_statement, t.statistics().statements};
}

}  // namespace

#if defined(__unix__)

TEST_CASE("Ten million statements are recorded and swept under a stack of 64 KiB") {
  outcome result;
  auto const run = [](void* target) -> void* {
    *static_cast<outcome*>(target) = record(10'000'000);
    return nullptr;
  };
  std::size_t stack = (std::size_t{64} << 10) + static_cast<std::size_t>(::sysconf(_SC_THREAD_STACK_MIN));
  if (SANITIZED) stack += std::size_t{1} << 20;
  pthread_attr_t attributes;
  REQUIRE(::pthread_attr_init(&attributes) == 0);
  REQUIRE(::pthread_attr_setstacksize(&attributes, stack) == 0);
  pthread_t thread;
  REQUIRE(::pthread_create(&thread, &attributes, run, &result) == 0);
  REQUIRE(::pthread_join(thread, nullptr) == 0);
  REQUIRE(::pthread_attr_destroy(&attributes) == 0);
  REQUIRE(result.statements == 10'000'000);
  REQUIRE(result.right());
  REQUIRE(result.bytes_per_statement <= 4 * 12 + 1);
}

#if !SANITIZED  // sanitizers need the address space themselves

namespace {

// Runs check in a child process with `bytes` of address space, and gives its verdict.
template <class Check>
bool with_address_space(std::size_t bytes, Check const& check) {
  pid_t const child = ::fork();
  if (child == 0) {
    rlimit limit{};
    ::getrlimit(RLIMIT_AS, &limit);
    limit.rlim_cur = bytes;
    if (::setrlimit(RLIMIT_AS, &limit) != 0) ::_exit(2);
    bool good = false;
    try {
      good = check(limit);
    } catch (...) {
    }
    ::_exit(good ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

TEST_CASE("Where address space cannot be reserved, the streams grow on the heap") {
  REQUIRE(with_address_space(std::size_t{1} << 30, [](rlimit const&) {
    auto const result = record(1'000'000);
    return result.statements == 1'000'000 && result.right();
  }));
}

TEST_CASE("When memory runs out, recording throws and what was recorded stays") {
  REQUIRE(with_address_space(std::size_t{1} << 28, [](rlimit limit) {
    tape<> t;
    recording const scope(t);
    var<> const x = t.independent(0.5);
    var<> y = 1;
    std::size_t count = 0;
    bool thrown = false;
    try {
      for (; count < 100'000'000; ++count) y = 0.5 * y + x;
    } catch (duet::error const&) {
      thrown = true;
    }
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_AS, &limit);
    if (!thrown || count < 1000 || t.statistics().statements != count) return false;
    t.reverse(y);
    if (std::abs(t.adjoint(x) - 2) > 1e-12) return false;
    y = y * x;  // and with more memory it goes on
    t.reverse(y);
    return std::abs(t.adjoint(x) - (y.value() / 0.5 + 1)) < 1e-12;
  }));
}

TEST_CASE("A tape that ran out of memory can be cleared and used again") {
  REQUIRE(with_address_space(std::size_t{1} << 28, [](rlimit const&) {
    tape<> t;
    recording const scope(t);
    for (int round = 0; round < 2; ++round) {
      t.clear();
      var<> const x = t.independent(0.5);
      var<> y = 1;
      try {
        for (int i = 0; i < 100'000'000; ++i) y = 0.5 * y + x;
        return false;
      } catch (duet::error const&) {
      }
      t.clear();
      var<> const again = t.independent(3);
      var<> z = again;
      for (int i = 0; i < 1000; ++i) z = 0.5 * z + again * again;
      t.reverse(z);
      if (std::abs(t.adjoint(again) - 12) > 1e-12) return false;
    }
    return true;
  }));
}

// Two gigabytes of descriptors: run by name, or by make test-all.
TEST_CASE("Indices end before 2^31, and the tape can be used again", "[.huge]") {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.5);
  constexpr std::size_t left = 1000;
  auto const start = t.position();
  (void)t.new_inputs(duet::last_index - left);
  auto const full = t.position();
  for (int with_inputs = 0; with_inputs < 2; ++with_inputs) {
    t.rewind(full);
    duet::tape_index newest = 0;
    std::size_t count = 0;
    auto const fill = [&] {
      for (;; ++count) {
        var<> const y = with_inputs != 0 && count % 3 == 0 ? t.independent(2) : var<>(2 * x);
        newest = y.index();
      }
    };
    REQUIRE_THROWS_AS(fill(), duet::error);
    REQUIRE(count > left - 10);
    REQUIRE(count <= left);
    REQUIRE(newest <= duet::last_index);
    REQUIRE(newest == t.position().descriptors - 1);
  }
  t.rewind(start);
  var<> const y = x * x;
  t.reverse(y);
  REQUIRE(t.adjoint(x) == 1);
}

#endif
#endif
