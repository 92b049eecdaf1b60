// Loops with states on disk: the same derivatives, a clean folder whatever happens, no altered file unnoticed.

#include "catch.hpp"

#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <filesystem>
#include <fstream>
#include <random>

#if DUET_HAS_MMAP
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace {

using duet::evolve, duet::snapshots, duet::tape, duet::var, duet::recording;
namespace fs = std::filesystem;

// A folder for one test.
struct scratch {
  fs::path path = fs::temp_directory_path() / ("duet-test-" + std::to_string(std::random_device{}()));
  scratch() { fs::create_directories(path); }
  ~scratch() { fs::remove_all(path); }
  [[nodiscard]] std::vector<fs::path> files() const {
    std::vector<fs::path> found;
    for (auto const& each : fs::recursive_directory_iterator(path))
      if (each.is_regular_file()) found.push_back(each.path());
    std::sort(found.begin(), found.end());
    return found;
  }
};

auto const step = [](auto const& y, long, auto const& rate) {
  using S = std::decay_t<decltype(y[0])>;
  using std::sin;
  return std::array<S, 2>{S(rate * y[0] * (1 - y[0])), S(0.5 * y[1] + sin(rate * y[0]))};
};

struct gradient {
  double value, of_state, of_rate;
  friend bool operator==(gradient const&, gradient const&) = default;
};
template <class Policy>
gradient of(Policy const& policy, long steps) {
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.3), rate = t.independent(2.6);
  auto const y = evolve(policy, step, std::array<var<>, 2>{x, var<>(x * 0.5)}, steps, rate);
  var<> const z = y[0] * y[0] + y[1];
  t.reverse(z);
  return {z.value(), t.adjoint(x), t.adjoint(rate)};
}

}  // namespace

TEST_CASE("Files change no bit and are gone afterwards") {
  scratch const folder;
  for (long steps : {1, 2, 10, 100, 300})
    for (auto [in_memory, on_disk] : {std::pair{1L, 5L}, {2L, 3L}, {4L, 20L}, {3L, 0L}})
      for (double cost : {0.0, 1.0, 50.0}) {
        INFO(steps << " steps, " << in_memory << " in memory, " << on_disk << " on disk, cost " << cost);
        REQUIRE(of(snapshots(in_memory).on_disk(folder.path, on_disk, cost, cost), steps) == of(snapshots(7), steps));
        REQUIRE(fs::is_empty(folder.path));
      }
}

TEST_CASE("Matrices, vectors and nested scalars are written too") {
  scratch const folder;
  auto const f = [&](bool disk) {
    return [&folder, disk](auto const& x) {
      using S = std::decay_t<decltype(x[0])>;
      using state = std::tuple<Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>, std::vector<S>>;
      state const y0{Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>::Constant(2, 3, x[0]), {x[1], S(0.5)}};
      auto const policy = disk ? snapshots(1).on_disk(folder.path, 4) : snapshots(5);
      auto const y = evolve(
          policy,
          [](auto const& s, long k) {
            auto next = s;
            auto& [m, v] = next;
            m(0, 1) = sin(m(0, 0)) * v[0];
            m.row(1) = m.row(0) * 0.9;
            v[0] += 0.1 * m(1, k % 3);
            return next;
          },
          y0, 23);
      return S(std::get<0>(y).sum() + std::get<1>(y)[0]);
    };
  };
  Eigen::Vector2d const x(0.4, 0.8);
  REQUIRE(duet::gradient(duet::reverse, f(true), x) == duet::gradient(duet::reverse, f(false), x));
  REQUIRE(duet::hessian(duet::reverse, f(true), x) == duet::hessian(duet::reverse, f(false), x));
  REQUIRE(fs::is_empty(folder.path));
}

TEST_CASE("A loop of unknown length keeps states on disk behind those in memory") {
  scratch const folder;
  auto const run = [&](auto const& policy) {
    tape<> t;
    recording const scope(t);
    var<> const x = t.independent(0.3), rate = t.independent(2.6);
    auto const y =
        duet::evolve_while(policy, step, std::array<var<>, 2>{x, x}, [](auto const&, long k) { return k < 150; }, rate);
    t.reverse(y[0]);
    return std::pair{t.adjoint(x), t.adjoint(rate)};
  };
  REQUIRE(run(snapshots(2).on_disk(folder.path, 4)) == run(snapshots(9)));
  REQUIRE(fs::is_empty(folder.path));
}

TEST_CASE("Files live as long as the loop is on the tape") {
  scratch const folder;
  auto const policy = snapshots(1).on_disk(folder.path, 6);
  tape<> t;
  recording const scope(t);
  auto const start = t.position();
  var<> const x = t.independent(0.3);
  auto const y = evolve(policy, step, std::array<var<>, 2>{x, x}, 40, 2.6);
  REQUIRE(!folder.files().empty());
  t.reverse(y[0]);
  double const slope = t.adjoint(x);
  t.reverse(y[0]);
  REQUIRE(t.adjoint(x) == slope);
  t.rewind(start);
  REQUIRE(fs::is_empty(folder.path));
}

