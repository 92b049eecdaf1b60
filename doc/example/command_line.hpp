#pragma once

// The command line of an example: names that begin with dashes, their values behind "=" or as the next argument.

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace example {

// A command line, or input, that cannot be used.
struct bad_input : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class command_line {
 public:
  command_line(std::string program, std::vector<std::string_view> const& arguments)
      : program_(std::move(program)), arguments_(arguments) {}

  // On to the next argument, if there is one.
  bool next() {
    if (at_ == arguments_.size()) return false;
    name_ = arguments_[at_++];
    attached_.reset();
    if (const auto equals = name_.find('='); name_.starts_with("--") && equals != name_.npos) {
      attached_ = name_.substr(equals + 1);
      name_ = name_.substr(0, equals);
    }
    return true;
  }
  std::string_view name() const { return name_; }
  bool has_attached_value() const { return attached_.has_value(); }
  std::string_view value() {
    if (attached_) return *attached_;
    if (at_ == arguments_.size()) fail(std::string(name_) + " needs a value", true);
    return arguments_[at_++];
  }

  [[noreturn]] void fail(std::string const& reason, bool help = false) const {
    throw bad_input(program_ + ": " + reason + (help ? " (see " + program_ + " --help)" : ""));
  }

 private:
  std::string program_;
  std::vector<std::string_view> const& arguments_;
  std::size_t at_ = 0;
  std::string_view name_;
  std::optional<std::string_view> attached_;
};

}  // namespace example
