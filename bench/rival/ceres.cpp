// Ceres' Jet, header only: Jet<double, N>, and Jet<Jet<double, N>, N> for second order.

#include "passes.hpp"

#include <ceres/jet.h>

// Ceres has no operations of a jet of jets with double.
namespace ceres {

template <class T, int N>
Jet<Jet<T, N>, N> operator*(Jet<Jet<T, N>, N> const& x, double c) {
  Jet<Jet<T, N>, N> y;
  y.a = x.a * c;
  for (int i = 0; i < N; ++i) y.v[i] = x.v[i] * c;
  return y;
}
template <class T, int N>
Jet<Jet<T, N>, N> operator*(double c, Jet<Jet<T, N>, N> const& x) {
  return x * c;
}
template <class T, int N>
Jet<Jet<T, N>, N> operator+(Jet<Jet<T, N>, N> const& x, double c) {
  return {x.a + c, x.v};
}
template <class T, int N>
Jet<Jet<T, N>, N> operator+(double c, Jet<Jet<T, N>, N> const& x) {
  return {x.a + c, x.v};
}
template <class T, int N>
Jet<Jet<T, N>, N> operator-(Jet<Jet<T, N>, N> const& x, double c) {
  return {x.a - c, x.v};
}
template <class T, int N>
Jet<Jet<T, N>, N> operator-(double c, Jet<Jet<T, N>, N> const& x) {
  return {c - x.a, -x.v};
}

}  // namespace ceres

namespace {

struct jets {
  static constexpr bool second_order = true;
  template <std::size_t N>
  using scalar = ceres::Jet<double, static_cast<int>(N)>;
  template <std::size_t N>
  using nested = ceres::Jet<scalar<N>, static_cast<int>(N)>;

  template <std::size_t N>
  static void seed(scalar<N>& x, double value, std::size_t i) {
    x.a = value;  // its partials are zero from the beginning
    x.v[static_cast<int>(i)] = 1;
  }
  template <std::size_t N>
  static void hold(scalar<N>& x, double value) {
    x.a = value;
  }
  template <std::size_t N>
  static void seed_twice(nested<N>& x, double value, std::size_t i) {
    seed<N>(x.a, value, i);
    x.v[static_cast<int>(i)].a = 1;
  }
  template <class T, int N>
  static T const& value(ceres::Jet<T, N> const& x) {
    return x.a;
  }
  template <class T, int N>
  static T const& partial(ceres::Jet<T, N> const& x, std::size_t i) {
    return x.v[static_cast<int>(i)];
  }
};

rival::registered const ceres_jet("Ceres Jet", 3, "Jet<double, N>, chunks as is fastest; Jet<Jet>",
                                  rival::contend<rival::passes<jets>>);

}  // namespace
