#pragma once

// External nodes: a callback at a place of the recording, run in every sweep for each output swept.

#include <duet/reverse/adjoint_array.hpp>
#include <duet/reverse/var.hpp>
#include <utility>

namespace duet {

// What an external node reads and writes in a sweep: the adjoints of one output.
template <class T>
class adjoint_access {
 public:
  virtual ~adjoint_access() = default;
  // The adjoint of y so far; all uses of y have been swept when the node is called.
  [[nodiscard]] virtual T operator()(var<T> const& y) const = 0;
  // Adds w to the adjoint of x; nothing happens if x is passive.
  virtual void add(var<T> const& x, T const& w) = 0;
};

template <class T>
struct external_node {
  virtual ~external_node() = default;
  virtual void pull_back(adjoint_access<T>& adjoints) = 0;
};
template <class T, class Pullback>
struct external_callable final : external_node<T> {
  explicit external_callable(Pullback p) : pullback(std::move(p)) {}
  void pull_back(adjoint_access<T>& adjoints) override { pullback(adjoints); }
  Pullback pullback;
};

// One lane of a sweep's adjoints, read anew at each access: a node may record and make them move.
template <class T, class Adjoint>
struct lane_access final : adjoint_access<T> {
  lane_access(adjoint_array<Adjoint>& a, std::size_t l) : adjoints(a), lane(l) {}
  T operator()(var<T> const& y) const override {
    return y.index() == 0 ? T(0) : adjoint_lane(adjoints[y.index()], lane);
  }
  void add(var<T> const& x, T const& w) override {
    if (x.index() != 0) add_to_lane(adjoints[x.index()], lane, w);
  }
  adjoint_array<Adjoint>& adjoints;
  std::size_t lane;
};

template <class T, class Adjoint>
void pull_back_lanes(external_node<T>& external, adjoint_array<Adjoint>& adjoints) {
  for (std::size_t lane = 0; lane < adjoint_lane_count<Adjoint>; ++lane) {
    lane_access<T, Adjoint> access(adjoints, lane);
    external.pull_back(access);
  }
}

}  // namespace duet
