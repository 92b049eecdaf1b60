#pragma once

// All ways to the derivatives of one function at one point, compared with each other and with differences: what a test
// of a user's own function, or of a user's own rule, needs.

#include <duet/check/comparison.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/hvp.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/driver/product.hpp>
#include <utility>

namespace duet {

template <class X>
concept plain_point = point<X> && std::floating_point<entry_t<X>>;

template <class F, class X>
[[nodiscard]] consteval bool check_demands() {
  static_assert(plain_point<X>,
                "duet::check_derivatives needs x to be a float, double or long double, or an Eigen vector or matrix, a "
                "std::array or a std::vector of them, a struct of parameters, a std::tuple, or duet::args(...)");
  if constexpr (plain_point<X>) {
    using Inputs = probe_t<mode::forward, F, X>;
    static_assert(
        takes<F, Inputs>,
        "duet::check_derivatives needs f to accept Duet scalars: make f a template or a generic lambda (const "
        "auto& x), not a function of double");
    static_assert(
        takes<F, plain_t<X>>,
        "duet::check_derivatives needs f to accept plain numbers too, which it differences: let f's parameter "
        "be anything (const auto& x)");
    static_assert(!takes<F, Inputs> || returns_numbers<F, Inputs>,
                  "duet::check_derivatives needs f to return a number, or an Eigen vector or matrix, a std::array or a "
                  "std::vector of the numbers it was given, or a struct or std::tuple of such");
    return takes<F, plain_t<X>> && returns_numbers<F, Inputs>;
  } else {
    return false;
  }
}

// The outputs of f weighted and added up: the one output whose second derivatives stand for those of all.
template <class F, class T>
struct weighted_sum {
  F& f;
  std::vector<T> weight;

  template <class... X>
  [[nodiscard]] auto operator()(X const&... x) const {
    using Y = plain_t<std::invoke_result_t<F&, X const&...>>;
    Y const y(duet::plain(f(x...)));
    entry_t<Y> sum(0);
    for (std::size_t o = 0; o < duet::size_of(y); ++o) sum += weight[o] * shape<Y>::entry(y, o);
    return sum;
  }
};

// One check of f at x, whose outputs are those of f on plain numbers.
template <class F, class X>
class derivative_checker {
  using T = entry_t<X>;
  using matrix = typename way<X>::matrix;
  using index = Eigen::Index;

 public:
  derivative_checker(F& f, X const& x, check_options const& options)
      : f_(f), x_(x), options_(options), all_(x, options), inputs_(static_cast<index>(duet::size_of(x))) {}

  template <int Order>
  [[nodiscard]] derivative_check run() {
    way<X> numbers = all_.make("f", [this](X const& x) { return column(duet::evaluate(f_, x)); });
    way<X> forward_value =
        all_.make("forward", [this](X const& x) { return column(duet::value_and_jacobian(forward, f_, x).value); });
    way<X> reverse_value =
        all_.make("reverse", [this](X const& x) { return column(duet::value_and_jacobian(reverse, f_, x).value); });
    outputs_ = numbers.result.rows();
    all_.result().inputs = static_cast<std::size_t>(inputs_);
    all_.result().outputs = static_cast<std::size_t>(outputs_);
    bool const same_forward = all_.compare("value", layout::value, numbers, forward_value);
    bool const same_reverse = all_.compare("value", layout::value, numbers, reverse_value);
    if (same_forward && same_reverse) {
      first_order(numbers);
      if constexpr (Order > 1) second_order(numbers);
    }
    return std::move(all_.result());
  }

 private:
  template <class Y>
  [[nodiscard]] static matrix column(Y const& y) {
    matrix result(static_cast<index>(duet::size_of(y)), 1);
    for (index o = 0; o < result.rows(); ++o)
      result(o) = static_cast<T>(shape<Y>::entry(y, static_cast<std::size_t>(o)));
    return result;
  }

