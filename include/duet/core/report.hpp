#pragma once

// What checked mode (-DDUET_CHECKED) has to say, and who hears it. What is certainly wrong, such as a variable of
// another tape, throws duet::error. What may be intended is a report: it goes to the handler that on_report() has set,
// by default to stderr. All of this compiles in unchecked programs too,
// where nothing is ever reported.

#include <duet/core/error.hpp>
#include <duet/core/site.hpp>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#if DUET_CHECKED
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <utility>
#endif

namespace duet::checked {

enum class finding {
  input_unread,           // an input that no recorded statement reads
  output_constant,        // an output that depends on nothing recorded
  second_sweep,           // a sweep of new inputs on top of an old recording that was swept before
  made_passive,           // value(x) of an active x, with statements recorded afterwards
  value_not_finite,       // the first operation whose value is infinite or NaN
  derivative_not_finite,  // the same of a derivative
};

struct report {
  finding what;
  std::string operation;       // the name of the rule, or the function of Duet that found it; may be empty
  std::vector<double> values;  // the operands of the operation, or the value found
  std::source_location where;  // the statement; where.line() is 0 if the compiler cannot give it
  std::string region;          // of the innermost duet::checked::region
  std::string message;         // one sentence with all of this but the place
};

#if DUET_CHECKED

[[nodiscard]] inline std::string_view to_string(finding what) {
  constexpr std::array<std::string_view, 6> names{"input_unread", "output_constant",  "second_sweep",
                                                  "made_passive", "value_not_finite", "derivative_not_finite"};
  return names[static_cast<std::size_t>(what)];
}

// A number as a message shows it: the shortest text that reads back the same.
[[nodiscard]] inline std::string shown(double x) {
  if (std::isnan(x)) return "NaN";
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), x).ptr};
}
// log(-1), fmax(2, NaN).
[[nodiscard]] inline std::string shown(std::string_view operation, std::vector<double> const& operands) {
  std::string text(operation.empty() ? "an operation" : operation);
  for (std::size_t i = 0; i < operands.size(); ++i) text.append(i == 0 ? "(" : ", ").append(shown(operands[i]));
  return operands.empty() ? text : text.append(")");
}
// model.cpp:42, or nothing.
[[nodiscard]] inline std::string shown(std::source_location const& where) {
  return where.line() == 0 ? std::string() : std::string(where.file_name()) + ":" + std::to_string(where.line());
}

// model.cpp:42: in the residual: duet: log(-1) = NaN, ... [value_not_finite]
[[nodiscard]] inline std::string to_string(report const& r) {
  std::string text = shown(r.where);
  if (!text.empty()) text.append(": ");
  if (!r.region.empty()) text.append("in ").append(r.region).append(": ");
  return text.append("duet: ").append(r.message).append(" [").append(to_string(r.what)).append("]");
}

using handler = std::function<void(report const&)>;

// Handlers that are ready: one line on stderr, where one place says the same five times at most; or duet::error.
inline void print(report const& r) {
  static std::mutex alone;
  static std::map<std::string, int> said;
  constexpr int most = 5;
  std::lock_guard const lock(alone);
  int const times =
      ++said[shown(r.where).append("|").append(r.region).append("|").append(r.operation).append(to_string(r.what))];
  if (times <= most) std::fprintf(stderr, "%s\n", to_string(r).c_str());
  if (times == most) std::fprintf(stderr, "duet: (the same from here is not printed any more)\n");
}
[[noreturn]] inline void raise(report const& r) { throw error(to_string(r)); }

struct handler_slot {
  std::mutex access;
  handler to = print;
};
inline handler_slot& the_handler() {
  static handler_slot slot;
  return slot;
}

// From now on reports of all threads go to this handler, which may throw; an empty one is print. Returns the one
// before.
inline handler on_report(handler to) {
  handler_slot& slot = the_handler();
  std::lock_guard const lock(slot.access);
  return std::exchange(slot.to, to ? std::move(to) : handler(print));
}

class collected;
class region;

// What a thread knows of the place it is at.
struct thread_context {
  collected* collector = nullptr;
  region const* innermost = nullptr;
  unsigned silent = 0;  // a bit for each finding
  bool not_finite_met = false;
};
inline constinit thread_local thread_context context{};

// Reports of this thread, kept instead of handled while the object lives.
class [[nodiscard]] collected {
 public:
  collected() : outer_(std::exchange(context.collector, this)) {}
  collected(collected const&) = delete;
  collected& operator=(collected const&) = delete;
  ~collected() { context.collector = outer_; }
  [[nodiscard]] std::vector<report> const& reports() const { return reports_; }
  [[nodiscard]] std::size_t count(finding what) const {
    std::size_t n = 0;
    for (report const& r : reports_) n += r.what == what;
    return n;
  }
  void add(report r) { reports_.push_back(std::move(r)); }

 private:
  collected* outer_;
  std::vector<report> reports_;
};

// While it lives this thread reports no findings of this kind: for what is intended.
class [[nodiscard]] silence {
 public:
  explicit silence(finding what) : outer_(context.silent) { context.silent |= 1u << static_cast<unsigned>(what); }
  silence(silence const&) = delete;
  silence& operator=(silence const&) = delete;
  ~silence() { context.silent = outer_; }

 private:
  unsigned outer_;
};

// A name for what this thread does while the object lives, which reports repeat: for places that the compiler cannot
// give, as inside Eigen's loops. The text must outlive the object.
class [[nodiscard]] region {
 public:
  explicit region(std::string_view name) : name_(name), outer_(std::exchange(context.innermost, this)) {}
  region(region const&) = delete;
  region& operator=(region const&) = delete;
  ~region() { context.innermost = outer_; }
  [[nodiscard]] std::string_view name() const { return name_; }

 private:
  std::string_view name_;
  region const* outer_;
};

// Sends a report on its way; its region is filled in.
DUET_COLD inline void deliver(report r) {
  if ((context.silent >> static_cast<unsigned>(r.what) & 1u) != 0) return;
  context.not_finite_met |= r.what == finding::value_not_finite || r.what == finding::derivative_not_finite;
  if (r.region.empty() && context.innermost != nullptr) r.region = context.innermost->name();
  if (context.collector != nullptr) return context.collector->add(std::move(r));
  handler to;
  {
    handler_slot& slot = the_handler();
    std::lock_guard const lock(slot.access);
    to = slot.to;
  }
  to(r);
}

#else

[[nodiscard]] inline std::string to_string(report const& r) { return r.message; }

struct handler {
  handler() = default;
  template <class F>
  handler(F const&) {}  // NOLINT: whatever hears reports
};
inline void print(report const&) {}
inline void raise(report const& r) { throw error(to_string(r)); }
inline handler on_report(handler const&) { return {}; }

struct [[nodiscard]] collected {
  collected() {}
  [[nodiscard]] static std::vector<report> const& reports() {
    static std::vector<report> const none;
    return none;
  }
  [[nodiscard]] static std::size_t count(finding) { return 0; }
};
struct [[nodiscard]] silence {
  explicit silence(finding) {}
};
struct [[nodiscard]] region {
  explicit region(std::string_view) {}
};

#endif

}  // namespace duet::checked
