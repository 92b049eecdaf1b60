#pragma once

// The states of a checkpointed loop as files, for states that do not fit into memory. Each run has a folder of its own,
// which goes with it; what killed runs left is removed by the next run in the same place.

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/crc.hpp>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <duet/core/error.hpp>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>

#if DUET_HAS_MMAP && __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace duet {

// The lock on a run's folder that tells a live run from a killed one: the system drops it with the last descriptor. A
// forked child inherits the descriptor, so a folder counts as live until the children have ended too (or called exec).
class folder_lock {
 public:
  folder_lock() = default;
  folder_lock(folder_lock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  folder_lock& operator=(folder_lock&&) = delete;
  ~folder_lock() { close(); }

#if DUET_HAS_MMAP && __has_include(<sys/file.h>)
  // Makes the folder and locks it; errc::file_exists if another name should be tried.
  [[nodiscard]] std::error_code make(std::filesystem::path const& folder) {
    if (::mkdir(folder.c_str(), S_IRWXU) != 0) return last();
    std::error_code why = take(folder);
    // A file system that knows no locks refuses them to all runs: nothing is taken for stale there.
    if (!why || why == std::errc::bad_file_descriptor || why == std::errc::operation_not_supported ||
        why == std::errc::not_supported || why == std::errc::function_not_supported ||
        why == std::errc::invalid_argument)
      return {};
    ::rmdir(folder.c_str());
    // Between the two calls another run has taken the folder for stale.
    bool const lost = why == std::errc::operation_would_block || why == std::errc::no_such_file_or_directory;
    return lost ? std::make_error_code(std::errc::file_exists) : why;
  }

  // Locks a folder that is there; not through a symbolic link, nor if it has been removed meanwhile.
  [[nodiscard]] std::error_code take(std::filesystem::path const& folder) {
    close();
    descriptor_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor_ < 0) return last();
    int result = 0;
    do result = ::flock(descriptor_, LOCK_EX | LOCK_NB);
    while (result != 0 && errno == EINTR);
    std::error_code why = result != 0 ? last() : std::error_code();
    struct stat held{};
    struct stat named{};
    if (!why && (::fstat(descriptor_, &held) != 0 || ::lstat(folder.c_str(), &named) != 0)) why = last();
    if (!why && (held.st_dev != named.st_dev || held.st_ino != named.st_ino))
      why = std::make_error_code(std::errc::no_such_file_or_directory);
    if (why) close();
    return why;
  }

  // The host's name, fit for a file name.
  [[nodiscard]] static std::string machine() {
    std::array<char, 65> host{};
    static_cast<void>(::gethostname(host.data(), host.size() - 1));
    return plain_name(host.data());
  }

  [[nodiscard]] static long process() { return static_cast<long>(::getpid()); }

  // Letters, digits, points and underscores; different texts stay different.
  [[nodiscard]] static std::string plain_name(std::string_view text) {
    constexpr std::string_view plain = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.";
    std::string name;
    for (char const c : text) {
      auto const code = static_cast<unsigned char>(c);
      if (plain.find(c) != plain.npos)
        name += c;
      else
        name.append({'_', plain[code / 16U], plain[code % 16U]});
    }
    return name;
  }

 private:
  [[nodiscard]] static std::error_code last() { return {errno, std::generic_category()}; }

  void close() noexcept {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }
#else
  // No such locks: nothing is ever found stale.
  [[nodiscard]] std::error_code make(std::filesystem::path const& folder) {
    std::error_code why;
    bool const made = std::filesystem::create_directory(folder, why);
    return why || made ? why : std::make_error_code(std::errc::file_exists);
  }
  [[nodiscard]] std::error_code take(std::filesystem::path const&) {
    return std::make_error_code(std::errc::function_not_supported);
  }
  [[nodiscard]] static std::string machine() { return "local"; }
  [[nodiscard]] static long process() { return 0; }

 private:
  void close() noexcept {}
#endif

  int descriptor_ = -1;
};

// CRC-64/XZ of eight lanes, byte i in lane i mod 8, then of the header and the lanes' results: any change within 8
// neighbouring bytes of one of these is certain to show. Measured 1.1 GB/s; one lane waits for its table, 0.43 GB/s.
class snapshot_checksum {
 public:
  // All pieces but the last are of a multiple of 8 bytes.
  void add(std::span<std::byte const> piece) {
    std::array<crc, 8> lanes = lanes_;  // a local copy stays in registers
    auto const* const bytes = reinterpret_cast<unsigned char const*>(piece.data());
    std::size_t const whole = piece.size() / lanes.size() * lanes.size();
    for (std::size_t i = 0; i < whole; i += lanes.size())
      for (std::size_t k = 0; k < lanes.size(); ++k) lanes[k].process_byte(bytes[i + k]);
    for (std::size_t i = whole; i < piece.size(); ++i) lanes[i - whole].process_byte(bytes[i]);
    lanes_ = lanes;
  }