  template <class Mode, class G>
  [[nodiscard]] way<X> jacobian_by(std::string name, Mode chosen, G& g) {
    return all_.make(std::move(name), [chosen, &g](X const& x) -> matrix { return duet::jacobian(chosen, g, x); });
  }

  void first_order(way<X>& numbers) {
    way<X> by_forward = jacobian_by("forward", forward, f_), by_reverse = jacobian_by("reverse", reverse, f_);
    all_.compare("Jacobian", layout::jacobian, by_forward, by_reverse);
    all_.difference("Jacobian", layout::jacobian, numbers, {&by_forward, &by_reverse});

    // <J v, w> = <v, J^T w> for one pair of vectors a direction.
    auto const directions = static_cast<index>(options_.directions);
    if (inputs_ == 0 || outputs_ == 0 || directions == 0 || !by_forward.result.allFinite()) return;
    matrix const v = all_.random_matrix(inputs_, directions), w = all_.random_matrix(outputs_, directions);
    auto const products = [&](auto const& product) {
      matrix result(1, directions);
      for (index k = 0; k < directions; ++k) result(k) = product(k);
      return result;
    };
    way<X> along = all_.make("<J v, w>", [&](X const& x) {
      return products([&](index k) { return w.col(k).dot(column(duet::jvp(forward, f_, x, v.col(k))).col(0)); });
    });
    way<X> across = all_.make("<v, J^T w>", [&](X const& x) {
      return products([&](index k) { return v.col(k).dot(column(duet::vjp(reverse, f_, x, w.col(k))).col(0)); });
    });
    matrix const terms =
        (w.cwiseAbs().transpose() * by_forward.result.cwiseAbs() * v.cwiseAbs()).diagonal().transpose();
    all_.compare("dot product", layout::value, along, across, &terms);
  }

  // Of f if it returns a number, or else of the sum of its outputs with random weights.
  void second_order(way<X>& numbers) {
    if (inputs_ == 0 || outputs_ == 0) return;
    if constexpr (returns_one_number<F, probe_t<mode::forward, F, X>>) {
      second_order_of(f_, numbers.result);
    } else {
      matrix const weight = all_.random_matrix(outputs_, 1);
      weighted_sum<F, T> sum{f_, std::vector<T>(weight.data(), weight.data() + weight.size())};
      all_.note("second derivatives are those of the outputs' sum with random weights");
      second_order_of(sum, weight.transpose() * numbers.result);
    }
  }

  template <class G>
  void second_order_of(G& g, matrix const& number) {
    auto const directions = static_cast<index>(options_.directions);
    matrix const v = all_.random_matrix(inputs_, directions);
    if (duet::size_of(x_) > options_.most_inputs) {
      all_.note("no Hessian is formed of so many inputs, its products are compared");
      way<X> by_forward = product_by("forward hvp", forward, g, v),
             by_reverse = product_by("reverse hvp", reverse, g, v);
      all_.compare("Hessian v", layout::product, by_forward, by_reverse);
      return;
    }

    way<X> value = all_.make("f", [&](X const&) { return number; });
    way<X> hyper_value = all_.make("hyper-dual", [&](X const& x) {
      return matrix(matrix::Constant(1, 1, duet::value_gradient_hessian(forward, g, x).value));
    });
    way<X> gradient = jacobian_by("forward", forward, g);
    way<X> hyper_gradient = all_.make("hyper-dual", [&](X const& x) {
      return matrix(column(duet::value_gradient_hessian(forward, g, x).gradient).transpose());
    });
    all_.compare("value", layout::value, value, hyper_value);
    all_.compare("gradient", layout::jacobian, gradient, hyper_gradient);

    all_.skip_without_slope(gradient.result);
    way<X> slopes =
        all_.make("f", [&](X const& x) { return matrix(matrix(duet::jacobian(reverse, g, x)).transpose()); });
    way<X> hyper = all_.make("hyper-dual", [&](X const& x) -> matrix { return duet::hessian(forward, g, x); });
    way<X> over_reverse =
        all_.make("forward over reverse", [&](X const& x) -> matrix { return duet::hessian(reverse, g, x); });
    matrix const unit = matrix::Identity(inputs_, inputs_);  // the driver takes symmetry for granted, products do not
    way<X> columns = product_by("columns by hvp", reverse, g, unit);
    way<X> transposed = all_.make("transposed", [&](X const& x) { return matrix(columns.at(x).transpose()); });
    all_.compare("Hessian", layout::hessian, hyper, over_reverse);
    all_.compare("Hessian", layout::hessian, columns, transposed);
    all_.difference("Hessian", layout::hessian, slopes, {&hyper, &over_reverse});

    if (directions == 0 || !hyper.result.allFinite()) return;
    matrix const terms = hyper.result.cwiseAbs() * v.cwiseAbs();
    way<X> product = all_.make("hyper-dual", [&](X const& x) { return matrix(hyper.at(x) * v); });
    way<X> by_forward = product_by("forward hvp", forward, g, v), by_reverse = product_by("reverse hvp", reverse, g, v);
    all_.compare("Hessian v", layout::product, product, by_forward, &terms);
    all_.compare("Hessian v", layout::product, product, by_reverse, &terms);
  }

