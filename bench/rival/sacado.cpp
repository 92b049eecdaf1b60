// Sacado's Fads with static storage: the one it calls SFad, and the one that computes coefficients of the leaves first
// (ELRFad); the table has the faster of the two. Fads of Fads for second order.

#include "without_kokkos.hpp"

#include "passes.hpp"

namespace {

template <template <class, int> class Fad>
struct fads {
  static constexpr bool second_order = true;
  template <std::size_t N>
  using scalar = Fad<double, static_cast<int>(N)>;
  template <std::size_t N>
  using nested = Fad<scalar<N>, static_cast<int>(N)>;

  template <std::size_t N>
  static void seed(scalar<N>& x, double value, std::size_t i) {
    x = scalar<N>(static_cast<int>(N), static_cast<int>(i), value);
  }
  template <std::size_t N>
  static void hold(scalar<N>& x, double value) {
    x = scalar<N>(static_cast<int>(N), value);
  }
  template <std::size_t N>
  static void seed_twice(nested<N>& x, double value, std::size_t i) {
    x = nested<N>(static_cast<int>(N), static_cast<int>(i), scalar<N>(static_cast<int>(N), static_cast<int>(i), value));
  }
  template <class T, int N>
  static T const& value(Fad<T, N> const& x) {
    return x.val();
  }
  template <class T, int N>
  static T const& partial(Fad<T, N> const& x, std::size_t i) {
    return x.fastAccessDx(static_cast<int>(i));
  }
};

template <class T, int N>
using sfad = Sacado::Fad::SFad<T, N>;
template <class T, int N>
using elr_fad = Sacado::ELRFad::SFad<T, N>;

std::vector<rival::contender> all() {
  auto result = rival::contest<rival::passes<fads<sfad>>>("SFad").contenders();
  auto more = rival::contest<rival::passes<fads<elr_fad>>>("ELRFad").contenders();
  result.insert(result.end(), more.begin(), more.end());
  return result;
}

rival::registered const sacado("Sacado", 4, "the faster of SFad and ELRFad, chunks as is fastest; nested", all);

}  // namespace
