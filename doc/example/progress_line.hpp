#pragma once

// A line on standard error that is drawn over and over, where that is a terminal, and erases itself.

#include <unistd.h>

#include <cstdio>
#include <string>

namespace example {

class progress_line {
 public:
  explicit progress_line(bool wanted = true) : is_shown_(wanted && isatty(STDERR_FILENO) != 0) {}
  progress_line(progress_line const&) = delete;
  progress_line& operator=(progress_line const&) = delete;
  ~progress_line() { erase(); }

  bool is_shown() const { return is_shown_; }
  // what [bar] percent % remark
  void draw(std::string const& what, std::string const& bar, long percent, std::string const& remark) const {
    std::fprintf(stderr, "\r%s [%s] %3ld %% %s\033[K", what.c_str(), bar.c_str(), percent, remark.c_str());
    std::fflush(stderr);
  }
  void erase() const {
    if (is_shown_) std::fputs("\r\033[K", stderr);
  }

 private:
  bool is_shown_;
};

}  // namespace example
