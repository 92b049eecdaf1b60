// What the reverse mode of linear algebra costs, over the function itself by Eigen: the gradient of a number, or the
// adjoint of the arguments for that of a matrix, of 200 x 200 matrices. One node of the tape stands for each function.

#include "interleaved.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/product.hpp>
#include <duet/linalg.hpp>

namespace {

using matrix = Eigen::MatrixXd;
using vector = Eigen::VectorXd;

// Diagonally dominant, so that it is regular; symmetric if asked for.
matrix sample(Eigen::Index n, bool symmetric = false) {
  std::srand(1);
  matrix a = matrix::Random(n, n);
  if (symmetric) a = (a + a.transpose()).eval() / 2;
  a.diagonal().array() += static_cast<double>(n) / 4;
  return a;
}

// plain(x) gives what f gives of active scalars.
template <class X, class Plain, class F>
void row(char const* name, X const& x, Plain const& plain, F const& f, bench::settings const& s) {
  auto const y = plain(x);
  auto const derive = [=](auto const& at) {
    if constexpr (std::is_same_v<decltype(y), double const>)
      return duet::gradient(duet::reverse, f, at);
    else
      return duet::vjp(duet::reverse, f, at, y);
  };
  bench::print_row(name,
                   bench::compare({bench::derivative("value", x, plain), bench::derivative("reverse", x, derive)}, s));
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  bench::settings const s = bench::settings_for(quick);
  bench::print_setting();
  Eigen::Index const n = quick ? 20 : 200;
  matrix const a = sample(n), other = sample(n), definite = sample(n, true);
  vector const b = vector::LinSpaced(n, -1, 1);

  bench::print_head("matrices of 200 x 200", {"value", "reverse"});
  row(
      "solve, in A", a, [&](auto const& x) { return vector(x.partialPivLu().solve(b)); },
      [&](auto const& x) { return duet::solve(x, b); }, s);
  row(
      "solve, in A and b", duet::args(a, b),
      [](auto const& x) { return vector(std::get<0>(x.each).partialPivLu().solve(std::get<1>(x.each))); },
      [](auto const& x, auto const& y) { return duet::solve(x, y); }, s);
  row(
      "solve, positive definite, in A", definite, [&](auto const& x) { return vector(x.llt().solve(b)); },
      [&](auto const& x) { return duet::solve(duet::positive_definite, x, b); }, s);
  row(
      "product, in A", a, [&](auto const& x) { return matrix(x * other); },
      [&](auto const& x) { return duet::product(x, other); }, s);
  row(
      "product, in A and B", duet::args(a, other),
      [](auto const& x) { return matrix(std::get<0>(x.each) * std::get<1>(x.each)); },
      [](auto const& x, auto const& y) { return duet::product(x, y); }, s);
  row(
      "log determinant", a,
      [](auto const& x) { return x.partialPivLu().matrixLU().diagonal().array().abs().log().sum(); },
      [](auto const& x) { return duet::log_determinant(x); }, s);
  row(
      "log determinant, positive definite", definite,
      [](auto const& x) { return 2 * x.llt().matrixLLT().diagonal().array().log().sum(); },
      [](auto const& x) { return duet::log_determinant(duet::positive_definite, x); }, s);
  row(
      "determinant", a, [](auto const& x) { return x.partialPivLu().determinant(); },
      [](auto const& x) { return duet::determinant(x); }, s);
  row(
      "inverse", a, [](auto const& x) { return matrix(x.inverse()); }, [](auto const& x) { return duet::inverse(x); },
      s);
  row(
      "cholesky", definite, [](auto const& x) { return matrix(x.llt().matrixL()); },
      [](auto const& x) { return duet::cholesky(x); }, s);
}
