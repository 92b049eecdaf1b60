#pragma once

// What prepared sparse drivers share: patterns given or traced at a point, and sparse matrices whose values are written
// in place.

#include <duet/driver/sparse_options.hpp>
#include <duet/driver/workspace.hpp>
#include <duet/sparse/tracer.hpp>

namespace duet {

// f at x on tracers; use(graph, y) reads the result while the trace stands.
template <int Order, class F, class X, class Use>
auto run_on_tracers(F& f, X const& x, pattern_scope scope, Use const& use) {
  using T = entry_t<X>;
  using S = tracer<T, Order>;
  trace_graph graph(duet::size_of(x), scope);
  tracing const on(graph);
  auto const y = duet::evaluate(f, shape<X>::template make<S>(x, [&](auto i) {
                                  return S(std::type_identity<trace_graph::node>{}, shape<X>::entry(x, i),
                                           trace_graph::input(std::size_t{i}));
                                }));
  return use(graph, y);
}
template <class S, class E>
[[nodiscard]] trace_graph::node node_of(E const& e) {
  if constexpr (std::is_same_v<E, S>)
    return e.place();
  else
    return trace_graph::constant;
}

template <class F, class X>
[[nodiscard]] sparsity_pattern traced_dependencies(F& f, X const& x, pattern_scope scope) {
  using S = tracer<entry_t<X>, 1>;
  return duet::run_on_tracers<1>(f, x, scope, []<class Y>(trace_graph& graph, Y const& y) {
    std::vector<trace_graph::node> outputs;
    for (std::size_t i = 0; i < duet::size_of(y); ++i) outputs.push_back(duet::node_of<S>(shape<Y>::entry(y, i)));
    return graph.dependencies(outputs);
  });
}
template <class F, class X>
[[nodiscard]] sparsity_pattern traced_interactions(F& f, X const& x, pattern_scope scope) {
  using S = tracer<entry_t<X>, 2>;
  return duet::run_on_tracers<2>(
      f, x, scope, [](trace_graph& graph, auto const& y) { return graph.interactions(duet::node_of<S>(y)); });
}

// The pattern that the caller gives for `inputs` inputs, or else the one that traced() finds.
template <class Traced>
[[nodiscard]] sparsity_pattern pattern_for(std::string_view where, sparse_options const& options, std::size_t inputs,
                                           Traced const& traced) {
  if (!options.pattern.get()) return traced();
  require_size(where, "a row of the pattern", options.pattern.get()->columns(), inputs, "one for each input");
  return *options.pattern.get();
}

// A matrix by columns with a zero at each place of a pattern, of which this is the transpose.
template <class T>
[[nodiscard]] Eigen::SparseMatrix<T> matrix_by_columns(sparsity_pattern const& transposed) {
  if (transposed.entries() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    throw std::invalid_argument("duet: a sparse matrix holds at most 2^31 - 1 entries");
  Eigen::SparseMatrix<T> result(static_cast<Eigen::Index>(transposed.columns()),
                                static_cast<Eigen::Index>(transposed.rows()));
  result.resizeNonZeros(static_cast<Eigen::Index>(transposed.entries()));
  for (std::size_t j = 0; j < transposed.rows(); ++j)
    result.outerIndexPtr()[j + 1] = static_cast<int>(transposed.start(j) + transposed.row(j).size());
  std::copy(transposed.indices().begin(), transposed.indices().end(), result.innerIndexPtr());
  std::fill(result.valuePtr(), result.valuePtr() + transposed.entries(), T(0));
  return result;
}

// The entries of a direction that checks a matrix: random, of either sign, none small (splitmix64).
template <class T>
[[nodiscard]] T random_entry(std::uint64_t seed, std::size_t i) {
  std::uint64_t z = seed + (static_cast<std::uint64_t>(i) + 1) * 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  double const size = 0.5 + static_cast<double>(z >> 11) * 0x1p-53;
  return T((z & 1) != 0 ? size : -size);
}

// Throws unless the product of a derivative with a random direction and the sum over the recovered entries agree, up to
// what rounding makes of terms of this size. What is not finite is not compared.
template <class T>
void require_product(std::string_view where, std::size_t entry, T const& product, T const& sum, T const& terms) {
  using std::abs;
  using P = passive_of_t<T>;
  auto const p = duet::value(product), s = duet::value(sum), size = duet::value(terms);
  if (!(p - p == 0) || !(s - s == 0)) return;
  P const tolerance = std::numeric_limits<P>::epsilon() * 100'000;
  if (abs(p - s) <= tolerance * (size + abs(p))) return;
  throw error(std::string(where) + ": the sparsity pattern misses an entry that is not zero at this point: entry " +
              std::to_string(entry) + " of the product with a random direction is " +
              std::to_string(static_cast<double>(p)) + ", and by the recovered entries " +
              std::to_string(static_cast<double>(s)) +
              "; give a pattern that holds here, or let duet trace the global one");
}

}  // namespace duet
