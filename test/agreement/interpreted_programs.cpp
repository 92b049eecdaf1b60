// Random interpreted programs, the same in every mode that runs them: dual numbers of several chunk sizes, the tape,
// hyper-dual numbers, forward over reverse, series of order 2 and 3. Values are those of double bit for bit;
// derivatives agree with each other and with differences in 50 digits.

#include "interpreter.hpp"

#include <cstdlib>
#include <iostream>

#include "catch.hpp"

namespace {

using namespace interpreter;

using point = std::array<double, inputs>;
using matrix = std::array<point, inputs>;

// Derivatives up to order two, and the first three along the program's direction.
struct derivatives {
  double value = 0;
  point gradient{};
  matrix hessian{};
  std::array<double, 4> along{};

  bool are_finite() const {
    double sum = value;
    for (size_t i = 0; i < inputs; ++i) {
      sum += gradient[i] - gradient[i];
      for (double h : hessian[i]) sum += h - h;
    }
    for (double d : along) sum += d - d;
    return sum - sum == 0;
  }
};

double dot(point const& a, point const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

// A program's runs in all modes. What rounding can do to each number is what happens to it when the operands
// and the result of every operation are disturbed by 2^-36, some 10^5 roundings: with two disturbances it is below that
// but for one case in 10^9.
class comparison {
 public:
  explicit comparison(program const& p) : p_(p) {}

  enum class outcome { not_finite, ill_conditioned, near_kink, compared };

  outcome all_modes() {
    plain_ = run(p_, p_.point, seen_);
    reference_ = by_hyperdual(seen_by());
    if (seen_.singular || !std::isfinite(plain_) || !reference_.are_finite()) return outcome::not_finite;
    if (!find_tolerance()) return outcome::ill_conditioned;
    by_duals<1>();
    by_duals<2>();
    by_duals<inputs>();
    by_dynamic_dual();
    by_dual_of_dual();
    by_tape();
    by_forward_over_reverse();
    by_series<2>();
    by_series<3>();
    if (seen_.margin < 1e-6) return outcome::near_kink;  // no neighbourhood for differences
    by_differences();
    return outcome::compared;
  }

  std::vector<std::string> const& complaints() const { return complaints_; }

 private:
  observer& seen_by() {
    again_ = observer{};
    return again_;
  }

  derivatives by_hyperdual(observer& seen) const {
    using S = gradient_and_hessian;
    std::array<S, inputs> x;
    for (size_t i = 0; i < inputs; ++i) x[i] = S::independent(p_.point[i], i);
    S const y = run(p_, x, seen);
    derivatives d;
    d.value = y.value();
    for (size_t i = 0; i < inputs; ++i) {
      d.gradient[i] = y.partial(i);
      for (size_t j = 0; j < inputs; ++j) d.hessian[i][j] = y.second(i, j);
    }
    auto const series = by_line<3>(seen);
    for (size_t k = 0; k <= 3; ++k) d.along[k] = series.derivative(k);
    return d;
  }

  template <size_t K>
  duet::taylor<double, K> by_line(observer& seen) const {
    using S = duet::taylor<double, K>;
    std::array<S, inputs> x;
    for (size_t i = 0; i < inputs; ++i) {
      x[i] = S(p_.point[i]);
      x[i].set_coefficient(1, p_.direction[i]);
    }
    return run(p_, x, seen);
  }

  bool find_tolerance() {
    std::mt19937 noise(20240229);
    auto const widen = [](double& tolerance, double a, double b) {
      tolerance = std::fmax(tolerance, 4 * std::abs(a - b) + 0x1p-36 * (std::abs(a) + std::abs(b)) + 1e-300);
    };
    for (int repetition = 0; repetition < 2; ++repetition) {
      observer& seen = seen_by();
      seen.noise = &noise;
      derivatives const d = by_hyperdual(seen);
      for (size_t i = 0; i < inputs; ++i) {
        widen(tolerance_.gradient[i], d.gradient[i], reference_.gradient[i]);
        for (size_t j = 0; j < inputs; ++j) widen(tolerance_.hessian[i][j], d.hessian[i][j], reference_.hessian[i][j]);
      }
      for (size_t k = 0; k <= 3; ++k) widen(tolerance_.along[k], d.along[k], reference_.along[k]);
    }
    // Zeros are zero to rounding of the largest entry.
    std::array<double, 4> size{1, 1, 1, std::fmax(1, std::abs(reference_.along[3]))};
    for (size_t i = 0; i < inputs; ++i) {
      size[1] = std::fmax(size[1], std::abs(reference_.gradient[i]));
      for (double h : reference_.hessian[i]) size[2] = std::fmax(size[2], std::abs(h));
    }
    bool sharp = true;  // a tolerance as large as what it is for says nothing
    auto const finish = [&](double& tolerance, size_t order) {
      tolerance = std::fmax(tolerance, 0x1p-44 * size[order]);
      sharp = sharp && tolerance <= 1e-4 * size[order];
    };
    for (size_t i = 0; i < inputs; ++i) {
      finish(tolerance_.gradient[i], 1);
      for (double& tolerance : tolerance_.hessian[i]) finish(tolerance, 2);
    }
    for (size_t k = 1; k <= 3; ++k) finish(tolerance_.along[k], k);
    return sharp;
  }

  template <size_t N>
  void by_duals() {
    using S = duet::dual<double, N>;
    for (size_t from = 0; from < inputs; from += N) {
      std::array<S, inputs> x;
      for (size_t i = 0; i < inputs; ++i)
        x[i] = i >= from && i < from + N ? S::independent(p_.point[i], i - from) : S(p_.point[i]);
      S const y = run(p_, x, seen_by());
      same_value("dual", y.value());
      for (size_t i = from; i < std::min(from + N, inputs); ++i) same_slope("dual", i, y.partial(i - from));
    }
  }

  void by_dynamic_dual() {
    using S = duet::dual<double, duet::dynamic>;
    std::array<S, inputs> x;
    for (size_t i = 0; i < inputs; ++i) x[i] = S::independent(p_.point[i], i, inputs);
    S const y = run(p_, x, seen_by());
    same_value("dynamic dual", y.value());
    for (size_t i = 0; i < inputs; ++i) same_slope("dynamic dual", i, y.partial(i));
  }

  // Inside and outside along the direction.
  void by_dual_of_dual() {
    using inner = duet::dual<double, 1>;
    using S = dual_of_dual;
    std::array<S, inputs> x;
    for (size_t i = 0; i < inputs; ++i) {
      inner at(p_.point[i]);
      at.set_partial(0, p_.direction[i]);
      x[i] = S(at);
      x[i].set_partial(0, inner(p_.direction[i]));
    }
    S const y = run(p_, x, seen_by());
    same_value("dual of dual", y.value().value());
    same_along("dual of dual", 1, y.partial(0).value());
    same_along("dual of dual", 2, y.partial(0).partial(0));
  }

  void by_tape() {
    duet::recording const scope(tape_);
    tape_.clear();
    std::array<duet::var<>, inputs> x;
    for (size_t i = 0; i < inputs; ++i) x[i] = tape_.independent(p_.point[i]);
    duet::var<> const y = run(p_, x, seen_by());
    same_value("tape", y.value());
    tape_.reverse(y);
    for (size_t i = 0; i < inputs; ++i) same_slope("tape", i, tape_.adjoint(x[i]));
  }

  // The gradient and the product of the Hessian with the direction.
  void by_forward_over_reverse() {
    using S = duet::dual<double, 1>;
    duet::recording const scope(nested_tape_);
    nested_tape_.clear();
    std::array<var_of_dual, inputs> x;
    for (size_t i = 0; i < inputs; ++i) {
      S at(p_.point[i]);
      at.set_partial(0, p_.direction[i]);
      x[i] = nested_tape_.independent(at);
    }
    var_of_dual const y = run(p_, x, seen_by());
    same_value("forward over reverse", y.value().value());
    nested_tape_.reverse(y);
    for (size_t i = 0; i < inputs; ++i) {
      S const adjoint = nested_tape_.adjoint(x[i]);
      same_slope("forward over reverse", i, adjoint.value());
      double tolerance = 0;
      for (size_t j = 0; j < inputs; ++j) tolerance += tolerance_.hessian[i][j] * std::abs(p_.direction[j]);
      close("forward over reverse: Hessian times vector", adjoint.partial(0), dot(reference_.hessian[i], p_.direction),
            tolerance);
    }
  }

  template <size_t K>
  void by_series() {
    auto const y = by_line<K>(seen_by());
    same_value("series", y.value());
    for (size_t k = 1; k <= K; ++k) same_along("series", k, y.derivative(k));
    double slope = 0, bend = 0, slope_tolerance = 0, bend_tolerance = 0;
    for (size_t i = 0; i < inputs; ++i) {
      slope += reference_.gradient[i] * p_.direction[i];
      slope_tolerance += tolerance_.gradient[i] * std::abs(p_.direction[i]);
      for (size_t j = 0; j < inputs; ++j) {
        bend += p_.direction[i] * reference_.hessian[i][j] * p_.direction[j];
        bend_tolerance += std::abs(p_.direction[i] * p_.direction[j]) * tolerance_.hessian[i][j];
      }
    }
    close("gradient along the line", y.derivative(1), slope, slope_tolerance + tolerance_.along[1]);
    close("Hessian along the line", y.derivative(2), bend, bend_tolerance + tolerance_.along[2]);
  }

  // Five values on the line in 50 digits: the quotients of order 4, 4 and 2 are good to 20 digits and more.
  void by_differences() {
    wide const h("1e-10");
    auto const at = [&](int k) {
      std::array<wide, inputs> x;
      for (size_t i = 0; i < inputs; ++i) x[i] = wide(p_.point[i]) + k * h * wide(p_.direction[i]);
      return run(p_, x, seen_by());
    };
    wide const up = at(1), down = at(-1), far_up = at(2), far_down = at(-2), center = at(0);
    if (again_.branches != seen_.branches) complaints_.push_back("50 digits take other branches");
    same_along("differences", 0, static_cast<double>(center));
    same_along("differences", 1, static_cast<double>((8 * (up - down) - (far_up - far_down)) / (12 * h)));
    same_along("differences", 2,
               static_cast<double>((16 * (up + down) - (far_up + far_down) - 30 * center) / (12 * h * h)));
    same_along("differences", 3, static_cast<double>((far_up - far_down - 2 * (up - down)) / (2 * h * h * h)));
  }

  void same_value(char const* mode, double value) {
    if (again_.branches != seen_.branches) complaints_.push_back(std::string(mode) + " takes other branches");
#if defined(__FMA__)  // and where products are fused with sums
    close((std::string("value by ") + mode).c_str(), value, plain_, tolerance_.along[0]);
#else
    close((std::string("value by ") + mode).c_str(), value, plain_, 0);
#endif
  }
  void same_slope(char const* mode, size_t i, double slope) {
    close((std::string("slope by ") + mode).c_str(), slope, reference_.gradient[i], tolerance_.gradient[i]);
  }
  void same_along(char const* mode, size_t order, double derivative) {
    close((std::string("along a line by ") + mode + ", order " + std::to_string(order)).c_str(), derivative,
          reference_.along[order], tolerance_.along[order]);
  }
  void close(char const* what, double a, double b, double tolerance) {
    if (std::abs(a - b) <= tolerance) return;
    std::ostringstream text;
    text << std::setprecision(17) << what << ": " << a << " and " << b << ", tolerance " << tolerance;
    complaints_.push_back(text.str());
  }

  program const& p_;
  observer seen_, again_;
  double plain_ = 0;
  derivatives reference_, tolerance_;
  std::vector<std::string> complaints_;
  inline static duet::tape<> tape_;
  inline static duet::tape<duet::dual<double, 1>> nested_tape_;
};

std::string text_of(program const& p) {
  static std::vector<std::string> const names = [] {
    std::vector<std::string> list;
    boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) { list.emplace_back(R::name); });
    return list;
  }();
  std::ostringstream text;
  text << std::setprecision(17);
  for (double x : p.point) text << x << ' ';
  for (auto const& i : p.code)
    text << "\n  r" << i.to << " = "
         << (i.operation < rule_count ? names[i.operation] : "statement " + std::to_string(i.operation - rule_count))
         << "(r" << i.a << ", r" << i.b << ", r" << i.c << "; " << i.parameter << ")";
  return text.str();
}

}  // namespace

