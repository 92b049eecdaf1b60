// Tables of traces: exact texts of small examples, and the formulas of every rule evaluated as they stand.

#include "catch.hpp"

#include <boost/math/special_functions/polygamma.hpp>
#include <boost/mp11/algorithm.hpp>
#include <cmath>
#include <duet/trace.hpp>
#include <functional>
#include <map>

namespace {

using Eigen::Vector2d, Eigen::Vector3d;
using std::size_t;

TEST_CASE("the table of f = x1 x2 + exp(x1 x2) - sin x2 has the text's rows and formulas") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const v3 = x[0] * x[1];
    S const v4 = sin(x[1]);
    S const v5 = exp(v3);
    S const v6 = v3 - v4;
    return S(v5 + v6);
  };
  auto const trace = duet::trace(f, Vector2d(1.5, 0.5));
  REQUIRE(trace.table({.first = 1}) ==
          "name  operation  value     tangent rule           tangent  adjoint rule                adjoint\n"
          "v1    x[0]       1.5       v1' = 1                1        v1~ = v3~ v2                 1.5585\n"
          "v2    x[1]       0.5       v2' = 0                0        v2~ = v3~ v1 + v4~ cos(v2)   3.79792\n"
          "v3    v1 * v2    0.75      v3' = v2 v1' + v1 v2'  0.5      v3~ = v5~ v5 + v6~           3.117\n"
          "v4    sin(v2)    0.479426  v4' = cos(v2) v2'      0        v4~ = -v6~                  -1\n"
          "v5    exp(v3)    2.117     v5' = v5 v3'           1.0585   v5~ = v7~                    1\n"
          "v6    v3 - v4    0.270574  v6' = v3' - v4'        0.5      v6~ = v7~                    1\n"
          "v7    v5 + v6    2.38757   v7' = v5' + v6'        1.5585   v7~ = 1                      1\n");
  REQUIRE(trace.along_input(1).table({.first = 1, .digits = 3, .formulas = false}) ==
          "name  operation  value  tangent  adjoint\n"
          "v1    x[0]       1.5    0         1.56\n"
          "v2    x[1]       0.5    1         3.8\n"
          "v3    v1 * v2    0.75   1.5       3.12\n"
          "v4    sin(v2)    0.479  0.878    -1\n"
          "v5    exp(v3)    2.12   3.18      1\n"
          "v6    v3 - v4    0.271  0.622     1\n"
          "v7    v5 + v6    2.39   3.8       1\n");
}

TEST_CASE("the table of f = (x + y) z has the names it is given") {
  auto const trace = duet::trace([](auto const& x) { return (x[0] + x[1]) * x[2]; }, Vector3d(-2, 5, -4))
                         .named({"x", "y", "z", "q", "f"});
  REQUIRE(trace.table() ==
          "name  operation  value  tangent rule      tangent  adjoint rule  adjoint\n"
          "x     x[0]        -2    x' = 1             1       x~ = q~       -4\n"
          "y     x[1]         5    y' = 0             0       y~ = q~       -4\n"
          "z     x[2]        -4    z' = 0             0       z~ = f~ q      3\n"
          "q     x + y        3    q' = x' + y'       1       q~ = f~ z     -4\n"
          "f     q * z      -12    f' = z q' + q z'  -4       f~ = 1         1\n");
  REQUIRE(trace.markdown({.formulas = false}) ==
          "| name | operation | value | tangent | adjoint |\n"
          "| :--- | :--- | ---: | ---: | ---: |\n"
          "| x | x\\[0\\] | -2 | 1 | -4 |\n"
          "| y | x\\[1\\] | 5 | 0 | -4 |\n"
          "| z | x\\[2\\] | -4 | 0 | 3 |\n"
          "| q | x + y | 3 | 1 | -4 |\n"
          "| f | q \\* z | -12 | -4 | 1 |\n");
}

