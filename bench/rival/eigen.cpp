// Eigen's AutoDiffScalar, from its unsupported modules, with partials of fixed size.

#include "passes.hpp"

#include <Eigen/Core>
#include <unsupported/Eigen/AutoDiff>

namespace {

struct auto_diff_scalars {
  static constexpr bool second_order = true;
  template <std::size_t N>
  using scalar = Eigen::AutoDiffScalar<Eigen::Matrix<double, static_cast<int>(N), 1>>;
  template <std::size_t N>
  using nested = Eigen::AutoDiffScalar<Eigen::Matrix<scalar<N>, static_cast<int>(N), 1>>;

  template <std::size_t N>
  static void seed(scalar<N>& x, double value, std::size_t i) {
    x.value() = value;
    x.derivatives() = Eigen::Matrix<double, static_cast<int>(N), 1>::Unit(static_cast<int>(i));
  }
  template <std::size_t N>
  static void hold(scalar<N>& x, double value) {
    x.value() = value;
    x.derivatives().setZero();
  }
  template <std::size_t N>
  static void seed_twice(nested<N>& x, double value, std::size_t i) {
    seed<N>(x.value(), value, i);
    for (std::size_t k = 0; k < N; ++k) hold<N>(x.derivatives()[static_cast<int>(k)], k == i ? 1 : 0);
  }
  template <class Partials>
  static auto const& value(Eigen::AutoDiffScalar<Partials> const& x) {
    return x.value();
  }
  template <class Partials>
  static auto const& partial(Eigen::AutoDiffScalar<Partials> const& x, std::size_t i) {
    return x.derivatives()[static_cast<int>(i)];
  }
};

rival::registered const auto_diff("Eigen AutoDiff", 5, "AutoDiffScalar of fixed size, chunks as is fastest; nested",
                                  rival::contend<rival::passes<auto_diff_scalars>>);

}  // namespace
