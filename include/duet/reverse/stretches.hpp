#pragma once

// Checked mode: of which recording a variable is. What is recorded between two rewinds has a number that nothing else
// has, and a variable carries it, in what was the padding of var<double>.

#include <cstdint>
#include <duet/core/checked.hpp>

#if DUET_CHECKED
#include <algorithm>
#include <atomic>
#include <vector>
#endif

namespace duet::checked {

#if DUET_CHECKED

// 0: not known.
struct stamp {
  std::uint32_t number = 0;
};

// The stretches of a recording, oldest first.
class stretches {
 public:
  stretches() { begin(0); }

  [[nodiscard]] stamp stamp_of(std::uint32_t index) const {
    if (index == 0) return {};
    auto const after = std::upper_bound(all_.begin(), all_.end(), index,
                                        [](std::uint32_t i, stretch const& s) { return i < s.first; });
    return {std::prev(after)->number};
  }
  // Throws duet::error, which begins with the place of the statement, unless the variable at an index is of this
  // recording.
  void require(std::uint32_t index, stamp is, std::string_view who) const {
    if (index == 0 || is.number == 0 || stamp_of(index).number == is.number) return;
    bool const own = std::find(blocks_.begin(), blocks_.end(), is.number / numbers_in_block) != blocks_.end();
    std::string text = shown(current.where);
    if (!text.empty()) text.append(": ");
    text.append(who).append(": the variable with index ").append(std::to_string(index));
    throw error(text.append(own ? " is of a part of the tape that was rewound or cleared" : " is of another tape"));
  }
  // What was recorded from this index on is forgotten.
  void rewound(std::uint32_t count) {
    while (all_.size() > 1 && all_.back().first >= count) all_.pop_back();
    begin(count);
  }

 private:
  struct stretch {
    std::uint32_t first, number;
  };
  // Numbers come to a tape in blocks, so that it knows its own.
  static constexpr std::uint32_t numbers_in_block = 64;
  static std::uint32_t next_block() {
    static std::atomic<std::uint32_t> next{1};
    return next.fetch_add(1, std::memory_order_relaxed);
  }
  void begin(std::uint32_t first) {
    if (left_in_block_ == 0) {
      blocks_.push_back(next_block());
      left_in_block_ = numbers_in_block;
    }
    all_.push_back({first, blocks_.back() * numbers_in_block + --left_in_block_});
  }

  std::vector<stretch> all_;
  std::vector<std::uint32_t> blocks_;
  std::uint32_t left_in_block_ = 0;
};

#else

struct stamp {};

#endif

}  // namespace duet::checked
