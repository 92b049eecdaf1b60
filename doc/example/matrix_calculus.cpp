// Vector calculus as it is taught: Jacobians of linear maps, tensors of matrices, the chain rule through a network
// layer by layer, in the shapes that people write them in. Every number printed is checked against the formula that one
// derives by hand.

#include <Eigen/Core>
#include <boost/hana/define_struct.hpp>
#include <boost/hana/string.hpp>
#include <cmath>
#include <cstdio>
#include <duet/driver/labelled_jacobian.hpp>
#include <duet/duet.hpp>
#include <duet/tensor.hpp>

#include "checked_numbers.hpp"

namespace {

using Eigen::MatrixXd, Eigen::VectorXd;
using example::check, example::check_close, example::heading, example::text;

// Prints a matrix that has to be `expected`.
template <class Derived>
void show(std::string const& what, Eigen::DenseBase<Derived> const& matrix, MatrixXd const& expected) {
  std::printf("  %s\n", what.c_str());
  check(matrix.rows() == expected.rows() && matrix.cols() == expected.cols(), what + " has other sizes");
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    std::printf("   ");
    for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
      std::printf(" %11s", text(matrix(i, j)).c_str());
      check_close(what, matrix(i, j), expected(i, j));
    }
    std::printf("\n");
  }
}

MatrixXd matrix_of(Eigen::Index rows, Eigen::Index columns, std::initializer_list<double> by_rows) {
  MatrixXd m(rows, columns);
  Eigen::Index k = 0;
  for (double const e : by_rows) {
    m(k / columns, k % columns) = e;
    ++k;
  }
  return m;
}

// ---- vectors ----

void linear_map() {
  std::printf("f(x) = A x: the Jacobian is A\n\n");
  MatrixXd const A = matrix_of(2, 3, {1, 2, 3, -1, 0.5, 4});
  Eigen::Vector3d const x(0.3, -1, 2);
  show("df/dx", duet::jacobian([&](auto const& at) { return (A * at).eval(); }, x), A);
}

void least_squares_loss() {
  heading("L = |e|^2 with e = y - Phi theta: dL/dtheta = -2 e^T Phi, a row");
  MatrixXd const phi = matrix_of(4, 2, {1, 0, 1, 1, 1, 2, 1, 3});
  VectorXd const y = matrix_of(4, 1, {0.9, 3.1, 4.8, 7.2});
  VectorXd const theta = matrix_of(2, 1, {0.5, 1.5});
  VectorXd const e = y - phi * theta;
  auto const error = [&](auto const& t) { return (y - phi * t).eval(); };
  auto const loss = [&](auto const& t) { return error(t).squaredNorm(); };
  show("de/dtheta", duet::jacobian(error, theta), -phi);
  show("dL/dtheta", duet::jacobian(loss, theta), -2 * e.transpose() * phi);
  show("the same by the chain rule, dL/de de/dtheta",
       duet::jacobian([](auto const& r) { return r.squaredNorm(); }, e) * duet::jacobian(error, theta),
       -2 * e.transpose() * phi);
}

// ---- matrices ----

template <class X>
auto matrix_function(X const& x) {
  using S = std::decay_t<decltype(x[0])>;
  Eigen::Matrix<S, 4, 2> A;
  A << x[0], x[1], x[0] * x[1], x[2], sin(x[2]), S(1), x[1] * x[1], exp(x[0]);
  return A;
}

void matrix_in_a_vector() {
  heading("A(x) in R^(4x2), x in R^3: a tensor of 4 x 2 x 3, by partial matrices and by flattening");
  Eigen::Vector3d const x(0.5, -2, 1);
  auto const f = [](auto const& at) { return matrix_function(at); };
  MatrixXd const partial[] = {matrix_of(4, 2, {1, 0, x[1], 0, 0, 0, 0, std::exp(x[0])}),
                              matrix_of(4, 2, {0, 1, x[0], 0, 0, 0, 2 * x[1], 0}),
                              matrix_of(4, 2, {0, 0, 0, 1, std::cos(x[2]), 0, 0, 0})};
  auto const tensor = duet::jacobian_tensor(f, x);
  auto const flattened = duet::jacobian(f, x);  // 8 x 3: A by columns
  check(tensor.dimension(0) == 4 && tensor.dimension(1) == 2 && tensor.dimension(2) == 3, "the tensor's dimensions");
  check(flattened.rows() == 8 && flattened.cols() == 3, "the sizes of the flattened one");
  for (Eigen::Index k = 0; k < 3; ++k) {
    auto const along = duet::jvp(f, x, Eigen::Vector3d::Unit(k));
    show("dA/dx" + std::to_string(k + 1), along, partial[k]);
    for (Eigen::Index i = 0; i < 4; ++i)
      for (Eigen::Index j = 0; j < 2; ++j) {
        check(tensor(i, j, k) == along(i, j), "a partial matrix is not a slice of the tensor");
        check(tensor(i, j, k) == flattened(i + 4 * j, k), "the tensor is not the flattened Jacobian");
      }
  }
}

