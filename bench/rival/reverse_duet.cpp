// Duet's tape: recorded at every point, its memory kept.

#include "reverse_rows.hpp"

#include <duet/math/math.hpp>
#include <duet/reverse/recording.hpp>

namespace {

struct duet_tape {
  template <class F, class X>
  static auto gradient(F const& f, X const& at) {
    return [f, inputs = rival::inputs_like<duet::var<>>(at), tape = std::make_shared<duet::tape<>>()](X const& x,
                                                                                                      X& g) mutable {
      tape->clear();
      duet::recording const scope(*tape);
      for (std::size_t i = 0; i < x.size(); ++i) inputs[i] = tape->independent(x[i]);
      auto const y = f(inputs);
      tape->reverse(y);
      for (std::size_t i = 0; i < x.size(); ++i) g[i] = tape->adjoint(inputs[i]);
      return y.value();
    };
  }
};

rival::registered const duet_reverse("Duet", 2, "recorded at every point", rival::contend_in_reverse<duet_tape>);

}  // namespace
