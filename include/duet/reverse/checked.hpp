#pragma once

// Checked mode of the tape: which recording a variable is of, what was read, made passive, swept. Without the macro all
// of it is empty.

#include <duet/expression/checked.hpp>
#include <duet/reverse/stretches.hpp>

#if DUET_CHECKED
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>
#endif

namespace duet {

template <class T>
class tape;

namespace checked {

#if DUET_CHECKED

template <class T>
class tape_checks {
 public:
  [[nodiscard]] stamp stamp_of(std::uint32_t index) const { return stretches_.stamp_of(index); }
  // Throws duet::error unless the variable is of this recording.
  void require(std::uint32_t index, stamp is, std::string_view who) const { stretches_.require(index, is, who); }

  // ---- recording ----

  void inputs_made(std::uint32_t first, std::size_t count, site const& where, T const* number = nullptr) {
    std::optional<double> value;
    if (number != nullptr) value = shown_number(*number);
    inputs_.push_back({first, count, inputs_made_, is_users(where) ? where : site{}, value});
    inputs_made_ += count;
    if (value && !std::isfinite(*value)) not_finite({"input", {*value}, *value}, inputs_.back().where);
  }
  // A variable is an argument of what is recorded next.
  void argument(std::uint32_t index, stamp is, std::string_view who) {
    recording();
    require(index, is, who);
    read(index);
  }
  // The same of what records by itself, which asks for indices; a user may ask out of interest.
  void asked(std::uint32_t index, stamp is, site const& where) {
    if (!is_users(where)) argument(index, is, "duet");
  }
  // The same of all leaves of a statement that matter.
  template <class X>
  void arguments(X const& x, std::string_view who = "duet") {
    recording();
    if constexpr (is_expression<X>)
      [&]<std::size_t... I>(std::index_sequence<I...>) {
        (arguments(x.template operand<I>(), root_name(x)), ...);
      }(std::make_index_sequence<X::arity>{});
    else if constexpr (!is_passive_operand<X>)
      if (x.index != 0) argument(x.index, x.stamp, who);
  }
  // A value of an active variable went where no derivative follows it.
  void made_passive(T const& value, site const& where) {
    if (is_users(where)) made_passive_.push_back({shown_number(value), where});
  }
  // Something is recorded: what was made passive before may be part of it.
  void recording() {
    if (made_passive_.empty()) return;
    auto const all = std::exchange(made_passive_, {});
    for (auto const& each : all)
      deliver({finding::made_passive,
               "value",
               {each.value},
               each.where,
               {},
               "an active value (" + shown(each.value) +
                   ") was made passive and recording went on: no derivative follows it"});
  }
  // An external node is recorded, which may need values.
  void external_recorded() { made_passive_.clear(); }
  // The statement x is recorded at an index.
  template <class X>
  void recorded(std::uint32_t index, X const& x) {
    if (origins_.size() <= index) origins_.resize(index + std::size_t{1});
    origins_[index] = {root_name(x), shown_number(x.value()), current.where};
    if (auto slope = first_partial_not_finite(x)) slopes_.insert_or_assign(index, std::move(*slope));
    if (current.depth != 0) return;
    if (auto s = first_value_not_finite(x, [](auto const& l) { return l.index != 0; })) not_finite(*s, current.where);
  }
  // A value recorded by what records by itself.
  void value_recorded(T const& value) {
    auto const noted = std::exchange(array.noted, std::nullopt);
    if (found_ || current.depth != 0 || duet::all_finite(value)) return;
    not_finite(noted ? *noted : suspect{"an input or array operation", {}, shown_number(value)}, current.where);
  }
  void rewound(std::size_t count) {
    stretches_.rewound(static_cast<std::uint32_t>(count));
    read_.resize(std::min(read_.size(), count));
    origins_.resize(std::min(origins_.size(), count));
    slopes_.erase(slopes_.lower_bound(static_cast<std::uint32_t>(count)), slopes_.end());
    while (!inputs_.empty() && inputs_.back().first >= count) {
      inputs_made_ = inputs_.back().number;
      inputs_.pop_back();
    }
    if (count < swept_) swept_ = 0;
    made_passive_.clear();
    if (count <= 1) found_ = false;
  }

