// float, long double and 50 digits as the numbers of every mode: each is as exact as its type, held against closed
// forms in 75 digits.

#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/forward/dual.hpp>
#include <duet/forward/hyperdual.hpp>
#include <duet/forward/taylor.hpp>
#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

#include "catch.hpp"

namespace {

namespace mp = boost::multiprecision;
using exact = mp::number<mp::cpp_bin_float<75>, mp::et_off>;
using fifty = mp::number<mp::cpp_bin_float_50::backend_type, mp::et_off>;

// f(a, b) = exp(a b) + sqrt(a) atan(b) + a^3 / b, and its derivatives by hand.
auto const function = [](auto const& a, auto const& b) {
  using std::atan, std::exp, std::sqrt;
  return exp(a * b) + sqrt(a) * atan(b) + a * a * a / b;
};
struct by_hand {
  exact value, a, b, aa, ab, bb;
};
by_hand derivatives(exact const& a, exact const& b) {
  exact const e = exp(a * b), r = sqrt(a), t = atan(b), q = 1 / (1 + b * b);
  return {e + r * t + a * a * a / b,
          b * e + t / (2 * r) + 3 * a * a / b,
          a * e + r * q - a * a * a / (b * b),
          b * b * e - t / (4 * r * a) + 6 * a / b,
          e + a * b * e + q / (2 * r) - 3 * a * a / (b * b),
          a * a * e - 2 * b * q * q * r + 2 * a * a * a / (b * b * b)};
}

template <class T>
class checked {
 public:
  checked() : a_(T(7) / 8), b_(T(5) / 4), right_(derivatives(exact(7) / 8, exact(5) / 4)) {}

  void all() const {
    by_dual();
    by_hyperdual();
    by_series();
    by_tape();
    by_nested();
  }

 private:
  static void close(char const* what, T const& got, exact const& right) {
    INFO(what << ": " << got << ", exactly " << right.convert_to<double>());
    using std::abs;
    CHECK(abs(exact(got) - right) <= 32 * exact(std::numeric_limits<T>::epsilon()) * (1 + abs(right)));
  }

  void by_dual() const {
    using S = duet::dual<T, 2>;
    S const y = function(S::independent(a_, 0), S::independent(b_, 1));
    close("dual, value", y.value(), right_.value);
    close("dual, da", y.partial(0), right_.a);
    close("dual, db", y.partial(1), right_.b);
  }
  void by_hyperdual() const {
    using S = duet::hyperdual<T, 2>;
    S const y = function(S::independent(a_, 0), S::independent(b_, 1));
    close("hyperdual, da", y.partial(0), right_.a);
    close("hyperdual, db", y.partial(1), right_.b);
    close("hyperdual, daa", y.second(0, 0), right_.aa);
    close("hyperdual, dab", y.second(0, 1), right_.ab);
    close("hyperdual, dbb", y.second(1, 1), right_.bb);
  }
  void by_series() const {
    using S = duet::taylor<T, 2>;
    S const y = function(S::independent(a_), S::independent(b_));
    close("series, first", y.derivative(1), right_.a + right_.b);
    close("series, second", y.derivative(2), right_.aa + 2 * right_.ab + right_.bb);
  }
  void by_tape() const {
    duet::tape<T> tape;
    duet::recording const scope(tape);
    duet::var<T> const a = tape.independent(a_), b = tape.independent(b_), y = function(a, b);
    tape.reverse(y);
    close("tape, value", y.value(), right_.value);
    close("tape, da", tape.adjoint(a), right_.a);
    close("tape, db", tape.adjoint(b), right_.b);
  }
  // Forward over reverse and forward over forward, along a.
  void by_nested() const {
    using S = duet::dual<T, 1>;
    duet::tape<S> tape;
    duet::recording const scope(tape);
    duet::var<S> const a = tape.independent(S::independent(a_, 0)), b = tape.independent(S(b_)), y = function(a, b);
    tape.reverse(y);
    close("forward over reverse, daa", tape.adjoint(a).partial(0), right_.aa);
    close("forward over reverse, dab", tape.adjoint(b).partial(0), right_.ab);
    using D = duet::dual<S, 1>;
    D const z = function(D::independent(S::independent(a_, 0), 0), D(S(b_)));
    close("forward over forward, daa", z.partial(0).partial(0), right_.aa);
  }

  T a_, b_;
  by_hand right_;
};

}  // namespace

TEST_CASE("float is as exact as float in every mode") { checked<float>().all(); }
TEST_CASE("long double is as exact as long double in every mode") { checked<long double>().all(); }
TEST_CASE("50 digits are as exact as 50 digits in every mode") { checked<fifty>().all(); }
