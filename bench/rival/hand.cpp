// The yardsticks: the derivatives written by hand, and the functions alone.

#include "rows.hpp"

namespace {

struct by_hand {
  static constexpr bool second_order = true;

  template <std::size_t, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      rival::gradient_result<N> result;
      result.value = f.gradient(x, result.gradient);
      return result;
    };
  }

  // By rows or by columns, as suits the function.
  template <class Lines, std::size_t M>
  struct lines {
    std::array<double, M> value;
    struct matrix {
      Lines all;
      double operator()(std::ptrdiff_t row, std::ptrdiff_t column) const {
        auto const i = static_cast<std::size_t>(row), j = static_cast<std::size_t>(column);
        if constexpr (std::tuple_size_v<Lines> == M)
          return all[i][j];
        else
          return all[j][i];
      }
    } jacobian;
  };
  template <class F>
  static auto lines_of() {
    if constexpr (requires { typename F::jacobian_rows; })
      return std::type_identity<typename F::jacobian_rows>{};
    else
      return std::type_identity<typename F::jacobian_columns>{};
  }
  template <std::size_t, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      lines<typename decltype(lines_of<F>())::type, F::outputs> result;
      result.value = f.jacobian(x, result.jacobian.all);
      return result;
    };
  }

  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) {
      rival::hessian_result<N> result;
      result.value = f.hessian(x, result.gradient, result.hessian);
      return result;
    };
  }
};

struct function_alone {
  static constexpr bool second_order = true;

  template <class Value>
  struct plain {
    Value value;
  };
  template <std::size_t, class F, std::size_t N>
  static auto gradient(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) { return plain<double>{f(x)}; };
  }
  template <std::size_t, class F, std::size_t N>
  static auto jacobian(F const& f, std::array<double, N> const&) {
    return [f](std::array<double, N> const& x) { return plain<std::array<double, F::outputs>>{f(x)}; };
  }
  template <class F, std::size_t N>
  static auto hessian(F const& f, std::array<double, N> const& x) {
    return gradient<0>(f, x);
  }
};

rival::registered const hand("hand", 0, "value and derivative", rival::contend<by_hand>);
rival::registered const function("function", 1, "value alone", rival::contend<function_alone>);

}  // namespace
