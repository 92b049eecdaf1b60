// Neurons, networks and their training: what backpropagation computes, by hand and by Duet, and what it is for. Prints
// every claim with the largest deviation seen; ends with an error if one fails.
//
//   neural_network [--quick] [--svg FILE]
//
// --quick trains for fewer iterations; --svg draws the errors of the training on Fisher's irises.

#include <array>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "neural_network/iris.hpp"
#include "neural_network/network.hpp"
#include "neural_network/report.hpp"

namespace {

using namespace neural;
using Eigen::MatrixXd, Eigen::VectorXd;

double difference(const MatrixXd& a, const MatrixXd& b) { return (a - b).cwiseAbs().maxCoeff(); }

// ---- one neuron ----

// y = h(w^T x), and half the sum of squares over the data.
struct neuron_error {
  activation h;
  const std::vector<sample>& data;
  template <class T>
  T operator()(const vector<T>& w) const {
    T sum = 0;
    for (const sample& s : data)
      sum += error(loss::squared, h, activate(h, vector<T>(vector<T>::Constant(1, w.dot(s.x)))), s.t);
    return sum;
  }
};

// Petal width from petal length, and whether a flower is of the third species rather than of the second.
std::vector<sample> widths() {
  std::vector<sample> data;
  for (const flower& f : irises)
    data.push_back({Eigen::Vector2d(1, f.petal_length / 10.0), VectorXd::Constant(1, f.petal_width / 10.0)});
  return data;
}
std::vector<sample> third_species() {
  std::vector<sample> data;
  for (const flower& f : irises)
    if (f.species > 0)
      data.push_back({Eigen::Vector3d(1, (f.petal_length - 49) / 10.0, (f.petal_width - 17) / 10.0),
                      VectorXd::Constant(1, f.species == 2 ? 1 : 0)});
  return data;
}

void one_neuron(checks& check) {
  std::printf("\nOne neuron, y = h(w^T x), E = sum (y - t)^2 / 2\n");
  const VectorXd w = Eigen::Vector3d(0.3, -0.4, 0.8);
  const auto data = third_species();
  for (const activation h : {activation::linear, activation::logistic}) {
    VectorXd by_hand = VectorXd::Zero(3);
    for (const sample& s : data) {
      const double y = activate(h, VectorXd(VectorXd::Constant(1, w.dot(s.x))))[0];
      by_hand += (y - s.t[0]) * (h == activation::linear ? 1 : y * (1 - y)) * s.x;
    }
    check(std::string("gradient of a ") + name(h) + " neuron: sum (y - t) h'(a) x",
          difference(duet::gradient(duet::reverse, neuron_error{h, data}, w), by_hand), 1e-12);
  }

  // Batch gradient descent of the linear neuron ends at the least squares solution.
  const auto line = widths();
  MatrixXd x(line.size(), 2);
  VectorXd t(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    x.row(Eigen::Index(i)) = line[i].x.transpose();
    t[Eigen::Index(i)] = line[i].t[0];
  }
  const VectorXd best = (x.transpose() * x).ldlt().solve(x.transpose() * t);
  VectorXd v = Eigen::Vector2d::Zero();
  const neuron_error whole{activation::linear, line};
  for (int i = 0; i < 5000; ++i) v -= 4e-4 * duet::gradient(duet::reverse, whole, v);
  check("batch gradient descent of a linear neuron ends at the least squares solution", difference(v, best), 1e-6);
  std::printf("    petal width = %.4f + %.4f petal length\n", v[0], v[1]);

  // Stochastic gradient descent: one flower at a time, with a rate that falls.
  VectorXd u = Eigen::Vector2d::Zero();
  for (int epoch = 0; epoch < 400; ++epoch)
    for (std::size_t i = 0; i < line.size(); ++i) {
      const std::vector<sample> one{line[i * 67 % line.size()]};
      u -= 0.05 / (1 + 0.2 * epoch) * duet::gradient(duet::reverse, neuron_error{activation::linear, one}, u);
    }
  check("stochastic gradient descent comes close to it", difference(u, best), 0.02);

  VectorXd l = Eigen::Vector3d::Zero();
  const neuron_error logistic{activation::logistic, data};
  const double before = logistic(l);
  for (int i = 0; i < 2000; ++i) l -= 0.1 * duet::gradient(duet::reverse, logistic, l);
  int right = 0;
  for (const sample& s : data) right += (l.dot(s.x) > 0) == (s.t[0] > 0.5);
  std::printf("    the logistic neuron tells %d of %d flowers of two species apart; error %.2f, at the start %.2f\n",
              right, int(data.size()), logistic(l), before);
  check("batch gradient descent of a logistic neuron tells 94 of 100 flowers apart", right >= 94);
}

// ---- deltas ----

void output_deltas(checks& check) {
  std::printf("\nDeltas of the outputs, dE/da\n");
  const VectorXd a = Eigen::Vector3d(0.4, -1.1, 0.7), t = Eigen::Vector3d(0, 1, 0);
  const auto deviation = [&](activation h, loss of) {
    const auto e = [&](const auto& sums) {
      using T = typename std::decay_t<decltype(sums)>::Scalar;
      return error(of, h, activate(h, vector<T>(sums)), t);
    };
    return difference(duet::gradient(duet::reverse, e, a), activate(h, a) - t);
  };
  check("linear outputs, squared error: y - t", deviation(activation::linear, loss::squared), 1e-15);
  check("logistic outputs, cross-entropy: y - t", deviation(activation::logistic, loss::cross_entropy), 1e-15);
  check("softmax outputs, cross-entropy: y - t", deviation(activation::softmax, loss::cross_entropy), 1e-15);
  check("logistic outputs, squared error: not y - t", deviation(activation::logistic, loss::squared) > 0.1);
}

// Adjoints of the sums and parameters by the recursion of backpropagation, for an error whose delta is y - t.
VectorXd backpropagated(const layered& net, const VectorXd& theta, const sample& s) {
  std::vector<VectorXd> z{s.x}, a;
  for (std::size_t l = 0; l < net.layers(); ++l) {
    a.push_back(net.sums(theta, l, z.back()));
    z.push_back(activate(net.of(l), a.back()));
  }
  VectorXd gradient(theta.size()), delta = z.back() - s.t;
  for (std::size_t l = net.layers(); l-- > 0;) {
    const Eigen::Index rows = net.sizes[l + 1], columns = net.sizes[l];
    Eigen::Map<MatrixXd>(gradient.data() + net.first(l), rows, columns) = delta * z[l].transpose();
    gradient.segment(net.first(l) + rows * columns, rows) = delta;
    if (l == 0) break;
    const VectorXd& below = z[l];
    VectorXd slope(below.size());
    for (Eigen::Index i = 0; i < below.size(); ++i)
      slope[i] = net.hidden == activation::tanh       ? 1 - below[i] * below[i]
                 : net.hidden == activation::logistic ? below[i] * (1 - below[i])
                                                      : (a[l - 1][i] > 0 ? 1 : 0);
    delta = slope.cwiseProduct(net.weights(theta, l).transpose() * delta);
  }
  return gradient;
}

void layered_networks(checks& check) {
  std::printf("\nLayered networks: the recursion of deltas against Duet\n");
  const sample s{Eigen::Vector4d(0.3, -0.8, 0.5, 1.1), Eigen::Vector3d(0, 0, 1)};
  for (const activation h : {activation::logistic, activation::tanh, activation::relu}) {
    const layered net{{4, 6, 5, 3}, h, activation::softmax};
    const VectorXd theta = start(net.parameters(), 0.8, 0.2);
    const std::vector<sample> data{s};
    const empirical_risk risk{net, loss::cross_entropy, data};
    const VectorXd by_hand = backpropagated(net, theta, s);
    check(std::string("4-6-5-3 with ") + name(h) + " layers, reverse mode",
          difference(duet::gradient(duet::reverse, risk, theta), by_hand), 1e-14);
    check(std::string("4-6-5-3 with ") + name(h) + " layers, forward mode",
          difference(duet::gradient(duet::forward, risk, theta), by_hand), 1e-14);
  }

  // The factors of the chain rule, layer by layer: dz/da is diagonal, da/dz the weights, da/db the identity.
  const layered net{{4, 5, 3}, activation::tanh, activation::linear};
  const VectorXd theta = start(net.parameters(), 0.7, 0.4);
  const VectorXd a1 = net.sums(theta, 0, s.x), z1 = activate(activation::tanh, a1);
  const MatrixXd of_sums = duet::jacobian(
      duet::forward, [](const auto& a) { return activate(activation::tanh, std::decay_t<decltype(a)>(a)); }, a1);
  check("the factor of an activation is diagonal, h'(a)",
        difference(of_sums, VectorXd((1 - z1.array().square()).matrix()).asDiagonal().toDenseMatrix()), 1e-15);
  const MatrixXd w = net.weights(theta, 1);
  const VectorXd b = net.biases(theta, 1);
  check("the factor of a layer's inputs is its weights",
        difference(duet::jacobian(duet::forward, [&](const auto& z) { return (w * z + b).eval(); }, z1), w), 1e-15);
  check("the factor of a layer's biases is the identity",
        difference(duet::jacobian(
                       duet::forward, [&](const auto& bias) { return (w * z1 + bias).eval(); }, b),
                   MatrixXd::Identity(3, 3)),
        0);
  const MatrixXd whole =
      duet::jacobian(duet::forward, [&](const auto& x) { return net.at(theta, std::decay_t<decltype(x)>(x)); }, s.x);
  check("their product is the Jacobian of the network", difference(whole, w * of_sums * net.weights(theta, 0)), 1e-15);
}

// ---- networks that are not layered ----

// Neurons in an order in which each is fed by earlier ones alone; the first are inputs, the last outputs.
struct feed_forward {
  int inputs, outputs;
  std::vector<std::vector<int>> pre;  // who feeds neuron inputs + i

