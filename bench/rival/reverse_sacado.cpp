// Sacado's reverse mode, Rad::ADvar: recorded at every point, in blocks of memory that it keeps.

#include "without_kokkos.hpp"

#include "reverse_rows.hpp"

namespace {

struct rad {
  using scalar = Sacado::Rad::ADvar<double>;

  template <class F, class X>
  static auto gradient(F const& f, X const& at) {
    return [f, inputs = rival::inputs_like<scalar>(at)](X const& x, X& g) mutable {
      for (std::size_t i = 0; i < x.size(); ++i) inputs[i] = x[i];
      scalar y = f(inputs);
      scalar::Outvar_Gradcomp(y);
      for (std::size_t i = 0; i < x.size(); ++i) g[i] = inputs[i].adj();
      return y.val();
    };
  }
};

rival::registered const sacado("Sacado Rad", 3, "recorded at every point", rival::contend_in_reverse<rad>);

}  // namespace