TEST_CASE("a table of one direction calls the rows w1 to w5") {
  auto const f = [](auto const& x) { return x[0] * x[1] + sin(x[0]); };
  REQUIRE(duet::trace(f, Vector2d(1.5, 0.5)).table({.letter = "w", .first = 1}) ==
          "name  operation  value     tangent rule           tangent    adjoint rule                adjoint\n"
          "w1    x[0]       1.5       w1' = 1                1          w1~ = w3~ w2 + w4~ cos(w1)  0.570737\n"
          "w2    x[1]       0.5       w2' = 0                0          w2~ = w3~ w1                1.5\n"
          "w3    w1 * w2    0.75      w3' = w2 w1' + w1 w2'  0.5        w3~ = w5~                   1\n"
          "w4    sin(w1)    0.997495  w4' = cos(w1) w1'      0.0707372  w4~ = w5~                   1\n"
          "w5    w3 + w4    1.74749   w5' = w3' + w4'        0.570737   w5~ = 1                     1\n");
}

TEST_CASE("names that are no single words stand in parentheses inside formulas") {
  auto const table =
      duet::trace([](auto const& x) { return x[0] * x[1]; }, Vector2d(2, 3)).named({"a b", "c", "a - 1"}).table();
  for (auto const* words : {"a - 1  (a b) * c", "(a - 1)' = c (a b)' + (a b) c'", "(a b)~ = (a - 1)~ c"})
    REQUIRE_THAT(table, duet_test::contains(words));
}

TEST_CASE("inputs are called by their place in the caller's shape") {
  auto const labels = [](auto const& x) {
    auto const trace = duet::trace([](auto const&) { return 0.0; }, x);
    auto const table = trace.table({.formulas = false});
    std::string text;
    for (size_t from = table.find('\n') + 1; from < table.size(); from = table.find('\n', from) + 1) {
      size_t const begin = table.find_first_not_of(' ', table.find(' ', from));
      text += table.substr(begin, table.find(' ', begin) - begin) + " ";
    }
    return text;
  };
  REQUIRE(labels(1.0) == "x ");
  REQUIRE(labels(std::vector{1.0, 2.0}) == "x[0] x[1] ");
  REQUIRE(labels(Eigen::Matrix2d{{1, 2}, {3, 4}}) == "x(0,0) x(1,0) x(0,1) x(1,1) ");
  REQUIRE(labels(Eigen::Matrix<double, 2, 2, Eigen::RowMajor>{{1, 2}, {3, 4}}) == "x(0,0) x(0,1) x(1,0) x(1,1) ");
  REQUIRE(labels(std::tuple(1.0, std::array{2.0, 3.0})) == "x0 x1[0] x1[1] ");
}

TEST_CASE("operations and constants are written as in C++, powers with a sign") {
  auto const written = [](auto const& f) {
    auto const table = duet::trace(f, 2.0).table({.formulas = false});
    size_t const last = table.rfind('\n', table.size() - 2) + 1, begin = table.find_first_not_of(' ', last + 2);
    return table.substr(begin, table.find("  ", begin) - begin);
  };
  REQUIRE(written([](auto const& x) { return x + 2.0; }) == "v0 + 2");
  REQUIRE(written([](auto const& x) { return x - -2.0; }) == "v0 - (-2)");
  REQUIRE(written([](auto const& x) { return -2.0 / x; }) == "-2 / v0");
  REQUIRE(written([](auto const& x) { return -x; }) == "-v0");
  REQUIRE(written([](auto const& x) { return pow(x, 3); }) == "v0^3");
  REQUIRE(written([](auto const& x) { return pow(x, -0.5); }) == "v0^(-0.5)");
  REQUIRE(written([](auto const& x) { return pow(2.0, x); }) == "2^v0");
  REQUIRE(written([](auto const& x) { return pow(x, x); }) == "v0^v0");
  REQUIRE(written([](auto const& x) { return square(x); }) == "v0^2");
  REQUIRE(written([](auto const& x) { return atan2(x, 1.0); }) == "atan2(v0, 1)");
  REQUIRE(written([](auto const& x) { return hypot(x, 1.0, x); }) == "hypot(v0, 1, v0)");
}

