#pragma once

// The models that `fit` knows by name. A model is one generic lambda of the parameters b and of the predictors x of one
// observation: called with numbers it predicts, called with Duet scalars it is differentiated. Nothing else is written
// for a new model but its name, its formula as text and how many parameters it has.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace fit {

// How many parameters a model has: `fixed`, and `each` for every predictor; if `repeat` is not 0, any number of groups
// of that many parameters follow.
struct parameter_count {
  std::size_t fixed = 0, each = 0, repeat = 0;

  std::size_t least(std::size_t columns) const { return fixed + each * columns + repeat; }
  bool fits(std::size_t count, std::size_t columns) const {
    const std::size_t n = least(columns);
    return count == n || (repeat != 0 && count > n && (count - n) % repeat == 0);
  }
  std::string text(std::size_t columns) const {
    const std::size_t n = least(columns);
    if (repeat == 0) return std::to_string(n) + (n == 1 ? " parameter" : " parameters");
    if (repeat == 1) return std::to_string(n) + " or more parameters";
    return std::to_string(n) + ", " + std::to_string(n + repeat) + ", " + std::to_string(n + 2 * repeat) +
           ", ... parameters";
  }
};

template <class Predict>
struct model {
  std::string_view name;
  std::string_view formula;
  parameter_count parameters;
  std::size_t predictors;  // 0: any number
  Predict predict;
  bool linear = false;  // then every start leads to the solution
};
template <class Predict>
model(std::string_view, std::string_view, parameter_count, std::size_t, Predict) -> model<Predict>;
template <class Predict>
model(std::string_view, std::string_view, parameter_count, std::size_t, Predict, bool) -> model<Predict>;

template <class B>
using scalar = std::decay_t<decltype(std::declval<B const&>()[0])>;

inline constexpr model exponential_rise{
    "exponential_rise", "b1 (1 - exp(-b2 x))", {.fixed = 2}, 1, [](const auto& b, const auto& x) {
      using std::exp;
      return b[0] * (1.0 - exp(-b[1] * x[0]));
    }};

inline constexpr model exponential_decay{
    "exponential_decay", "b1 exp(-b2 x) + b3", {.fixed = 3}, 1, [](const auto& b, const auto& x) {
      using std::exp;
      return b[0] * exp(-b[1] * x[0]) + b[2];
    }};

inline constexpr model rational{"rational",
                                "(b1 + b2 x + b3 x^2 + b4 x^3) / (1 + b5 x + b6 x^2 + b7 x^3)",
                                {.fixed = 7},
                                1,
                                [](const auto& b, const auto& x) {
                                  const double t = x[0];
                                  return (b[0] + t * (b[1] + t * (b[2] + t * b[3]))) /
                                         (1.0 + t * (b[4] + t * (b[5] + t * b[6])));
                                }};

inline constexpr model logistic{
    "logistic", "b1 / (1 + exp(-b2 (x - b3)))", {.fixed = 3}, 1, [](const auto& b, const auto& x) {
      using std::exp;
      return b[0] / (1.0 + exp(-b[1] * (x[0] - b[2])));
    }};

inline constexpr model enzyme_kinetics{
    "enzyme_kinetics", "b1 x / (b2 + x)  (Michaelis and Menten)", {.fixed = 2}, 1, [](const auto& b, const auto& x) {
      return b[0] * x[0] / (b[1] + x[0]);
    }};

// Peaks of height b[k], centre b[k + 1] and width b[k + 2], for k = first, first + 3, ...
template <class S, class B>
S sum_of_peaks(S sum, B const& b, long first, double x) {
  using std::exp;
  for (long k = first; k < b.size(); k += 3) {
    const auto z = (x - b[k + 1]) / b[k + 2];
    sum += b[k] * exp(-z * z);
  }
  return sum;
}

inline constexpr model gaussians{"gaussians",
                                 "sum of b1 exp(-((x - b2) / b3)^2), one term for every three parameters",
                                 {.repeat = 3},
                                 1,
                                 [](const auto& b, const auto& x) {
                                   using S = scalar<decltype(b)>;
                                   return sum_of_peaks(S(0.0), b, 0, x[0]);
                                 }};

inline constexpr model peaks_on_decay{"peaks_on_decay",
                                      "b1 exp(-b2 x) + sum of b3 exp(-((x - b4) / b5)^2)",
                                      {.fixed = 2, .repeat = 3},
                                      1,
                                      [](const auto& b, const auto& x) {
                                        using std::exp;
                                        using S = scalar<decltype(b)>;
                                        return sum_of_peaks(S(b[0] * exp(-b[1] * x[0])), b, 2, x[0]);
                                      }};

inline constexpr model plane{"plane",
                             "b1 + b2 x1 + b3 x2 + ...",
                             {.fixed = 1, .each = 1},
                             0,
                             [](const auto& b, const auto& x) {
                               auto sum = b[0];
                               for (long j = 0; j < x.size(); ++j) sum += b[j + 1] * x[j];
                               return sum;
                             },
                             true};

// Stands in for b or x and remembers the largest index that a model reads.
class counter {
 public:
  double operator[](long i) const {
    seen_ = std::max(seen_, i + 1);
    return 0.5;
  }
  long size() const { return seen_; }

 private:
  mutable long seen_ = 0;
};

// A model that is only a lambda: what it reads tells how many parameters and predictors it has.
template <class Predict>
auto own_model(std::string_view formula, Predict const& predict) {
  const counter b, x;
  (void)predict(b, x);
  return model<Predict>{"mine", formula, {.fixed = std::size_t(b.size())}, std::size_t(x.size()), predict};
}

}  // namespace fit
