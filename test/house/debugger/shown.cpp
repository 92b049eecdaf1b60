// What the pretty printers of doc/debugger are shown, at the breakpoint; debugger.cmake knows what they should say.

#include <duet/forward/dynamic_dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

template <class... T>
[[gnu::noinline]] void breakpoint(T const&...) {
  asm volatile("");
}

// x^T A x / 2 with A_ij = 100 (i + 1) + (j + 1) for i <= j: the entries of the Hessian say where they stand.
template <class T, std::size_t N>
duet::hyperdual<T, N> quadratic() {
  duet::hyperdual<T, N> y(0), x[N];
  for (std::size_t i = 0; i < N; ++i) x[i] = duet::hyperdual<T, N>::independent(1, i);
  for (std::size_t i = 0; i < N; ++i)
    for (std::size_t j = i; j < N; ++j) {
      T const a = static_cast<T>(100 * (i + 1) + j + 1);
      y += (i == j ? a / 2 : a) * x[i] * x[j];
    }
  return y;
}

int main() {
  using duet::dual;
  auto const x = dual<double, 3>::independent(2, 0), z = dual<double, 3>::independent(5, 2);
  dual<double, 3> const product = x * x * z;
  dual<float, 1> const single = 3 * dual<float, 1>::independent(0.5F, 0);
  dual<double, 100> const many = dual<double, 100>::independent(7, 98);
  dual<dual<>, 2> const nested(dual<>::independent(4, 0));
  auto const any = dual<double, duet::dynamic>::independent(6, 4, 5);
  dual<double, duet::dynamic> const none(1.5);
  auto const flat = duet::hyperdual<double, 40>::independent(1, 3);
  auto const rows_1 = quadratic<double, 1>();
  auto const rows_2 = quadratic<double, 2>();
  auto const diagonals_5 = quadratic<double, 5>();
  auto const memory_9 = quadratic<double, 9>();
  auto const diagonals_3 = quadratic<float, 3>();
  auto const diagonals_4 = quadratic<float, 4>();
  duet::taylor<double, 3> const t = duet::taylor<double, 3>::independent(2) * duet::taylor<double, 3>::independent(3);

  duet::tape<> tape, empty;
  tape.external([](auto&) {});
  duet::recording const scope(tape);
  duet::var<> const a = tape.independent(2), b = tape.independent(3), constant = 8;
  duet::var<> const c = a * b;
  duet::var<> const d = c / b;
  auto const expression = 2 * sin(a) + c * c;
  auto const of_duals = exp(x) - 1;
  breakpoint(product, single, many, nested, any, none, flat, rows_1, rows_2, diagonals_5, memory_9, diagonals_3,
             diagonals_4, t, tape, empty, constant, d, expression, of_duals);
}
