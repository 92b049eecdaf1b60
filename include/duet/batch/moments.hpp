#pragma once

// Means and variances of several quantities over many samples, some of them side by side in lanes; merged without loss
// of digits (Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979).

#include <cmath>
#include <cstddef>
#include <duet/batch/widened.hpp>
#include <vector>

namespace duet {

// Of quantities of type E: a number, or lanes of as many samples, which have counts, means and variances of their own.
template <class E>
class moments {
 public:
  moments() = default;
  explicit moments(std::size_t quantities) : mean_(quantities, E(0)), square_(quantities, E(0)) {}

  // Adds a sample whose quantity i is x(i).
  template <class Quantity>
  DUET_INLINE void add(Quantity const& x) {
    using T = element_of_t<E>;
    E const weight(T(1) / static_cast<T>(++count_));
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      E const from_mean = x(i) - mean_[i];
      mean_[i] += from_mean * weight;
      square_[i] += from_mean * (x(i) - mean_[i]);
    }
  }
  moments& operator+=(moments const& other) {
    if (other.count_ == 0) return *this;
    if (count_ == 0) return *this = other;
    using T = element_of_t<E>;
    T const n = static_cast<T>(count_), m = static_cast<T>(other.count_);
    for (std::size_t i = 0; i < mean_.size(); ++i) {
      E const apart = other.mean_[i] - mean_[i];
      mean_[i] += apart * E(m / (n + m));
      square_[i] += other.square_[i] + apart * apart * E(n * m / (n + m));
    }
    count_ += other.count_;
    return *this;
  }

  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] E mean(std::size_t i) const { return mean_[i]; }
  // The standard error of the mean.
  [[nodiscard]] E error(std::size_t i) const {
    using std::sqrt;
    auto const n = static_cast<E>(count_);
    return sqrt(square_[i] / ((n - 1) * n));
  }

  // The samples of all lanes together.
  [[nodiscard]] auto of_lanes() const {
    using T = element_of_t<E>;
    moments<T> result(mean_.size());
    for (std::size_t l = 0; l < width_of<E>; ++l) {
      moments<T> lane(mean_.size());
      lane.count_ = count_;
      for (std::size_t i = 0; i < mean_.size(); ++i) {
        lane.mean_[i] = mean_[i][l];
        lane.square_[i] = square_[i][l];
      }
      result += lane;
    }
    return result;
  }

 private:
  template <class>
  friend class moments;
  std::size_t count_ = 0;
  std::vector<E> mean_, square_;  // and the sum of squared distances from it
};

}  // namespace duet