TEST_CASE("formulas leave out what does nothing and add up what is alike") {
  auto const table = duet::trace([](auto const& x) { return x * x * 3.0 - x / 2.0 + (x - x); }, 2.0).table();
  for (auto const* formula : {"v1' = 2 v0 v0'", "v2' = 3 v1'", "v3' = 0.5 v0'", "v5' = 0", "v3~ = -v4~"})
    REQUIRE_THAT(table, duet_test::contains(formula));
}

TEST_CASE("an output that others read begins with its weight") {
  auto const trace = duet::trace(
      [](auto const& x) {
        auto const y = exp(x);
        return std::array{y, y * y};
      },
      0.0);
  REQUIRE_THAT(trace.table(), duet_test::contains("v1~ = 1 + 2 v2~ v1 "));
  REQUIRE_THAT(trace.weighted(std::array{0.5, 2.0}).table(), duet_test::contains("v1~ = 0.5 + 2 v2~ v1 "));
}

TEST_CASE("long sums go on in the next line, in Markdown too") {
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x)>;
    S sum(0);
    for (int i = 0; i < 12; ++i) sum += x * (1.5 + i);
    return sum;
  };
  auto const trace = duet::trace(f, 1.0);
  REQUIRE_THAT(trace.table(), duet_test::contains("           + 5.5 v8~ + 6.5 v10~ + 7.5 v12~\n"));
  REQUIRE_THAT(trace.markdown(), duet_test::contains(" <br> + "));
  REQUIRE(trace.table().find(" \n") == std::string::npos);
}

TEST_CASE("DOT has a node a row and an edge an operand, with its partial") {
  auto const trace =
      duet::trace([](auto const& x) { return x[0] * x[1] + 1.0; }, Vector2d(2, 3)).named(0, "a \"b\" \\");
  REQUIRE(trace.dot() ==
          "digraph trace {\n"
          "  rankdir=LR;\n"
          "  node [shape=box, style=\"rounded,filled\", fillcolor=white];\n"
          "  r0 [label=\"a \\\"b\\\" \\\\ = x[0]\\nvalue 2\\nadjoint 3\", fillcolor=lightgrey];\n"
          "  r1 [label=\"v1 = x[1]\\nvalue 3\\nadjoint 2\", fillcolor=lightgrey];\n"
          "  r2 [label=\"v2 = (a \\\"b\\\" \\\\) * v1\\nvalue 6\\nadjoint 1\"];\n"
          "  r3 [label=\"v3 = v2 + 1\\nvalue 7\\nadjoint 1\", peripheries=2];\n"
          "  r0 -> r2 [label=\"3\"];\n"
          "  r1 -> r2 [label=\"2\"];\n"
          "  r2 -> r3 [label=\"1\"];\n"
          "}\n");
}

// ---- formulas evaluated ----

// What a formula says: sums of products without a sign between factors, quotients, powers, calls, names.
class reader {
 public:
  reader(std::string text, std::map<std::string, double> names) : text_(std::move(text)), names_(std::move(names)) {}
  double read() {
    double const result = sum();
    if (at_ != text_.size()) throw std::runtime_error("not read: " + text_.substr(at_));
    return result;
  }

