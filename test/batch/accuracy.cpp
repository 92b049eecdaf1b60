#include "accuracy.hpp"
#define SUBJECT(NAME, BOUND) report(#NAME, BOUND, compare<T, W>({pool}, [](auto const& x, auto const&) { using std::NAME; return NAME(x); }, [](T x, T) { return std::NAME(x); }))
#define SUBJECT2(NAME, BOUND) report(#NAME, BOUND, compare<T, W>({pool2, pool3}, [](auto const& x, auto const& y) { using std::NAME; return NAME(x, y); }, [](T x, T y) { return std::NAME(x, y); }))
using namespace accuracy;
template <class T, std::size_t W> void all() {
  auto const pool = arguments<T>(3000);
  auto pool2 = pool, pool3 = pool; std::mt19937 r(3); std::shuffle(pool2.begin(), pool2.end(), r);
  auto const report = [](char const* name, double bound, worst_case const& w) {
    std::printf("%s%zu W=%zu %-10s %s%g  at %s\n", std::is_same_v<T,float>?"float":"double", sizeof(T)*8, W, name, w.error > bound ? "FAIL ":"", w.error, w.where.c_str());
    CHECK(w.error <= bound);
  };
  SUBJECT(exp, 2); SUBJECT(log, 2); SUBJECT(sin, 2); SUBJECT(cos, 2); SUBJECT(tanh, 2);
  SUBJECT(exp2, 4); SUBJECT(expm1, 4); SUBJECT(log2, 4); SUBJECT(log10, 4); SUBJECT(log1p, 4);
  SUBJECT(tan, 4); SUBJECT(asin, 4); SUBJECT(acos, 4); SUBJECT(atan, 4); SUBJECT(sinh, 4); SUBJECT(cosh, 4);
  SUBJECT(asinh, 4); SUBJECT(acosh, 4); SUBJECT(atanh, 4); SUBJECT(cbrt, 4);
  SUBJECT(sqrt, 0); SUBJECT(abs, 0); SUBJECT(floor, 0);SUBJECT(ceil, 0);SUBJECT(trunc, 0);SUBJECT(round, 0);SUBJECT(rint, 0);SUBJECT(nearbyint, 0);
  {auto base = pool2, power = pool3; std::mt19937 g(5); for (std::size_t i = 0; i < base.size(); ++i) { if (i % 4 != 0) base[i] = std::abs(base[i]); if (i % 4 >= 2 && base[i] > 0 && std::isfinite(base[i]) && base[i] != 1) power[i] = static_cast<T>((static_cast<double>(g()) / 4294967296.0 * 2 - 1) * (sizeof(T) == 4 ? 88 : 720)) / std::log(base[i]); if (i % 16 == 5) power[i] = std::round(power[i]); } pool2 = base; pool3 = power; } SUBJECT2(pow, 4);
  for (int n = -8; n <= 9; ++n) report(("pow "+std::to_string(n)).c_str(), 4, compare<T,W>({pool}, [n](auto const& x, auto const&){ return pow(x, n); }, [n](T x, T) { return std::pow(x, n); }));
 SUBJECT2(hypot, 4); SUBJECT2(atan2, 4);
}
TEST_CASE("accuracy") { all<double, TW>(); all<float, TW>(); }
