#pragma once

// A progress bar for checkpointed loops, drawn by what checkpoint_policy::on_progress tells.

#include <algorithm>
#include <chrono>
#include <duet/checkpoint.hpp>
#include <string>
#include <utility>

#include "../progress_line.hpp"

namespace heat {

// On standard error, where that is a terminal; the bar erases itself.
class progress_bar {
 public:
  explicit progress_bar(bool wanted) : line_(wanted) {}

  // What the next loops are for.
  void begin(std::string what) { what_ = std::move(what); }

  // The arguments are those of on_progress: `step` of `steps` steps are run or reversed, or a state is reached again.
  void operator()(long step, long steps, duet::checkpoint_phase phase) {
    if (!line_.is_shown()) return;
    if (phase == duet::checkpoint_phase::running) reversed_ = 0;
    if (phase == duet::checkpoint_phase::reversing) reversed_ = step;
    const auto now = std::chrono::steady_clock::now();
    if (now - drawn_ < std::chrono::milliseconds(80)) return;
    drawn_ = now;
    draw(step, steps, phase);
  }

  void erase() { line_.erase(); }

 private:
  // '=' for what is done for good in this phase of the work, '-' for where the loop is now.
  void draw(long step, long steps, duet::checkpoint_phase phase) const {
    constexpr long width = 40;
    const bool is_forward = phase == duet::checkpoint_phase::running;
    const long whole = std::max(steps, 1L), done = is_forward ? step : reversed_;
    std::string bar(width, ' ');
    const long filled = done * width / whole;
    std::fill_n(bar.begin(), filled, '=');
    if (!is_forward) {  // the sweep comes from the end: it fills from the right
      std::reverse(bar.begin(), bar.end());
      if (phase == duet::checkpoint_phase::repeating)
        bar[static_cast<std::size_t>(std::min(step * width / whole, width - 1))] = '-';
    }
    line_.draw(what_, bar, 100 * done / whole,
               is_forward                                   ? "running"
               : phase == duet::checkpoint_phase::repeating ? "reversing (repeating)"
                                                            : "reversing");
  }

  example::progress_line line_;
  std::string what_;
  long reversed_ = 0;
  std::chrono::steady_clock::time_point drawn_{};
};

}  // namespace heat
