#pragma once

// Simulations in the form that reverse mode is fastest in: steps with few inputs preaccumulated, grids and portfolios
// as whole arrays. The same functions as the scalar forms they inherit from, up to rounding.

#include "workload/burgers.hpp"
#include "workload/chain.hpp"
#include "workload/lax_wendroff.hpp"
#include "workload/traceable.hpp"

#include <algorithm>
#include <duet/driver/preaccumulate.hpp>
#include <duet/kernel/kernel.hpp>
#include <duet/math/math.hpp>

namespace workload::structural {

// Several steps together: four inputs, two outputs.
struct chain : workload::chain {
  static constexpr std::size_t together = 8;

  template <class T>
  T operator()(std::array<T, inputs> const& in) const {
    using pair = std::array<T, 2>;
    pair state = {in[0], in[1]};
    pair const parameters = {in[2], in[3]};
    for (std::size_t i = 0; i < steps; i += together) {
      std::size_t const count = std::min(together, steps - i);
      state = duet::preaccumulate([count](auto const& s, auto const& p) { return advance(s, p, count); }, state,
                                  parameters);
    }
    return state[0] + state[1];
  }

  template <class T>
  static std::array<T, 2> advance(std::array<T, 2> const& state, std::array<T, 2> const& p, std::size_t count) {
    using std::exp, std::sin;
    T a = state[0], b = state[1];
    for (std::size_t i = 0; i < count; ++i) {
      T const v = sin(a * b + p[0]);
      T const w = v * p[1] - a;
      T const e = exp(-w * w);
      b = 0.5 * b + v * e;
      a = 0.7 * e - 0.2 * a * v;
    }
    return {a, b};
  }
};

// A step is a kernel.
using lorenz = lorenz_by<decltype(duet::kernel(lorenz_step{}))>;

// Whole fields, and how their inner points go on: advance(at, u, v, next) sets the next two, where at(w, j, i) is the
// field w as seen from points j and i away.
struct burgers_fields : workload::burgers {
  template <class T>
  using field = Eigen::Array<T, Eigen::Dynamic, Eigen::Dynamic>;

  template <class T, class Advance>
  T advanced(std::vector<T> const& in, Advance const& advance) const {
    auto const side = static_cast<Eigen::Index>(n), inner = side - 2;
    auto const at = [inner](auto const& w, Eigen::Index j, Eigen::Index i) {
      return w.block(1 + j, 1 + i, inner, inner);
    };
    field<T> u = Eigen::Map<field<T> const>(in.data(), side, side);
    field<T> v = Eigen::Map<field<T> const>(in.data() + points(), side, side);
    std::array<field<T>, 2> next;  // its memory serves all steps
    for (std::size_t s = 0; s < steps; ++s) {
      advance(at, u, v, next);
      u.block(1, 1, inner, inner) = next[0];
      v.block(1, 1, inner, inner) = next[1];
    }
    return u.matrix().squaredNorm() + v.matrix().squaredNorm();
  }
};
struct burgers : burgers_fields {
  template <class T>
  T operator()(std::vector<T> const& in) const {
    field<T> convection;
    return advanced(in, [&](auto const& at, auto const& u, auto const& v, auto& next) {
      auto const set = [&](auto const& w, auto& to) {
        auto const here = at(w, 0, 0), left = at(w, -1, 0), below = at(w, 0, -1);
        convection = at(u, 0, 0) * (here - left) + at(v, 0, 0) * (here - below);
        to = (1 - 4 * d) * here + d * (left + below + at(w, 1, 0) + at(w, 0, 1)) - c * convection;
      };
      set(u, next[0]);
      set(v, next[1]);
    });
  }
};

// Whole vectors: a step is linear in three neighbours.
struct lax_wendroff : workload::lax_wendroff {
  template <class T>
  T operator()(std::vector<T> const& in) const {
    using vector = Eigen::Array<T, Eigen::Dynamic, 1>;
    auto const size = static_cast<Eigen::Index>(points), inner = size - 2;
    double const from_left = 0.5 * c * (1 + c), from_right = 0.5 * c * (c - 1), here = 1 - from_left - from_right;
    vector q = Eigen::Map<vector const>(in.data(), size), next(inner);
    for (std::size_t s = 0; s < steps; ++s) {
      next = from_left * q.segment(0, inner) + here * q.segment(1, inner) + from_right * q.segment(2, inner);
      q << next(inner - 1), next, next(0);
    }
    return (Eigen::ArrayXd::LinSpaced(size, weight(0), weight(points - 1)) * q * q).sum();
  }
};

}  // namespace workload::structural
