#pragma once

// A graph as text: infix as one writes it, or LaTeX. What only depends on numbers is written as its value, and what
// keeps digits or decides about definedness is not written: a picture of the formula, not of every rounding.

#include <algorithm>
#include <charconv>
#include <duet/symbolic/evaluate.hpp>
#include <span>
#include <string>

namespace duet::symbolic {

// A list with the numbers of a graph, without its type: what is printed.
class printed_graph {
 public:
  std::span<operation const> operations;
  std::span<int const> outputs;
  int columns = -1;
  std::vector<double> numbers;     // of the operations that depend on numbers alone
  std::vector<char> is_number;     // which those are
  std::vector<std::string> names;  // of the inputs

  [[nodiscard]] operation const& at(int i) const { return operations[static_cast<std::size_t>(i)]; }
  [[nodiscard]] bool number(int i) const { return is_number[static_cast<std::size_t>(i)] != 0; }
  [[nodiscard]] double value(int i) const { return numbers[static_cast<std::size_t>(i)]; }

  // The operation that is written for i: what is decided by a number, or by how large an operand is, is not.
  [[nodiscard]] int written(int i) const {
    for (;;) {
      if (number(i)) return i;
      operation const& o = at(i);
      if (o.is(key_of<operations::where_defined>)) {
        i = o.operands[1];
      } else if (o.rule->written == notation::choice) {
        int const c = o.operands[0];
        if (number(c))
          i = o.operands[value(c) != 0 ? 1 : 2];
        else if (o.is(key_of<operations::choice_of_form>))
          i = o.operands[number(o.operands[1]) ? 2 : 1];
        else
          return i;
      } else {
        return i;
      }
    }
  }
};

[[nodiscard]] inline std::string shortest_number(double x) {
  char digits[40];
  auto const end = std::to_chars(std::begin(digits), std::end(digits), x).ptr;
  return std::string(std::begin(digits), end);
}

namespace print_detail {

// The operation I by its operands if they are numbers.
template <int I, class Name, class Evaluation>
void fold_number(Evaluation const& all, printed_graph& result) {
  constexpr operation o = Name::list.operations[I];
  constexpr auto place = static_cast<std::size_t>(I);
  bool known = !o.is(key_of<input_rule>);
  for (int const operand : o.operands) known = known && (operand < 0 || result.number(operand));
  if (known) {
    result.is_number[place] = 1;
    result.numbers[place] = static_cast<double>(all.template number_at<I>());
  }
}

}  // namespace print_detail

template <class Name>
[[nodiscard]] printed_graph printed(graph<Name> const& g, std::span<std::string const> names) {
  constexpr auto const& list = Name::list;
  printed_graph result{list.operations, list.outputs, list.columns, {}, {}, {names.begin(), names.end()}};
  constexpr auto size = static_cast<std::size_t>(list.size);
  result.numbers.resize(size);
  result.is_number.resize(size);
  for (auto i = static_cast<int>(result.names.size()); i < list.inputs; ++i)
    result.names.push_back("x" + std::to_string(i));
  evaluation<Name, double, typename graph<Name>::numbers> all(g.constants());
  all.run([](auto) { return 0.0; });
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    [[maybe_unused]] int const done[] = {(print_detail::fold_number<static_cast<int>(I), Name>(all, result), 0)...};
  }(std::make_index_sequence<size>{});
  return result;
}

// How tightly an operation binds; what binds less than its place asks for is parenthesised.
enum class binding { either, both, comparison, sum, sign, quotient, product, power, atom };

struct written_operation {
  std::string text;
  binding strength;
};

