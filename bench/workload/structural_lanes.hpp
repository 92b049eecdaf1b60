#pragma once

// Workloads that repeat one function over data, in the form that reverse mode is fastest in: the data side by side in
// SIMD lanes. The same functions as the scalar forms they inherit from, up to rounding.

#include "workload/log_sum_exp.hpp"
#include "workload/lstm.hpp"
#include "workload/polynomial.hpp"
#include "workload/structural_learning.hpp"
#include "workload/structural_simulation.hpp"
#include "workload/traceable.hpp"

#include <duet/batch/map_entries.hpp>
#include <duet/batch/sum_over.hpp>
#include <duet/batch/value_tape.hpp>
#include <duet/kernel/kernel.hpp>
#include <limits>

namespace workload::structural {

// A sum over the points.
struct polynomial : workload::polynomial {
  using workload::polynomial::polynomial;

  template <class T>
  T operator()(std::array<T, inputs> const& c) const {
    constexpr auto square = duet::kernel([](auto const& coefficients, auto const& at_and_to) {
      auto const r = residual(coefficients, at_and_to[0], at_and_to[1]);
      return r * r;
    });
    return duet::sum_over(columns(t, y), square)(c);
  }

 private:
  using columns = std::pair<std::vector<double> const&, std::vector<double> const&>;
};

// A sum over the paths, the move of a rate a kernel.
struct libor : workload::libor {
  using workload::libor::libor;

  template <class T>
  T operator()(std::array<T, inputs> const& today) const {
    using step = libor_by<decltype(duet::kernel(libor_step{}))>;
    auto const path = [](auto const& rates, auto const& z) {
      return discounted<step>(rates, [](std::size_t) { return delta * volatility; }, swap_rates, z);
    };
    return duet::sum_over(draws, path)(today) / static_cast<double>(paths());
  }
};

// All units of a layer together.
struct lstm : workload::lstm {
  using workload::lstm::lstm;
  template <class T>
  using array = Eigen::Array<T, int{hidden}, 1>;
  template <class T>
  static auto array_at(T const* x, std::size_t place = 0) {
    return Eigen::Map<array<T> const>(x + place * hidden);
  }

  // The new output and cell of a layer; the first one scales what it is given.
  struct unit {
    template <class T>
    constexpr std::array<T, 2> operator()(T const& x, T const& output, T const& cell, T const& forget, T const& take,
                                          T const& put, T const& change, T const& forget_bias, T const& take_bias,
                                          T const& put_bias, T const& change_bias) const {
      using std::tanh;
      T const kept = cell * sigmoid<T>(forget * x + forget_bias) +
                     sigmoid<T>(take * output + take_bias) * tanh(change * output + change_bias);
      return {sigmoid<T>(put * x + put_bias) * tanh(kept), kept};
    }
  };
  struct first_unit {
    template <class T, class... Rest>
    constexpr std::array<T, 2> operator()(T const& scale, T const& x, Rest const&... rest) const {
      return unit()(T(scale * x), rest...);
    }
  };
  // What an entry adds to the sum of exponentials, shifted by `most`, and to what is subtracted from its logarithm.
  struct share {
    template <class T>
    constexpr std::array<T, 2> operator()(T const& weight, T const& output, T const& bias, T const& most,
                                          T const& wanted) const {
      using std::exp;
      T const y = weight * output + bias - most;
      return {exp(y), wanted * y};
    }
  };

  template <class T>
  T operator()(std::vector<T> const& w) const {
    using std::log;
    std::array<std::array<array<T>, 2>, layers> all;
    for (auto& each : all)
      for (std::size_t j = 0; j < hidden; ++j)
        each[0](static_cast<int>(j)) = each[1](static_cast<int>(j)) = first_state(j);
    auto const weights = array_at(&w[outer], 1), biases = array_at(&w[outer], 2);
    T loss = 0;
    for (std::size_t n = 0; n + 1 < sequence.size(); ++n) {
      for (std::size_t l = 0; l < layers; ++l) {
        auto const advance = [&](auto const& kind, auto const&... x) {
          auto const at = [&](std::size_t place) { return array_at(&w[l * 2 * gates], place); };
          all[l] = duet::map_entries(kind, x..., all[l][0], all[l][1], at(0), at(1), at(2), at(3), at(4), at(5), at(6),
                                     at(7));
        };
        if (l == 0)
          advance(first_unit(), array_at(&w[outer]), sequence[n]);
        else
          advance(unit(), all[l - 1][0]);
      }
      auto const& next = sequence[n + 1];
      auto const& output = all[layers - 1][0];
      double most = -std::numeric_limits<double>::infinity();
      for (int j = 0; j < output.size(); ++j)
        most = std::max(most, duet::value(weights[j]) * duet::value(output[j]) + duet::value(biases[j]));
      auto const [sum, linear] = duet::sum_entries(share(), weights, output, biases, most, next);
      loss += array_at(next.data()).sum() * log(sum) - linear;
    }
    return loss / foretold();
  }
};

// Functions of arrays in lanes.
struct by_lanes {
  template <class X>
  static typename X::PlainObject tanh(X const& x) {
    return duet::map_entries(
        [](auto const& e) {
          using std::tanh;
          return tanh(e);
        },
        x);
  }
  template <class X, class Shift>
  static typename X::PlainObject shifted_exp(X const& x, Shift const& shift) {
    return duet::map_entries(
        []<class T>(T const& e, T const& most) {
          using std::exp;
          return exp(e - most);
        },
        x, shift);
  }
  template <class X>
  static typename X::Scalar sum_of_logs(X const& x) {
    return duet::sum_entries(
        [](auto const& e) {
          using std::log;
          return log(e);
        },
        x);
  }
};
namespace in_lanes {
// The stencil of both fields at once.
struct burgers : burgers_fields {
  struct stencil {
    template <class T>
    constexpr std::array<T, 2> operator()(T const& u, T const& u_left, T const& u_below, T const& u_right,
                                          T const& u_above, T const& v, T const& v_left, T const& v_below,
                                          T const& v_right, T const& v_above, T const& c, T const& d) const {
      auto const next = [&](T const& w, T const& left, T const& below, T const& right, T const& above) {
        return w - c * (u * (w - left) + v * (w - below)) + d * (left + below + right + above - 4 * w);
      };
      return {next(u, u_left, u_below, u_right, u_above), next(v, v_left, v_below, v_right, v_above)};
    }
  };

  template <class T>
  T operator()(std::vector<T> const& in) const {
    return this->advanced(in, [this](auto const& at, auto const& u, auto const& v, auto& next) {
      next = duet::map_entries(stencil(), at(u, 0, 0), at(u, -1, 0), at(u, 0, -1), at(u, 1, 0), at(u, 0, 1),
                               at(v, 0, 0), at(v, -1, 0), at(v, 0, -1), at(v, 1, 0), at(v, 0, 1), c, d);
    });
  }
};
using perceptron = perceptron_by<by_lanes>;
template <std::size_t D = 10>
using mixture = mixture_by<by_lanes, D>;
}  // namespace in_lanes

// One sum.
struct log_sum_exp : workload::log_sum_exp {
  struct shifted_exp {
    template <class T>
    constexpr T operator()(T const& x, T const& most) const {
      using std::exp;
      return exp(x - most);
    }
  };
  template <class T>
  T operator()(std::vector<T> const& x) const {
    using std::log;
    double most = duet::value(x[0]);
    for (T const& e : x) most = std::max(most, duet::value(e));
    return log(duet::sum_entries(shifted_exp(), x, most)) + most;
  }
};

}  // namespace workload::structural
