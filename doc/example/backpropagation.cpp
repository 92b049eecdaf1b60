// Backpropagation as it is taught: small functions whose values, tangents and adjoints are in lecture notes, row by row
// as duet::trace shows them. Every number printed is checked, against the formula that one derives by hand, and is set
// beside the figure that the notes print where they print one.
//
//   backpropagation [FOLDER]      writes table and picture of each graph to FOLDER

#include <Eigen/Core>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <duet/duet.hpp>
#include <duet/trace.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "backpropagation/appended.hpp"
#include "checked_numbers.hpp"

namespace {

using example::check, example::check_close, example::heading, example::print, example::text;

std::string folder;

// True if `published`, a number with its decimals as it was printed, is `number` rounded.
bool rounds_to(double number, std::string const& published) {
  std::size_t const point = published.find('.');
  int const decimals = point == std::string::npos ? 0 : static_cast<int>(published.size() - point - 1);
  return std::abs(number - std::stod(published)) <= 0.5001 * std::pow(10, -decimals);
}

// Prints a number beside the one published for it; why they differ is said, and has to be needed.
void print_beside(std::string const& what, double number, std::string const& published, std::string const& why = "") {
  std::printf("  %-16s %12s   published %8s%s%s\n", what.c_str(), text(number).c_str(), published.c_str(),
              why.empty() ? "" : "   ", why.c_str());
  check(rounds_to(number, published) == why.empty(), what + " beside the published " + published);
}

void keep(std::string const& name, std::string const& content) {
  if (folder.empty()) return;
  std::string const path = folder + "/" + name;
  std::ofstream file(path);
  file << content;
  if (!file.flush()) throw std::runtime_error("cannot write " + path);
}

// The table of a trace; it goes to the folder too, beside the picture.
template <class Trace>
void show(std::string const& name, Trace const& trace, duet::trace_style style = {}) {
  std::string const table = trace.table(style);
  std::printf("%s\n", table.c_str());
  keep(name + ".txt", table);
  keep(name + ".svg", trace.svg(style));
}

// Along x1 the tangents are one column of derivatives; x2 needs a run of its own.
void forward_accumulation() {
  std::printf("z = x1 x2 + sin x1 at x1 = 1.5, x2 = 0.5, forward: one run for each direction\n\n");
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const w3 = x[0] * x[1];
    S const w4 = sin(x[0]);
    return S(w3 + w4);
  };
  auto const trace = duet::trace(f, Eigen::Vector2d(1.5, 0.5));
  duet::trace_style const style{.letter = "w", .first = 1};
  show("forward_accumulation", trace, style);
  auto const second = trace.along_input(1);
  std::printf("%s\n", second.table({.letter = "w", .first = 1, .formulas = false}).c_str());
  print("dz/dx1 = x2 + cos x1", trace[4].tangent, 0.5 + std::cos(1.5));
  print("dz/dx2 = x1", second[4].tangent, 1.5);
  check_close("z", trace[4].value, 1.5 * 0.5 + std::sin(1.5));
  check_close("the adjoint of x1", trace[0].adjoint, trace[4].tangent);
  check_close("the adjoint of x2", trace[1].adjoint, second[4].tangent);
}

void sum_times() {
  heading("f = (x + y) z at x = -2, y = 5, z = -4");
  auto const f = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const q = x[0] + x[1];
    return S(q * x[2]);
  };
  auto const trace = duet::trace(f, Eigen::Vector3d(-2, 5, -4)).named({"x", "y", "z", "q", "f"});
  show("sum_times", trace);
  print_beside("df/dx", trace[0].adjoint, "-4");
  print_beside("df/dy", trace[1].adjoint, "-4");
  print_beside("df/dz", trace[2].adjoint, "3");
  check_close("f", trace[4].value, -12);
  check_close("df/dq", trace[3].adjoint, -4);
}

