#pragma once

// What bench/run/lanes.cpp times: for each workload the ways to compute one gradient over all of its data.

#include "run/interleaved.hpp"

#include <array>
#include <cmath>
#include <duet/batch/sum_over.hpp>
#include <duet/batch/value_tape.hpp>
#include <duet/driver/gradient.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/kernel/kernel.hpp>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace bench {

using number = duet::lanes<double>;

// Writes the gradient, one after the other what else there is.
using way = std::function<void(std::vector<double>&)>;

// One workload. Ways that it does not have are empty.
struct lane_problem {
  std::string name;
  double evaluations;  // in one call
  way hand;
  std::function<double()> evaluation;  // in doubles, without derivatives
  way scalar_tape;
  way forward;     // in lanes
  way value_tape;  // of lanes
  way kernels;     // in lanes
  way arrays;      // matrices of all data, and functions of their entries in lanes
  std::function<void(std::vector<double>&, std::size_t threads)> threads;  // the best way by sum_over

  // Throws std::runtime_error unless all ways give the gradient by hand.
  void check() const {
    std::vector<double> expected;
    hand(expected);
    double largest = 0;
    for (double e : expected) largest = std::max(largest, std::abs(e));
    auto const compare = [&](char const* by, std::vector<double> const& g) {
      if (g.size() != expected.size()) throw std::runtime_error(name + ", " + by + ": wrong number of derivatives");
      for (std::size_t i = 0; i < g.size(); ++i)
        if (!(std::abs(g[i] - expected[i]) <= 1e-10 * largest))
          throw std::runtime_error(name + ", " + by + ": derivative " + std::to_string(i) + " is " +
                                   std::to_string(g[i]) + ", by hand " + std::to_string(expected[i]));
    };
    auto const run = [&](char const* by, auto const& each, auto... more) {
      if (!each) return;
      std::vector<double> g;
      each(g, more...);
      compare(by, g);
    };
    run("scalar tape", scalar_tape);
    run("forward", forward);
    run("value tape", value_tape);
    run("kernels", kernels);
    run("arrays", arrays);
    run("one thread", threads, std::size_t{1});
    run("two threads", threads, std::size_t{2});
  }
};

template <class X>
void assign(std::vector<double>& to, X const& from) {
  to.assign(std::begin(from), std::end(from));
}

// The gradient of the sum of f over groups of data: each is recorded, swept and forgotten, and the adjoints of the
// inputs add up. datum(i) is that of group i.
template <class Number, class F, class Point, class Datum>
void gradient_on_tape(duet::tape<Number>& t, F const& f, Point const& x, std::size_t groups, Datum const& datum,
                      std::vector<double>& g) {
  using scalar = duet::var<Number>;
  duet::recording<Number> const scope(t);
  t.clear();
  duet::lifted_t<Point, scalar> in;
  if constexpr (requires { in.resize(x.size()); }) in.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) in[i] = t.independent(Number(x[i]));
  auto const empty = t.position();
  t.zero_adjoints();
  for (std::size_t i = 0; i < groups; ++i) {
    scalar const y = f(in, datum(i));
    if (y.index() != 0) {
      t.seed(y, Number(1));
      t.reverse_to(empty);
    }
    t.rewind(empty);
  }
  g.resize(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    if constexpr (duet::is_lanes<Number>)
      g[i] = sum_of_lanes(t.adjoint(in[i]));
    else
      g[i] = t.adjoint(in[i]);
}

// Datum i of a matrix by columns for doubles, and data 8 i to 8 i + 7 of one whose rows lie in one piece.
template <int Rows>
using lane_column = Eigen::Matrix<number, Rows, 1>;
template <int Rows>
[[nodiscard]] auto columns_in_lanes(Eigen::Matrix<double, Rows, Eigen::Dynamic, Eigen::RowMajor> const& rows) {
  return [&rows](std::size_t i) {
    lane_column<Rows> column;
    for (Eigen::Index r = 0; r < rows.rows(); ++r)
      column[r] = number::load(rows.data() + r * rows.cols() + static_cast<Eigen::Index>(i * number::size()));
    return column;
  };
}

// A workload of paths: f(inputs, draws) is one path, f.gradient(inputs, g, memory...) the sum over all by hand.
template <class F, class Kernels, class... Memory>
[[nodiscard]] lane_problem problem_of_paths(std::string name, F f, Kernels by_kernels,
                                            std::shared_ptr<Memory>... memory) {
  auto const w = std::make_shared<F const>(std::move(f));
  auto const k = std::make_shared<Kernels const>(std::move(by_kernels));
  auto const x = F::start();
  // By reference: sums are copied with their function, and here it owns the draws.
  auto const sum = duet::sum_over(w->data.side_by_side, [w](auto const& in, auto const& z) { return (*w)(in, z); });
  auto const kernel_sum =
      duet::sum_over(w->data.side_by_side, [k](auto const& in, auto const& z) { return (*k)(in, z); });
  auto const scalars = std::make_shared<duet::tape<double>>();
  auto const in_lanes = std::make_shared<duet::tape<number>>();
  std::size_t const groups = w->data.paths() / number::size();
  constexpr bool few = F::inputs <= duet::most_forward_parameters;

  lane_problem p;
  p.name = std::move(name);
  p.evaluations = static_cast<double>(w->data.paths());
  p.hand = [=](auto& g) {
    auto result = x;
    w->gradient(x, result, *memory...);
    assign(g, result);
  };
  p.evaluation = [=] {
    double total = 0;
    for (std::size_t i = 0; i < w->data.paths(); ++i) total += (*w)(x, w->data.path(i));
    return total;
  };
  p.scalar_tape = [=](auto& g) {
    gradient_on_tape(*scalars, *w, x, w->data.paths(), [&](std::size_t i) { return w->data.path(i); }, g);
  };
  if constexpr (few) p.forward = [=](auto& g) { assign(g, duet::gradient(duet::forward, sum, x)); };
  p.value_tape = [=](auto& g) {
    gradient_on_tape(*in_lanes, *w, x, groups, columns_in_lanes(w->data.side_by_side), g);
  };
  if constexpr (!std::is_same_v<Kernels, F>)
    p.kernels = [=](auto& g) { gradient_on_tape(*in_lanes, *k, x, groups, columns_in_lanes(w->data.side_by_side), g); };
  p.threads = [=](auto& g, std::size_t threads) {
    if constexpr (few || std::is_same_v<Kernels, F>)
      assign(g, duet::gradient(duet::reverse, sum.threads(threads), x));
    else
      assign(g, duet::gradient(duet::reverse, kernel_sum.threads(threads), x));
  };
  return p;
}

// Each in a file of its own; so large that a call takes milliseconds, times `scale`, or for a test.
struct lane_sizes {
  bool quick;
  std::size_t scale = 1;
  // Of data, paths or trajectories.
  [[nodiscard]] std::size_t operator()(std::size_t full, std::size_t small) const {
    return quick ? small : full * scale;
  }
};
[[nodiscard]] lane_problem heston_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem libor_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem basket_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem mixture_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem reprojection_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem exponential_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem perceptron_in_lanes(lane_sizes size);
[[nodiscard]] lane_problem lorenz_in_lanes(lane_sizes size);

}  // namespace bench
