#pragma once

// Builds a graph during constant evaluation: each operation is looked up before it is added, so that common
// subexpressions exist once, and zeros, ones and constants are folded.

#include <duet/symbolic/guards.hpp>
#include <vector>

namespace duet::symbolic {

class builder;

// A number while a graph is built: an operation, or a number that is known.
struct term {
  builder* where = nullptr;
  int index = -1;
  double number = 0;

  [[nodiscard]] constexpr bool known() const { return index < 0; }
  [[nodiscard]] constexpr bool is(double x) const { return known() && number == x; }
};

class builder {
 public:
  constexpr builder() : buckets_(64, -1) {}
  builder(builder const&) = delete;
  builder& operator=(builder const&) = delete;

  [[nodiscard]] constexpr int size() const { return static_cast<int>(operations_.size()); }
  [[nodiscard]] constexpr operation const& operator[](int i) const { return operations_[static_cast<std::size_t>(i)]; }
  // Whether operations added from here on are marked.
  constexpr void mark_added(bool marking = true) { marking_ = marking; }
  // Whether choices made from here on are between forms of one formula.
  constexpr void choose_forms(bool forms) { choosing_forms_ = forms; }
  [[nodiscard]] constexpr rule_key choice() const {
    return choosing_forms_ ? key_of<operations::choice_of_form> : key_of<operations::choice>;
  }

  constexpr term input(int i) { return {this, add(leaf(key_of<input_rule>, static_cast<std::uint64_t>(i))), 0}; }
  constexpr term slot(int i) { return {this, add(leaf(key_of<slot_rule>, static_cast<std::uint64_t>(i))), 0}; }
  constexpr int place(term const& x) {
    return x.known() ? add(leaf(key_of<literal_rule>, std::bit_cast<std::uint64_t>(x.number))) : x.index;
  }
  // The operation as a term: a literal is known again.
  constexpr term at(int i) {
    if ((*this)[i].is(key_of<literal_rule>)) return {this, -1, (*this)[i].literal()};
    return {this, i, 0};
  }

  // The operation itself, without simplification.
  constexpr int add(operation o) {
    if (int const found = find(o); found >= 0) return found;
    if (o.rule->commutes) {
      operation swapped = o;
      swapped.operands[0] = o.operands[1];
      swapped.operands[1] = o.operands[0];
      if (int const found = find(swapped); found >= 0) return found;
    }
    o.added = marking_;
    int const index = size();
    operations_.push_back(o);
    next_.push_back(-1);
    if (operations_.size() * 2 > buckets_.size()) {
      buckets_.assign(buckets_.size() * 4, -1);
      for (int i = 0; i <= index; ++i) link(i);
    } else {
      link(index);
    }
    return index;
  }

  constexpr term apply(rule_key rule, term const& a) { return made(rule, a, {}, {}); }
  constexpr term apply(rule_key rule, term const& a, term const& b) { return made(rule, a, b, {}); }
  constexpr term apply(rule_key rule, term const& a, term const& b, term const& c) { return made(rule, a, b, c); }

  // The operations of another list, its slots numbered from first_slot: where each of them is here.
  template <class List>
  constexpr std::vector<int> import(List const& list, int first_slot) {
    std::vector<int> places;
    for (auto o : list.operations) {
      for (int& operand : o.operands)
        if (operand >= 0) operand = places[static_cast<std::size_t>(operand)];
      if (o.is(key_of<slot_rule>)) o.payload += static_cast<std::uint64_t>(first_slot);
      places.push_back(add(o));
    }
    return places;
  }

 private:
  static constexpr operation leaf(rule_key rule, std::uint64_t payload) {
    operation o;
    o.rule = rule;
    o.payload = payload;
    o.type = same_rule(rule, key_of<input_rule>) ? kind::active : kind::passive;
    return o;
  }

  constexpr term made(rule_key rule, term const& a, term const& b, term const& c) {
    operation o;
    o.rule = rule;
    term const* const given[] = {&a, &b, &c};
    for (int i = 0; i < rule->arity; ++i) {
      o.operands[i] = place(*given[i]);
      if ((*this)[o.operands[i]].type == kind::active) o.type = kind::active;
    }
    if (rule->is_condition) o.type = kind::condition;
    return {this, add(o), 0};
  }

  static constexpr std::uint32_t mixed(std::uint32_t hash, std::uint32_t x) {
    hash = (hash ^ x) * 2654435761u;
    return hash ^ (hash >> 15);
  }
  [[nodiscard]] constexpr std::size_t bucket(operation const& o) const {
    auto const folded = o.rule->identity ^ o.payload;
    std::uint32_t hash = mixed(static_cast<std::uint32_t>(folded), static_cast<std::uint32_t>(folded >> 32));
    hash = mixed(mixed(hash, static_cast<std::uint32_t>(o.operands[0] * 31 + o.operands[2])),
                 static_cast<std::uint32_t>(o.operands[1]));
    return hash & (buckets_.size() - 1);
  }
  constexpr int find(operation const& o) const {
    for (int i = buckets_[bucket(o)]; i >= 0; i = next_[static_cast<std::size_t>(i)])
      if ((*this)[i].same(o)) return i;
    return -1;
  }
  constexpr void link(int i) {
    int& first = buckets_[bucket((*this)[i])];
    next_[static_cast<std::size_t>(i)] = first;
    first = i;
  }