  // The Hessian of g times each column of v.
  template <class Mode, class G>
  [[nodiscard]] way<X> product_by(std::string name, Mode chosen, G& g, matrix const& v) {
    return all_.make(std::move(name), [this, chosen, &g, &v](X const& x) {
      matrix result(inputs_, v.cols());
      for (index k = 0; k < v.cols(); ++k) {
        matrix const product = column(duet::hvp(chosen, g, x, v.col(k)));
        for (index i = 0; i < inputs_; ++i) result(i, k) = product(i);  // g++ 12 warns of col(k) = ... for one input
      }
      return result;
    });
  }

  F& f_;
  X const& x_;
  check_options options_;
  comparison<X> all_;
  index inputs_, outputs_ = 0;
};

// Compares the derivatives of f at x with each other and with differences:
//   values               f on plain numbers, forward, reverse, hyper-dual
//   first derivatives    forward, reverse, differences; <J v, w> = <v, J^T w>
//   second derivatives   hyper-dual, forward over reverse, symmetry, differences of the gradient, Hessian times vector;
//                        of several outputs those of a weighted sum. Left out by check_derivatives<1>.
// f and x are as for duet::jacobian, with x of plain floating-point numbers; f is evaluated on them, too. A right
// derivative passes, also at kinks and at infinite slopes, of which the result's notes tell; one wrong by 1e-6 of
// itself is found where f can be differenced so well, as smooth functions in double can.
//
// About 30 evaluations of f for each input and 30 gradients, a few of each derivative; n x n numbers. What f throws at
// x is passed on; where it throws near x it counts as undefined.
template <int Order = 2, class F, class X>
[[nodiscard]] derivative_check check_derivatives(F&& f, X const& x, check_options const& options = {}) {
  static_assert(Order == 1 || Order == 2,
                "duet::check_derivatives needs an order of 1 or 2: the highest derivatives that it checks");
  if constexpr (check_demands<F, X>()) {
    auto const& given = duet::plain(x);
    auto const& at = duet::borrowed(given);
    using At = std::remove_cvref_t<decltype(at)>;
    return derivative_checker<std::remove_reference_t<F>, At>(f, at, options).template run<Order>();
  } else {
    return {};
  }
}

// Refused: all modes are compared.
template <int Order = 2, mode Mode, class... Arguments>
derivative_check check_derivatives(mode_constant<Mode>, Arguments&&...) {
  static_assert(Mode != Mode,
                "duet::check_derivatives compares all modes: call it without one, check_derivatives(f, x)");
  return {};
}

}  // namespace duet