// A sigmoid neuron by elementary gates, and with the sigmoid as one gate.
void neuron() {
  heading("f = 1 / (1 + exp(-(w0 x0 + w1 x1 + w2))) at w = (2, -3, -3), x = (-1, -2)");
  auto const sum = [](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    S const first = p[0] * p[3];
    S const second = p[1] * p[4];
    S const both = first + second;
    return S(both + p[2]);
  };
  auto const gates = [&](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    S const s = sum(p);
    S const minus = -s;
    S const e = exp(minus);
    S const below = 1.0 + e;
    return S(1.0 / below);
  };
  auto const gate = [&](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    S const s = sum(p);
    return S(sigmoid(s));
  };
  std::vector<double> const at{2, -3, -3, -1, -2};
  std::vector<std::string> const names{"w0", "w1", "w2", "x0", "x1"};
  auto const trace = duet::trace(gates, at).named(names);
  show("neuron", trace);
  std::string const rounding = "(from 0.20, itself rounded)";
  print_beside("1 + exp", trace[11].value, "1.37");
  print_beside("adjoint of 1+exp", trace[11].adjoint, "-0.53");
  print_beside("adjoint of -s", trace[9].adjoint, "-0.20");
  print_beside("adjoint of s", trace[8].adjoint, "0.20");
  print_beside("df/dw1", trace[1].adjoint, "-0.40", rounding);
  print_beside("df/dx1", trace[4].adjoint, "-0.60", rounding);

  double const value = 1 / (1 + std::exp(-1)), slope = value * (1 - value);
  check_close("f", trace[12].value, value);
  for (auto const& [row, expected] :
       {std::pair(0, -slope), {1, -2 * slope}, {2, slope}, {3, 2 * slope}, {4, -3 * slope}})
    check_close(names[static_cast<std::size_t>(row)], trace[static_cast<std::size_t>(row)].adjoint, expected);

  std::printf("\nThe same with the sigmoid as one gate, whose slope is f (1 - f): the adjoints agree.\n\n");
  auto const one = duet::trace(gate, at).named(names);
  show("neuron_one_gate", one);
  for (std::size_t i = 0; i < 9; ++i) check_close("adjoint " + std::to_string(i), one[i].adjoint, trace[i].adjoint);
}

// What each kind of gate does with the adjoint that comes back to it.
void gates() {
  heading("Patterns: an adjoint of 2 comes back to a gate with the inputs 3 and -4");
  auto const pattern = [](char const* what, auto const& f, double first, double second) {
    auto const trace = duet::trace(f, Eigen::Vector2d(3, -4)).weighted(std::vector{2.0});
    std::printf("  %-28s %4s to the first, %4s to the second\n", what, text(trace[0].adjoint).c_str(),
                text(trace[1].adjoint).c_str());
    check_close(what, trace[0].adjoint, first);
    check_close(what, trace[1].adjoint, second);
  };
  pattern("add distributes", [](auto const& x) { return x[0] + x[1]; }, 2, 2);
  pattern("max routes", [](auto const& x) { return max(x[0], x[1]); }, 2, 0);
  pattern("multiply switches", [](auto const& x) { return x[0] * x[1]; }, -8, 6);
}

// The gradients of a matrix product and of a squared length, entry by entry.
void vectors() {
  heading("f = |W x|^2 with q = W x, W = (0.1 0.5; -0.3 0.8), x = (0.2, 0.4)");
  Eigen::Matrix2d const W{{0.1, 0.5}, {-0.3, 0.8}};
  Eigen::Vector2d const x(0.2, 0.4);
  auto const f = [](auto const& p) {
    auto const& [A, v] = p;
    using S = std::decay_t<decltype(v[0])>;
    std::array<S, 2> squares;
    for (int i = 0; i < 2; ++i) {
      S const first = A(i, 0) * v[0];
      S const second = A(i, 1) * v[1];
      S const q = first + second;
      squares[static_cast<std::size_t>(i)] = square(q);
    }
    return S(squares[0] + squares[1]);
  };
  auto const trace = duet::trace(f, std::tuple(W, x))
                         .named({"W11", "W21", "W12", "W22", "x1", "x2"})
                         .named(8, "q1")
                         .named(12, "q2")
                         .named(14, "f");
  show("squared_length", trace);
  Eigen::Vector2d const q = W * x, by_x = 2 * W.transpose() * q;
  Eigen::Matrix2d const by_W = 2 * q * x.transpose();
  print("df/dq1 = 2 q1", trace[8].adjoint, 2 * q[0]);
  print("df/dq2 = 2 q2", trace[12].adjoint, 2 * q[1]);
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      print("df/dW" + std::to_string(i + 1) + std::to_string(j + 1) + ", of 2 q x^T",
            trace[static_cast<std::size_t>(i + 2 * j)].adjoint, by_W(i, j));
  print("df/dx1, of 2 W^T q", trace[4].adjoint, by_x[0]);
  print("df/dx2, of 2 W^T q", trace[5].adjoint, by_x[1]);
  check_close("f", trace[14].value, q.squaredNorm());
}

