#include "workload/mixture.hpp"
#include "rows.hpp"
#include "workload/structural_lanes.hpp"
#include "workload/traceable.hpp"

namespace {

constexpr std::size_t dimension = 10, components = 25;
using workload_type = workload::mixture<dimension>;

struct statements {
  template <class X, class T>
  T operator()(X const& point, T const* mean, T const* factor) const {
    return workload_type::exponent(point, mean, factor);
  }
};
struct kernels {
  template <class X, class T>
  T operator()(X const& point, T const* mean, T const* factor) const {
    // One by one: no copy of all of them.
    return [&]<std::size_t... I, std::size_t... K>(std::index_sequence<I...>, std::index_sequence<K...>) {
      return duet::kernel(workload::mixture_exponent<dimension>())(T(point[static_cast<std::ptrdiff_t>(I)])...,
                                                                   mean[I]..., factor[K]...);
    }(std::make_index_sequence<dimension>{}, std::make_index_sequence<workload_type::factor>{});
  }
};

// The logarithm of the likelihood as a sum over the points.
template <class Exponent>
auto likelihood(std::shared_ptr<workload_type const> const& w, auto const& points, std::size_t threads) {
  auto const terms = duet::sum_over(points, [](auto const& shared, auto const& point) {
    return workload_type::term(components, shared, point, Exponent());
  });
  return [w, terms = terms.threads(threads)]<class T>(std::vector<T> const& in) -> T {
    return workload_type::prior(components, in, static_cast<double>(w->n)) +
           terms(workload_type::shared(components, in)) + w->constant();
  };
}

}  // namespace

bench::lane_problem bench::mixture_in_lanes(lane_sizes size) {
  using workload_type = ::workload_type;
  auto const w = std::make_shared<workload_type const>(components, size(10'000, 40));
  auto const points = std::make_shared<Eigen::Matrix<double, int{dimension}, Eigen::Dynamic, Eigen::RowMajor>>(
      Eigen::Map<Eigen::Matrix<double, int{dimension}, Eigen::Dynamic> const>(w->data.data(), int{dimension},
                                                                              static_cast<Eigen::Index>(w->n)));
  auto const memory = std::make_shared<workload_type::memory>();
  auto const x = w->start();
  auto const plain = likelihood<statements>(w, *points, 1);
  auto const traced = likelihood<kernels>(w, *points, 1);

  lane_problem p;
  p.name = "Gaussian mixture, d = 10, k = 25";
  p.evaluations = static_cast<double>(w->n);
  p.hand = [=](auto& g) { w->gradient(x, g, *memory); };
  p.evaluation = [=] { return (*w)(x); };
  p.scalar_tape = [=, tape = std::make_shared<duet::tape<double>>()](auto& g) {
    // Point after point; what they share comes before.
    duet::recording<double> const scope(*tape);
    tape->clear();
    std::vector<duet::var<double>> in(x.size());
    tape->independents(x, in);
    auto const prior = workload_type::prior(components, in, static_cast<double>(w->n));
    auto const shared = workload_type::shared(components, in);
    auto const empty = tape->position();
    tape->seed(prior, 1);
    for (std::size_t i = 0; i < w->n; ++i) {
      tape->seed(workload_type::term(components, shared, &w->data[i * dimension], statements()), 1);
      tape->reverse_to(empty);
      tape->rewind(empty);
    }
    tape->reverse_to({});
    g.resize(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) g[i] = tape->adjoint(in[i]);
  };
  p.value_tape = [=](auto& g) { assign(g, duet::gradient(duet::reverse, plain, x)); };
  p.kernels = [=](auto& g) { assign(g, duet::gradient(duet::reverse, traced, x)); };
  p.arrays = [=, f = workload::structural::in_lanes::mixture<dimension>(components, w->n)](auto& g) {
    assign(g, duet::gradient(duet::reverse, f, x));
  };
  p.threads = [=](auto& g, std::size_t threads) {
    assign(g, duet::gradient(duet::reverse, likelihood<kernels>(w, *points, threads), x));
  };
  return p;
}
