#pragma once

// A reaction that feeds itself (Bratu's problem) with diffusion on a grid between walls where u is zero: 5 or 9 points
// of a plane, 7 of space. Each residual needs its own cell and those around it.

#include <Eigen/Core>
#include <array>
#include <cmath>
#include <vector>

namespace workload {

class reaction_diffusion {
 public:
  using offset = std::array<Eigen::Index, 3>;

  static reaction_diffusion five_points(Eigen::Index n) {
    return {{n, n, 1}, {{{1, 0, 0}, 1}, {{-1, 0, 0}, 1}, {{0, 1, 0}, 1}, {{0, -1, 0}, 1}}};
  }
  static reaction_diffusion nine_points(Eigen::Index n) {
    std::vector<neighbor> all;
    for (Eigen::Index i = -1; i <= 1; ++i)
      for (Eigen::Index j = -1; j <= 1; ++j)
        if (i != 0 || j != 0) all.push_back({{i, j, 0}, i == 0 || j == 0 ? 4.0 / 6 : 1.0 / 6});
    return {{n, n, 1}, all};
  }
  static reaction_diffusion seven_points(Eigen::Index n) {
    return {{n, n, n},
            {{{1, 0, 0}, 1}, {{-1, 0, 0}, 1}, {{0, 1, 0}, 1}, {{0, -1, 0}, 1}, {{0, 0, 1}, 1}, {{0, 0, -1}, 1}}};
  }

  [[nodiscard]] Eigen::Index inputs() const { return cells_[0] * cells_[1] * cells_[2]; }
  [[nodiscard]] Eigen::VectorXd start() const {
    return Eigen::VectorXd::NullaryExpr(inputs(), [](Eigen::Index i) { return 0.5 + 0.3 * std::sin(0.7 * double(i)); });
  }

  template <class S>
  Eigen::Matrix<S, Eigen::Dynamic, 1> operator()(Eigen::Matrix<S, Eigen::Dynamic, 1> const& u) const {
    using std::exp;
    Eigen::Matrix<S, Eigen::Dynamic, 1> r(u.size());
    Eigen::Index here = 0;
    for (Eigen::Index k = 0; k < cells_[2]; ++k)
      for (Eigen::Index j = 0; j < cells_[1]; ++j)
        for (Eigen::Index i = 0; i < cells_[0]; ++i, ++here) {
          S sum = reaction * exp(u[here]) - middle_ * u[here];
          for (neighbor const& n : neighbors_) {
            Eigen::Index const a = i + n.at[0], b = j + n.at[1], c = k + n.at[2];
            if (a >= 0 && a < cells_[0] && b >= 0 && b < cells_[1] && c >= 0 && c < cells_[2])
              sum += n.weight * u[a + cells_[0] * (b + cells_[1] * c)];
          }
          r[here] = sum;
        }
    return r;
  }

 private:
  static constexpr double reaction = 0.1;
  struct neighbor {
    offset at;
    double weight;
  };
  reaction_diffusion(offset cells, std::vector<neighbor> neighbors) : cells_(cells), neighbors_(std::move(neighbors)) {
    for (neighbor const& n : neighbors_) middle_ += n.weight;
  }

  offset cells_;
  std::vector<neighbor> neighbors_;
  double middle_ = 0;
};

}  // namespace workload
