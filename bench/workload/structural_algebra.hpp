#pragma once

// Algebra in the form that reverse mode is fastest in. The same functions as the scalar forms they inherit from, up to
// rounding.

#include "workload/determinant.hpp"

#include <duet/kernel/kernel.hpp>
#include <duet/math/math.hpp>

namespace workload::structural {

// One kernel: traced, each minor is computed once.
struct determinant : workload::determinant<6> {
  template <class T>
  T operator()(std::array<T, inputs> const& a) const {
    return duet::kernel(workload::determinant<6>())(a);
  }
};

}  // namespace workload::structural
