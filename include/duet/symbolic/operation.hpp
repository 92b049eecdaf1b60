#pragma once

// One operation of a graph as a value: which rule, which operands. A rule is known by the address of its description,
// so that graphs of different rules are values of one type; rule_of<key> leads back to the rule.

#include <bit>
#include <cstdint>
#include <duet/math/math.hpp>
#include <string_view>

namespace duet::symbolic {

// Active operations carry derivatives, passive ones depend on constants alone.
enum class kind : std::uint8_t { active, passive, condition };

// How an operation is written: as name(operands), or as one of these.
enum class notation : std::uint8_t {
  call,
  input,
  literal,
  slot,
  add,
  subtract,
  multiply,
  divide,
  negate,
  power,
  swapped_power,  // its exponent comes first
  square,
  comparison,
  logical_and,
  logical_or,
  logical_not,
  choice,
  first_operand,  // numerical care, not written
  swapped_call,   // its last operand comes first
  gaussian,
  shifted_exponential
};

inline constexpr int most_operands = 3;

struct description {
  std::string_view name;
  notation written;
  int arity;
  bool infinite_slope, commutes, is_condition;
  std::uint64_t identity;  // of the rule's type
};

using rule_key = description const*;

// Keys are compared by what they point to: g++ with -fsanitize=undefined does not compare the addresses of different
// variables in a constant expression.
[[nodiscard]] constexpr bool same_rule(rule_key a, rule_key b) { return a->identity == b->identity; }

namespace description_detail {

template <class Rule>
inline constexpr int arity = [] {
  if constexpr (requires { Rule::arity; })
    return int{Rule::arity};
  else if constexpr (requires { Rule::domain.size(); })
    return static_cast<int>(Rule::domain.size());
  else
    return 1;
}();

template <class Rule>
inline constexpr notation written = [] {
  if constexpr (requires { Rule::written; })
    return notation{Rule::written};
  else if constexpr (std::is_same_v<Rule, rules::add>)
    return notation::add;
  else if constexpr (std::is_same_v<Rule, rules::subtract>)
    return notation::subtract;
  else if constexpr (std::is_same_v<Rule, rules::multiply>)
    return notation::multiply;
  else if constexpr (std::is_same_v<Rule, rules::divide>)
    return notation::divide;
  else if constexpr (std::is_same_v<Rule, rules::negate>)
    return notation::negate;
  else if constexpr (std::is_same_v<Rule, rules::pow> || std::is_same_v<Rule, rules::pow_fixed_exponent>)
    return notation::power;
  else if constexpr (std::is_same_v<Rule, rules::pow_fixed_base>)
    return notation::swapped_power;
  else if constexpr (std::is_same_v<Rule, rules::polygamma>)
    return notation::swapped_call;
  else if constexpr (std::is_same_v<Rule, rules::square>)
    return notation::square;
  else
    return notation::call;
}();

// FNV-1a of the type's name, in full.
template <class Rule>
[[nodiscard]] constexpr std::uint64_t identity() {
  std::uint64_t hash = 14695981039346656037u;
  for (char const c : std::string_view(__PRETTY_FUNCTION__))
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
  return hash;
}

template <class Rule>
[[nodiscard]] constexpr std::string_view name_of() {
  if constexpr (std::is_same_v<Rule, rules::hypot3>)
    return rules::hypot::name;
  else if constexpr (std::is_same_v<Rule, rules::log_sum_exp3>)
    return rules::log_sum_exp::name;
  else
    return Rule::name;
}

}  // namespace description_detail

template <class Rule>
inline constexpr description description_of{
    description_detail::name_of<Rule>(), description_detail::written<Rule>, description_detail::arity<Rule>,
    bool{Rule::infinite_slope},
    description_detail::written<Rule> == notation::add || description_detail::written<Rule> == notation::multiply,
    requires {requires Rule::is_condition;
}  // namespace duet::symbolic
, description_detail::identity<Rule>()
}
;

// The way back from a key to the rule: registered<Rule> defines the function that rule_at<key> declares.
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-template-friend"
#endif
template <rule_key Key>
struct rule_at {
  friend constexpr auto rule_registered(rule_at);
};
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
template <class Rule>
struct registered {
  static_assert(description_detail::arity<Rule> <= most_operands,
                "duet::symbolic: a rule of a graph has at most three operands");
  friend constexpr auto rule_registered(rule_at<&description_of<Rule>>) { return Rule{}; }
  static constexpr rule_key key = &description_of<Rule>;
};
template <class Rule>
inline constexpr rule_key key_of = registered<Rule>::key;
template <rule_key Key>
using rule_of = decltype(rule_registered(rule_at<Key>{}));

// What is not computed: an input of the graph, a number known to the graph's type, and a slot for a number that the
// graph holds.
struct input_rule {
  static constexpr std::string_view name = "input";
  static constexpr notation written = notation::input;
  static constexpr int arity = 0;
  static constexpr bool infinite_slope = false;
};
struct literal_rule : input_rule {
  static constexpr std::string_view name = "literal";
  static constexpr notation written = notation::literal;
};
struct slot_rule : input_rule {
  static constexpr std::string_view name = "slot";
  static constexpr notation written = notation::slot;
};

struct operation {
  rule_key rule = nullptr;
  std::uint64_t payload = 0;  // which input or slot, or the bits of a literal
  int operands[most_operands] = {-1, -1, -1};
  kind type = kind::passive;
  bool added = false;  // by append_gradient

  [[nodiscard]] constexpr bool is(rule_key other) const { return same_rule(rule, other); }
  [[nodiscard]] constexpr double literal() const { return std::bit_cast<double>(payload); }
  // Equal but for the mark.
  [[nodiscard]] constexpr bool same(operation const& other) const {
    return same_rule(rule, other.rule) && payload == other.payload && operands[0] == other.operands[0] &&
           operands[1] == other.operands[1] && operands[2] == other.operands[2];
  }
};

// A graph with nothing left to decide: operands before what uses them, no operation that no output needs. Literals are
// stored as bits, since not all compilers take a double in a template argument.
template <int Operations, int Outputs>
struct operation_list {
  static constexpr int size = Operations;
  static constexpr int output_count = Outputs;

  operation operations[Operations]{};
  int outputs[Outputs]{};
  int inputs = 0;  // at least so many numbers are given
  int slots = 0;
  int columns = -1;  // -1 one number, 0 a vector, else a matrix of so many columns
};

}  // namespace duet::symbolic
