#pragma once

// A training step: one hidden layer, softmax and cross-entropy over a batch, and a step of gradient descent. Weights in
// a struct of matrices, a sample a column; sizes may be Eigen::Dynamic. tanh, exp and log of whole arrays by Eigen or
// in lanes (structural_learning.hpp, structural_lanes.hpp).

#include "workload/structural_learning.hpp"

#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>
#include <duet/eigen/structure.hpp>

#include <Eigen/Core>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace workload {

enum class activation { tanh, relu };

// Inputs, hidden units and outputs; Batch samples.
template <int In, int Hidden, int Out, int Batch, activation Of, class Functions = structural::by_eigen>
class training {
  static constexpr bool is_large = In * Hidden > 4096;
  // What is known when compiling: all, unless it were too large for Eigen's fixed sizes.
  template <class S, int Rows, int Columns>
  using matrix = Eigen::Matrix<S, is_large ? Eigen::Dynamic : Rows,
                               is_large || (Batch > 1 && Columns == Batch) ? Eigen::Dynamic : Columns>;
  template <class S, int Size>
  using vector = Eigen::Matrix<S, is_large ? Eigen::Dynamic : Size, 1>;

 public:
  static constexpr int inputs = In, hidden = Hidden, outputs = Out, batch = Batch;
  static constexpr activation of = Of;
  static constexpr double rate = 0.1;

  template <class S>
  struct parameters {
    using first_weights = matrix<S, Hidden, In>;
    using second_weights = matrix<S, Out, Hidden>;
    using first_biases = vector<S, Hidden>;
    using second_biases = vector<S, Out>;
    BOOST_HANA_DEFINE_STRUCT(parameters<S>, (first_weights, w1), (first_biases, b1), (second_weights, w2),
                             (second_biases, b2));
  };
  using network = parameters<double>;
  using samples = matrix<double, In, Batch>;
  using classes = matrix<double, Out, Batch>;

  samples x;
  std::vector<int> label;
  classes chosen;  // one in the row of the label
  Eigen::RowVectorXd ones = Eigen::RowVectorXd::Ones(Out);

  training() : x(In, Batch), label(Batch), chosen(classes::Zero(Out, Batch)) {
    for (int n = 0; n < Batch; ++n) {
      label[std::size_t(n)] = n * 7 % Out;
      chosen(n * 7 % Out, n) = 1;
      for (int i = 0; i < In; ++i) x(i, n) = std::sin(1.0 + 0.37 * (n * In + i)) + (i % Out == label[std::size_t(n)]);
    }
  }

  static network start() {
    network p{typename network::first_weights(Hidden, In), typename network::first_biases(Hidden),
              typename network::second_weights(Out, Hidden), typename network::second_biases(Out)};
    auto const fill = [](auto& w, double size, double phase) {
      for (Eigen::Index k = 0; k < w.size(); ++k) w.data()[k] = size * std::sin(phase + 1.3 * static_cast<double>(k));
    };
    fill(p.w1, 1 / std::sqrt(In), 0.7);
    fill(p.b1, 0.1, 0.2);
    fill(p.w2, 1 / std::sqrt(Hidden), 1.9);
    fill(p.b2, 0.1, 0.4);
    return p;
  }

  // The mean cross-entropy, as one writes it for any scalar.
  template <class S>
  S operator()(parameters<S> const& p) const {
    matrix<S, Hidden, Batch> const z = activated((p.w1 * x).colwise() + p.b1);
    matrix<S, Out, Batch> const a = (p.w2 * z).colwise() + p.b2;
    // log sum exp of each column, and what it is compared with.
    auto const most = a.unaryExpr([](S const& e) { return duet::value(e); }).colwise().maxCoeff().eval();
    matrix<S, Out, Batch> const e = Functions::shifted_exp(a, most.replicate(Out, 1));
    Eigen::Matrix<S, 1, Eigen::Dynamic> const sums = ones * e;
    return (Functions::sum_of_logs(sums) + most.sum() - chosen.cwiseProduct(a).sum()) / Batch;
  }

  // By hand, with Eigen: a step, which returns the loss before it.
  struct memory {
    matrix<double, Hidden, Batch> z, dz;
    matrix<double, Out, Batch> a;
    network g = start();
  };
  double step(network& p, memory& m) const {
    m.z.noalias() = p.w1 * x;
    m.z.colwise() += p.b1;
    if constexpr (Of == activation::tanh)
      m.z = m.z.array().tanh();
    else
      m.z = m.z.cwiseMax(0.0);
    m.a.noalias() = p.w2 * m.z;
    m.a.colwise() += p.b2;
    double loss = 0;
    for (Eigen::Index n = 0; n < Batch; ++n) {
      auto a = m.a.col(n);
      auto const row = label[static_cast<std::size_t>(n)];
      double const most = a.maxCoeff();
      loss += most - a(row);
      a = (a.array() - most).exp();
      double const sum = a.sum();
      loss += std::log(sum);
      a *= 1 / (sum * Batch);
      a(row) -= 1.0 / Batch;
    }
    m.dz.noalias() = p.w2.transpose() * m.a;
    if constexpr (Of == activation::tanh)
      m.dz.array() *= 1 - m.z.array().square();
    else
      m.dz = (m.z.array() > 0).select(m.dz, 0.0);
    p.w2.noalias() -= rate * m.a * m.z.transpose();
    p.b2 -= rate * m.a.rowwise().sum();
    p.w1.noalias() -= rate * m.dz * x.transpose();
    p.b1 -= rate * m.dz.rowwise().sum();
    return loss / Batch;
  }

 private:
  template <class X>
  static auto activated(X const& sums) {
    if constexpr (Of == activation::tanh)
      return Functions::tanh(sums);
    else
      return sums.unaryExpr([](auto const& s) -> std::decay_t<decltype(s)> { return duet::relu(s); }).eval();
  }
};

}  // namespace workload