  // ---- sweeping ----

  // Outputs that are asked for; one that is an input is read so.
  template <class Outputs>
  void outputs(Outputs all, std::string_view who) {
    std::vector<std::size_t> constant;
    std::vector<double> values;
    for (std::size_t k = 0; k < all.size(); ++k) {
      if (all[k].place() != 0) {
        read(all[k].place());
      } else {
        constant.push_back(k);
        values.push_back(shown_number(all[k].value()));
      }
    }
    if (constant.empty()) return;
    std::string const which = all.size() == 1 ? "the output (value " + shown(values[0]) + ") depends"
                                              : listed("output", constant, all.size());
    deliver({finding::output_constant,
             std::string(who),
             values,
             {},
             {},
             std::string(who) + ": " + which + " on nothing recorded: " + (constant.size() == 1 ? "its" : "their") +
                 " derivatives are zero"});
  }
  // Before a sweep of a recording of so many entries.
  template <class Outputs>
  void before_sweep(std::size_t count, Outputs all, std::string_view who) {
    made_passive_.clear();
    outputs(all, who);
    if (swept_ > 1 && !inputs_.empty() && inputs_.back().first >= swept_ && !warned_) {
      warned_ = true;
      deliver({finding::second_sweep,
               std::string(who),
               {},
               inputs_.back().where,
               {},
               std::string(who) + ": inputs were made since the last sweep, behind its recording of " +
                   std::to_string(swept_ - 1) + " entries: call tape.clear() first, or tape.rewind(position)"});
    }
    swept_ = count;
  }
  // After it: external nodes read in the sweep.
  void after_sweep() {
    for (input_group& group : inputs_)
      if (!std::exchange(group.looked_at, true)) look_at(group);
  }
  // An argument is given an adjoint by an external node.
  void read(std::uint32_t index) {
    if (read_.size() <= index) read_.resize(index + std::size_t{1});
    read_[index] = true;
  }
  // An adjoint met in a sweep, at the statement of this index: read there, or left there in an argument.
  template <class Adjoint>
  void adjoint(std::uint32_t index, Adjoint const& x, bool caused) {
    if (found_ || pending_ || adjoint_is_finite(x)) return;
    auto const slope = slopes_.find(index);
    bool const known = index < origins_.size();
    if (caused && slope != slopes_.end()) {
      pending_ = slope->second;
    } else {
      pending_ = suspect{known ? std::string(origins_[index].operation) : "", {}, NAN};
    }
    pending_where_ = known ? origins_[index].where : site{};
    pending_value_ = known ? origins_[index].value : pending_->found;
    pending_is_slope_ = caused && slope != slopes_.end();
  }
  void swept() {
    if (!pending_) return;
    suspect const s = *std::exchange(pending_, std::nullopt);
    found_ = true;
    if (pending_is_slope_) return report_derivative(s, pending_where_);
    std::string const name = s.operation.empty() ? "an input, array or external operation" : s.operation;
    deliver({finding::derivative_not_finite,
             s.operation,
             {pending_value_},
             pending_where_,
             {},
             "in the sweep the adjoint at " + name + (s.operation.empty() ? "" : " = " + shown(pending_value_)) +
                 " is the first that is not finite"});
  }

 private:
  struct passive_value {
    double value;
    site where;
  };
  struct origin {
    std::string_view operation;
    double value = 0;
    site where;
  };
  struct input_group {
    std::uint32_t first;
    std::size_t count, number;
    site where;
    std::optional<double> value;
    bool looked_at = false;
  };

  void not_finite(suspect const& s, site const& where) {
    found_ = true;
    if (s.operands.empty() || s.operation == "input")
      deliver({finding::value_not_finite,
               s.operation,
               {s.found},
               where,
               {},
               s.operation + " has the value " + shown(s.found) + ", the first value that is not finite"});
    else
      report_value(s, where);
  }
  template <class Rule, class... X>
  static std::string_view root_name(expression<Rule, X...> const&) {
    return Rule::name;
  }
  static std::string_view root_name(auto const&) { return "add"; }  // y += x

