// Duet's forward mode.

#include "rows.hpp"

#include <duet/driver/gradient.hpp>
#include <duet/driver/hessian.hpp>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>

namespace {

struct forward_drivers {
  static constexpr bool second_order = true;

  template <std::size_t, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) { return duet::value_and_gradient(duet::forward, f, x); };
  }
  template <std::size_t, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) { return duet::value_and_jacobian(duet::forward, f, x); };
  }
  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) { return duet::value_gradient_hessian(duet::forward, f, x); };
  }
};

rival::registered const duet_forward("Duet", 2, "forward mode through the drivers", rival::contend<forward_drivers>);

}  // namespace