  int neurons() const { return inputs + int(pre.size()); }

  template <class T>
  vector<T> states(const vector<T>& w, const VectorXd& x) const {
    using std::tanh;
    vector<T> z(neurons());
    for (int i = 0; i < inputs; ++i) z[i] = x[i];
    Eigen::Index next = 0;
    for (int i = inputs; i < neurons(); ++i) {
      T a = 0;
      for (const int j : pre[std::size_t(i - inputs)]) a += w[next++] * z[j];
      z[i] = i < neurons() - outputs ? T(tanh(a)) : a;
    }
    return z;
  }
};

void general_networks(checks& check) {
  std::printf("\nA feed-forward network by sets of predecessors\n");
  const feed_forward net{2, 2, {{0, 1}, {0, 2}, {1, 2, 3}, {2, 4, 0}, {3, 4}}};
  const VectorXd x = Eigen::Vector2d(0.6, -1.2), t = Eigen::Vector2d(0.1, 0.9);
  const VectorXd w = start(12, 0.9, 1.0);
  const auto e = [&](const auto& weights) {
    using T = typename std::decay_t<decltype(weights)>::Scalar;
    return error(loss::squared, activation::linear, vector<T>(net.states(vector<T>(weights), x).tail(2)), t);
  };
  // delta_i = h'(a_i) sum over the successors k of w_ki delta_k; the derivative in w_ij is delta_i z_j.
  const VectorXd z = net.states(w, x);
  VectorXd delta = VectorXd::Zero(net.neurons()), gradient(12);
  delta.tail(2) = z.tail(2) - t;
  Eigen::Index last = 12;
  for (int i = net.neurons(); i-- > net.inputs;) {
    if (i < net.neurons() - net.outputs) delta[i] *= 1 - z[i] * z[i];
    const auto& pre = net.pre[std::size_t(i - net.inputs)];
    last -= Eigen::Index(pre.size());
    for (std::size_t j = 0; j < pre.size(); ++j) {
      gradient[last + Eigen::Index(j)] = delta[i] * z[pre[j]];
      delta[pre[j]] += w[last + Eigen::Index(j)] * delta[i];
    }
  }
  check("deltas over successors are Duet's gradient", difference(duet::gradient(duet::reverse, e, w), gradient), 1e-15);
}

// ---- Jacobians and Hessians of networks ----

void jacobians(checks& check) {
  std::printf("\nThe Jacobian of a network, dy_k/dx_i\n");
  for (const auto& [inputs, outputs] : {std::pair<Eigen::Index, Eigen::Index>{3, 40}, {100, 2}}) {
    const layered net{{inputs, 8, outputs}, activation::tanh, activation::linear};
    const VectorXd theta = start(net.parameters(), 0.6, 0.1), x = start(inputs, 1, 0.3);
    const auto f = [&](const auto& in) { return net.at(theta, std::decay_t<decltype(in)>(in)); };
    // One output after the other, backpropagated.
    MatrixXd by_rows(outputs, inputs);
    for (Eigen::Index k = 0; k < outputs; ++k)
      by_rows.row(k) = duet::vjp(duet::reverse, f, x, VectorXd(VectorXd::Unit(outputs, k))).transpose();
    const std::string size = std::to_string(inputs) + " inputs, " + std::to_string(outputs) + " outputs";
    check(size + ": backpropagated outputs are the rows of jacobian", difference(duet::jacobian(f, x), by_rows), 1e-14);
    std::printf("    %s\n", duet::to_string(duet::choose_mode(std::size_t(inputs), std::size_t(outputs))).c_str());
  }
}

void hessians(checks& check) {
  std::printf("\nThe Hessian of a network's error, and the outer products of its first derivatives\n");
  const layered net{{1, 4, 1}, activation::tanh, activation::linear};
  const VectorXd truth = start(net.parameters(), 1.2, 0.7);
  std::vector<double> gaps;
  for (const double noise : {1.0, 0.1, 0.01, 0.0}) {
    std::vector<sample> data;
    for (int i = 0; i < 30; ++i) {
      const VectorXd x = VectorXd::Constant(1, -1.5 + 0.1 * i);
      data.push_back({x, net(truth, x) + VectorXd::Constant(1, noise * std::sin(5.0 * i))});
    }
    const empirical_risk risk{net, loss::squared, data};
    const MatrixXd exact = duet::hessian(duet::reverse, risk, truth);
    const auto residuals = [&](const auto& theta) {
      using T = typename std::decay_t<decltype(theta)>::Scalar;
      vector<T> r(Eigen::Index(data.size()));
      for (std::size_t i = 0; i < data.size(); ++i)
        r[Eigen::Index(i)] = (net(vector<T>(theta), data[i].x)[0] - data[i].t[0]) / std::sqrt(double(data.size()));
      return r;
    };
    const MatrixXd outer = duet::gauss_newton(duet::forward, residuals, truth).hessian;
    gaps.push_back(difference(exact, outer) / exact.cwiseAbs().maxCoeff());
    std::printf("    residuals of %-5g: outer products are %.1e off, relative to the largest entry\n", noise,
                gaps.back());
  }
  check("the gap shrinks with the residuals", gaps[1] < gaps[0] && gaps[2] < gaps[1] / 5);
  check("and is rounding where there are none", gaps[3], 1e-14);
}

// ---- XOR ----

// Two logistic hidden neurons and one output. Parameters: W by columns, b, u, c.
struct xor_network {
  template <class P>
  auto operator()(const P& p, double x0, double x1) const {
    using duet::sigmoid;
    using T = std::decay_t<decltype(p[0])>;
    const T z0 = sigmoid(x0 * p[0] + x1 * p[1] + p[4]), z1 = sigmoid(x0 * p[2] + x1 * p[3] + p[5]);
    return T(sigmoid(p[6] * z0 + p[7] * z1 + p[8]));
  }
};

void learn_xor(checks& check, bool quick) {
  std::printf("\nXOR by a network of three neurons: one step by hand in the lecture, then until it is learnt\n");
  const xor_network net;
  const auto half_square = [&](double x0, double x1, double y) {
    return [=](const auto& p) {
      using T = std::decay_t<decltype(p[0])>;
      const T miss = y - net(p, x0, x1);
      return T(0.5 * miss * miss);
    };
  };
  std::array<double, 9> p{-0.07, 0.22, 0.94, 0.46, -0.46, 0.10, -0.22, 0.58, 0.78};
  const auto f = half_square(1, 0, 1);
  const auto [value, slope] = duet::value_and_gradient(f, p);
  // The lecture rounds on the way, and its input of the last neuron, 1.1122, does not follow from its weights: 1.1270.
  const auto row = [&](const char* what, double exact, double expected, const char* published) {
    std::printf("    %-12s %12.6g   published %s\n", what, exact, published);
    check(std::string(what) + " as computed from the printed weights", std::abs(exact / expected - 1), 5e-6);
  };
  row("output", net(p, 1, 0), 0.755288, "0.7525");
  row("loss", value, 0.0299419, "0.0306");
  row("dL/du1", slope[6], -0.0167583, "-0.0171");
  row("dL/dW11", slope[0], 0.00232079, "0.0024");
  for (std::size_t i = 0; i < p.size(); ++i) p[i] -= 0.5 * slope[i];
  row("new u2", p[7], 0.596709, "0.5970");
  row("new c", p[8], 0.802615, "0.8030");
  row("new loss", f(p), 0.0282313, "0.0284");

  constexpr double data[4][3] = {{0, 0, 0}, {0, 1, 1}, {1, 0, 1}, {1, 1, 0}};
  const auto worst = [&] {
    double miss = 0;
    for (const auto& d : data) miss = std::max(miss, std::abs(net(p, d[0], d[1]) - d[2]));
    return miss;
  };
  // All four at once: one at a time in this order, the same rate ends where two of them are told apart by nothing.
  const auto all = [&](const auto& q) {
    using T = std::decay_t<decltype(q[0])>;
    T sum = 0;
    for (const auto& d : data) sum += half_square(d[0], d[1], d[2])(q);
    return sum;
  };
  const double enough = quick ? 0.2 : 0.05;
  long steps = 0;
  constexpr long most = 20000;
  {
    progress_bar bar("XOR", most);
    for (; steps < most && worst() > enough; ++steps) {
      const auto [e, g] = duet::value_and_gradient(all, p);
      for (std::size_t i = 0; i < p.size(); ++i) p[i] -= 0.5 * g[i];
      bar(steps, e);
    }
  }
  std::printf("    after %ld steps: %.3f %.3f %.3f %.3f\n", steps, net(p, 0, 0), net(p, 0, 1), net(p, 1, 0),
              net(p, 1, 1));
  check("XOR is learnt", worst() <= enough);
}

// ---- irises ----

void learn_irises(checks& check, bool quick, const std::string& picture) {
  std::printf("\nThree species of iris by networks 4-5-3, batch gradient descent on the cross-entropy of a softmax\n");
  std::vector<sample> data;
  Eigen::Array4d mean = Eigen::Array4d::Zero(), square = mean;
  const auto measures = [](const flower& f) {
    return Eigen::Array4d(f.sepal_length, f.sepal_width, f.petal_length, f.petal_width);
  };
  for (const flower& f : irises) mean += measures(f) / 150;
  for (const flower& f : irises) square += (measures(f) - mean).square() / 150;
  for (const flower& f : irises)
    data.push_back({((measures(f) - mean) / square.sqrt()).matrix(), VectorXd::Unit(3, f.species)});

  const long iterations = quick ? 60 : 400;
  std::vector<example::curve> curves;
  for (const activation h : {activation::logistic, activation::tanh, activation::relu}) {
    const layered net{{4, 5, 3}, h, activation::softmax};
    const empirical_risk risk{net, loss::cross_entropy, data};
    VectorXd theta = start(net.parameters(), 0.6, 0.9);
    curves.push_back({name(h)});
    progress_bar bar(std::string("irises, ") + name(h), iterations);
    for (long i = 0; i < iterations; ++i) {
      const auto [e, g] = duet::value_and_gradient(duet::reverse, risk, theta);
      curves.back().x.push_back(double(i));
      curves.back().y.push_back(e);
      theta -= (h == activation::logistic ? 2.0 : 0.5) * g;
      bar(i, e);
    }
    int right = 0;
    for (const sample& s : data) {
      Eigen::Index said = 0, is = 0;
      net(theta, s.x).maxCoeff(&said);
      s.t.maxCoeff(&is);
      right += said == is;
    }
    std::printf("    %-9s error %.4f, at the start %.4f; %d of 150 right\n", name(h), curves.back().y.back(),
                curves.back().y.front(), right);
    check(std::string(name(h)) + (quick ? ": 130 flowers are told" : ": 145 flowers are told"),
          right >= (quick ? 130 : 145));
  }
  if (!picture.empty()) {
    draw(picture, "Training networks 4-5-3 on Fisher's irises", curves);
    std::printf("    picture %s\n", picture.c_str());
  }
}

}  // namespace

int main(int argc, char** argv) {
  bool quick = false;
  std::string picture;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--quick") == 0) {
      quick = true;
    } else if (std::strcmp(argv[i], "--svg") == 0 && i + 1 < argc) {
      picture = argv[++i];
    } else {
      std::fprintf(stderr, "neural_network [--quick] [--svg FILE]: cannot use \"%s\"\n", argv[i]);
      return 2;
    }
  }
  checks check;
  try {
    one_neuron(check);
    output_deltas(check);
    layered_networks(check);
    general_networks(check);
    jacobians(check);
    hessians(check);
    learn_xor(check, quick);
    learn_irises(check, quick, picture);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "neural_network: %s\n", e.what());
    return 1;
  }
  std::printf("\n%s\n", check.all() ? "All claims hold." : "A claim fails.");
  return check.all() ? 0 : 1;
}
