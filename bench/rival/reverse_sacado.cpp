// Sacado's reverse mode, Rad::ADvar: recorded at every point, in blocks of memory that it keeps.

// Debian's Sacado is configured to include Kokkos and Teuchos, which its package does not depend on.
#include <Sacado_config.h>
#undef HAVE_SACADO_KOKKOSCORE
#undef HAVE_SACADO_KOKKOSCONTAINERS
#undef HAVE_SACADO_TEUCHOSCORE
#undef HAVE_SACADO_TEUCHOSNUMERICS
#undef HAVE_SACADO_TEUCHOSCOMM
#define TRILINOS_NO_CONFIG_H  // it has been read
#include <Sacado_No_Kokkos.hpp>

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
