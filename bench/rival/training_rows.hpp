#pragma once

// The rows of the table of training steps, for a library that says how it takes one: Library::training<F>(f) keeps
// parameters, which restart() sets, step() moves down the gradient of f, returning the loss before, and entries() lists
// in the order of f's own: each matrix by columns.

#include "../workload/training.hpp"
#include "contender.hpp"
#if __has_include(<xsimd/xsimd.hpp>)
#include "../workload/structural_lanes.hpp"
#endif

#include <memory>

namespace rival {

#if __has_include(<xsimd/xsimd.hpp>)
using fastest_functions = workload::structural::by_lanes;
#else
using fastest_functions = workload::structural::by_eigen;
#endif
template <int In, int Hidden, int Out, int Batch, workload::activation Of>
using training = workload::training<In, Hidden, Out, Batch, Of, fastest_functions>;

// Of f's parameters, in f's order.
template <class Network>
std::vector<double> entries_of(Network const& p) {
  std::vector<double> all;
  auto const add = [&](auto const& m) { all.insert(all.end(), m.data(), m.data() + m.size()); };
  add(p.w1);
  add(p.b1);
  add(p.w2);
  add(p.b2);
  return all;
}

template <class Library, class F>
contender training_contender(std::string row, F const& f) {
  auto const run = std::make_shared<typename Library::template training<F>>(f);
  // What is compared: the losses and parameters of some steps.
  std::vector<double> seen;
  run->restart();
  for (int i = 0; i < 8; ++i) seen.push_back(run->step());
  for (double p : run->entries()) seen.push_back(p);
  // Time and again from the start: the work stays the same.
  return {std::move(row), false,
          bench::time_of("",
                         [run, count = 0]() mutable {
                           if (count++ % 64 == 0) run->restart();
                           double loss = run->step();
                           bench::touch(loss);
                         }),
          std::move(seen)};
}

template <class Library>
std::vector<contender> contend_in_training() {
  using workload::activation;
  return {training_contender<Library>("4-16-3, tanh, one sample", training<4, 16, 3, 1, activation::tanh>{}),
          training_contender<Library>("4-16-3, tanh, 150 samples", training<4, 16, 3, 150, activation::tanh>{}),
          training_contender<Library>("784-128-10, tanh, 64 samples", training<784, 128, 10, 64, activation::tanh>{}),
          training_contender<Library>("784-128-10, ReLU, 64 samples", training<784, 128, 10, 64, activation::relu>{})};
}

}  // namespace rival
