#pragma once

// What the example prints: checks that count, a progress bar, and the chart of its training.

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

#include "../line_chart.hpp"
#include "../progress_line.hpp"

namespace neural {

// Prints each claim with the largest deviation that was seen, and remembers whether all held.
class checks {
 public:
  void operator()(const std::string& claim, double deviation, double bound) {
    const bool holds = deviation <= bound;
    all_ = all_ && holds;
    std::printf("  %-78s %8.1e  %s\n", claim.c_str(), deviation, holds ? "holds" : "FAILS");
  }
  void operator()(const std::string& claim, bool holds) {
    all_ = all_ && holds;
    std::printf("  %-78s %8s  %s\n", claim.c_str(), "", holds ? "holds" : "FAILS");
  }
  bool all() const { return all_; }

 private:
  bool all_ = true;
};

class progress_bar {
 public:
  progress_bar(std::string what, long of) : what_(std::move(what)), of_(of) {}
  void operator()(long done, double error) {
    constexpr long width = 40;
    if (!line_.is_shown() || done * 100 / of_ == drawn_) return;
    drawn_ = done * 100 / of_;
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), done * width / of_, '=');
    line_.draw(what_, bar, drawn_, "error " + std::to_string(error));
  }

 private:
  std::string what_;
  long of_, drawn_ = -1;
  example::progress_line line_;
};

// Errors against iterations, in powers of ten.
inline void draw(const std::string& file, const std::string& title, const std::vector<example::curve>& curves) {
  example::line_chart chart{title, "batch gradient descent", "iterations", "mean error", curves};
  chart.logarithmic_y = true;
  chart.marked = false;
  example::write(chart, file);
}

}  // namespace neural
