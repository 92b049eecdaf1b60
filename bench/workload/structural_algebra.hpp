#pragma once

// Algebra in the form that reverse mode is fastest in. The same functions as the scalar forms they inherit from, up to
// rounding.

#include "workload/determinant.hpp"
#include "workload/polynomial.hpp"

#include <duet/driver/preaccumulate.hpp>
#include <duet/math/math.hpp>

namespace workload::structural {

// Laplace's expansion by the upper three rows: the scalar product of their minors with those of the lower three.
struct determinant : workload::determinant<6> {
  template <class T>
  T operator()(std::array<T, inputs> const& a) const {
    Eigen::Matrix<T, 20, 1> const upper = minors(&a[0]), lower = minors(&a[18]).reverse();
    return upper.cwiseProduct(signs()).dot(lower);
  }

  // Of three rows, in all choices of three columns in lexical order; backwards these are the other three.
  template <class T>
  static Eigen::Matrix<T, 20, 1> minors(T const* a) {
    T const *const b = a + 6, *const c = b + 6;
    std::array<std::array<T, 6>, 6> pair;  // of the last two rows
    for (std::size_t j = 0; j < 6; ++j)
      for (std::size_t k = j + 1; k < 6; ++k) pair[j][k] = b[j] * c[k] - b[k] * c[j];
    Eigen::Matrix<T, 20, 1> result;
    for_columns([&](Eigen::Index at, std::size_t i, std::size_t j, std::size_t k) {
      result(at) = a[i] * pair[j][k] - a[j] * pair[i][k] + a[k] * pair[i][j];
    });
    return result;
  }
  static Eigen::Matrix<double, 20, 1> signs() {
    Eigen::Matrix<double, 20, 1> result;
    for_columns([&](Eigen::Index at, std::size_t i, std::size_t j, std::size_t k) {
      result(at) = (i + j + k) % 2 == 0 ? -1 : 1;
    });
    return result;
  }

 private:
  template <class Visit>
  static void for_columns(Visit const& visit) {
    Eigen::Index at = 0;
    for (std::size_t i = 0; i < 6; ++i)
      for (std::size_t j = i + 1; j < 6; ++j)
        for (std::size_t k = j + 1; k < 6; ++k) visit(at++, i, j, k);
  }
};

// Eight inputs, one output: forward mode carries all eight at once, and the recording is one statement.
struct polynomial : workload::polynomial {
  using workload::polynomial::polynomial;

  template <class T>
  T operator()(std::array<T, inputs> const& c) const {
    return duet::preaccumulate([this](auto const& x) { return workload::polynomial::operator()(x); }, c);
  }
};

}  // namespace workload::structural
