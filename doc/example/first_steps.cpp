// First steps: small functions whose derivatives can be followed with pencil and paper. Drivers differentiate them;
// once each, the scalars behind them are used by hand: duet::dual in forward mode, duet::tape and duet::var in reverse.

#include <Eigen/Core>
#include <cmath>
#include <cstdio>
#include <duet/duet.hpp>
#include <string>

namespace {

template <class Numbers>
std::string list(Numbers const& numbers) {
  std::string text;
  char one[32];
  for (const double number : numbers.reshaped()) {
    std::snprintf(one, sizeof one, "%s%.6f", text.empty() ? "" : ", ", number + 0.0);
    text += one;
  }
  return "(" + text + ")";
}

template <class Numbers>
void print(char const* what, Numbers const& numbers) {
  std::printf("  %-34s %s\n", what, list(numbers).c_str());
}

// Which mode Duet takes for n inputs and m outputs, and how often it then runs the function.
void print_choice(std::size_t inputs, std::size_t outputs) {
  const auto choice = duet::choose_mode(inputs, outputs);
  std::printf("  %zu inputs, %zu output%s: Duet chooses %s, passes: %zu\n", inputs, outputs, outputs == 1 ? "" : "s",
              choice.mode == duet::mode::forward ? "forward" : "reverse", std::size_t(choice.passes));
}

// f = (x + y) z: by a driver in both modes, then with tape and var, which give the adjoint of every intermediate
// result.
void sum_times() {
  std::printf("f = (x + y) z at x = -2, y = 5, z = -4\n");
  const auto f = [](const auto& p) { return (p[0] + p[1]) * p[2]; };
  const Eigen::Vector3d at(-2, 5, -4);
  const auto [value, gradient] = duet::value_and_gradient(f, at);
  std::printf("  %-34s %.6f\n", "value", value);
  print("gradient", gradient);
  print("gradient, forward", duet::gradient(duet::forward, f, at));
  print("gradient, reverse", duet::gradient(duet::reverse, f, at));
  print_choice(3, 1);

  duet::tape<> tape;
  duet::recording scope(tape);
  const duet::var<> x = tape.independent(-2), y = tape.independent(5), z = tape.independent(-4);
  const duet::var<> q = x + y;
  const duet::var<> result = q * z;
  tape.reverse(result);
  std::printf("  one reverse sweep by hand     value    adjoint\n");
  const auto line = [&](char const* name, duet::var<> const& v) {
    std::printf("    %-16s %14.6f  %9.6f\n", name, v.value(), tape.adjoint(v));
  };
  line("x", x), line("y", y), line("q = x + y", q), line("z", z), line("f = q z", result);
}

// z = x1 x2 + sin x1 with dual: one run of the function for each direction, values and tangents side by side.
void product_and_sine() {
  std::printf("\nz = x1 x2 + sin x1 at x1 = 1.5, x2 = 0.5\n");
  const double x1 = 1.5, x2 = 0.5;
  const auto run = [&](char const* direction, duet::dual<> const& w1, duet::dual<> const& w2) {
    const duet::dual<> w3 = w1 * w2;
    const duet::dual<> w4 = sin(w1);
    const duet::dual<> w5 = w3 + w4;
    std::printf("  one run along %s              value    tangent\n", direction);
    const auto line = [](char const* name, duet::dual<> const& w) {
      std::printf("    %-16s %14.6f  %9.6f\n", name, w.value(), w.partial(0));
    };
    line("w1 = x1", w1), line("w2 = x2", w2), line("w3 = w1 w2", w3), line("w4 = sin w1", w4), line("w5 = w3 + w4", w5);
  };
  run("x1", duet::dual<>::independent(x1, 0), x2);
  run("x2", x1, duet::dual<>::independent(x2, 0));

  const auto z = [](const auto& x) { return x[0] * x[1] + sin(x[0]); };
  const Eigen::Vector2d at(x1, x2);
  print("gradient, forward", duet::gradient(duet::forward, z, at));
  print("gradient, reverse", duet::gradient(duet::reverse, z, at));
  print("by hand (x2 + cos x1, x1)", Eigen::Vector2d(x2 + std::cos(x1), x1));
}

// Two outputs: a forward pass along one direction is a column of the Jacobian, a reverse sweep from one output a row.
void two_outputs() {
  std::printf("\nf1 = x1 x2 + exp(x1 x2) - sin x2, f2 = (x1 x2 - sin x2) exp(x1 x2) at x1 = 1.5, x2 = 0.5\n");
  int calls = 0;
  const auto f = [&calls](const auto& x) {
    ++calls;
    const auto product = x[0] * x[1];  // auto is safe: an expression owns its operands
    using S = std::decay_t<decltype(x[0])>;
    Eigen::Vector<S, 2> y;
    y[0] = product + exp(product) - sin(x[1]);
    y[1] = (product - sin(x[1])) * exp(product);
    return y;
  };
  const Eigen::Vector2d at(1.5, 0.5);
  const auto counted = [&calls](char const* what, auto const& numbers) {
    std::printf("  %-34s %s, calls of f: %d\n", what, list(numbers).c_str(), calls);
    calls = 0;
  };
  counted("forward along x1: column 1", duet::jvp(f, at, Eigen::Vector2d(1, 0)));
  counted("forward along x2: column 2", duet::jvp(f, at, Eigen::Vector2d(0, 1)));
  counted("reverse from f1: row 1", duet::vjp(f, at, Eigen::Vector2d(1, 0)));
  counted("reverse from f2: row 2", duet::vjp(f, at, Eigen::Vector2d(0, 1)));
  const auto rows = [&](char const* what, Eigen::Matrix2d const& jacobian) {
    counted(what, Eigen::Matrix2d(jacobian.transpose()));
  };
  rows("Jacobian row by row, forward", duet::jacobian(duet::forward, f, at));
  rows("Jacobian row by row, reverse", duet::jacobian(duet::reverse, f, at));
  print_choice(2, 2);

  const double p = 1.5 * 0.5, e = std::exp(p), s = std::sin(0.5), c = std::cos(0.5);
  print("by hand",
        Eigen::Vector4d(0.5 * (1 + e), 1.5 * (1 + e) - c, 0.5 * e * (1 + p - s), e * (1.5 * (1 + p - s) - c)));
}

// A neuron with a sigmoid: the sigmoid as one gate, and made of elementary gates, give the same adjoints.
void neuron() {
  std::printf("\nsigmoid(w0 x0 + w1 x1 + w2) at w = (2, -3, -3), x = (-1, -2)\n");
  using point = Eigen::Vector<double, 5>;
  const point at(2, -3, -3, -1, -2);  // w, then x
  const auto sum = [](const auto& p) { return p[0] * p[3] + p[1] * p[4] + p[2]; };
  const auto gate = [&](const auto& p) { return sigmoid(sum(p)); };
  const auto gates = [&](const auto& p) { return 1.0 / (1.0 + exp(-sum(p))); };
  const auto [value, gradient] = duet::value_and_gradient(gate, at);
  std::printf("  %-34s %.6f\n", "value", value);
  std::printf("  %-34s %.6f\n", "adjoint of the sum", duet::derivative([](const auto& s) { return sigmoid(s); }, 1.0));
  print("adjoint of w", point(gradient).head<3>());
  print("adjoint of x", point(gradient).tail<2>());
  std::printf("  %-34s w1 -0.40, x1 -0.60: the adjoint of the sum rounded to 0.20\n", "published figures");
  print("forward", duet::gradient(duet::forward, gate, at));
  print("reverse", duet::gradient(duet::reverse, gate, at));
  print("reverse, elementary gates", duet::gradient(duet::reverse, gates, at));
  print_choice(5, 1);
}

}  // namespace

int main() {
  sum_times();
  product_and_sine();
  two_outputs();
  neuron();
}
