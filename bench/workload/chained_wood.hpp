#pragma once

// Wood's function, chained (Conn, Gould and Toint 1988): groups of four variables that overlap by two. n is even and at
// least 4.

#include <Eigen/Core>
#include <type_traits>

namespace workload {

struct chained_wood {
  static Eigen::VectorXd start(Eigen::Index n) {
    return Eigen::VectorXd::NullaryExpr(n, [](Eigen::Index i) { return i % 2 == 0 ? -3.0 : -1.0; });
  }

  template <class X>
  auto operator()(X const& x) const {
    using S = std::decay_t<decltype(x[0])>;
    S f = 0.0;
    for (Eigen::Index i = 0; i + 3 < x.size(); i += 2) {
      S const a = x[i + 1] - x[i] * x[i], b = x[i + 3] - x[i + 2] * x[i + 2];
      S const c = x[i + 1] + x[i + 3] - 2.0, d = x[i + 1] - x[i + 3];
      f += 100.0 * a * a + 90.0 * b * b;
      f += 10.0 * c * c + 0.1 * d * d;
      S const e = 1.0 - x[i], g = 1.0 - x[i + 2];
      f += e * e + g * g;
    }
    return f;
  }
};

}  // namespace workload