// Environment: DUET_RANDOM_PROGRAMS, how many are to be compared with differences.
TEST_CASE("Interpreted programs of all rules agree in every mode and with differences in 50 digits") {
  char const* const asked = std::getenv("DUET_RANDOM_PROGRAMS");
  size_t const wanted = asked == nullptr ? 2000 : std::stoul(asked);
  std::array<size_t, 4> counts{};
  std::array<size_t, rule_count + statement_count> used{};
  auto const& compared = counts[static_cast<size_t>(comparison::outcome::compared)];
  std::uint64_t seed = 0;
  while (compared < wanted) {
    auto const p = random_program(++seed);
    comparison c(p);
    auto const outcome = c.all_modes();
    ++counts[static_cast<size_t>(outcome)];
    if (outcome == comparison::outcome::compared)
      for (auto const& i : p.code) ++used[i.operation];
    for (auto const& complaint : c.complaints())
      FAIL_CHECK("program " << seed << ": " << complaint << "\nat " << text_of(p));
  }
  std::cout << "interpreted programs: " << compared << " compared in all modes and with differences; " << counts[2]
            << " in all modes alone (near a kink), " << counts[1] << " discarded as ill-conditioned, " << counts[0]
            << " for an infinite slope\n";
  for (size_t i = 0; i < used.size(); ++i) {
    CAPTURE(i);
    CHECK(used[i] * 400 > wanted);  // every rule and statement is there often
  }
  CHECK(counts[0] + counts[1] < wanted / 4);
}