// The evaluation trace of one function, forward and reverse, and of two that share their intermediate results.
void evaluation_trace() {
  heading("f = x1 x2 + exp(x1 x2) - sin x2 at x1 = 1.5, x2 = 0.5: values, tangents along x1, adjoints");
  auto const both = [](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const v3 = x[0] * x[1];
    S const v4 = sin(x[1]);
    S const v5 = exp(v3);
    S const v6 = v3 - v4;
    S const v7 = v5 + v6;
    S const v8 = v6 * v5;
    return std::array{v7, v8};
  };
  auto const first_alone = [&](auto const& x) {
    using S = std::decay_t<decltype(x[0])>;
    S const v3 = x[0] * x[1];
    S const v4 = sin(x[1]);
    S const v5 = exp(v3);
    S const v6 = v3 - v4;
    return S(v5 + v6);
  };
  Eigen::Vector2d const x(1.5, 0.5);
  duet::trace_style const style{.first = 1};
  auto const trace = duet::trace(first_alone, x);
  show("evaluation_trace", trace, style);
  double const e = std::exp(0.75), s = std::sin(0.5), c = std::cos(0.5);
  print("f", trace[6].value, 0.75 + e - s);
  print("df/dx1 = x2 (1 + exp(x1 x2)), forward", trace[6].tangent, 0.5 * (1 + e));
  print("df/dx1, reverse", trace[0].adjoint, 0.5 * (1 + e));
  print("df/dx2 = x1 (1 + exp(x1 x2)) - cos x2, reverse", trace[1].adjoint, 1.5 * (1 + e) - c);

  heading("With a second output f2 = (x1 x2 - sin x2) exp(x1 x2): one forward pass is a column of the Jacobian");
  auto const two = duet::trace(both, x);
  show("two_outputs", two, style);
  Eigen::Matrix2d by_columns, by_rows, expected;
  expected << 0.5 * (1 + e), 1.5 * (1 + e) - c, 0.5 * e * (1 + 0.75 - s), e * (1.5 * (1 + 0.75 - s) - c);
  for (std::size_t i = 0; i < 2; ++i) {
    auto const column = two.along_input(i), row = two.of_output(i);
    for (std::size_t k = 0; k < 2; ++k) {
      by_columns(static_cast<int>(k), static_cast<int>(i)) = column[column.output(k).row].tangent;
      by_rows(static_cast<int>(i), static_cast<int>(k)) = row[k].adjoint;
    }
  }
  Eigen::Matrix2d const by_driver = duet::jacobian(both, x);
  for (int k = 0; k < 2; ++k)
    for (int i = 0; i < 2; ++i) {
      std::string const name = "df" + std::to_string(k + 1) + "/dx" + std::to_string(i + 1);
      print(name, by_columns(k, i), expected(k, i));
      check_close(name + " in reverse", by_rows(k, i), expected(k, i));
      check_close(name + " by duet::jacobian", by_driver(k, i), expected(k, i));
    }
  std::printf("  2 forward passes, one for each input, or 2 reverse sweeps, one for each output\n");
}

// The error of a linear neuron: E = u^2 / 2 with u = z - t, z = w^T x.
void regression() {
  heading("E = (w^T x - t)^2 / 2 at w = (1, -2), x = (3, 1), t = 2");
  auto const f = [](auto const& w) {
    using S = std::decay_t<decltype(w[0])>;
    S const first = w[0] * 3.0;
    S const second = w[1] * 1.0;
    S const z = first + second;
    S const u = z - 2.0;
    S const squared = square(u);
    return S(0.5 * squared);
  };
  auto const trace = duet::trace(f, Eigen::Vector2d(1, -2)).named({"w1", "w2", "p1", "p2", "z", "u", "s", "E"});
  show("regression", trace);
  double const u = 1 * 3 - 2 * 1 - 2;
  print("dE/dE", trace[7].adjoint, 1);
  print("dE/du = u", trace[5].adjoint, u);
  print("dE/dz = dE/du", trace[4].adjoint, u);
  print("dE/dw1 = u x1", trace[0].adjoint, u * 3);
  print("dE/dw2 = u x2", trace[1].adjoint, u * 1);
}

