#pragma once

// Ceres Solver: a functor in Ceres' own style, differentiated by Duet instead of Jets. This header knows Ceres by the
// type that is handed in, and includes nothing of it.

#include <array>
#include <duet/driver/jacobian.hpp>

namespace duet {

// A cost function for ceres::Problem in the place of ceres::AutoDiffCostFunction<Functor, 2, 9, 3>:
//   new duet::ceres_cost<ceres::SizedCostFunction<2, 9, 3>, Functor>(arguments of Functor's constructor...)
// The functor is the same, bool operator()(T const* block..., T* residuals) const for every T; if it returns false the
// evaluation fails. Residuals come with all Jacobians from forward passes over the parameters of all blocks together.
template <class Base, class Functor>
class ceres_cost;

template <template <int, int...> class Sized, int Residuals, int... Blocks, class Functor>
class ceres_cost<Sized<Residuals, Blocks...>, Functor> final : public Sized<Residuals, Blocks...> {
  static_assert(Residuals > 0 && ((Blocks > 0) && ...),
                "duet::ceres_cost needs the number of residuals, and of parameters in each block, when compiling");
  static constexpr std::size_t residual_count = static_cast<std::size_t>(Residuals), blocks = sizeof...(Blocks),
                               parameter_count = (std::size_t{0} + ... + static_cast<std::size_t>(Blocks));
  static constexpr std::array<std::size_t, blocks> sizes{static_cast<std::size_t>(Blocks)...};
  static constexpr std::array<std::size_t, blocks> offsets = [] {
    std::array<std::size_t, blocks> first{};
    for (std::size_t b = 1; b < blocks; ++b) first[b] = first[b - 1] + sizes[b - 1];
    return first;
  }();

 public:
  template <class... Arguments>
  explicit ceres_cost(Arguments&&... arguments) : functor_{std::forward<Arguments>(arguments)...} {}

  bool Evaluate(double const* const* parameters, double* residuals, double** jacobians) const override {
    return [&]<std::size_t... B>(std::index_sequence<B...>) {
      if (jacobians == nullptr) return bool{functor_(parameters[B]..., residuals)};
      std::array<double, parameter_count> x;
      (std::copy_n(parameters[B], sizes[B], x.begin() + offsets[B]), ...);
      bool succeeds = true;
      auto const f = [&](auto const& all) {
        std::array<std::decay_t<decltype(all[0])>, residual_count> r;
        succeeds = functor_(all.data() + offsets[B]..., r.data()) && succeeds;
        return r;
      };
      auto const at = duet::value_and_jacobian(forward, f, x);
      if (!succeeds) return false;
      std::copy(at.value.begin(), at.value.end(), residuals);
      (write<B>(at.jacobian, jacobians[B]), ...);
      return true;
    }(std::make_index_sequence<blocks>{});
  }

 private:
  template <std::size_t B, class Jacobian>
  static void write(Jacobian const& all, double* block) {
    if (block == nullptr) return;  // the block is constant
    for (std::size_t i = 0; i < residual_count; ++i)
      for (std::size_t j = 0; j < sizes[B]; ++j)
        *block++ = all(static_cast<Eigen::Index>(i), static_cast<Eigen::Index>(offsets[B] + j));
  }

  Functor functor_;
};

}  // namespace duet
