#pragma once

// A graph as LaTeX, for mathematics mode.

#include <duet/symbolic/print.hpp>

namespace duet::symbolic {

class latex_style : public infix_style {
 public:
  [[nodiscard]] std::string parenthesised(std::string const& text) const override {
    return "\\left(" + text + "\\right)";
  }
  [[nodiscard]] std::string number_text(double x) const override {
    if (x != x) return "\\mathrm{NaN}";
    if (std::abs(x) > std::numeric_limits<double>::max()) return x < 0 ? "-\\infty" : "\\infty";
    std::string const plain = shortest_number(x);
    auto const e = plain.find('e');
    if (e == std::string::npos) return plain;
    auto exponent = plain.substr(e + 1);
    if (exponent.front() == '+') exponent.erase(0, 1);
    return plain.substr(0, e) + " \\cdot 10^{" + exponent + "}";
  }
  [[nodiscard]] std::string named(std::string_view name) const override {
    if (name == "<=") return "\\le";
    if (name == ">=") return "\\ge";
    if (name == "==") return "=";
    if (name == "&&") return "\\land";
    if (name == "||") return "\\lor";
    if (name == "!") return "\\lnot ";
    return std::string(name);
  }

  [[nodiscard]] written_operation written(printed_graph const& g, int i, texts const& done) const override {
    operation const& o = g.at(i);
    auto const at = [&](int k) -> written_operation const& { return operand(g, i, k, done); };
    if (!g.number(i)) switch (o.rule->written) {
        case notation::choice:
          return {"\\begin{cases} " + at(1).text + " & " + at(0).text + " \\\\ " + at(2).text +
                      " & \\text{otherwise} \\end{cases}",
                  binding::either};
        case notation::call:
          if (o.is(key_of<rules::abs>)) return {"\\left|" + at(0).text + "\\right|", binding::atom};
          if (o.is(key_of<rules::sqrt>)) return {"\\sqrt{" + at(0).text + "}", binding::atom};
          if (o.is(key_of<rules::cbrt>)) return {"\\sqrt[3]{" + at(0).text + "}", binding::atom};
          if (o.is(key_of<rules::floor>)) return {"\\lfloor " + at(0).text + "\\rfloor ", binding::atom};
          if (o.is(key_of<rules::ceil>)) return {"\\lceil " + at(0).text + "\\rceil ", binding::atom};
          if (o.is(key_of<rules::exp>)) return exponential(at(0));
          break;
        default:
          break;
      }
    return infix_style::written(g, i, done);
  }
  [[nodiscard]] written_operation product(written_operation const& a, written_operation const& b) const override {
    bool const digits = b.strength >= binding::product && begins_with_digit(b.text);
    return {at_least(a, binding::sign) + (digits ? " \\cdot " : " \\, ") + at_least(b, binding::quotient),
            a.strength == binding::sign ? binding::sign : binding::product};
  }
  [[nodiscard]] written_operation quotient(written_operation const& a, written_operation const& b) const override {
    bool const negative = a.strength == binding::sign && a.text.starts_with('-');
    return {(negative ? "-\\frac{" + a.text.substr(1) : "\\frac{" + a.text) + "}{" + b.text + "}",
            negative ? binding::sign : binding::quotient};
  }
  [[nodiscard]] written_operation power(written_operation const& base,
                                        written_operation const& exponent) const override {
    return {at_least(base, binding::atom) + "^{" + exponent.text + "}", binding::power};
  }
  [[nodiscard]] written_operation exponential(written_operation const& exponent) const override {
    return {"e^{" + exponent.text + "}", binding::power};
  }
  [[nodiscard]] written_operation call(std::string_view name,
                                       std::vector<written_operation const*> const& operands) const override {
    std::string text = function_name(name) + "\\left(";
    for (std::size_t k = 0; k < operands.size(); ++k) text += (k > 0 ? ", " : "") + operands[k]->text;
    return {text + "\\right)", binding::atom};
  }
  [[nodiscard]] std::string before_entry(printed_graph const&, std::size_t k, std::size_t columns) const override {
    return k == 0 ? "" : k % columns > 0 ? " & " : " \\\\ ";
  }
  [[nodiscard]] std::string enclosed(printed_graph const&, std::string const& text) const override {
    return "\\begin{pmatrix} " + text + " \\end{pmatrix}";
  }

 private:
  [[nodiscard]] static bool begins_with_digit(std::string const& text) {
    return !text.empty() && text.front() >= '0' && text.front() <= '9';
  }
  [[nodiscard]] static std::string function_name(std::string_view name) {
    struct spelling {
      std::string_view rule, latex;
    };
    static constexpr spelling known[] = {
        {"sin", "\\sin"},     {"cos", "\\cos"},        {"tan", "\\tan"},   {"asin", "\\arcsin"}, {"acos", "\\arccos"},
        {"atan", "\\arctan"}, {"sinh", "\\sinh"},      {"cosh", "\\cosh"}, {"tanh", "\\tanh"},   {"log", "\\ln"},
        {"log2", "\\log_2"},  {"log10", "\\log_{10}"}, {"min", "\\min"},   {"max", "\\max"},     {"tgamma", "\\Gamma"},
        {"digamma", "\\psi"}, {"sigmoid", "\\sigma"}};
    for (auto const& [rule, latex] : known)
      if (rule == name) return std::string(latex);
    std::string text = "\\operatorname{";
    for (char const c : name) text += c == '_' ? std::string("\\_") : std::string(1, c);
    return text + "}";
  }
};

// The graph as LaTeX, its inputs named x_{0}, x_{1}, ... or as given.
template <class Name>
[[nodiscard]] std::string to_latex(graph<Name> const& g, std::vector<std::string> names = {}) {
  for (auto i = static_cast<int>(names.size()); i < graph<Name>::inputs; ++i)
    names.push_back("x_{" + std::to_string(i) + "}");
  return symbolic::write(symbolic::printed(g, names), latex_style());
}

}  // namespace duet::symbolic