// ---- the network for XOR ----

// Two inputs, two hidden sigmoids, one output; p = (W11, W12, W21, W22, b1, b2, u1, u2, c). Half the squared error.
template <class S>
S output(std::vector<S> const& p, double x1, double x2) {
  using duet::sigmoid;
  S const z1_in = p[0] * x1 + p[2] * x2 + p[4];
  S const z1 = sigmoid(z1_in);
  S const z2_in = p[1] * x1 + p[3] * x2 + p[5];
  S const z2 = sigmoid(z2_in);
  S const f_in = z1 * p[6] + z2 * p[7] + p[8];
  S const f = sigmoid(f_in);
  return f;
}
auto loss(double x1, double x2, double y) {
  return [x1, x2, y](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    using duet::square;
    S const residual = y - output(p, x1, x2);
    S const squared = square(residual);
    return S(0.5 * squared);
  };
}

std::vector<double> stepped(std::vector<double> p, std::vector<double> const& gradient) {
  for (std::size_t i = 0; i < p.size(); ++i) p[i] -= 0.5 * gradient[i];
  return p;
}

void xor_step() {
  heading("The network for XOR, one step on x = (1, 0), y = 1 with the rate 0.5");
  std::vector<double> const p{-0.07, 0.94, 0.22, 0.46, -0.46, 0.10, -0.22, 0.58, 0.78};
  std::vector<std::string> const names{"W11", "W12", "W21", "W22", "b1", "b2", "u1", "u2", "c"};
  auto const f = loss(1, 0, 1);
  auto const named = [&](std::vector<double> const& at) {
    return duet::trace(f, at)
        .named(names)
        .named(12, "z1in")
        .named(13, "z1")
        .named(17, "z2in")
        .named(18, "z2")
        .named(22, "fin")
        .named(23, "f")
        .named(26, "L");
  };
  auto const trace = named(p);
  show("xor", trace);

  // The same steps with the sum that the notes go on with.
  std::vector<double> shifted = p;
  shifted[8] += 1.1122 - trace[22].value;
  auto const theirs = named(shifted);

  auto const gradient = duet::gradient(f, p);
  for (std::size_t i = 0; i < p.size(); ++i) check_close(names[i], trace[i].adjoint, gradient[i]);

  std::printf(
      "The notes' sum f_in = 1.1122 does not follow from the weights they print (which give 1.1270); the third\n"
      "column goes on from it.\n\n");
  std::printf("  %-18s %12s %12s %15s\n", "", "exact", "published", "from 1.1122");
  auto const line = [](std::string const& what, double exact, std::string const& published, double from_theirs,
                       double expected) {
    std::printf("  %-18s %12s %12s %15s\n", what.c_str(), text(exact).c_str(), published.c_str(),
                text(from_theirs).c_str());
    check(rounds_to(from_theirs, published), what + " beside the published " + published);
    check(std::abs(exact - expected) <= 1e-6 * std::abs(expected), what + " is not " + text(expected));
  };
  double const z1 = 1 / (1 + std::exp(0.53)), z2 = 1 / (1 + std::exp(-1.04));
  double const f_in = -0.22 * z1 + 0.58 * z2 + 0.78, out = 1 / (1 + std::exp(-f_in));
  double const back = -(1 - out) * out * (1 - out);
  line("z1_in", trace[12].value, "-0.53", theirs[12].value, -0.53);
  line("z1", trace[13].value, "0.3705", theirs[13].value, z1);
  line("z2_in", trace[17].value, "1.04", theirs[17].value, 1.04);
  line("z2", trace[18].value, "0.7389", theirs[18].value, z2);
  line("f_in", trace[22].value, "1.1122", theirs[22].value, f_in);
  line("f", trace[23].value, "0.7525", theirs[23].value, out);
  line("loss", trace[26].value, "0.0306", theirs[26].value, 0.5 * (1 - out) * (1 - out));
  line("dL/df", trace[23].adjoint, "-0.2475", theirs[23].adjoint, out - 1);
  line("df/df_in", trace[23].partials[0], "0.1862", theirs[23].partials[0], out * (1 - out));
  line("df_in/du1", trace[19].partials[1], "0.3705", theirs[19].partials[1], z1);
  line("dL/du1", trace[6].adjoint, "-0.0171", theirs[6].adjoint, back * z1);
  line("df_in/dz1", trace[19].partials[0], "-0.22", theirs[19].partials[0], -0.22);
  line("dz1/dz1_in", trace[13].partials[0], "0.2332", theirs[13].partials[0], z1 * (1 - z1));
  line("dL/dW11", trace[0].adjoint, "0.0024", theirs[0].adjoint, back * -0.22 * z1 * (1 - z1));

  auto const new_p = stepped(p, gradient);
  std::vector<double> new_theirs(p.size());
  for (std::size_t i = 0; i < p.size(); ++i) new_theirs[i] = p[i] - 0.5 * theirs[i].adjoint;
  std::vector<std::string> const published{"-0.0712", "0.9426",  "0.22",   "0.46",  "-0.4612",
                                           "0.1026",  "-0.2115", "0.5970", "0.8030"};
  std::vector<double> const slopes{
      -0.22 * z1 * (1 - z1), 0.58 * z2 * (1 - z2), 0, 0, -0.22 * z1 * (1 - z1), 0.58 * z2 * (1 - z2), z1, z2, 1};
  for (std::size_t i = 0; i < p.size(); ++i)
    line("new " + names[i], new_p[i], published[i], new_theirs[i], p[i] - 0.5 * back * slopes[i]);
  double const new_f = output(new_p, 1, 0), new_loss = f(new_p);
  std::printf("  %-18s %12s %12s\n  %-18s %12s %12s\n", "new f", text(new_f).c_str(), "0.7615", "new loss",
              text(new_loss).c_str(), "0.0284");
  check_close("new loss", new_loss, 0.5 * (1 - new_f) * (1 - new_f));
  check(std::abs(new_loss - 0.0282313) < 5e-8, "the new loss is not 0.0282313");
  check(new_loss < trace[26].value, "the step did not lower the loss");
}

