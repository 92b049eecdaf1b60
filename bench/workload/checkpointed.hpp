#pragma once

// Workloads whose loop is checkpointed.

#include "workload/diffusion.hpp"
#include "workload/lorenz.hpp"

#include <duet/checkpoint.hpp>

namespace workload::checkpointed {

template <class Policy>
struct lorenz : workload::lorenz {
  Policy policy;

  static constexpr auto step = [](auto const& s, long, auto const& p, double by) {
    std::remove_cvref_t<decltype(s)> next;
    advance(s, next, p, by);
    return next;
  };

  template <class T>
  T operator()(std::array<T, inputs> const& in) const {
    using triple = std::array<T, 3>;
    triple const s = duet::evolve(policy, step, triple{in[0], in[1], in[2]}, static_cast<long>(steps),
                                  triple{in[3], in[4], in[5]}, h);
    return s[0] + s[1] + s[2];
  }
};

template <class Policy>
struct diffusion : workload::diffusion {
  Policy policy;

  static constexpr auto step = [](auto const& u, long, double r) { return workload::diffusion::step(u, r); };

  template <class T>
  T operator()(std::vector<T> const& in) const {
    field<T> const u = Eigen::Map<field<T> const>(in.data(), cells, cells);
    return cost<T>(duet::evolve(policy, step, u, steps, ratio));
  }
};

}  // namespace workload::checkpointed
