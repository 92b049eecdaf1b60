// Snapshots on disk: what is written is read back or refused, and no run leaves anything behind.

#include "catch.hpp"

#include <algorithm>
#include <chrono>
#include <duet/checkpoint/disk.hpp>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <stdexcept>
#include <thread>
#include <type_traits>
#include <vector>

#if DUET_HAS_MMAP
#include <sys/resource.h>
#include <sys/wait.h>
#include <csignal>
#endif

namespace {

namespace fs = std::filesystem;
using duet::disk_snapshots;
using duet_test::contains;
using state = std::vector<std::byte>;

static_assert(!std::is_copy_constructible_v<disk_snapshots> && !std::is_copy_assignable_v<disk_snapshots>);
static_assert(std::is_nothrow_move_constructible_v<disk_snapshots> && std::is_nothrow_destructible_v<disk_snapshots>);

// A folder that goes with its object.
struct scratch {
  scratch() {
    std::random_device random;
    path = fs::temp_directory_path() / ("duet-disk-" + std::to_string(random()) + "-" + std::to_string(random()));
    fs::create_directory(path);
  }
  scratch(scratch const&) = delete;
  scratch& operator=(scratch const&) = delete;
  ~scratch() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

// Bytes that differ from one number to the next.
state some_state(std::size_t size, unsigned number) {
  state bytes(size);
  std::minstd_rand random(number + 1);
  std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<std::byte>(random() >> 7); });
  return bytes;
}

state read_back(disk_snapshots const& snapshots, long slot, long position, std::size_t size) {
  state bytes(size);
  snapshots.read(slot, position, bytes);
  return bytes;
}

std::string contents(fs::path const& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void overwrite(fs::path const& file, std::string const& bytes) { std::ofstream(file, std::ios::binary) << bytes; }

std::size_t entries(fs::path const& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// The text of the duet::error that `call` throws.
std::string error_of(auto const& call) {
  try {
    call();
  } catch (duet::error const& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of_read(disk_snapshots const& snapshots, long slot, long position, std::size_t size) {
  return error_of([&] { static_cast<void>(read_back(snapshots, slot, position, size)); });
}

fs::path file_of(disk_snapshots const& snapshots, long slot) {
  return snapshots.folder() / ("snapshot-" + std::to_string(slot) + ".duet");
}

}  // namespace

TEST_CASE("A snapshot on disk is read back as it was written") {
  scratch const place;
  {
    disk_snapshots snapshots(place.path);
    REQUIRE(snapshots.folder().parent_path() == place.path);
    std::vector<std::size_t> const sizes{0, 1, 7, 8, 9, 1000, 262'143, 262'144, 262'145, 1'000'000};
    for (unsigned i = 0; i < sizes.size(); ++i) snapshots.write(i, 10L + i, some_state(sizes[i], i));
    for (unsigned i = 0; i < sizes.size(); ++i)
      REQUIRE(read_back(snapshots, i, 10L + i, sizes[i]) == some_state(sizes[i], i));
    REQUIRE(entries(snapshots.folder()) == sizes.size());
    REQUIRE(fs::file_size(file_of(snapshots, 5)) == 1000 + 40);
    snapshots.write(5, 77, some_state(500, 42));  // a slot is used again
    REQUIRE(read_back(snapshots, 5, 77, 500) == some_state(500, 42));
    REQUIRE(entries(snapshots.folder()) == sizes.size());
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("A changed bit anywhere in a snapshot's file is found") {
  scratch const place;
  disk_snapshots snapshots(place.path);
  snapshots.write(3, 12, some_state(37, 1));
  std::string const whole = contents(file_of(snapshots, 3));
  REQUIRE(whole.size() == 37 + 40);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ (1 << bit));
      overwrite(file_of(snapshots, 3), changed);
      std::string const text = error_of_read(snapshots, 3, 12, 37);
      if (text.find("altered") == text.npos) FAIL("byte " << i << ", bit " << bit << ": " << text);
    }
  }
  overwrite(file_of(snapshots, 3), whole);
  REQUIRE(read_back(snapshots, 3, 12, 37) == some_state(37, 1));
}

TEST_CASE("A change in a large snapshot is found") {
  scratch const place;
  disk_snapshots snapshots(place.path);
  constexpr std::size_t size = 1'000'003;
  snapshots.write(0, 1, some_state(size, 1));
  std::string const whole = contents(file_of(snapshots, 0));
  for (std::size_t const i : {32UL, 33UL, 262'175UL, 262'176UL, 524'320UL, 999'999UL, 1'000'034UL, 1'000'042UL}) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 16);
    overwrite(file_of(snapshots, 0), changed);
    REQUIRE_THAT(error_of_read(snapshots, 0, 1, size), contains("altered"));
  }
  std::string swapped = whole;  // two pieces in each other's place
  std::swap_ranges(swapped.begin() + 4096, swapped.begin() + 8192, swapped.begin() + 8192);
  overwrite(file_of(snapshots, 0), swapped);
  REQUIRE_THAT(error_of_read(snapshots, 0, 1, size), contains("altered"));
}

TEST_CASE("A snapshot's file that was cut or extended is refused") {
  scratch const place;
  disk_snapshots snapshots(place.path);
  snapshots.write(3, 12, some_state(20, 1));
  std::string const whole = contents(file_of(snapshots, 3));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    overwrite(file_of(snapshots, 3), whole.substr(0, size));
    std::string const expected = "the file has " + std::to_string(size) + " bytes, expected 60";
    REQUIRE_THAT(error_of_read(snapshots, 3, 12, 20), contains(expected));
  }
  overwrite(file_of(snapshots, 3), whole + '\0');
  REQUIRE_THAT(error_of_read(snapshots, 3, 12, 20), contains("the file has 61 bytes, expected 60"));
  overwrite(file_of(snapshots, 3), whole);
  for (std::size_t const size : {0U, 19U, 21U})  // a state of another size than was written
    REQUIRE_THAT(error_of_read(snapshots, 3, 12, size), contains("the file has 60 bytes"));
}

