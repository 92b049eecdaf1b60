// ADOL-C's drivers gradient, jacobian and the faster of hessian and hessian2. Each function is recorded once, before
// the clock runs; its tape is used at every point after that.

#include "rows.hpp"

#include <adolc/adolc.h>

namespace {

short tapes = 0;

// The tape of f, recorded when it is first asked for; ADOL-C allows only few of them.
template <class F, std::size_t N>
short tape_of(F const& f, std::array<double, N> const& x) {
  static short const tape = [&] {
    short const next = ++tapes;
    trace_on(next);
    std::array<adouble, N> in;
    for (std::size_t i = 0; i < N; ++i) in[i] <<= x[i];
    auto y = f(in);
    double ignored;
    if constexpr (requires { y[0]; })
      for (auto& e : y) e >>= ignored;
    else
      y >>= ignored;
    trace_off();
    return next;
  }();
  return tape;
}

// What the drivers take for a matrix.
template <std::size_t M, std::size_t N>
std::array<double*, M> rows_of(std::array<std::array<double, N>, M>& m) {
  std::array<double*, M> rows;
  for (std::size_t i = 0; i < M; ++i) rows[i] = m[i].data();
  return rows;
}

template <bool Vector>
struct drivers {
  static constexpr bool second_order = true;

  template <std::size_t, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const& at) {
    return [tape = tape_of(f, at)](std::array<double, N> const& x) {
      rival::gradient_result<N> result;
      ::gradient(tape, N, x.data(), result.gradient.data());
      return result;
    };
  }
  template <std::size_t, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const& at) {
    return [tape = tape_of(f, at)](std::array<double, N> const& x) {
      rival::jacobian_result<F::outputs, N> result;
      ::jacobian(tape, F::outputs, N, x.data(), rows_of(result.jacobian).data());
      return result;
    };
  }
  // The driver fills the lower triangle.
  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const& at) {
    return [tape = tape_of(f, at)](std::array<double, N> x) {
      rival::hessian_result<N> result;
      ::gradient(tape, N, x.data(), result.gradient.data());
      auto rows = rows_of(result.hessian);
      if constexpr (Vector)
        hessian2(tape, N, x.data(), rows.data());
      else
        ::hessian(tape, N, x.data(), rows.data());
      for (std::size_t i = 0; i < N; ++i)
        for (std::size_t j = 0; j < i; ++j) result.hessian[j][i] = result.hessian[i][j];
      return result;
    };
  }
};

std::vector<rival::contender> all() {
  auto result = rival::contest<drivers<false>>("hessian").contenders();
  auto more = rival::contest<drivers<true>>("hessian2").contenders();
  for (auto& c : more)
    if (c.second_order) result.push_back(std::move(c));
  return result;
}

rival::registered const adolc("ADOL-C", 7, "on a tape recorded once, not timed; the faster of hessian and hessian2",
                              all);

}  // namespace
