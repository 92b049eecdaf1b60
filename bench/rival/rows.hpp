#pragma once

// The rows of the table, for a library that says how it differentiates. Library::gradient<Chunk>(f, x) returns a
// callable that computes value and gradient at a point, prepared for points like x; likewise jacobian and hessian.
// Chunk is the number of directions of one pass, for libraries where it is the caller's choice. The result has .value
// and .gradient, .jacobian or .hessian, or .value alone to time the function.

#include "../workload/brusselator.hpp"
#include "../workload/exponential_fit.hpp"
#include "../workload/helmholtz.hpp"
#include "../workload/perceptron.hpp"
#include "../workload/reprojection.hpp"
#include "../workload/rosenbrock.hpp"
#include "../workload/tetrahedron.hpp"
#include "contender.hpp"

#include <algorithm>
#include <memory>
#include <new>

namespace rival {

// Results of libraries that leave their form to the caller.
template <std::size_t N>
struct gradient_result {
  double value;
  std::array<double, N> gradient;
};
template <std::size_t M, std::size_t N>
struct jacobian_result {
  std::array<double, M> value;
  std::array<std::array<double, N>, M> jacobian;
};
template <std::size_t N>
struct hessian_result {
  double value;
  std::array<double, N> gradient;
  std::array<std::array<double, N>, N> hessian;
};

// Entry (i, j) of an array of rows, or of what takes two indices as Eigen's matrices do.
template <class Matrix>
double entry(Matrix const& m, std::size_t i, std::size_t j) {
  if constexpr (requires { m[i][j]; })
    return m[i][j];
  else
    return m(static_cast<std::ptrdiff_t>(i), static_cast<std::ptrdiff_t>(j));
}

template <class Library>
class contest {
 public:
  static constexpr bool chunked = requires { requires Library::chunked; };

  explicit contest(std::string variant) : variant_(std::move(variant)) {
    bench::for_each_size<4, 8, 16, 30>([&]<std::size_t N> {
      workload::rosenbrock const f;
      gradient("Rosenbrock " + std::to_string(N), f, f.start<N>());
      if constexpr (Library::second_order) hessian("Rosenbrock " + std::to_string(N), f, f.start<N>());
    });
    bench::for_each_size<4, 8, 10, 16, 32>([&]<std::size_t N> {
      workload::helmholtz<N> const f;
      gradient("Helmholtz " + std::to_string(N), f, f.start());
    });
    if constexpr (Library::second_order)
      bench::for_each_size<4, 8, 16, 30>([&]<std::size_t N> {
        workload::helmholtz<N> const f;
        hessian("Helmholtz " + std::to_string(N), f, f.start());
      });
    workload::tetrahedron const element;
    gradient("tetrahedron", element, element.start());
    if constexpr (Library::second_order) hessian("tetrahedron", element, element.start());

    jacobian("reprojection", workload::reprojection{}, workload::reprojection::start());
    jacobian("Brusselator 64", workload::brusselator{}, workload::brusselator::start());
    workload::network<8, 16, 16, 4> const narrow;
    jacobian("network 8-16-16-4", narrow, narrow.start());
    workload::network<16, 32, 32, 8> const wide;
    jacobian("network 16-32-32-8", wide, wide.start());
    static workload::exponential_data const data;
    workload::exponential_residuals const residuals{data};
    jacobian("exponential fit", residuals, residuals.start());
  }

  [[nodiscard]] std::vector<contender> contenders() && { return std::move(contenders_); }

 private:
  // Narrower chunks, too, where that may pay.
  template <std::size_t N, class Visit>
  static void for_each_chunk(Visit const& visit) {
    visit.template operator()<std::min(N, std::size_t{32})>();
    if constexpr (chunked && N > 16) visit.template operator()<16>();
    if constexpr (chunked && N > 32) visit.template operator()<8>();
  }

  template <class F, std::size_t N>
  void gradient(std::string const& name, F const& f, std::array<double, N> const& x) {
    for_each_chunk<N>([&]<std::size_t Chunk> {
      add(name + ", gradient", false, Library::template gradient<Chunk>(f, x), x, [](auto const& result) {
        std::vector<double> all;
        if constexpr (requires { result.gradient; })
          for (std::size_t i = 0; i < N; ++i) all.push_back(result.gradient[i]);
        return all;
      });
    });
  }
  template <class F, std::size_t N>
  void jacobian(std::string const& name, F const& f, std::array<double, N> const& x) {
    for_each_chunk<N>([&]<std::size_t Chunk> {
      add(name + ", Jacobian", false, Library::template jacobian<Chunk>(f, x), x, [](auto const& result) {
        std::vector<double> all;
        if constexpr (requires { result.jacobian; })
          for (std::size_t i = 0; i < F::outputs; ++i)
            for (std::size_t j = 0; j < N; ++j) all.push_back(rival::entry(result.jacobian, i, j));
        return all;
      });
    });
  }
  template <class F, std::size_t N>
  void hessian(std::string const& name, F const& f, std::array<double, N> const& x) {
    add(name + ", Hessian", true, Library::hessian(f, x), x, [](auto const& result) {
      std::vector<double> all;
      if constexpr (requires { result.hessian; })
        for (std::size_t i = 0; i < N; ++i) {
          all.push_back(result.gradient[i]);
          for (std::size_t j = 0; j < N; ++j) all.push_back(rival::entry(result.hessian, i, j));
        }
      return all;
    });
  }

  // Results are written where the last one can be read: the derivative is compiled once, inside the loop that is timed.
  template <class Derivative, std::size_t N, class Read>
  void add(std::string const& row, bool second_order, Derivative derivative, std::array<double, N> x,
           Read const& read) {
    using Result = decltype(derivative(x));
    static_assert(std::is_trivially_destructible_v<Result>);
    struct place {
      alignas(Result) std::array<std::byte, sizeof(Result)> bytes;
    };
    auto const last = std::make_shared<place>();
    bench::candidate work{variant_, [derivative, x, last](long count) mutable {
                            for (long i = 0; i < count; ++i) {
                              bench::touch(x);
                              bench::touch(*new (last->bytes.data()) Result(derivative(x)));
                            }
                          }};
    work.repeat(1);
    auto const& result = *std::launder(reinterpret_cast<Result const*>(last->bytes.data()));
    contenders_.push_back({row, second_order, std::move(work), read(result)});
  }

  std::string variant_;
  std::vector<contender> contenders_;
};

template <class Library>
std::vector<contender> contend() {
  return contest<Library>("").contenders();
}

}  // namespace rival