TEST_CASE("What cannot be read says which step, which file and why") {
  scratch const place;
  disk_snapshots snapshots(place.path);
  std::string const file = file_of(snapshots, 3).string();
  REQUIRE(error_of_read(snapshots, 3, 12, 8) ==
          "duet::disk_snapshots: cannot read step 12 from '" + file + "': No such file or directory");
  snapshots.write(3, 12, some_state(8, 1));
  REQUIRE(error_of_read(snapshots, 3, 13, 8) ==
          "duet::disk_snapshots: cannot read step 13 from '" + file + "': the file holds step 12");
  fs::copy(file_of(snapshots, 3), file_of(snapshots, 4));
  REQUIRE_THAT(error_of_read(snapshots, 4, 12, 8), contains("snapshot-4.duet': it is the file of another slot"));
  fs::remove(file_of(snapshots, 3));
  REQUIRE_THAT(error_of_read(snapshots, 3, 12, 8), contains("No such file or directory"));
  fs::create_directory(file_of(snapshots, 3));
  REQUIRE_THAT(error_of_read(snapshots, 3, 12, 8), contains("cannot read step 12 from '" + file + "': Is a directory"));
  REQUIRE_THAT(error_of([&] { snapshots.write(-1, 5, {}); }), contains("cannot write step 5 to"));
}

TEST_CASE("A folder in which no run can have its own is refused with the system's reason") {
  scratch const place;
  fs::path const missing = place.path / "missing", file = place.path / "file";
  overwrite(file, "a file");
  auto const error_in = [](fs::path const& folder) { return error_of([&] { disk_snapshots const _(folder); }); };
  REQUIRE(error_in(missing) == "duet::disk_snapshots: cannot make a folder for this run in '" + missing.string() +
                                   "': No such file or directory");
  REQUIRE_THAT(error_in(file), contains("'" + file.string() + "': Not a directory"));
  REQUIRE_THAT(error_in(""), contains("cannot make a folder for this run in ''"));
  if (fs::exists("/proc/self")) REQUIRE_THAT(error_in("/proc"), contains("folder for this run in '/proc': "));
#if DUET_HAS_MMAP
  if (::geteuid() != 0) {  // root may write anywhere
    fs::path const closed = place.path / "closed";
    fs::create_directory(closed);
    fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec);
    REQUIRE_THAT(error_in(closed), contains("Permission denied"));
    fs::remove(closed);
  }