// The text of one operation after the other; a style says how each is written.
template <class Style>
[[nodiscard]] std::string write(printed_graph const& g, Style const& style) {
  std::vector<written_operation> done(g.operations.size());
  // Operands first; only what is written.
  std::vector<char> wanted(g.operations.size(), 0);
  for (int const output : g.outputs) wanted[static_cast<std::size_t>(g.written(output))] = 1;
  for (std::size_t i = g.operations.size(); i-- > 0;)
    if (wanted[i] && !g.is_number[i])
      for (int const k : g.operations[i].operands)
        if (k >= 0) wanted[static_cast<std::size_t>(g.written(k))] = 1;
  for (std::size_t i = 0; i < done.size(); ++i)
    if (wanted[i]) done[i] = style.written(g, static_cast<int>(i), done);
  std::string text;
  auto const output = [&](std::size_t k) -> std::string const& {
    return done[static_cast<std::size_t>(g.written(g.outputs[k]))].text;
  };
  if (g.columns < 0) return output(0);
  auto const columns = static_cast<std::size_t>(std::max(g.columns, 1));
  for (std::size_t k = 0; k < g.outputs.size(); ++k) text += style.before_entry(g, k, columns) + output(k);
  return style.enclosed(g, text);
}

// What both styles share: parentheses, operators, numbers.
class infix_style {
 public:
  using texts = std::vector<written_operation>;

  [[nodiscard]] static written_operation const& operand(printed_graph const& g, int i, int k, texts const& done) {
    return done[static_cast<std::size_t>(g.written(g.at(i).operands[k]))];
  }
  [[nodiscard]] virtual std::string parenthesised(std::string const& text) const { return "(" + text + ")"; }
  [[nodiscard]] std::string at_least(written_operation const& w, binding strength) const {
    return w.strength < strength ? parenthesised(w.text) : w.text;
  }
  [[nodiscard]] written_operation number(double x) const {
    return {number_text(x), std::signbit(x) ? binding::sign : binding::atom};
  }
  [[nodiscard]] virtual std::string number_text(double x) const { return shortest_number(x); }
  [[nodiscard]] virtual std::string named(std::string_view name) const { return std::string(name); }

  infix_style() = default;
  infix_style(infix_style const&) = default;
  infix_style& operator=(infix_style const&) = default;
  virtual ~infix_style() = default;

  [[nodiscard]] virtual written_operation written(printed_graph const& g, int i, texts const& done) const {
    if (g.number(i)) return number(g.value(i));
    operation const& o = g.at(i);
    auto const at = [&](int k) -> written_operation const& { return operand(g, i, k, done); };
    auto const infix = [&](std::string_view sign, binding left, binding right, binding own) -> written_operation {
      return {at_least(at(0), left) + std::string(sign) + at_least(at(1), right), own};
    };
    switch (o.rule->written) {
      case notation::input:
        return {g.names[o.payload], binding::atom};
      case notation::add:
        return infix(" + ", binding::sum, after(at(1), binding::sum), binding::sum);
      case notation::subtract:
        return infix(" - ", binding::sum, binding::quotient, binding::sum);
      case notation::multiply:
        if (o.operands[0] == o.operands[1]) return power(at(0), {"2", binding::atom});
        if (int const divisor = reciprocal(g, i, 1); divisor >= 0) return quotient(at(0), done[place(divisor)]);
        if (int const divisor = reciprocal(g, i, 0); divisor >= 0) return quotient(at(1), done[place(divisor)]);
        return product(at(0), at(1));
      case notation::divide:
        return quotient(at(0), at(1));
      case notation::negate:
        return {"-" + at_least(at(0), binding::quotient), binding::sign};
      case notation::power:
        return at(1).text == "1" ? at(0) : power(at(0), at(1));
      case notation::swapped_power:
        return power(at(1), at(0));
      case notation::square:
        return power(at(0), {"2", binding::atom});
      case notation::comparison:
        if (g.number(o.operands[0]) && !o.is(key_of<operations::equal>))
          return {at(1).text + " " + named(o.is(key_of<operations::less>) ? ">" : ">=") + " " + at(0).text,
                  binding::comparison};
        return infix(" " + named(o.rule->name) + " ", binding::sum, binding::sum, binding::comparison);
      case notation::logical_and:
        return infix(" " + named("&&") + " ", binding::both, binding::both, binding::both);
      case notation::logical_or:
        return infix(" " + named("||") + " ", binding::either, binding::either, binding::either);
      case notation::logical_not:
        return {named("!") + at_least(at(0), binding::atom), binding::atom};
      case notation::gaussian:
        return exponential({"-" + power(at(0), {"2", binding::atom}).text, binding::sign});
      case notation::shifted_exponential:
        return exponential({at_least(at(0), binding::sum) + " - " + at_least(at(1), binding::quotient), binding::sum});
      case notation::swapped_call:
        return call(o.rule->name, {&at(1), &at(0)});
      default:
        break;
    }
    std::vector<written_operation const*> operands;
    for (int k = 0; k < o.rule->arity; ++k) operands.push_back(&at(k));
    return call(o.rule->name, operands);
  }
  [[nodiscard]] virtual written_operation product(written_operation const& a, written_operation const& b) const {
    return {at_least(a, binding::sign) + "*" + at_least(b, binding::quotient), std::min(weakest_factor(a), b.strength)};
  }
  [[nodiscard]] virtual written_operation quotient(written_operation const& a, written_operation const& b) const {
    return {at_least(a, binding::sign) + "/" + at_least(b, binding::power),
            std::min(weakest_factor(a), binding::quotient)};
  }
  [[nodiscard]] virtual written_operation power(written_operation const& base,
                                                written_operation const& exponent) const {
    return {at_least(base, binding::atom) + "^" + at_least(exponent, binding::atom), binding::power};
  }
  [[nodiscard]] virtual written_operation exponential(written_operation const& exponent) const {
    return call("exp", {&exponent});
  }
  [[nodiscard]] virtual written_operation call(std::string_view name,
                                               std::vector<written_operation const*> const& operands) const {
    std::string text(name);
    text += "(";
    for (std::size_t k = 0; k < operands.size(); ++k) text += (k > 0 ? ", " : "") + operands[k]->text;
    return {text + ")", binding::atom};
  }
  [[nodiscard]] virtual std::string before_entry(printed_graph const& g, std::size_t k, std::size_t columns) const {
    if (g.columns == 0) return k > 0 ? ", " : "";
    return k % columns > 0 ? ", " : k > 0 ? "}, {" : "{";
  }
  [[nodiscard]] virtual std::string enclosed(printed_graph const& g, std::string const& text) const {
    return g.columns == 0 ? "{" + text + "}" : "{" + text + "}}";
  }