void vector_in_a_matrix() {
  heading("f = A x in its matrix: df_i/dA is x^T in row i, zero in the others");
  MatrixXd const A = matrix_of(2, 3, {1, 2, 3, -1, 0.5, 4});
  VectorXd const x = matrix_of(3, 1, {0.3, -1, 2});
  auto const tensor = duet::jacobian_tensor([&](auto const& at) { return (at * x).eval(); }, A);
  for (Eigen::Index i = 0; i < 2; ++i) {
    MatrixXd slice(2, 3), expected = MatrixXd::Zero(2, 3);
    for (Eigen::Index p = 0; p < 2; ++p)
      for (Eigen::Index q = 0; q < 3; ++q) slice(p, q) = tensor(i, p, q);
    expected.row(i) = x.transpose();
    show("df" + std::to_string(i + 1) + "/dA", slice, expected);
  }
}

void matrix_in_a_matrix() {
  heading("K = R^T R in its matrix R in R^(3x2): dK_pq/dR_ij is R_iq if j = p, plus R_ip if j = q");
  MatrixXd const R = matrix_of(3, 2, {1, 2, -1, 0.5, 3, 0});
  auto const tensor = duet::jacobian_tensor([](auto const& at) { return (at.transpose() * at).eval(); }, R);
  std::printf("  dimensions %ld x %ld x %ld x %ld\n", tensor.dimension(0), tensor.dimension(1), tensor.dimension(2),
              tensor.dimension(3));
  for (Eigen::Index p = 0; p < 2; ++p)
    for (Eigen::Index q = 0; q < 2; ++q) {
      MatrixXd slice(3, 2), expected(3, 2);
      for (Eigen::Index i = 0; i < 3; ++i)
        for (Eigen::Index j = 0; j < 2; ++j) {
          slice(i, j) = tensor(p, q, i, j);
          expected(i, j) = (j == p ? R(i, q) : 0) + (j == q ? R(i, p) : 0);
        }
      show("dK" + std::to_string(p + 1) + std::to_string(q + 1) + "/dR", slice, expected);
    }
}

// ---- one number ----

void intermediate_variables() {
  heading("f(x) = sqrt(x^2 + exp(x^2)) + cos(x^2 + exp(x^2))");
  auto const f = [](auto const& x) {
    auto const a = x * x;
    auto const b = exp(a);
    auto const c = a + b;
    return sqrt(c) + cos(c);
  };
  for (double const x : {-0.5, 0.0, 1.25}) {
    double const c = x * x + std::exp(x * x);
    double const expected = 2 * x * (1 / (2 * std::sqrt(c)) - std::sin(c)) * (1 + std::exp(x * x));
    example::print("df/dx at " + text(x), duet::derivative(f, x), expected);
  }
}

// ---- networks ----

template <class S>
using matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;

double sigmoid(double z) { return 1 / (1 + std::exp(-z)); }
VectorXd sigmoid_of(VectorXd const& z) {
  return z.unaryExpr([](double e) { return sigmoid(e); });
}

// Layer by layer: f1 = sigma(A0 x + b0), f2 = sigma(A1 f1 + b1), L = |y - f2|^2.
void two_layers() {
  heading("Two layers: the factors of the chain rule, one by one");
  MatrixXd const A0 = matrix_of(2, 2, {0.5, -1, 0.25, 0.75}), A1 = matrix_of(2, 2, {1, 0.5, -0.5, 2});
  VectorXd const b0 = matrix_of(2, 1, {0.1, -0.2}), b1 = matrix_of(2, 1, {0, 0.3}), x = matrix_of(2, 1, {1, 2}),
                 y = matrix_of(2, 1, {0, 1});
  auto const layer = [](auto const& A, auto const& at, auto const& b) {
    auto const z = (A * at + b).eval();
    return z.unaryExpr([](auto const& e) { return std::decay_t<decltype(e)>(duet::sigmoid(e)); }).eval();
  };
  VectorXd const f1 = layer(A0, x, b0), f2 = layer(A1, f1, b1);
  auto const slopes = [](VectorXd const& f) { return MatrixXd((f.array() * (1 - f.array())).matrix().asDiagonal()); };

  auto const before = [](auto const& A, auto const& at, auto const& b) { return (A * at + b).eval(); };
  using duet::constant;
  show("d(A0 x + b0)/db0, the identity", duet::jacobian(before, duet::args(constant(A0), constant(x), b0)),
       MatrixXd::Identity(2, 2));
  show("df1/db0, the diagonal of sigma'", duet::jacobian(layer, duet::args(constant(A0), constant(x), b0)), slopes(f1));
  MatrixXd rows = MatrixXd::Zero(2, 4);  // A0 by columns
  for (int k = 0; k < 4; ++k) rows(k % 2, k) = slopes(f1)(k % 2, k % 2) * x[k / 2];
  auto const first = duet::jacobian(layer, duet::args(A0, constant(x), constant(b0)));
  show("df1/dA0, sigma' times x^T in its row", first, rows);
  auto const across = duet::jacobian(layer, duet::args(constant(A1), f1, constant(b1)));
  show("df2/df1, the diagonal of sigma' times A1", across, slopes(f2) * A1);
  auto const loss = [&](auto const& f) { return (y - f).squaredNorm(); };
  auto const last = duet::jacobian(loss, f2);
  show("dL/df2", last, -2 * (y - f2).transpose());

  auto const whole = [&](auto const& W0, auto const& c0, auto const& W1, auto const& c1) {
    return loss(layer(W1, layer(W0, x, c0), c1));
  };
  auto const [gA0, gb0, gA1, gb1] = duet::gradient(whole, duet::args(A0, b0, A1, b1));
  VectorXd const delta1 = slopes(f2) * -2 * (y - f2), delta0 = slopes(f1) * A1.transpose() * delta1;
  std::printf("\n  and the gradient in all four arguments at once\n\n");
  show("dL/dA0", gA0, delta0 * x.transpose());
  show("dL/db0", gb0.transpose(), delta0.transpose());
  show("dL/dA1", gA1, delta1 * f1.transpose());
  show("dL/db1", gb1.transpose(), delta1.transpose());
  show("dL/df2 df2/df1 df1/dA0", last * across * first, (delta0 * x.transpose()).reshaped().transpose());
}