  template <class Adjoint>
  static bool adjoint_is_finite(Adjoint const& x) {
    if constexpr (requires { Adjoint::shape::lanes; }) {
      bool finite = true;
      Adjoint::for_each_block([&](auto j) {
        if constexpr (Adjoint::shape::lanes == 1)
          finite = finite && duet::all_finite(x[j]);
        else
          for (std::size_t l = 0; l < Adjoint::shape::lanes; ++l) finite = finite && duet::all_finite(x[j][l]);
      });
      return finite;
    } else {
      return duet::all_finite(x);
    }
  }

  // "output 3 of 5 depends", "outputs 1, 2, 7, ... (9 of 12) depend"
  static std::string listed(std::string const& what, std::vector<std::size_t> const& which, std::size_t of) {
    if (which.size() == 1) return what + " " + std::to_string(which[0]) + " of " + std::to_string(of) + " depends";
    std::string text = what + "s ";
    constexpr std::size_t most = 8;
    for (std::size_t k = 0; k < std::min(most, which.size()); ++k)
      text.append(k == 0 ? "" : ", ").append(std::to_string(which[k]));
    if (which.size() > most) text.append(", ...");
    return text.append(" (")
        .append(std::to_string(which.size()))
        .append(" of ")
        .append(std::to_string(of))
        .append(") depend");
  }
  void look_at(input_group const& group) const {
    std::vector<std::size_t> unread;
    for (std::size_t k = 0; k < group.count; ++k)
      if (group.first + k >= read_.size() || !read_[group.first + k]) unread.push_back(k);
    if (unread.empty()) return;
    std::vector<double> values;
    if (group.value) values.push_back(*group.value);
    std::string const zero =
        ": derivatives with respect to " + std::string(unread.size() == 1 ? "it" : "them") + " are zero";
    if (group.count == 1)
      deliver({finding::input_unread,
               "input",
               values,
               group.where,
               {},
               "input " + std::to_string(group.number) +
                   (group.value ? " (value " + shown(*group.value) + ")" : std::string()) +
                   " is read by no recorded statement" + zero});
    else {
      std::string which = listed("input", unread, group.count);
      which.resize(which.rfind(" depend"));
      deliver({finding::input_unread,
               "input",
               {},
               group.where,
               {},
               which + (unread.size() == 1 ? " is" : " are") + " read by no recorded statement" + zero});
    }
  }

  stretches stretches_;
  std::vector<bool> read_;
  std::vector<origin> origins_;              // by index
  std::map<std::uint32_t, suspect> slopes_;  // statements with a partial that is not finite
  std::vector<input_group> inputs_;
  std::size_t inputs_made_ = 0, swept_ = 0;
  std::vector<passive_value> made_passive_;
  std::optional<suspect> pending_;
  site pending_where_{};
  double pending_value_ = 0;
  bool pending_is_slope_ = false, found_ = false, warned_ = false;
};

// While it lives this thread sweeps the recording of these checks.
template <class T>
class [[nodiscard]] sweeping {
 public:
  explicit sweeping(tape_checks<T>& checks) : checks_(checks), outer_(std::exchange(now, &checks)) {}
  sweeping(sweeping const&) = delete;
  sweeping& operator=(sweeping const&) = delete;
  ~sweeping() { now = outer_; }
  void end() const { checks_.swept(); }

  template <class Adjoint>
  static void adjoint(std::uint32_t index, Adjoint const& x, bool caused) {
    if (now != nullptr) now->adjoint(index, x, caused);
  }

 private:
  static inline constinit thread_local tape_checks<T>* now = nullptr;
  tape_checks<T>& checks_;
  tape_checks<T>* outer_;
  level_inside<T> quiet_;
};

#else

template <class T>
struct tape_checks {};

template <class T>
struct sweeping {
  DUET_INLINE constexpr explicit sweeping(tape_checks<T>&) {}
  DUET_INLINE constexpr void end() const {}
};

#endif

}  // namespace checked
}  // namespace duet
