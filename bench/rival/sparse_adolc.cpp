// ADOL-C with ColPack, as ADOL-C's own driver sparse_jac puts them together: the pattern by jac_pat, colours and seeds
// by ColPack, the compressed Jacobian by fov_forward, the entries by ColPack. Debian's ADOL-C is built without ColPack,
// so that its driver is not there. The function is recorded once, before the clock runs.

#include "adolc_memory.hpp"
#include "sparse_rows.hpp"

#include <ColPack/ColPackHeaders.h>
#include <adolc/adolc.h>
#include <adolc/adolc_sparse.h>

#include <cstdlib>

namespace {

void require(bool holds, char const* what) {
  if (holds) return;
  std::fprintf(stderr, "ADOL-C: %s\n", what);
  std::exit(1);
}

short tapes = 0;

template <class F>
short record(F const& f, Eigen::VectorXd const& x) {
  short const tape = ++tapes;
  trace_on(tape, 0, operations, places, constants, values);
  Eigen::Matrix<adouble, Eigen::Dynamic, 1> in(x.size());
  for (Eigen::Index i = 0; i < x.size(); ++i) in[i] <<= x[i];
  auto y = f(in);
  double ignored;
  for (Eigen::Index i = 0; i < y.size(); ++i) y[i] >>= ignored;
  trace_off();
  return tape;
}

// The rows of a pattern as ADOL-C hands them to ColPack: the number of entries, then the columns.
class pattern_rows {
 public:
  pattern_rows(short tape, Eigen::VectorXd const& x) : rows_(static_cast<std::size_t>(x.size())) {
    int const n = static_cast<int>(x.size());
    int options[3] = {0, 0, 0};  // index domains, which hold at every point
    require(jac_pat(tape, n, n, x.data(), rows_.data(), options) >= 0, "no pattern");
  }
  pattern_rows(pattern_rows const&) = delete;
  pattern_rows& operator=(pattern_rows const&) = delete;
  ~pattern_rows() {
    for (unsigned* row : rows_) std::free(row);
  }
  unsigned** data() { return rows_.data(); }
  [[nodiscard]] int size() const { return static_cast<int>(rows_.size()); }
  [[nodiscard]] std::size_t entries() const {
    std::size_t sum = 0;
    for (unsigned const* row : rows_) sum += row[0];
    return sum;
  }

 private:
  std::vector<unsigned*> rows_;
};

// Pattern and seeds.
struct plan {
  plan(short tape, Eigen::VectorXd const& x)
      : rows(tape, x), graph(SRC_MEM_ADOLC, rows.data(), rows.size(), rows.size()) {
    int seed_rows = 0;
    graph.GenerateSeedJacobian(&seed, &seed_rows, &colors, "SMALLEST_LAST", "COLUMN_PARTIAL_DISTANCE_TWO");
    require(colors > 0 && seed_rows == rows.size(), "no colours");
  }

  pattern_rows rows;
  ColPack::BipartiteGraphPartialColoringInterface graph;
  double** seed = nullptr;  // the graph's
  int colors = 0;
};

struct adolc_sparse {
  template <class F>
  static auto pattern(F const& f, Eigen::VectorXd const& x) {
    return [tape = record(f, x), x] {
      plan found(tape, x);
      bench::touch(found);
    };
  }

  class prepared {
   public:
    template <class F>
    prepared(F const& f, Eigen::VectorXd const& x)
        : tape_(record(f, x)),
          plan_(std::make_unique<plan>(tape_, x)),
          value_(static_cast<std::size_t>(x.size())),
          compressed_(value_.size() * static_cast<std::size_t>(plan_->colors)),
          rows_(plan_->rows.entries()),
          columns_(rows_.size()),
          values_(rows_.size()) {
      for (std::size_t i = 0; i < value_.size(); ++i)
        compressed_rows_.push_back(compressed_.data() + i * static_cast<std::size_t>(plan_->colors));
    }
    double const* operator()(Eigen::VectorXd const& x) {
      int const n = static_cast<int>(x.size());
      require(
          fov_forward(tape_, n, n, plan_->colors, x.data(), plan_->seed, value_.data(), compressed_rows_.data()) >= 0,
          "a branch has changed");
      unsigned *rows = rows_.data(), *columns = columns_.data();
      double* values = values_.data();
      recovery_.RecoverD2Cln_CoordinateFormat_usermem(&plan_->graph, compressed_rows_.data(), plan_->rows.data(), &rows,
                                                      &columns, &values);
      return values;
    }
    std::vector<std::tuple<long, long, double>> entries(Eigen::VectorXd const& x) {
      (void)(*this)(x);
      std::vector<std::tuple<long, long, double>> all;
      for (std::size_t k = 0; k < values_.size(); ++k) all.emplace_back(rows_[k], columns_[k], values_[k]);
      return all;
    }

   private:
    short tape_;
    std::unique_ptr<plan> plan_;
    ColPack::JacobianRecovery1D recovery_;
    std::vector<double> value_, compressed_;
    std::vector<double*> compressed_rows_;
    std::vector<unsigned> rows_, columns_;
    std::vector<double> values_;
  };
  template <class F>
  static prepared jacobian(F const& f, Eigen::VectorXd const& x) {
    return {f, x};
  }
};

rival::registered const adolc("ADOL-C", 1, "and ColPack, on a tape recorded once, not timed",
                              rival::contend_sparsely<adolc_sparse>);

}  // namespace