 private:
  bool accept(std::string const& sign) {
    if (text_.compare(at_, sign.size(), sign) != 0) return false;
    at_ += sign.size();
    return true;
  }
  double sum() {
    double result = accept("-") ? -product() : product();
    for (;;)
      if (accept(" + "))
        result += product();
      else if (accept(" - "))
        result -= product();
      else
        return result;
  }
  double product() {
    double result = power();
    for (;;)
      if (accept(" / ")) {
        result /= power();
      } else if (at_ + 1 < text_.size() && text_[at_] == ' ' && text_[at_ + 1] != '+' && text_[at_ + 1] != '-') {
        ++at_;
        result *= power();
      } else {
        return result;
      }
  }
  double power() {
    double const base = atom();
    return accept("^") ? std::pow(base, atom()) : base;
  }
  double atom() {
    if (accept("(")) {
      double const result = sum();
      if (!accept(")")) throw std::runtime_error("no )");
      return result;
    }
    size_t end = at_;
    if (std::isdigit(static_cast<unsigned char>(text_[at_]))) {
      double const number = std::stod(text_.substr(at_), &end);
      at_ += end;
      return number;
    }
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
    std::string const name = text_.substr(at_, end - at_);
    at_ = end;
    if (!accept("(")) return names_.at(name);
    std::vector<double> x;
    do x.push_back(sum());
    while (accept(", "));
    if (!accept(")")) throw std::runtime_error("no )");
    return functions().at(name)(x);
  }
  using function = std::function<double(std::vector<double> const&)>;
  static std::map<std::string, function> const& functions() {
    static std::map<std::string, function> const all{
        {"sin", [](auto const& x) { return std::sin(x[0]); }},
        {"cos", [](auto const& x) { return std::cos(x[0]); }},
        {"sinh", [](auto const& x) { return std::sinh(x[0]); }},
        {"cosh", [](auto const& x) { return std::cosh(x[0]); }},
        {"exp", [](auto const& x) { return std::exp(x[0]); }},
        {"expm1", [](auto const& x) { return std::expm1(x[0]); }},
        {"log", [](auto const& x) { return std::log(x[0]); }},
        {"sqrt", [](auto const& x) { return std::sqrt(x[0]); }},
        {"abs", [](auto const& x) { return std::abs(x[0]); }},
        {"round", [](auto const& x) { return std::round(x[0]); }},
        {"hypot", [](auto const& x) { return std::hypot(x[0], x[1]); }},
        {"digamma", [](auto const& x) { return boost::math::digamma(x[0]); }},
        {"polygamma", [](auto const& x) { return boost::math::polygamma(static_cast<int>(x[1]), x[0]); }}};
    return all;
  }

  std::string text_;
  std::map<std::string, double> names_;
  size_t at_ = 0;
};

template <class R>
constexpr size_t arity = [] {
  if constexpr (requires { R::domain.size(); })
    return R::domain.size();
  else
    return size_t{1};
}();

TEST_CASE("the formula of every partial of every rule gives the number beside it") {
  boost::mp11::mp_for_each<duet::rules::all>([]<class R>(R) {
    constexpr size_t moving = arity<R> - duet::parameter_count<R>;
    // Where all rules are smooth but acosh, and on both sides of their branches.
    for (auto const& at : {std::array{0.6, 0.25, 0.4}, std::array{0.1, 0.8, 0.3}, std::array{1.7, 2.2, 3.1}}) {
      std::vector<duet::formula<double>> operands;
      std::map<std::string, double> names;
      for (size_t k = 0; k < arity<R>; ++k) {
        double const x = k < moving ? at[k] : 2.0;
        std::string const name(1, static_cast<char>('a' + k));
        operands.emplace_back(x, duet::formula_text::symbol(name));
        names[name] = x;
      }
      auto const x = [&]<size_t... K>(std::index_sequence<K...>) {
        return std::array{operands[K].value()...};
      }(std::make_index_sequence<arity<R>>{});
      double const y = std::apply([](auto... v) { return double(R::value(v...)); }, x);
      if (std::isnan(y)) continue;
      names["y"] = y;
      auto const first = std::apply([&](auto... v) { return R::first(v..., y); }, x);
      std::vector<double> expected;
      if constexpr (arity<R> == 1)
        expected = {duet::number<double>(first)};
      else
        [&]<size_t... K>(std::index_sequence<K...>) {
          expected = {duet::number<double>(get<K>(first))...};
        }(std::make_index_sequence<arity<R>>{});
      auto const texts =
          duet::partial_texts<R, double, arity<R>>(operands, duet::formula<double>(y, duet::formula_text::symbol("y")));
      REQUIRE(texts.size() == arity<R>);
      for (size_t k = 0; k < moving; ++k) {
        CAPTURE(R::name, at, k, texts[k].text(17));
        if (!std::isfinite(expected[k])) continue;
        REQUIRE(reader(texts[k].text(17), names).read() == Approx(expected[k]).epsilon(1e-5).margin(1e-12));
      }
    }
  });
}

}  // namespace
