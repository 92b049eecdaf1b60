#pragma once

// The loss of a small recurrent network, a long short-term memory with diagonal weights, on a sequence it is to
// foretell, after the objective "LSTM" of ADBench (Srajer, Kukelova and Fitzgibbon, "A benchmark of selected
// algorithmic differentiation tools on some problems in computer vision and machine learning", 2018). Elementwise but
// for the softmax.

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace workload {

struct lstm {
  static constexpr std::size_t layers = 2, hidden = 14;
  // A layer has weights and biases for the gates to forget, to take in, to put out, and for the change. Then come the
  // weights of the input, those of the output and its biases.
  static constexpr std::size_t gates = 4 * hidden, outer = layers * 2 * gates, inputs = outer + 3 * hidden;
  template <class T>
  using vector = std::array<T, hidden>;
  std::vector<vector<double>> sequence;

  explicit lstm(std::size_t length = 64) : sequence(length) {
    for (std::size_t n = 0; n < length; ++n)
      for (std::size_t j = 0; j < hidden; ++j)
        sequence[n][j] = 0.5 + 0.5 * std::sin(0.2 + 0.9 * static_cast<double>(n) + 1.7 * static_cast<double>(j));
  }

  static std::vector<double> start() {
    std::vector<double> w(inputs);
    for (std::size_t i = 0; i < inputs; ++i) w[i] = 0.8 * std::sin(0.7 + 1.3 * static_cast<double>(i));
    return w;
  }
  static double first_state(std::size_t j) { return 0.3 * std::cos(0.4 + static_cast<double>(j)); }

  // The elements of a sequence that are foretold, each from those before.
  [[nodiscard]] double foretold() const { return static_cast<double>((sequence.size() - 1) * hidden); }

  template <class T>
  static constexpr T sigmoid(T const& x) {
    using std::exp;
    return 1 / (1 + exp(-x));
  }

  template <class T>
  struct state {
    vector<T> output, cell;
    state() {
      for (std::size_t j = 0; j < hidden; ++j) output[j] = cell[j] = first_state(j);
    }
  };

  template <class T>
  static void layer(T const* w, vector<T> const& x, state<T>& s) {
    using std::tanh;
    T const* const bias = w + gates;
    for (std::size_t j = 0; j < hidden; ++j) {
      std::size_t const in = hidden + j, out = in + hidden, change = out + hidden;
      T const forget = sigmoid<T>(w[j] * x[j] + bias[j]);
      T const take = sigmoid<T>(w[in] * s.output[j] + bias[in]);
      T const put = sigmoid<T>(w[out] * x[j] + bias[out]);
      T const news = tanh(w[change] * s.output[j] + bias[change]);
      s.cell[j] = s.cell[j] * forget + take * news;
      s.output[j] = put * tanh(s.cell[j]);
    }
  }

  template <class T>
  T operator()(std::vector<T> const& w) const {
    using std::exp, std::log;
    std::array<state<T>, layers> s;
    vector<T> x, y;
    T loss = 0;
    for (std::size_t n = 0; n + 1 < sequence.size(); ++n) {
      for (std::size_t j = 0; j < hidden; ++j) x[j] = w[outer + j] * sequence[n][j];
      layer(&w[0], x, s[0]);
      for (std::size_t l = 1; l < layers; ++l) layer(&w[l * 2 * gates], s[l - 1].output, s[l]);
      for (std::size_t j = 0; j < hidden; ++j)
        y[j] = s[layers - 1].output[j] * w[outer + hidden + j] + w[outer + 2 * hidden + j];
      T most = y[0];
      for (std::size_t j = 1; j < hidden; ++j)
        if (most < y[j]) most = y[j];
      T sum = 0;
      for (std::size_t j = 0; j < hidden; ++j) sum += exp(y[j] - most);
      T const norm = log(sum) + most;
      for (std::size_t j = 0; j < hidden; ++j) loss += sequence[n + 1][j] * (norm - y[j]);
    }
    return loss / foretold();
  }

  // What the way back needs of one layer at one step.
  struct layer_values {
    vector<double> x, output_before, cell_before, cell_tanh, output;
    std::array<double, gates> gate;
  };
  struct step_values {
    std::array<layer_values, layers> layer;
    vector<double> by_output;  // the derivative of the loss of this step
  };

  static void forward(double const* w, vector<double> const& x, vector<double>& cell, layer_values& k) {
    k.x = x;
    k.cell_before = cell;
    double const* const bias = w + gates;
    std::array<double, gates> z;
    for (std::size_t j = 0; j < hidden; ++j) {
      z[j] = -(w[j] * x[j] + bias[j]);
      z[hidden + j] = -(w[hidden + j] * k.output_before[j] + bias[hidden + j]);
      z[2 * hidden + j] = -(w[2 * hidden + j] * x[j] + bias[2 * hidden + j]);
      z[3 * hidden + j] = w[3 * hidden + j] * k.output_before[j] + bias[3 * hidden + j];
    }
    for (std::size_t j = 0; j < 3 * hidden; ++j) z[j] = std::exp(z[j]);
    for (std::size_t j = 0; j < 3 * hidden; ++j) k.gate[j] = 1 / (1 + z[j]);
    for (std::size_t j = 3 * hidden; j < gates; ++j) k.gate[j] = std::tanh(z[j]);
    for (std::size_t j = 0; j < hidden; ++j)
      cell[j] = cell[j] * k.gate[j] + k.gate[hidden + j] * k.gate[3 * hidden + j];
    for (std::size_t j = 0; j < hidden; ++j) k.cell_tanh[j] = std::tanh(cell[j]);
    for (std::size_t j = 0; j < hidden; ++j) k.output[j] = k.gate[2 * hidden + j] * k.cell_tanh[j];
  }

  // From the adjoints of output and cell after the step to those before it, and that of x.
  static void back(double const* w, layer_values const& k, vector<double>& output, vector<double>& cell,
                   vector<double>& x, double* g) {
    for (std::size_t j = 0; j < hidden; ++j) {
      std::size_t const in = hidden + j, out = in + hidden, change = out + hidden;
      double const forget = k.gate[j], take = k.gate[in], put = k.gate[out], news = k.gate[change], t = k.cell_tanh[j];
      double const dcell = cell[j] + output[j] * put * (1 - t * t);
      double const dforget = dcell * k.cell_before[j] * forget * (1 - forget);
      double const dtake = dcell * news * take * (1 - take);
      double const dput = output[j] * t * put * (1 - put);
      double const dnews = dcell * take * (1 - news * news);
      cell[j] = dcell * forget;
      x[j] = dforget * w[j] + dput * w[out];
      output[j] = dtake * w[in] + dnews * w[change];
      g[j] += dforget * k.x[j];
      g[in] += dtake * k.output_before[j];
      g[out] += dput * k.x[j];
      g[change] += dnews * k.output_before[j];
      g[gates + j] += dforget;
      g[gates + in] += dtake;
      g[gates + out] += dput;
      g[gates + change] += dnews;
    }
  }

  // By hand: backpropagation through time. Loops over j are over consecutive numbers.
  double gradient(std::vector<double> const& in, std::vector<double>& result, std::vector<step_values>& kept) const {
    std::size_t const steps = sequence.size() - 1;
    kept.resize(steps);
    double const* const w = in.data();
    double const *const of_input = w + outer, *const of_output = of_input + hidden, *const bias = of_output + hidden;
    std::array<double, inputs> g{};
    double *const g_input = &g[outer], *const g_output = g_input + hidden, *const g_bias = g_output + hidden;
    double loss = 0;
    double const scale = 1 / foretold();
    std::array<state<double>, layers> s;
    vector<double> x, y;
    for (std::size_t n = 0; n < steps; ++n) {
      auto const &now = sequence[n], &next = sequence[n + 1];
      for (std::size_t j = 0; j < hidden; ++j) x[j] = of_input[j] * now[j];
      for (std::size_t l = 0; l < layers; ++l) {
        auto& k = kept[n].layer[l];
        k.output_before = s[l].output;
        forward(w + l * 2 * gates, l == 0 ? x : s[l - 1].output, s[l].cell, k);
        s[l].output = k.output;
      }
      auto const& output = s[layers - 1].output;
      for (std::size_t j = 0; j < hidden; ++j) y[j] = output[j] * of_output[j] + bias[j];
      double most = y[0], sum = 0, weight = 0, linear = 0;
      for (std::size_t j = 1; j < hidden; ++j) most = most < y[j] ? y[j] : most;
      for (std::size_t j = 0; j < hidden; ++j) {
        weight += next[j];
        linear += next[j] * y[j];
        y[j] = std::exp(y[j] - most);
        sum += y[j];
      }
      loss += weight * (std::log(sum) + most) - linear;
      double const share = weight / sum;
      for (std::size_t j = 0; j < hidden; ++j) {
        double const dy = scale * (share * y[j] - next[j]);
        g_output[j] += dy * output[j];
        g_bias[j] += dy;
        kept[n].by_output[j] = dy * of_output[j];
      }
    }
    std::array<vector<double>, layers> output{}, cell{};
    for (std::size_t n = steps; n-- > 0;) {
      x = kept[n].by_output;
      for (std::size_t l = layers; l-- > 0;) {
        for (std::size_t j = 0; j < hidden; ++j) output[l][j] += x[j];
        back(w + l * 2 * gates, kept[n].layer[l], output[l], cell[l], x, &g[l * 2 * gates]);
      }
      for (std::size_t j = 0; j < hidden; ++j) g_input[j] += x[j] * sequence[n][j];
    }
    result.assign(g.begin(), g.end());
    return loss * scale;
  }
};

}  // namespace workload