  [[nodiscard]] std::uint64_t value(std::span<std::byte const> header) const {
    crc all;
    all.process_bytes(header.data(), header.size());
    for (crc const& lane : lanes_) {
      std::uint64_t const result = lane.checksum();
      all.process_bytes(&result, sizeof result);
    }
    return all.checksum();
  }

 private:
  using crc = boost::crc_optimal<64, 0x42F0E1EBA9EA3693, ~std::uint64_t{}, ~std::uint64_t{}, true, true>;
  std::array<crc, 8> lanes_;
};

// Threads may use different slots at once. No fsync: if the machine goes down the run is lost anyway.
class disk_snapshots {
 public:
  // Makes a folder for this run below `folder`, which must exist, after removing what killed runs of this machine left
  // there. The machine is known by its host name: two of one name must not share a folder.
  explicit disk_snapshots(std::filesystem::path const& folder) {
    std::error_code why;
    std::filesystem::path const place = std::filesystem::absolute(folder, why);
    if (why) fail("make a folder for this run in", folder, why.message());
    std::string const ours = "duet-run-" + folder_lock::machine() + "-";
    remove_stale(place, ours);
    static std::atomic<unsigned long> runs{0};
    for (int attempt = 0; attempt < 10'000; ++attempt) {
      folder_ = place / (ours + std::to_string(process_) + "-" + std::to_string(runs++));
      why = lock_.make(folder_);
      if (why != std::errc::file_exists) break;
    }
    if (why) fail("make a folder for this run in", place, why.message());
  }

  disk_snapshots(disk_snapshots&& other) noexcept
      : lock_(std::move(other.lock_)),
        folder_(std::exchange(other.folder_, std::filesystem::path())),
        process_(other.process_) {}
  disk_snapshots& operator=(disk_snapshots&&) = delete;

  // Removes the snapshots, and the folder unless it holds files of others. A forked child leaves them to its parent.
  ~disk_snapshots() {
    if (folder_.empty() || process_ != folder_lock::process()) return;
    try {
      clear(folder_);
    } catch (...) {  // no memory for a name: the next run finds the folder stale
    }
  }

  // The state after `position` steps as the file of `slot` (not negative), replacing what it held. Throws duet::error
  // if the state cannot be written whole; the slot then holds what it held, or nothing if only the last rename has
  // failed.
  void write(long slot, long position, std::span<std::byte const> state) {
    std::string const task = "write step " + std::to_string(position) + " to";
    std::filesystem::path const file = file_of(slot, task);
    std::filesystem::path temporary = file;
    temporary += temporary_ending;
    std::error_code why = put_file(temporary, {magic_number, slot, position, state.size()}, state);
    // A rename over the old file would make ext4 write the new one out at once: measured 4 times slower.
    if (!why) std::filesystem::remove(file, why);
    if (!why) std::filesystem::rename(temporary, file, why);
    if (!why) return;
    std::error_code ignored;
    std::filesystem::remove(temporary, ignored);
    fail(task, file, why.message());
  }

  // Reads it back. Throws duet::error if the file is missing, altered, of another size or position; `state` is then
  // undefined.
  void read(long slot, long position, std::span<std::byte> state) const {
    std::string const task = "read step " + std::to_string(position) + " from";
    std::filesystem::path const file = file_of(slot, task);
    std::error_code why;
    std::uintmax_t const bytes = std::filesystem::file_size(file, why);
    if (why) fail(task, file, why.message());
    std::uintmax_t const expected = sizeof(header) + state.size() + sizeof(std::uint64_t);
    if (bytes != expected)
      fail(task, file, "the file has " + std::to_string(bytes) + " bytes, expected " + std::to_string(expected));
    header head{};
    bool intact = false;
    why = get_file(file, head, state, intact);
    if (why) fail(task, file, why.message());
    if (!intact) fail(task, file, "the file was altered: its checksum differs");
    if (head.position != position) fail(task, file, "the file holds step " + std::to_string(head.position));
    if (head != header{magic_number, slot, position, state.size()}) fail(task, file, "it is the file of another slot");
  }

  // The run's own, absolute; empty after a move.
  [[nodiscard]] std::filesystem::path const& folder() const { return folder_; }

 private:
  // A file is this header, the state, and the checksum of both, in the machine's byte order.
  struct header {
    std::uint64_t magic;
    std::int64_t slot, position;
    std::uint64_t bytes;
    bool operator==(header const&) const = default;
  };
  static_assert(std::has_unique_object_representations_v<header>);

  static constexpr std::uint64_t magic_number = 0x31'50'4e'53'54'45'55'44;  // "DUETSNP1"
  static constexpr std::size_t chunk = std::size_t{1} << 18;                // summed up while in the cache
  static constexpr std::string_view beginning = "snapshot-", ending = ".duet", temporary_ending = ".tmp";

  [[noreturn]] DUET_COLD static void fail(std::string const& task, std::filesystem::path const& file,
                                          std::string const& why) {
    throw error("duet::disk_snapshots: cannot " + task + " '" + file.string() + "': " + why);
  }

