// Graphs of vectors and matrices: nodes with shapes, what is shared and folded, how they look, what is refused.

#include <duet/symbolic/array_gradient.hpp>
#include <duet/symbolic/array_print.hpp>

#include "catch.hpp"

namespace sym = duet::symbolic;
using sym::array, sym::array_graph;

namespace {

std::size_t count(std::string const& text, std::string_view what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

int operations(array_graph const& g, std::string_view name) {
  int n = 0;
  for (int i = 0; i < g.size(); ++i) n += g[i].rule->name == name;
  return n;
}

}  // namespace

TEST_CASE("an array_graph has one node for a product, with its shape") {
  array_graph g;
  array const W = g.variable("W", 2, 3), x = g.variable("x", 3), y = g.variable("y", 2), s = g.variable("s");
  CHECK((W * x).shape() == sym::array_shape{2, 1});
  CHECK((transpose(W) * y).shape() == sym::array_shape{3, 1});
  CHECK((x * transpose(y)).shape() == sym::array_shape{3, 2});
  CHECK((transpose(x) * x).shape().is_scalar());
  CHECK((s * W).shape() == W.shape());
  CHECK((W * s).shape() == W.shape());
  CHECK((W * 2 + 1).shape() == W.shape());
  CHECK(transpose(W).shape() == sym::array_shape{3, 2});
  CHECK(sum(W).shape().is_scalar());
  CHECK(operations(g, "product") == 4);
  int const size = g.size();
  CHECK((W * x).as_term().index == (W * x).as_term().index);
  CHECK(transpose(transpose(W)).as_term().index == W.as_term().index);
  CHECK(g.size() == size);  // all of that exists
}

TEST_CASE("an array_graph folds zeros, ones and numbers and keeps shapes") {
  array_graph g;
  array const x = g.variable("x", 3);
  CHECK((1 * x).as_term().index == x.as_term().index);
  CHECK((x + 0).as_term().index == x.as_term().index);
  CHECK((-(-x)).as_term().index == x.as_term().index);
  CHECK((0 * x).shape() == x.shape());
  CHECK((array(2) * array(3)).as_term().is(6));
}

TEST_CASE("the gradient of half the squared error of a linear neuron is appended as nodes") {
  array_graph g;
  array const w = g.variable("w", 2), x = g.variable("x", 2), t = g.variable("t");
  array const z = g.named("z", transpose(w) * x);
  array const u = g.named("u", z - t);
  array const E = g.named("E", square(u) / 2);
  append_gradient(g, E, {E, u, z, w});
  CHECK(to_string(g) ==
        "w (2)\nx (2)\nt\nz = w^T x\nu = z - t\nE = u^2/2\n"
        "dE/dE = 1\ndE/du = u\ndE/dz = u\ndE/dw (2) = u*x\n");
  CHECK(sym::to_latex(g) ==
        "z &= w^{T} \\, x \\\\\nu &= z - t \\\\\nE &= \\frac{u^{2}}{2} \\\\\n"
        "\\frac{dE}{dE} &= 1 \\\\\n\\frac{dE}{du} &= u \\\\\n\\frac{dE}{dz} &= u \\\\\n\\frac{dE}{dw} &= u \\, x");
}

TEST_CASE("the gradient of a squared length follows the rules of matrix products") {
  array_graph g;
  array const W = g.variable("W", 2, 3), x = g.variable("x", 3);
  array const q = g.named("q", W * x);
  array const f = g.named("f", squared_norm(q));
  append_gradient(g, f, {q, W, x});
  CHECK(to_string(g) ==
        "W (2x3)\nx (3)\nq (2) = W x\nf = |q|^2\n"
        "df/dq (2) = 2*q\ndf/dW (2x3) = df/dq x^T\ndf/dx (3) = W^T df/dq\n");
}

TEST_CASE("a picture of an array_graph has a node for each array, and appended nodes apart") {
  array_graph g;
  array const W = g.variable("W", 2, 3), x = g.variable("x", 3);
  array const q = g.named("q", W * x);
  array const f = g.named("f", squared_norm(q));
  std::string const before = sym::to_dot(g);
  CHECK(count(before, "[label=") == 4);
  CHECK(count(before, " -> ") == 3);
  CHECK(count(before, "dashed") == 0);
  CHECK(before.find("[label=\"q = W x\\n(2)\"]") != std::string::npos);
  CHECK(before.find("[label=\"W\\n(2x3)\", shape=box]") != std::string::npos);
  append_gradient(g, f, {f, W});
  std::string const after = sym::to_dot(g);
  // 1, 2 q and its product with x
  CHECK(count(after, "[label=") == 7);
  CHECK(count(after, "filled,dashed") == 3);
  CHECK(after.find("[label=\"df/dW = 2*q x^T\\n(2x3)\", style=") != std::string::npos);
  // A node that is a derivative already gets a further label.
  array const E = g.named("E", squared_norm(q) / 2);
  append_gradient(g, E, {q});
  CHECK(sym::to_dot(g).find("[label=\"q = W x\\n(2)\\ndE/dq\"]") != std::string::npos);
}

TEST_CASE("consumers of an array are summed, and nodes that do not lead to z have a derivative of zero") {
  array_graph g;
  array const x = g.variable("x", 2), a = g.variable("a"), unread = g.variable("unread", 2);
  array const penalty = a * squared_norm(x);  // before the other term, whatever the compiler evaluates first
  array const z = g.named("z", sum(exp(x)) + penalty);
  auto const slopes = append_gradient(g, z, {x, a, unread});
  CHECK(slopes[2].shape() == unread.shape());
  std::string const text = to_string(g);
  CHECK(text.find("dz/dx (2) = a*2*x + exp(x)\n") != std::string::npos);
  CHECK(text.find("dz/da = |x|^2\n") != std::string::npos);
  CHECK(text.find("dz/dunread (2) = fill(0)\n") != std::string::npos);
}

TEST_CASE("arrays that do not go together are refused by their shapes") {
  array_graph g, other;
  array const W = g.variable("W", 2, 3), x = g.variable("x", 2);
  CHECK_THROWS_WITH(W * x, "duet::symbolic: the product of arrays of 2 x 3 and 2 x 1");
  CHECK_THROWS_WITH(W + x, "duet::symbolic: add, entry by entry, of arrays of 2 x 3 and 2 x 1");
  CHECK_THROWS_WITH(append_gradient(g, x, {W}),
                    "duet::symbolic::append_gradient needs a number, but z has 2 x 1 entries: take its sum or "
                    "squared_norm");
  CHECK_THROWS_WITH(g.variable("y", 0), "duet::symbolic: the variable y of an array_graph has 0 rows and 1 columns");
  array const foreign = other.variable("y", 2);
  CHECK_THROWS_AS(x + foreign, duet::error);
  CHECK_THROWS_AS(g.named("foreign", foreign), duet::error);
}