 protected:
  // A sum after a plus needs no parentheses unless it begins with a sign.
  [[nodiscard]] static binding after(written_operation const& w, binding strength) {
    return w.text.starts_with('-') ? binding::quotient : strength;
  }
  // How a product that begins with `first` binds at most.
  [[nodiscard]] static binding weakest_factor(written_operation const& first) {
    return first.strength == binding::sign ? binding::sign : binding::product;
  }
  // The divisor if the operand k of i is one divided by it, else -1: a * (1 / b) is written a / b.
  [[nodiscard]] static int reciprocal(printed_graph const& g, int i, int k) {
    int const factor = g.written(g.at(i).operands[k]);
    operation const& o = g.at(factor);
    if (g.number(factor) || !o.is(key_of<rules::divide>)) return -1;
    return g.number(o.operands[0]) && g.value(o.operands[0]) == 1 ? g.written(o.operands[1]) : -1;
  }
  [[nodiscard]] static std::size_t place(int i) { return static_cast<std::size_t>(i); }
};

// The graph as one writes it: "x0*x1 + exp(x0*x1) - sin(x1)", with as few parentheses as mathematics needs (products
// and sums associate). Inputs are named x0, x1, ... or as given. Subexpressions are written out where they are used, so
// the text of a graph in which many are shared can be long.
template <class Name>
[[nodiscard]] std::string to_string(graph<Name> const& g, std::vector<std::string> const& names = {}) {
  return symbolic::write(symbolic::printed(g, names), infix_style());
}

template <class Name>
std::ostream& operator<<(std::ostream& out, graph<Name> const& g) {
  return out << symbolic::to_string(g);
}

// The number of operations that an evaluation makes; inputs and numbers count nothing.
template <class Name>
[[nodiscard]] constexpr int operation_count(graph<Name> const&) {
  int count = 0;
  for (auto const& o : Name::list.operations) count += o.rule->arity > 0;
  return count;
}

}  // namespace duet::symbolic