  [[nodiscard]] std::filesystem::path file_of(long slot, std::string const& task) const {
    std::string name(beginning);
    name.append(std::to_string(slot)).append(ending);
    if (folder_.empty()) fail(task, name, "this object has been moved from");
    if (slot < 0) fail(task, name, "a slot is not negative");
    return folder_ / name;
  }

  struct closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using file_handle = std::unique_ptr<std::FILE, closer>;

  // Without a buffer: pieces are large, and errno is the system's word on this piece.
  [[nodiscard]] static file_handle open(std::filesystem::path const& file, char const* mode) {
    errno = 0;
    file_handle handle(std::fopen(file.string().c_str(), mode));
    if (handle) std::setvbuf(handle.get(), nullptr, _IONBF, 0);
    return handle;
  }

  [[nodiscard]] static std::error_code last_error() {
    return errno != 0 ? std::error_code(errno, std::generic_category()) : std::make_error_code(std::errc::io_error);
  }

  // move(bytes, count) writes or reads up to so many and returns how many; a signal may have stopped it.
  [[nodiscard]] static bool whole(std::FILE* file, auto bytes, auto const& move) {
    while (!bytes.empty()) {
      errno = 0;
      bytes = bytes.subspan(move(bytes.data(), bytes.size()));
      if (!bytes.empty() && errno != EINTR) return false;
      std::clearerr(file);
    }
    return true;
  }

  // The parts of a file in their order, written or read by `move`; `intact` if the checksum it gave back is right.
  [[nodiscard]] static std::error_code transfer(std::FILE* file, header& head, auto state, bool& intact,
                                                auto const& move) {
    auto const head_bytes = std::as_writable_bytes(std::span(&head, 1));
    if (!whole(file, head_bytes, move)) return last_error();
    snapshot_checksum sum;
    for (std::size_t done = 0; done < state.size(); done += chunk) {
      auto const piece = state.subspan(done, std::min(chunk, state.size() - done));
      if (!whole(file, piece, move)) return last_error();
      sum.add(piece);
    }
    std::uint64_t const computed = sum.value(head_bytes);
    std::uint64_t stored = computed;
    if (!whole(file, std::as_writable_bytes(std::span(&stored, 1)), move)) return last_error();
    intact = stored == computed;
    return {};
  }

  [[nodiscard]] static std::error_code put_file(std::filesystem::path const& file, header head,
                                                std::span<std::byte const> state) {
    file_handle handle = open(file, "wb");
    if (!handle) return last_error();
    bool intact = false;
    std::error_code const why = transfer(handle.get(), head, state, intact, [&](void const* from, std::size_t count) {
      return std::fwrite(from, 1, count, handle.get());
    });
    if (why) return why;
    errno = 0;
    return std::fclose(handle.release()) == 0 ? std::error_code() : last_error();
  }

  [[nodiscard]] static std::error_code get_file(std::filesystem::path const& file, header& head,
                                                std::span<std::byte> state, bool& intact) {
    file_handle const handle = open(file, "rb");
    if (!handle) return last_error();
    return transfer(handle.get(), head, state, intact,
                    [&](void* to, std::size_t count) { return std::fread(to, 1, count, handle.get()); });
  }

  // Cuts `front`, then a number, off the front of `text` if they are there.
  [[nodiscard]] static bool cut(std::string_view& text, std::string_view front) {
    if (!text.starts_with(front)) return false;
    text.remove_prefix(front.size());
    std::size_t const digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    return digits > 0;
  }

  [[nodiscard]] static bool names_run(std::string_view name, std::string_view ours) {
    return cut(name, ours) && cut(name, "-") && name.empty();
  }

  [[nodiscard]] static bool names_snapshot(std::string_view name) {
    return cut(name, beginning) && name.starts_with(ending) &&
           (name.size() == ending.size() || name.substr(ending.size()) == temporary_ending);
  }

  // Each entry's path and name; stops where the folder cannot be read further.
  static void for_entries(std::filesystem::path const& folder, auto const& visit) {
    std::error_code why;
    for (std::filesystem::directory_iterator i(folder, why), end; !why && i != end; i.increment(why))
      visit(*i, i->path().filename().string());
  }

  // Removes the regular files that bear a snapshot's name, then the folder if that was all.
  static void clear(std::filesystem::path const& folder) {
    std::error_code ignored;
    for_entries(folder, [&](std::filesystem::directory_entry const& entry, std::string const& name) {
      if (names_snapshot(name) && std::filesystem::is_regular_file(entry.symlink_status(ignored)))
        std::filesystem::remove(entry.path(), ignored);
    });
    std::filesystem::remove(folder, ignored);
  }

  static void remove_stale(std::filesystem::path const& place, std::string const& ours) {
    for_entries(place, [&](std::filesystem::directory_entry const& entry, std::string const& name) {
      if (!names_run(name, ours)) return;
      folder_lock lock;
      if (!lock.take(entry.path())) clear(entry.path());
    });
  }

  folder_lock lock_;
  std::filesystem::path folder_;
  long process_ = folder_lock::process();
};

}  // namespace duet
