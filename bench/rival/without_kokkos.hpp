#pragma once

// Debian's Sacado is configured to include Kokkos and Teuchos, which its package does not depend on; what is used here
// does not need them.

#include <Sacado_config.h>
#undef HAVE_SACADO_KOKKOSCORE
#undef HAVE_SACADO_KOKKOSCONTAINERS
#undef HAVE_SACADO_TEUCHOSCORE
#undef HAVE_SACADO_TEUCHOSNUMERICS
#undef HAVE_SACADO_TEUCHOSCOMM
#define TRILINOS_NO_CONFIG_H  // it has been read
#include <Sacado_No_Kokkos.hpp>
