// What graphs look like: infix text, LaTeX, pictures.

#include <duet/symbolic.hpp>
#include <sstream>

#include "catch.hpp"

namespace sym = duet::symbolic;

namespace {

constexpr auto u = sym::variable<0>;
constexpr auto v = sym::variable<1>;

std::size_t count(std::string const& text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

}  // namespace

TEST_CASE("a graph prints as one writes it") {
  CHECK(sym::to_string(u * v + exp(u * v) - sin(v)) == "x0*x1 + exp(x0*x1) - sin(x1)");
  CHECK(sym::to_string(u) == "x0");
  CHECK(sym::to_string(sym::zero) == "0");
  CHECK(sym::to_string(2.5 * u) == "2.5*x0");
  CHECK(sym::to_string(1e-20 * u + 1e300) == "1e-20*x0 + 1e+300");
  CHECK(sym::to_string(fma(u, v, 0.5)) == "fma(x0, x1, 0.5)");
  CHECK(sym::to_string(hypot(u, v, 1.0)) == "hypot(x0, x1, 1)");
  CHECK(sym::to_string(polygamma(2, u)) == "polygamma(2, x0)");
  CHECK(sym::to_string(pow(2.0, u)) == "2^x0");
  CHECK(sym::to_string(select(u < v && !(v == 1.0), u, v)) == "select(x0 < x1 && !(x1 == 1), x0, x1)");
  CHECK(sym::to_string(select(u > 0, u, 0)) == "select(x0 > 0, x0, 0)");
  std::ostringstream out;
  out << u + v;
  CHECK(out.str() == "x0 + x1");
}

TEST_CASE("parentheses stand where mathematics needs them") {
  CHECK(sym::to_string((u + v) * u) == "(x0 + x1)*x0");
  CHECK(sym::to_string(u + (v + 1.0)) == "x0 + x1 + 1");
  CHECK(sym::to_string(u - (v - 1.0)) == "x0 - (x1 - 1)");
  CHECK(sym::to_string((u - v) - 1.0) == "x0 - x1 - 1");
  CHECK(sym::to_string(u - (v + 1.0)) == "x0 - (x1 + 1)");
  CHECK(sym::to_string(u * (v / u)) == "x0*x1/x0");
  CHECK(sym::to_string(u / (v * u)) == "x0/(x1*x0)");
  CHECK(sym::to_string(u / v / 3.0) == "x0/x1/3");
  CHECK(sym::to_string(u / (v / 3.0)) == "x0/(x1/3)");
  CHECK(sym::to_string(-u * v) == "-x0*x1");
  CHECK(sym::to_string(-(u + v)) == "-(x0 + x1)");
  CHECK(sym::to_string(u + -2.0) == "x0 + (-2)");
  CHECK(sym::to_string(u * -2.0) == "x0*(-2)");
  CHECK(sym::to_string(pow(-u, 2.0)) == "(-x0)^2");
  CHECK(sym::to_string(pow(pow(u, v), 3.0)) == "(x0^x1)^3");
  CHECK(sym::to_string(pow(u, v + 1.0)) == "x0^(x1 + 1)");
  CHECK(sym::to_string(-square(u)) == "-x0^2");
}

TEST_CASE("derivatives print as textbooks have them") {
  auto const slope = [](auto const& g) { return sym::to_string(sym::differentiate(g, u)); };
  CHECK(slope(u * u * u - 2.0 * u) == "3*x0^2 - 2");
  CHECK(slope(log(u)) == "1/x0");
  CHECK(slope(log(sin(u))) == "cos(x0)/sin(x0)");
  CHECK(slope(sqrt(u)) == "1/(2*sqrt(x0))");
  CHECK(slope(tanh(u)) == "1 - tanh(x0)^2");
  CHECK(slope(atan(u)) == "1/(1 + x0^2)");
  CHECK(slope(pow(u, 3.0)) == "3*x0^2");
  CHECK(slope(pow(u, 2.0)) == "2*x0");
  CHECK(slope(abs(u)) == "sign(x0)");
  CHECK(slope(hypot(u, v)) == "x0/hypot(x0, x1)");
  CHECK(slope(sigmoid(u)) == "sigmoid(x0)*(1 - sigmoid(x0))");
  CHECK(sym::to_string(sym::differentiate(pow(v, u), u)) == "x1^x0*log(x1)");
}

TEST_CASE("inputs have the names that the caller gives") {
  CHECK(sym::to_string(u * v, {"width", "height"}) == "width*height");
  CHECK(sym::to_string(u * v, {"width"}) == "width*x1");
  CHECK(sym::to_latex(u * v, {"w", "h"}) == "w \\, h");
}

TEST_CASE("vectors and matrices of outputs print in braces") {
  CHECK(sym::to_string(sym::gradient(u * v)) == "{x1, x0}");
  CHECK(sym::to_string(sym::hessian(u * u * v)) == "{{2*x1, 2*x0}, {2*x0, 0}}");
  CHECK(sym::to_latex(sym::hessian(u * v)) == "\\begin{pmatrix} 0 & 1 \\\\ 1 & 0 \\end{pmatrix}");
}

TEST_CASE("LaTeX has fractions, roots and functions") {
  CHECK(sym::to_latex(sqrt(u) / (u + v)) == "\\frac{\\sqrt{x_{0}}}{x_{0} + x_{1}}");
  CHECK(sym::to_latex(pow(u, v + 1.0)) == "x_{0}^{x_{1} + 1}");
  CHECK(sym::to_latex(sin(u) * exp(-u)) == "\\sin\\left(x_{0}\\right) \\, e^{-x_{0}}");
  CHECK(sym::to_latex(u * 2.0) == "x_{0} \\cdot 2");
  CHECK(sym::to_latex(abs(u)) == "\\left|x_{0}\\right|");
  CHECK(sym::to_latex(1e-20 * u) == "1 \\cdot 10^{-20} \\, x_{0}");
  CHECK(sym::to_latex(select(u >= 0, u, 0)) ==
        "\\begin{cases} x_{0} & x_{0} \\ge 0 \\\\ 0 & \\text{otherwise} \\end{cases}");
  CHECK(sym::to_latex(log_sum_exp(u, v)) == "\\operatorname{log\\_sum\\_exp}\\left(x_{0}, x_{1}\\right)");
}

TEST_CASE("a picture has a node for each operation and an edge for each operand") {
  auto const f = u * v + exp(u * v) - sin(v);
  std::string const dot = sym::to_dot(f, {"a", "b"});
  CHECK(dot.starts_with("digraph"));
  CHECK(count(dot, "[label=") == 7);  // five operations, two inputs
  CHECK(count(dot, " -> ") == 8);
  CHECK(dot.find("label=\"a\", shape=box") != std::string::npos);
  CHECK(count(dot, "peripheries=2") == 1);
  CHECK(count(dot, "dashed") == 0);
}

TEST_CASE("what append_gradient adds is drawn apart") {
  auto const f = u * v + exp(u * v) - sin(v);
  auto const all = sym::append_gradient(f, f, u, v);
  std::string const dot = sym::to_dot(all);
  auto const original = static_cast<std::size_t>(decltype(f)::list.size);
  auto const total = static_cast<std::size_t>(decltype(all)::list.size);
  CHECK(count(dot, "[label=") == total);
  CHECK(count(dot, "fillcolor") == total - original);
  // one, the sum of the two consumers of u * v, its products with u and v, cos, and a difference
  CHECK(total - original == 6);
}
