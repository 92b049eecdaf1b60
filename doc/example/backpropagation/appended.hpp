#pragma once

// Derivatives as nodes of the graph that they are derivatives of: symbol to symbol, of numbers and of arrays.

#include <Eigen/Core>
#include <cmath>
#include <cstdio>
#include <duet/array_graph.hpp>
#include <duet/symbolic.hpp>
#include <functional>
#include <string>

#include "../checked_numbers.hpp"

namespace backpropagation {

using example::check, example::check_close, example::heading, example::print, example::text;
namespace sym = duet::symbolic;

// Puts a text into a file of the folder, if there is one.
using keeper = std::function<void(std::string const&, std::string const&)>;

// The operations of a graph that the rule named so makes.
template <class Graph>
int operations_named(Graph const&, std::string_view name) {
  int count = 0;
  for (auto const& o : Graph::list.operations) count += o.rule->name == name;
  return count;
}

// v3 = x1 x2 is read by two operations: their contributions are summed, in a node.
inline void appended_gradient(keeper const& keep) {
  heading("The gradient of f = x1 x2 + exp(x1 x2) - sin x2 appended to its graph: which nodes are new");
  constexpr auto x1 = sym::variable<0>;
  constexpr auto x2 = sym::variable<1>;
  constexpr auto v3 = sym::expression<2>([](auto a, auto b) { return a * b; });
  constexpr auto f = sym::expression<2>([](auto a, auto b) { return a * b + exp(a * b) - sin(b); });
  constexpr auto all = sym::append_gradient(f, f, f, v3, x1, x2);
  std::vector<std::string> const names{"x1", "x2"};
  std::printf("  {f, df/df, df/dv3, df/dx1, df/dx2} = %s\n\n", sym::to_string(all, names).c_str());
  std::printf("  %d operations in f, %d with its gradient; marked as added:", sym::operation_count(f),
              sym::operation_count(all));
  int added = 0;
  for (auto const& o : all.list.operations) {
    added += o.added;
    if (!o.added) continue;
    bool const is_product = o.rule->written == sym::notation::multiply;  // with or without numerical care
    std::printf(" %s", o.rule->arity == 0 ? "1" : is_product ? "multiply" : std::string(o.rule->name).c_str());
  }
  std::printf("\n\n");
  // dE/dE = 1 is a node; exp(v3) is shared; the two consumers of v3 are summed once.
  check(added == 6 && sym::operation_count(all) == sym::operation_count(f) + 5,
        "one, a sum, two products, cos, a difference");
  double const e = std::exp(0.75);
  auto const y = all(1.5, 0.5);
  print("df/df", y[1], 1);
  print("df/dv3 = 1 + exp(v3), of two consumers", y[2], 1 + e);
  print("df/dx1", y[3], 0.5 * (1 + e));
  print("df/dx2", y[4], 1.5 * (1 + e) - std::cos(0.5));
  keep("appended_gradient.dot", sym::to_dot(all, names));
}

// z = f(f(f(w))): its derivative is f'(f(f(w))) f'(f(w)) f'(w), in which f(w) and f(f(w)) are those of z.
inline void tower() {
  heading("z = f(f(f(w))) with f = tanh at w = 0.5, symbol to symbol: the derivative is a graph");
  constexpr auto w = sym::variable<0>;
  constexpr auto z = sym::expression<1>([](auto x) { return tanh(tanh(tanh(x))); });
  constexpr auto slope = sym::differentiate(z, w);
  constexpr auto bend = sym::differentiate(slope, w);
  constexpr auto both = sym::append_gradient(z, z, w);
  std::printf("  dz/dw = %s\n\n", sym::to_string(slope, {"w"}).c_str());
  int const evaluations = operations_named(both, "tanh");
  std::printf(
      "  f is evaluated %d times in z and %d times in z and dz/dw together, %d times with the second derivative\n\n",
      operations_named(z, "tanh"), evaluations, operations_named(sym::append_gradient(both, slope, w), "tanh"));
  check(operations_named(z, "tanh") == 3 && evaluations == 3, "f is evaluated three times");
  check(operations_named(sym::append_gradient(both, slope, w), "tanh") == 3, "and not more for second derivatives");

  double const a = std::tanh(0.5), b = std::tanh(a), c = std::tanh(b);
  double const da = 1 - a * a, db = 1 - b * b, dc = 1 - c * c;
  auto const [value, gradient] = sym::value_and_gradient(z, 0.5);
  print("z", value, c);
  print("dz/dw, symbol to symbol", slope(0.5), dc * db * da);
  print("dz/dw, symbol to number", gradient[0], dc * db * da);
  // The derivative of the product of three factors, each of which has the derivative -2 f f' times the slopes below.
  double const expected = -2 * dc * db * da * (c * db * da + b * da + a);
  print("d2z/dw2, the derivative of the derivative", bend(0.5), expected);
  print("d2z/dw2, symbol to number", sym::value_and_gradient(slope, 0.5).gradient[0], expected);
}

inline void neuron_of_vectors(keeper const& keep) {
  heading("E = (w^T x - t)^2 / 2 with vectors as nodes, its gradient appended, at w = (1, -2), x = (3, 1), t = 2");
  sym::array_graph g;
  auto const w = g.variable("w", 2), x = g.variable("x", 2), t = g.variable("t");
  auto const z = g.named("z", transpose(w) * x);
  auto const u = g.named("u", z - t);
  auto const E = g.named("E", square(u) / 2);
  auto const slopes = append_gradient(g, E, {E, u, z, w});
  std::printf("%s\n", to_string(g).c_str());
  auto const value = sym::evaluate(g, Eigen::Vector2d(1, -2), Eigen::Vector2d(3, 1), 2.0);
  print("E", value.number(E), 0.5);
  print("dE/dE", value.number(slopes[0]), 1);
  print("dE/du = u", value.number(slopes[1]), -1);
  print("dE/dz = u", value.number(slopes[2]), -1);
  print("dE/dw = u x, first entry", value(slopes[3])(0), -3);
  print("dE/dw = u x, second entry", value(slopes[3])(1), -1);
  check(slopes[1].as_term().index == u.as_term().index, "dE/du is the node u");
  keep("neuron_of_vectors.dot", sym::to_dot(g));
}

inline void squared_length(keeper const& keep) {
  heading("f = |W x|^2 with q = W x as one node, W = (0.1 0.5; -0.3 0.8), x = (0.2, 0.4)");
  sym::array_graph g;
  auto const W = g.variable("W", 2, 2), x = g.variable("x", 2);
  auto const q = g.named("q", W * x);
  auto const f = g.named("f", squared_norm(q));
  auto const slopes = append_gradient(g, f, {f, q, W, x});
  std::printf("%s\n", to_string(g).c_str());
  Eigen::Matrix2d const weights{{0.1, 0.5}, {-0.3, 0.8}};
  Eigen::Vector2d const at(0.2, 0.4);
  auto const value = sym::evaluate(g, weights, at);
  auto const row = [&](char const* what, Eigen::MatrixXd const& number, Eigen::MatrixXd const& expected) {
    std::printf("  %-18s", what);
    for (Eigen::Index r = 0; r < number.rows(); ++r)
      for (Eigen::Index c = 0; c < number.cols(); ++c) {
        std::printf("%s%s", c > 0 ? " " : r > 0 ? "; " : "(", text(number(r, c)).c_str());
        check_close(what, number(r, c), expected(r, c));
      }
    std::printf(")\n");
  };
  Eigen::Vector2d const product = weights * at;
  print("f", value.number(f), product.squaredNorm());
  row("q", value(q), product);
  row("df/dq = 2 q", value(slopes[1]), 2 * product);
  row("df/dW = 2 q x^T", value(slopes[2]), 2 * product * at.transpose());
  row("df/dx = 2 W^T q", value(slopes[3]), 2 * weights.transpose() * product);
  keep("squared_length.dot", sym::to_dot(g));
}

}  // namespace backpropagation