void xor_learnt() {
  heading("Rinse and repeat: stochastic gradient descent on the four points in turn, from the same weights");
  std::vector<double> p{-0.07, 0.94, 0.22, 0.46, -0.46, 0.10, -0.22, 0.58, 0.78};
  double constexpr points[][3] = {{1, 0, 1}, {0, 0, 0}, {0, 1, 1}, {1, 1, 0}};
  auto const total = [&] {
    double sum = 0;
    for (auto const& [x1, x2, y] : points) sum += loss(x1, x2, y)(p);
    return sum;
  };
  std::printf("  rounds      loss\n");
  double before = total();
  for (int round = 0, shown = 0; round <= 20000; ++round) {
    if (round == shown) {
      double const now = total();
      std::printf("  %6d  %.6f\n", round, now);
      check(round == 0 || now < before, "the loss went up");
      before = now;
      shown = shown == 0 ? 1250 : 2 * shown;
    }
    for (auto const& [x1, x2, y] : points) p = stepped(p, duet::gradient(loss(x1, x2, y), p));
  }
  std::printf("\n  x1 x2   y        f\n");
  for (auto const& [x1, x2, y] : points) {
    double const f = output(p, x1, x2);
    std::printf("  %2g %2g %3g   %.4f\n", x1, x2, y, f);
    check(std::abs(f - y) < 0.1, "XOR is not learnt");
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    if (argument_count > 2) {
      std::fprintf(stderr, "usage: backpropagation [FOLDER]\n");
      return EXIT_FAILURE;
    }
    if (argument_count == 2) {
      folder = arguments[1];
      std::filesystem::create_directories(folder);
    }
    forward_accumulation();
    sum_times();
    neuron();
    gates();
    vectors();
    backpropagation::squared_length(keep);
    evaluation_trace();
    backpropagation::appended_gradient(keep);
    backpropagation::tower();
    regression();
    backpropagation::neuron_of_vectors(keep);
    xor_step();
    xor_learnt();
  } catch (std::exception const& e) {
    std::fprintf(stderr, "backpropagation: %s\n", e.what());
    return EXIT_FAILURE;
  }
  return example::verdict();
}
