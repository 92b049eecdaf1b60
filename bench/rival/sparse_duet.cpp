// Duet's prepared sparse Jacobian.

#include "sparse_rows.hpp"

#include <duet/math/math.hpp>
#include <duet/sparse.hpp>

namespace {

struct duet_sparse {
  template <class F>
  static auto pattern(F const& f, Eigen::VectorXd const& x) {
    return [f, x] {
      auto prepared = duet::prepare_sparse_jacobian(f, x);
      bench::touch(prepared);
    };
  }

  template <class F>
  struct prepared {
    decltype(duet::prepare_sparse_jacobian(std::declval<F const&>(), std::declval<Eigen::VectorXd const&>())) at;

    double const* operator()(Eigen::VectorXd const& x) { return at(x).valuePtr(); }
    std::vector<std::tuple<long, long, double>> entries(Eigen::VectorXd const& x) {
      auto const& matrix = at(x);
      std::vector<std::tuple<long, long, double>> all;
      for (int j = 0; j < matrix.outerSize(); ++j)
        for (typename Eigen::SparseMatrix<double>::InnerIterator it(matrix, j); it; ++it)
          all.emplace_back(it.row(), it.col(), it.value());
      return all;
    }
  };
  template <class F>
  static auto jacobian(F const& f, Eigen::VectorXd const& x) {
    return prepared<F>{duet::prepare_sparse_jacobian(f, x)};
  }
};

rival::registered const duet_registered("Duet", 0, "the pattern traced in every preparation",
                                        rival::contend_sparsely<duet_sparse>);

}  // namespace
