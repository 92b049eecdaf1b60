// What it costs that expressions own their leaves: one statement over arrays of duals, against the same nodes and the
// same evaluation with leaves that refer to the variables.

#include "interleaved.hpp"

#include <duet/forward/dual.hpp>

namespace {

using duet::dual, duet::expression;
namespace rules = duet::rules;

// A leaf as libraries with lazy expressions have it: valid only while the variable lives.
template <std::size_t N>
struct reference {
  using scalar = dual<double, N>;
  using value_type = double;
  scalar const& variable;
  duet::blocks<double, N> const& partials;

  DUET_INLINE explicit reference(scalar const& x) : variable(x), partials(x.partials()) {}
  DUET_INLINE reference(reference const& other) : variable(other.variable), partials(other.partials) {}
  [[nodiscard]] DUET_INLINE double const& value() const { return variable.value(); }
};

template <class A, class B>
DUET_INLINE auto times(A const& a, B const& b) {
  return expression<rules::multiply, A, B>(a, b);
}
template <class A, class B>
DUET_INLINE auto plus(A const& a, B const& b) {
  return expression<rules::add, A, B>(a, b);
}

template <std::size_t N>
[[gnu::noinline]] void by_reference(dual<double, N> const* x, dual<double, N>* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    reference<N> const a(x[i]), b(x[i + 1]), c(x[i + 2]);
    y[i] = plus(times(a, b), times(times(a, a), plus(b, times(c, a))));
  }
}

template <std::size_t N>
[[gnu::noinline]] void owning(dual<double, N> const* x, dual<double, N>* y, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) y[i] = x[i] * x[i + 1] + x[i] * x[i] * (x[i + 1] + x[i + 2] * x[i]);
}

template <std::size_t N>
void report(bench::settings const& s) {
  constexpr std::size_t n = 200;  // stays in the cache nearest to the processor but for the widest
  std::vector<dual<double, N>> x(n + 2), y(n);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 0.001 * static_cast<double>(i);
    for (std::size_t k = 0; k < N; ++k) x[i].set_partial(k, static_cast<double>(k % 7));
  }
  auto const t = bench::compare({bench::time_of("by reference",
                                                [&] {
                                                  by_reference<N>(x.data(), y.data(), n);
                                                  bench::touch(y);
                                                }),
                                 bench::time_of("owning",
                                                [&] {
                                                  owning<N>(x.data(), y.data(), n);
                                                  bench::touch(y);
                                                })},
                                s);
  std::printf("dual<double, %2zu> %14.2f %10.2f %8.3f\n", N, t[0].nanoseconds / n, t[1].nanoseconds / n, t[1].ratio);
}

}  // namespace

int main(int argc, char** argv) {
  auto s = bench::settings_for(bench::is_quick(argc, argv));
  if (s.rounds > 3) s.rounds = 201;
  bench::print_setting();
  std::printf("x0 x1 + x0 x0 (x1 + x2 x0), ns a statement\n%-16s %14s %10s %8s\n", "", "by reference", "owning",
              "ratio");
  report<8>(s);
  report<16>(s);
  report<32>(s);
}
