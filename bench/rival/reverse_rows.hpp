#pragma once

// The rows of the table of reverse mode, for a library that says how it differentiates. Library::gradient(f, x) returns
// a callable that is given a point like x and a gradient of its size to fill, and returns the value; what it needs
// besides it keeps from call to call.

#include "../workload/burgers.hpp"
#include "../workload/chain.hpp"
#include "../workload/determinant.hpp"
#include "../workload/lax_wendroff.hpp"
#include "../workload/libor.hpp"
#include "../workload/log_sum_exp.hpp"
#include "../workload/lorenz.hpp"
#include "../workload/lstm.hpp"
#include "../workload/mixture.hpp"
#include "../workload/perceptron.hpp"
#include "../workload/polynomial.hpp"
#include "contender.hpp"

#include <array>
#include <memory>

namespace rival {

// The inputs as another scalar.
template <class T, std::size_t N>
std::array<T, N> inputs_like(std::array<double, N> const&) {
  return {};
}
template <class T>
std::vector<T> inputs_like(std::vector<double> const& x) {
  return std::vector<T>(x.size());
}

template <class Library, class F>
contender reverse_contender(std::string row, F const& f) {
  auto x = f.start();
  auto const g = std::make_shared<decltype(x)>(x);
  auto gradient = Library::gradient(f, x);
  gradient(x, *g);
  std::vector<double> derivative;
  if constexpr (!requires { Library::value_alone; }) derivative.assign(g->begin(), g->end());
  return {std::move(row), false,
          bench::time_of("",
                         [gradient, x, g]() mutable {
                           bench::touch(x);
                           double value = gradient(x, *g);
                           bench::touch(value);
                           bench::touch(*g);
                         }),
          std::move(derivative)};
}

template <class Library>
std::vector<contender> contend_in_reverse() {
  return {reverse_contender<Library>("chain of sin and exp", workload::chain{}),
          reverse_contender<Library>("Lorenz, Runge-Kutta", workload::lorenz{}),
          reverse_contender<Library>("perceptron 32-64-64-1", workload::perceptron{}),
          reverse_contender<Library>("LSTM 2 x 14, 64 steps", workload::lstm{}),
          reverse_contender<Library>("log-sum-exp of 1000", workload::log_sum_exp{}),
          reverse_contender<Library>("determinant 6 x 6 by minors", workload::determinant<6>{}),
          reverse_contender<Library>("polynomial fit, 1000 points", workload::polynomial{}),
          reverse_contender<Library>("Burgers", workload::burgers{}),
          reverse_contender<Library>("Lax-Wendroff", workload::lax_wendroff{}),
          reverse_contender<Library>("Gaussian mixture", workload::mixture{}),
          reverse_contender<Library>("LIBOR swaptions", workload::libor{})};
}

}  // namespace rival
