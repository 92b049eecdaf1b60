#pragma once

// Array nodes: one entry of the recording for many outputs, whose adjoints one kernel pulls back together.

#include <duet/reverse/sweep.hpp>

namespace duet {

// A kernel as the tape keeps it: of a type with
//   template <bool Damped> static void pull_back(payload, T* adjoints, std::size_t lanes, tape_index node);
// that adds to the adjoints of the node's inputs what those of its outputs ask for. Adjoints are `lanes` numbers for
// each index of the recording, one or a block of them: output k of n is at (node - n + k) * lanes. Damped: zero wins
// over an infinite partial.
template <class T>
struct array_kernel {
  using function = void (*)(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node);
  function plain, damped;
};
template <class T, class Kernel>
inline constexpr array_kernel<T> array_kernel_of{&Kernel::template pull_back<false>, &Kernel::template pull_back<true>};

// adjoint += partial * x for all lanes.
template <bool Damped, class T>
DUET_INLINE void add_products(T* adjoint, T const& partial, T const* x, std::size_t lanes) {
  for (std::size_t l = 0; l < lanes; ++l) add_product<Damped>(adjoint[l], partial, x[l]);
}

}  // namespace duet