template <class S>
struct dense {
  BOOST_HANA_DEFINE_STRUCT(dense<S>, (matrix<S>, A), (vector<S>, b));
};
template <class S>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network<S>, (dense<S>, first), (dense<S>, second), (dense<S>, third));
};

template <class S>
vector<S> before_activation(dense<S> const& layer, vector<S> const& f) {
  return layer.A * f + layer.b;
}

void deep_composition() {
  heading("Three layers, sigmoid, tanh and relu, in a struct: the gradient is one, too");
  network<double> const p{{matrix_of(3, 2, {0.5, -1, 0.25, 0.75, -0.3, 0.2}), matrix_of(3, 1, {0.1, -0.2, 0.3})},
                          {matrix_of(2, 3, {1, 0.5, -0.5, 2, -1, 0.4}), matrix_of(2, 1, {0, 0.3})},
                          {matrix_of(2, 2, {0.6, 0.8, -0.9, -0.1}), matrix_of(2, 1, {0.05, -0.15})}};
  VectorXd const x = matrix_of(2, 1, {1, 2}), y = matrix_of(2, 1, {0.5, 1});
  auto const loss = [&](auto const& q) {
    using S = std::decay_t<decltype(q.first.b[0])>;
    vector<S> f = x.cast<S>();
    f = before_activation(q.first, f).unaryExpr([](S const& z) { return S(duet::sigmoid(z)); });
    f = before_activation(q.second, f).unaryExpr([](S const& z) { return S(tanh(z)); });
    f = before_activation(q.third, f).unaryExpr([](S const& z) { return S(duet::relu(z)); });
    return S((y - f).squaredNorm());
  };
  auto const [value, g] = duet::value_and_gradient(loss, p);

  VectorXd const f1 = sigmoid_of(p.first.A * x + p.first.b);
  VectorXd const f2 = (p.second.A * f1 + p.second.b).array().tanh();
  VectorXd const z3 = p.third.A * f2 + p.third.b, f3 = z3.cwiseMax(0);
  VectorXd const delta3 = (z3.array() > 0).select(-2 * (y - f3), 0);
  VectorXd const delta2 = (1 - f2.array().square()) * (p.third.A.transpose() * delta3).array();
  VectorXd const delta1 = f1.array() * (1 - f1.array()) * (p.second.A.transpose() * delta2).array();
  example::print("L", value, (y - f3).squaredNorm());
  show("dL/dA of the first layer", g.first.A, delta1 * x.transpose());
  show("dL/db of the first layer", g.first.b.transpose(), delta1.transpose());
  show("dL/dA of the second layer", g.second.A, delta2 * f1.transpose());
  show("dL/db of the second layer", g.second.b.transpose(), delta2.transpose());
  show("dL/dA of the third layer", g.third.A, delta3 * f2.transpose());
  show("dL/db of the third layer", g.third.b.transpose(), delta3.transpose());

  auto const J = duet::labelled_jacobian(loss, p);
  check(J[BOOST_HANA_STRING("second")].cols() == 8, "the columns of the second layer");
  std::printf("\n  column 10 of dL/dp is in %s: %s\n", duet::label(p, 10).c_str(),
              text(J[BOOST_HANA_STRING("second")](0, 1)).c_str());
  check(duet::label(p, 10) == "second.A(1, 0)", "the name of column 10");
  check_close("column 10", J[BOOST_HANA_STRING("second")](0, 1), g.second.A(1, 0));
}

}  // namespace

int main() {
  linear_map();
  least_squares_loss();
  matrix_in_a_vector();
  vector_in_a_matrix();
  matrix_in_a_matrix();
  intermediate_variables();
  two_layers();
  deep_composition();
  return example::verdict();
}