#endif
  fs::remove(file);
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("A failed write leaves the slot as it was and nothing else") {
  scratch const place;
  {
    disk_snapshots snapshots(place.path);
    fs::create_directories(file_of(snapshots, 1) / "occupied");  // cannot be replaced
    REQUIRE_THAT(error_of([&] { snapshots.write(1, 12, some_state(8, 1)); }),
                 contains("cannot write step 12 to '" + file_of(snapshots, 1).string() + "': "));
    fs::remove_all(file_of(snapshots, 1));
    REQUIRE(fs::is_empty(snapshots.folder()));
#if DUET_HAS_MMAP
    snapshots.write(2, 5, some_state(100, 1));
    // Files may not grow beyond 64 KiB for a while.
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    rlimit small = before;
    small.rlim_cur = 65536;
    auto const handler = std::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &small);
    std::string const text = error_of([&] { snapshots.write(2, 6, some_state(1'000'000, 2)); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    REQUIRE(text ==
            "duet::disk_snapshots: cannot write step 6 to '" + file_of(snapshots, 2).string() + "': File too large");
    REQUIRE(entries(snapshots.folder()) == 1);
    REQUIRE(read_back(snapshots, 2, 5, 100) == some_state(100, 1));
    if (fs::exists("/dev/full")) {
      fs::create_symlink("/dev/full", file_of(snapshots, 2).string() + ".tmp");
      REQUIRE_THAT(error_of([&] { snapshots.write(2, 6, some_state(10, 2)); }), contains("No space left on device"));
      REQUIRE(entries(snapshots.folder()) == 1);
      REQUIRE(read_back(snapshots, 2, 5, 100) == some_state(100, 1));
    }
#endif
    fs::remove_all(snapshots.folder());
    REQUIRE_THAT(
        error_of([&] { snapshots.write(3, 7, some_state(10, 2)); }),
        contains("cannot write step 7 to '" + file_of(snapshots, 3).string() + "': No such file or directory"));
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("Snapshots are removed when an exception ends the run") {
  scratch const place;
  auto const run = [&] {
    disk_snapshots snapshots(place.path);
    snapshots.write(1, 1, some_state(10, 1));
    snapshots.write(2, 2, some_state(10, 1));
    throw std::runtime_error("the model has failed");
  };
  REQUIRE_THROWS_AS(run(), std::runtime_error);
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("Moved snapshots belong to the new object alone") {
  scratch const place;
  {
    std::optional<disk_snapshots> first(std::in_place, place.path);
    first->write(1, 4, some_state(10, 1));
    disk_snapshots second(std::move(*first));
    REQUIRE(first->folder().empty());
    std::string const text = error_of([&] { first->write(2, 5, {}); });
    REQUIRE_THAT(text, contains("cannot write step 5 to 'snapshot-2.duet': this object has been moved from"));
    REQUIRE_THAT(error_of_read(*first, 1, 4, 10), contains("moved from"));
    first.reset();
    REQUIRE(read_back(second, 1, 4, 10) == some_state(10, 1));
    disk_snapshots const other(place.path);  // takes nothing for stale: the lock has moved too
    REQUIRE(read_back(second, 1, 4, 10) == some_state(10, 1));
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("What others put into a run's folder stays there") {
  scratch const place;
  fs::path folder;
  {
    disk_snapshots snapshots(place.path);
    folder = snapshots.folder();
    snapshots.write(1, 1, some_state(10, 1));
    overwrite(folder / "notes.txt", "mine");
  }
  REQUIRE(entries(folder) == 1);
  REQUIRE(contents(folder / "notes.txt") == "mine");
}

TEST_CASE("A relative folder is meant as it was when the run began") {
  scratch const place;
  fs::path const before = fs::current_path();
  fs::current_path(place.path);
  fs::create_directory("here");
  {
    disk_snapshots snapshots("here");
    fs::current_path(before);
    snapshots.write(1, 1, some_state(10, 1));
    REQUIRE(read_back(snapshots, 1, 1, 10) == some_state(10, 1));
    REQUIRE(fs::equivalent(snapshots.folder().parent_path(), place.path / "here"));
  }
  REQUIRE(fs::is_empty(place.path / "here"));
}

namespace {

// Runs that begin and end in one folder; false if one of them was disturbed.
bool many_runs(fs::path const& folder, unsigned seed) {
  try {
    for (unsigned i = 0; i < 40; ++i) {
      disk_snapshots first(folder);
      disk_snapshots second(folder);
      first.write(0, i, some_state(100, seed + i));
      second.write(0, i, some_state(200, seed + i));
      disk_snapshots const third(folder);
      if (read_back(first, 0, i, 100) != some_state(100, seed + i)) return false;
      if (read_back(second, 0, i, 200) != some_state(200, seed + i)) return false;
    }
    return true;
  } catch (std::exception const&) {
    return false;
  }
}

}  // namespace

TEST_CASE("Runs of several threads in one folder do not disturb one another") {
  scratch const place;
  std::vector<int> results(4);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < results.size(); ++i)
      threads.emplace_back([&, i] { results[i] = many_runs(place.path, 1000 * i) ? 1 : 0; });
  }
  REQUIRE(results == std::vector<int>{1, 1, 1, 1});
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("Threads may write and read different slots of one run") {
  scratch const place;
  disk_snapshots snapshots(place.path);
  std::vector<int> results(4);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < results.size(); ++i) {
      threads.emplace_back([&, i] {
        for (unsigned k = 0; k < 50; ++k) {
          snapshots.write(i, k, some_state(1000, 100 * i + k));
          if (read_back(snapshots, i, k, 1000) != some_state(1000, 100 * i + k)) return;
        }
        results[i] = 1;
      });
    }
  }
  REQUIRE(results == std::vector<int>{1, 1, 1, 1});
}

#if DUET_HAS_MMAP

namespace {

// A process of its own that does `work` and then ends without unwinding; killed when the object dies.
class child {
 public:
  explicit child(auto const& work) : id_(::fork()) {
    if (id_ != 0) return;
    int status = 1;
    try {
      status = work() ? 0 : 1;
    } catch (...) {
    }
    ::_exit(status);
  }
  child(child const&) = delete;
  child& operator=(child const&) = delete;
  ~child() {
    if (id_ <= 0) return;
    ::kill(id_, SIGKILL);
    static_cast<void>(wait());
  }

  // The exit code, or minus the signal that killed it.
  [[nodiscard]] int wait() {
    int status = 0;
    ::waitpid(std::exchange(id_, 0), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t id_;
};

struct channel {
  channel() { REQUIRE(::pipe(ends.data()) == 0); }
  channel(channel const&) = delete;
  channel& operator=(channel const&) = delete;
  ~channel() {
    for (int const end : ends) ::close(end);
  }
  void send(std::string const& text) const {
    [[maybe_unused]] auto const sent = ::write(ends[1], text.data(), text.size());
  }
  [[nodiscard]] std::string receive() const {
    std::string text(4096, ' ');
    text.resize(static_cast<std::size_t>(std::max<long>(0, ::read(ends[0], text.data(), text.size()))));
    return text;
  }
  std::array<int, 2> ends{-1, -1};
};

// A run in `folder` that is killed with `count` snapshots written; its folder.
fs::path killed_run(fs::path const& folder, unsigned count) {
  channel const name;
  child run([&] {
    disk_snapshots snapshots(folder);
    for (unsigned i = 0; i < count; ++i) snapshots.write(i, i, some_state(1000, i));
    name.send(snapshots.folder().string());
    ::kill(::getpid(), SIGKILL);
    return true;
  });
  REQUIRE(run.wait() == -SIGKILL);
  return name.receive();
}

}  // namespace

TEST_CASE("The next run removes what a killed run has left") {
  scratch const place;
  fs::path const stale = killed_run(place.path, 3);
  REQUIRE(entries(stale) == 3);
  fs::path const empty = place.path / ("duet-run-" + duet::folder_lock::machine() + "-1-0");  // killed at once
  fs::create_directory(empty);
  overwrite(stale / "snapshot-7.duet.tmp", "killed while writing");
  {
    disk_snapshots const next(place.path);
    REQUIRE(!fs::exists(stale));
    REQUIRE(!fs::exists(empty));
    REQUIRE(entries(place.path) == 1);
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("The folder of a live process stays until it is killed") {
  scratch const place;
  channel const ready, end;
  child run([&] {
    disk_snapshots snapshots(place.path);
    snapshots.write(1, 1, some_state(100, 1));
    ready.send("ready");
    bool const intact = end.receive() == "end" && read_back(snapshots, 1, 1, 100) == some_state(100, 1);
    snapshots.write(2, 2, some_state(100, 1));
    ready.send("ready");
    ::kill(::getpid(), intact ? SIGKILL : SIGTERM);
    return true;
  });
  REQUIRE(ready.receive() == "ready");
  {
    disk_snapshots const next(place.path);
  }
  REQUIRE(entries(place.path) == 1);
  end.send("end");
  REQUIRE(ready.receive() == "ready");
  REQUIRE(run.wait() == -SIGKILL);
  REQUIRE(entries(place.path) == 1);
  {
    disk_snapshots const next(place.path);
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("Files and folders that are not Duet's are never removed") {
  scratch const place;
  fs::path const outside = place.path / "outside";
  fs::create_directory(outside);
  overwrite(outside / "snapshot-1.duet", "somebody's");
  fs::path const folder = place.path / "runs";
  fs::create_directory(folder);
  fs::path const stale = killed_run(folder, 2);
  std::string const ours = "duet-run-" + duet::folder_lock::machine();
  for (auto const* const name : {"notes.txt", "snapshot-x.duet", "snapshot-.duet", "snapshot-1.duet.bak", "snapshot-1",
                                 "a-snapshot-1.duet", "snapshot-1.duet.tmp.tmp"})
    overwrite(stale / name, "foreign");
  fs::create_symlink(outside / "snapshot-1.duet", stale / "snapshot-9.duet");
  fs::create_directory(stale / "snapshot-8.duet");
  std::vector<std::string> const folders{
      "duet-run-another.host-1-0", ours + "x-1-0", ours + "-1", ours + "-1-", ours + "-1-0x", ours + "--1-0",
      "x" + ours + "-1-0"};
  for (auto const& name : folders) {
    fs::create_directory(folder / name);
    overwrite(folder / name / "snapshot-1.duet", "foreign");
  }
  fs::create_directory_symlink(outside, folder / (ours + "-1-77"));
  overwrite(folder / (ours + "-1-78"), "a file");
  {
    disk_snapshots const next(folder);
  }
  REQUIRE(entries(stale) == 9);  // without snapshots 0 and 1
  REQUIRE(!fs::exists(stale / "snapshot-0.duet"));
  for (auto const& name : folders) REQUIRE(contents(folder / name / "snapshot-1.duet") == "foreign");
  REQUIRE(contents(outside / "snapshot-1.duet") == "somebody's");
  REQUIRE(entries(folder) == folders.size() + 3);
}

TEST_CASE("Runs of several processes in one folder do not disturb one another") {
  scratch const place;
  {
    child first([&] { return many_runs(place.path, 1000); });
    child second([&] { return many_runs(place.path, 2000); });
    for (int i = 0; i < 5; ++i) killed_run(place.path, 1);
    REQUIRE(many_runs(place.path, 3000));
    REQUIRE(first.wait() == 0);
    REQUIRE(second.wait() == 0);
  }
  {
    disk_snapshots const next(place.path);
  }
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("A forked child leaves the snapshots to its parent") {
  scratch const place;
  std::optional<disk_snapshots> snapshots(std::in_place, place.path);
  snapshots->write(1, 1, some_state(100, 1));
  child fork([&] {
    snapshots.reset();
    return true;
  });
  REQUIRE(fork.wait() == 0);
  REQUIRE(read_back(*snapshots, 1, 1, 100) == some_state(100, 1));
  {
    disk_snapshots const next(place.path);
  }  // and the lock
  REQUIRE(read_back(*snapshots, 1, 1, 100) == some_state(100, 1));
  snapshots.reset();
  REQUIRE(fs::is_empty(place.path));
}

TEST_CASE("The name of the machine is made fit for a file name") {
  using duet::folder_lock;
  REQUIRE(folder_lock::plain_name("node7.cluster") == "node7.cluster");
  REQUIRE(folder_lock::plain_name("a-b/c_d\xff") == "a_2db_2fc_5fd_ff");
  REQUIRE(folder_lock::plain_name("").empty());
}

#endif
