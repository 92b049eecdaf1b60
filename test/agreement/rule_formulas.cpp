// The formulas of all rules, as doc/rules.md shows them: each rule's own `value`, `first` and `second`, run on symbols.

#include <boost/mp11/algorithm.hpp>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <duet/symbolic.hpp>
#include <filesystem>
#include <fstream>

namespace {

namespace symbolic = duet::symbolic;

template <class R>
constexpr std::size_t operands() {
  if constexpr (std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>)
    return 1;
  else
    return R::domain.size();
}

// What a rule returns, or entry I of several, on the scalar of the symbolic mode.
template <std::size_t I, class S, class Formula>
constexpr S entry(Formula const& formula) {
  if constexpr (duet::constant_number<Formula>)
    return S(Formula::number);
  else
    return S(formula);
}
template <std::size_t I, class S, class... D>
constexpr S entry(duet::partials<D...> const& all) {
  return entry<0, S>(duet::get<I>(all));
}

// Operand I of a rule: a symbol, or the order 3 of polygamma and the exponent 3 of ldexp, which are made an int.
template <class R, std::size_t I, class Symbols>
constexpr auto operand(Symbols const& symbols) {
  constexpr bool is_counted = std::is_same_v<R, duet::rules::ldexp> || std::is_same_v<R, duet::rules::polygamma>;
  if constexpr (is_counted && I == 1)
    return 3;
  else
    return symbols[I];
}

enum class part { value, first, second };

// Entry I of a part of R as a function of its operands, the value y and, of rules of one operand, the slope d.
template <class R, part Part, std::size_t I>
constexpr auto formula_of = [](auto const& symbols) {
  using S = std::decay_t<decltype(symbols[0])>;
  constexpr std::size_t n = operands<R>();
  return [&]<std::size_t... K>(std::index_sequence<K...>) {
    if constexpr (Part == part::value)
      return S(duet::apply(R{}, operand<R, K>(symbols)...));
    else if constexpr (Part == part::first)
      return entry<I, S>(R::first(operand<R, K>(symbols)..., symbols[n]));
    else if constexpr (n == 1)
      return entry<I, S>(R::second(symbols[0], symbols[1], symbols[2]));
    else
      return entry<I, S>(R::second(operand<R, K>(symbols)..., symbols[n]));
  }(std::make_index_sequence<n>{});
};

template <class R, part Part, std::size_t I>
constexpr auto graph_of() {
  constexpr auto a = symbolic::variable<0>;
  constexpr auto b = symbolic::variable<1>;
  // Three formulas compute with plain numbers; the symbolic derivative of the function shows what is behind them.
  if constexpr (Part == part::first && std::is_same_v<R, duet::rules::copysign>)
    return symbolic::differentiate(duet::apply(R{}, a, b), symbolic::variable<I>);
  else if constexpr (Part == part::first && std::is_same_v<R, duet::rules::ldexp>)
    return symbolic::differentiate(duet::apply(R{}, a, 3), a);
  else if constexpr (Part == part::second && std::is_same_v<R, duet::rules::pow>)
    return symbolic::differentiate(duet::apply(R{}, a, b), symbolic::variable<I / 2>, symbolic::variable<(I + 1) / 2>);
  else
    return symbolic::expression<(operands<R>() == 3 ? 4 : 3)>(formula_of<R, Part, I>);
}

template <class R, part Part, std::size_t I>
std::string text_of() {
  static std::vector<std::string> const names[] = {{"a", "y", "d"}, {"a", "b", "y"}, {"a", "b", "c", "y"}};
  std::string text = symbolic::to_string(graph_of<R, Part, I>(), names[operands<R>() - 1]);
  for (auto const& [sign, word] : {std::pair("||", "or"), std::pair("&&", "and")})  // a bar would end a cell
    for (auto at = text.find(sign); at != text.npos; at = text.find(sign)) text.replace(at, 2, word);
  return text.size() > 100 ? "..." : "`" + text + "`";
}

template <class R, part Part>
std::string entries() {
  constexpr std::size_t moving = operands<R>() - duet::parameter_count<R>;
  constexpr std::size_t count = Part == part::value ? 1 : Part == part::first ? moving : moving * (moving + 1) / 2;
  return []<std::size_t... I>(std::index_sequence<I...>) {
    std::string text;
    ((text += (I == 0 ? "" : ", ") + text_of<R, Part, I>()), ...);
    return text;
  }(std::make_index_sequence<count>{});
}

// All entries, in the order of the operands; what is long is not printed.
template <class R>
constexpr bool is_long = std::is_same_v<R, duet::rules::log_sum_exp> || std::is_same_v<R, duet::rules::log_sum_exp3>;
template <class R, part Part>
std::string list() {
  if constexpr ((Part == part::second && operands<R>() == 3) || (Part != part::value && is_long<R>))
    return "...";
  else
    return entries<R, Part>();
}

std::string table() {
  std::string text = "| rule | y | first derivatives | second derivatives |\n|---|---|---|---|\n";
  boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) {
    text += "| `" + std::string(R::name) + "` | " + list<R, part::value>() + " | " + list<R, part::first>() + " | " +
            list<R, part::second>() + " |\n";
  });
  return text;
}

}  // namespace

TEST_CASE("the formulas in doc/rules.md are those of the rules") {
  auto const path = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "doc" / "rules.md";
  std::ifstream file(path);
  INFO(path);
  REQUIRE(file);
  std::string const document{std::istreambuf_iterator<char>(file), {}}, expected = table();
  auto const at = document.find("| rule |");
  REQUIRE(at != document.npos);
  INFO("From \"| rule |\" to its end doc/rules.md should say\n" << expected);
  CHECK((document.substr(at) == expected));
}
