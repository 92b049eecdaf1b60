#pragma once

// Checked mode (-DDUET_CHECKED), as all modes use it: where a statement stands, and whether it is one of the user's
// own. Without the macro everything here is empty, and so is the code that it leaves.

#include <duet/core/report.hpp>
#include <duet/core/scalar.hpp>

#if DUET_CHECKED
#include <cstdlib>
#include <cstring>
#include <optional>
#endif

namespace duet::checked {

#if DUET_CHECKED

#if defined(__ELF__)
// The linkers that let checked and unchecked translation units meet leave this symbol defined.
extern "C" [[gnu::weak]] char unchecked_unit asm("_ZN4duet26unchecked_translation_unitE");
inline bool const all_units_are_checked = [] {
  if (&unchecked_unit == nullptr) return true;
  std::fputs("duet: some translation units were compiled with DUET_CHECKED and some without\n", stderr);
  std::abort();
}();
#endif

// Duet's own headers and Eigen's tell a user nothing.
[[nodiscard]] inline bool is_users(site const& at) {
  static std::string_view const root = [] {
    std::string_view const own = site::current().file_name();
    constexpr std::string_view suffix = "core/checked.hpp";
    return own.ends_with(suffix) ? own.substr(0, own.size() - suffix.size()) : own;
  }();
  if (at.line() == 0) return false;
  thread_local char const* known = nullptr;  // statements come from few files
  thread_local bool known_is_users = false;
  if (known != at.file_name()) {
    std::string_view const file = known = at.file_name();
    known_is_users = !file.starts_with(root) && file.find("/Eigen/") == std::string_view::npos;
  }
  return known_is_users;
}

// The statement that this thread evaluates, if its place is known, and whether a level of derivatives further inside is
// at work: what happens there is seen by the level outside.
struct statement_context {
  site where{};
  int depth = 0;
};
inline constinit thread_local statement_context current{};

class [[nodiscard]] statement {
 public:
  constexpr explicit statement(site const& at) {
    if (std::is_constant_evaluated()) return;
    outer_ = current.where;
    if (is_users(at)) current.where = at;
  }
  statement(statement const&) = delete;
  statement& operator=(statement const&) = delete;
  constexpr ~statement() {
    if (!std::is_constant_evaluated()) current.where = outer_;
  }

 private:
  site outer_{};
};

// While a level outside computes with numbers of type T that carry derivatives themselves, those keep still: a slope of
// infinity may meet a zero yet.
template <class T>
class [[nodiscard]] level_inside {
 public:
  constexpr level_inside() {
    if constexpr (active_scalar<T>)
      if (!std::is_constant_evaluated()) ++current.depth;
  }
  level_inside(level_inside const&) = delete;
  level_inside& operator=(level_inside const&) = delete;
  constexpr ~level_inside() {
    if constexpr (active_scalar<T>)
      if (!std::is_constant_evaluated()) --current.depth;
  }
};

// An operation that was found, with its operands and what came out.
struct suspect {
  std::string operation;
  std::vector<double> operands;
  double found = 0;
};

// While an array of variables is computed by duals of Duet's own: the first of their values that is not finite is noted
// for the tape, which tells what becomes of it; of slopes the sweep tells.
struct array_context {
  int depth = 0;
  std::optional<suspect> noted;
};
inline thread_local array_context array;

class [[nodiscard]] array_operation {
 public:
  array_operation() { ++array.depth; }
  array_operation(array_operation const&) = delete;
  array_operation& operator=(array_operation const&) = delete;
  ~array_operation() { --array.depth; }
};

// The passive number behind x, for a message.
template <class X>
[[nodiscard]] double shown_number(X const& x) {
  if constexpr (active<X>)
    return shown_number(x.value());
  else if constexpr (requires { static_cast<double>(x); })
    return static_cast<double>(x);
  else
    return std::numeric_limits<double>::quiet_NaN();
}

#else

struct statement {
  DUET_INLINE constexpr explicit statement(site) {}
};
template <class T>
struct level_inside {
  DUET_INLINE constexpr level_inside() {}
};
struct array_operation {
  DUET_INLINE constexpr array_operation() {}
};

#endif

}  // namespace duet::checked
