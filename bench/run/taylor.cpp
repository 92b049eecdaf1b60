// What the first K derivatives of a function of one variable cost over the function alone: on the scalar, through the
// driver, and by Boost's autodiff_fvar if it is there.

#include "interleaved.hpp"

#include <cmath>
#include <duet/driver/derivatives.hpp>
#if __has_include(<boost/math/differentiation/autodiff.hpp>)
#define BENCH_HAS_BOOST_AUTODIFF 1
#include <boost/math/differentiation/autodiff.hpp>
#else
#define BENCH_HAS_BOOST_AUTODIFF 0
#endif

namespace {

constexpr auto f = [](auto const& x) {
  using std::cos, std::exp, std::log, std::sin, std::sqrt;
  return exp(-(x * x)) * sin(3 * x) / (1 + x * x) + log(1 + x * x) * sqrt(2 + cos(x));
};

template <std::size_t K>
void report(bench::settings const& s) {
  double const at = 0.7;
  std::vector<bench::candidate> candidates{
      bench::derivative("function", at, f),
      bench::derivative("taylor", at, [](double x) { return f(duet::taylor<double, K>::independent(x)); }),
      bench::derivative("derivatives", at, [](double x) { return duet::derivatives<K>(f, x); })};
#if BENCH_HAS_BOOST_AUTODIFF
  candidates.push_back(bench::derivative(
      "Boost", at, [](double x) { return f(boost::math::differentiation::make_fvar<double, K>(x)); }));
#endif
  bench::print_row("order " + std::to_string(K), bench::compare(candidates, s));
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  bench::print_setting();
  std::printf("exp(-x^2) sin(3x) / (1 + x^2) + log(1 + x^2) sqrt(2 + cos x), value and derivatives\n");
  std::vector<std::string> columns{"function", "taylor", "derivatives"};
  if (BENCH_HAS_BOOST_AUTODIFF)
    columns.push_back("Boost");
  else
    std::printf("(boost/math/differentiation/autodiff.hpp is not there)\n");
  bench::print_head("", columns);
  report<1>(s);
  report<2>(s);
  report<4>(s);
  report<6>(s);
  report<10>(s);
}