  std::vector<operation> operations_;
  std::vector<int> next_, buckets_;
  bool marking_ = false, choosing_forms_ = false;
};

// The term as an operation of `rule` on x..., simplified: what the types zero, one and minus_one fold in the other
// modes, and arithmetic of known numbers. What is folded has the value of what it replaces, bit for bit, unless it is
// infinite or NaN.
namespace fold {

[[nodiscard]] constexpr builder* place_of(term const& a, term const& b = {}, term const& c = {}) {
  return a.where != nullptr ? a.where : b.where != nullptr ? b.where : c.where;
}
[[nodiscard]] constexpr term number(builder* where, double x) { return {where, -1, x}; }

[[nodiscard]] constexpr bool is_operation(term const& x, rule_key rule) {
  return !x.known() && (*x.where)[x.index].is(rule);
}
[[nodiscard]] constexpr term operand(term const& x, int i) { return x.where->at((*x.where)[x.index].operands[i]); }
[[nodiscard]] constexpr bool is_negative(term const& x) { return is_operation(x, key_of<rules::negate>); }

[[nodiscard]] constexpr term negate(term const& x) {
  if (x.known()) return number(x.where, -x.number);
  if (is_negative(x)) return operand(x, 0);
  return x.where->apply(key_of<rules::negate>, x);
}
[[nodiscard]] constexpr term subtract(term const& a, term const& b);
[[nodiscard]] constexpr term add(term const& a, term const& b) {
  auto* const where = place_of(a, b);
  if (a.known() && b.known()) return number(where, a.number + b.number);
  if (a.is(0)) return b;
  if (b.is(0)) return a;
  if (is_negative(b)) return fold::subtract(a, operand(b, 0));
  if (is_negative(a)) return fold::subtract(b, operand(a, 0));
  return where->apply(key_of<rules::add>, a, b);
}
[[nodiscard]] constexpr term subtract(term const& a, term const& b) {
  auto* const where = place_of(a, b);
  if (a.known() && b.known()) return number(where, a.number - b.number);
  if (b.is(0)) return a;
  if (a.is(0)) return fold::negate(b);
  if (is_negative(b)) return fold::add(a, operand(b, 0));
  return where->apply(key_of<rules::subtract>, a, b);
}
[[nodiscard]] constexpr term multiply(rule_key rule, term const& a, term const& b) {
  auto* const where = place_of(a, b);
  if (a.is(0) || b.is(0)) return number(where, 0);
  if (a.known() && b.known()) return number(where, a.number * b.number);
  if (a.is(1)) return b;
  if (b.is(1)) return a;
  if (a.is(-1)) return fold::negate(b);
  if (b.is(-1)) return fold::negate(a);
  if (is_negative(a)) return fold::negate(fold::multiply(rule, operand(a, 0), b));
  if (is_negative(b)) return fold::negate(fold::multiply(rule, a, operand(b, 0)));
  // A known factor is not zero here: nothing is left to win over infinity.
  return where->apply(a.known() || b.known() ? key_of<rules::multiply> : rule, a, b);
}
[[nodiscard]] constexpr term divide(term const& a, term const& b) {
  auto* const where = place_of(a, b);
  if (a.is(0) && !b.is(0)) return number(where, 0);
  if (a.known() && b.known() && b.number != 0) return number(where, a.number / b.number);
  if (b.is(1)) return a;
  if (b.is(-1)) return fold::negate(a);
  if (is_negative(a)) return fold::negate(fold::divide(operand(a, 0), b));
  return where->apply(key_of<rules::divide>, a, b);
}

}  // namespace fold

// Any rule of numbers.
template <class Rule, std::same_as<term>... X>
[[nodiscard]] constexpr term applied(Rule, X const&... x) {
  constexpr rule_key key = key_of<Rule>;
  if constexpr (std::is_same_v<Rule, rules::add>) {
    return fold::add(x...);
  } else if constexpr (std::is_same_v<Rule, rules::subtract>) {
    return fold::subtract(x...);
  } else if constexpr (std::is_same_v<Rule, rules::multiply> || std::is_same_v<Rule, operations::damped_multiply>) {
    return fold::multiply(key, x...);
  } else if constexpr (std::is_same_v<Rule, rules::divide>) {
    return fold::divide(x...);
  } else if constexpr (std::is_same_v<Rule, rules::negate>) {
    return fold::negate(x...);
  } else {
    if constexpr (std::is_same_v<Rule, rules::pow_fixed_exponent>) {
      term const given[] = {x...};
      if (given[1].is(0)) return fold::number(fold::place_of(x...), 1);
      if (given[1].is(1)) return given[0];
    }
    builder* where = nullptr;
    ((where = where != nullptr ? where : x.where), ...);
    // Numbers of the caller's that have met no input yet.
    if (where == nullptr) return {nullptr, -1, static_cast<double>(Rule::value(x.number...))};
    return where->apply(key, x...);
  }
}

}  // namespace duet::symbolic
