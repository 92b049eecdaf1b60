// What it costs that expressions own their leaves: one statement over arrays of duals, against the same nodes and the
// same evaluation with leaves that refer to the variables.

#include "interleaved.hpp"

#include <duet/forward/dual.hpp>

namespace {

// The tag of duals whose leaves refer to them.
struct referring {};

}  // namespace

// A leaf as libraries with lazy expressions have it: valid only while the variable lives.
template <std::size_t N>
struct duet::leaf<duet::dual<double, N, referring>> {
  using scalar = dual<double, N, referring>;
  using value_type = double;
  double const& number;
  [[no_unique_address]] typename scalar::mark_type mark;
  blocks<double, N> const& partials;

  DUET_INLINE explicit leaf(scalar const& x) : number(x.value()), mark(x.mark()), partials(x.partials()) {}
  DUET_INLINE leaf(leaf const& other) : number(other.number), mark(other.mark), partials(other.partials) {}
  [[nodiscard]] DUET_INLINE double const& value() const { return number; }
};

namespace {

template <class S>
[[gnu::noinline]] void evaluate(std::vector<S> const& x, std::vector<S>& y) {
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = x[i] * x[i + 1] + x[i] * x[i] * (x[i + 1] + x[i + 2] * x[i]);
}

constexpr std::size_t count = 200;  // stays in the cache nearest to the processor but for the widest

template <class S>
bench::candidate statements(char const* name) {
  std::vector<S> x(count + 2), y(count);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = 0.001 * static_cast<double>(i);
    for (std::size_t k = 0; k < S::size(); ++k) x[i].set_partial(k, static_cast<double>(k % 7));
  }
  return bench::time_of(name, [x, y]() mutable {
    evaluate(x, y);
    bench::touch(y);
  });
}

template <std::size_t N>
void report(bench::settings const& s) {
  auto const t = bench::compare(
      {statements<duet::dual<double, N, referring>>("by reference"), statements<duet::dual<double, N>>("owning")}, s);
  std::printf("dual<double, %2zu> %14.2f %10.2f %8.3f\n", N, t[0].nanoseconds / count,
              t[0].nanoseconds * t[1].ratio / count, t[1].ratio);
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