TEST_CASE("A step that throws leaves no file") {
  scratch const folder;
  static bool fails;
  auto const failing = [](auto const& y, long k) {
    if (fails && k == 17) throw std::runtime_error("step 17");
    return std::decay_t<decltype(y)>(y * 0.5);
  };
  auto const policy = snapshots(1).on_disk(folder.path, 6);
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.3);
  fails = true;
  REQUIRE_THROWS_WITH(evolve(policy, failing, x, 40), "step 17");
  REQUIRE(fs::is_empty(folder.path));
  fails = false;
  var<> const y = evolve(policy, failing, x, 40);
  fails = true;
  REQUIRE_THROWS_WITH(t.reverse(y), "step 17");
  fails = false;
  t.reverse(y);
  REQUIRE(t.adjoint(x) == std::pow(0.5, 40));
  t.clear();
  REQUIRE(fs::is_empty(folder.path));
}

TEST_CASE("A flipped byte in any file of a run is noticed when the file is read") {
  scratch const folder;
  auto const policy = snapshots(1).on_disk(folder.path, 5, 0, 0);
  for (std::size_t which = 0; which < 5; ++which)
    for (int part : {0, 1, 2}) {
      tape<> t;
      recording const scope(t);
      var<> const x = t.independent(0.3);
      auto const y = evolve(policy, step, std::array<var<>, 2>{x, x}, 30, 2.6);
      auto const files = folder.files();
      REQUIRE(files.size() == 5);
      {
        std::fstream file(files[which], std::ios::in | std::ios::out | std::ios::binary);
        auto const at =
            static_cast<std::streamoff>((fs::file_size(files[which]) - 1) * static_cast<unsigned>(part) / 2);
        file.seekg(at);
        char const byte = static_cast<char>(file.get() ^ 4);
        file.seekp(at);
        file.put(byte);
      }
      REQUIRE_THROWS_WITH(t.reverse(y[0]), Catch::Contains(files[which].string()) && Catch::Contains("step "));
      REQUIRE_THROWS_AS(t.adjoint(x), duet::error);
      t.clear();
      REQUIRE(fs::is_empty(folder.path));
    }
  REQUIRE(of(policy, 30) == of(snapshots(6), 30));
}

TEST_CASE("A missing file and a missing folder are named") {
  scratch const folder;
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.3);
  auto const y = evolve(snapshots(1).on_disk(folder.path, 5, 0, 0), step, std::array<var<>, 2>{x, x}, 30, 2.6);
  fs::remove(folder.files().back());
  REQUIRE_THROWS_AS(t.reverse(y[0]), duet::error);
  REQUIRE_THROWS_WITH(
      evolve(snapshots(1).on_disk(folder.path / "none", 5, 0, 0), step, std::array<var<>, 2>{x, x}, 30, 2.6),
      Catch::Contains((folder.path / "none").string()));
  auto const z = evolve(snapshots(2), step, std::array<var<>, 2>{x, x}, 30, 2.6);
  t.reverse(z[0]);  // the tape works on
  REQUIRE(std::isfinite(t.adjoint(x)));
}

#if DUET_HAS_MMAP
TEST_CASE("On a full disk a loop says so, and leaves nothing") {
  scratch const folder;
  tape<> t;
  recording const scope(t);
  var<> const x = t.independent(0.3);
  auto const bytes = t.statistics().bytes;
  auto const handler = signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit const full{50, before.rlim_max};  // bytes of a file: less than a state takes
  setrlimit(RLIMIT_FSIZE, &full);
  std::string said;
  try {
    static_cast<void>(evolve(snapshots(1).on_disk(folder.path, 6, 0, 0), step, std::array<var<>, 2>{x, x}, 60, 2.6));
  } catch (duet::error const& e) {
    said = e.what();
  }
  setrlimit(RLIMIT_FSIZE, &before);
  signal(SIGXFSZ, handler);
  REQUIRE_THAT(said, Catch::Contains("step 0") && Catch::Contains(folder.path.string()));
  REQUIRE(fs::is_empty(folder.path));
  REQUIRE(t.statistics().bytes == bytes);
}

TEST_CASE("After a run was killed the next one is right and leaves a clean folder") {
  scratch const folder;
  auto const policy = snapshots(1).on_disk(folder.path, 6, 0, 0);
  pid_t const child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    tape<> t;
    recording const scope(t);
    var<> const x = t.independent(0.3);
    long reversed = 0;
    auto const dying = policy.on_progress([&](long, long, duet::checkpoint_phase phase) {
      if (phase == duet::checkpoint_phase::reversing && ++reversed == 15) kill(getpid(), SIGKILL);
    });
    auto const y = evolve(dying, step, std::array<var<>, 2>{x, x}, 60, 2.6);
    t.reverse(y[0]);
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  REQUIRE((WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL));
  REQUIRE(!fs::is_empty(folder.path));
  std::ofstream(folder.path / "mine.txt") << "not Duet's";
  REQUIRE(of(policy, 60) == of(snapshots(7), 60));
  REQUIRE(folder.files() == std::vector{folder.path / "mine.txt"});
}
#endif
