#include "singular_oracle.hpp"

#include <duet/linalg/singular_values.hpp>

using namespace linalg_test;

namespace {

Index rows, columns;

}  // namespace

TEST_CASE("singular_value_decomposition agrees with differences in 50 digits of values and vectors") {
  for (auto const& [m, n] : {std::pair<Index, Index>{1, 1}, {2, 2}, {5, 3}, {3, 5}, {20, 12}, {20, 20}}) {
    rows = m, columns = n;
    check_against_differences(
        [](auto const& x) {
          auto const [u, s, v] = duet::singular_value_decomposition(reader(x)(rows, columns));
          return std::decay_t<decltype(x[0])>(weighted(s) + weighted_pairs(u) + 2.0 * weighted_pairs(v));
        },
        [](auto const& x) {
          auto const [u, v, s] = triples(reader(x)(rows, columns));
          return big(weighted(s) + weighted_pairs(u) + 2 * weighted_pairs(v));
        },
        joined({sample(m, n)}));
  }
}

TEST_CASE("singular_value_decomposition of equal values: the vectors have no derivatives, sums of values do") {
  MatrixXd const a = 2 * MatrixXd::Identity(3, 3);
  auto const sum = [](auto const& x) { return duet::singular_values(x).sum(); };
  CHECK((duet::gradient(duet::reverse, sum, a) - MatrixXd::Identity(3, 3)).norm() < 1e-13);
  auto const entry = [](auto const& x) { return duet::singular_value_decomposition(x).u(0, 0); };
  CHECK_THROWS_WITH(duet::gradient(duet::reverse, entry, a), duet_test::contains("are equal"));
  CHECK(duet::singular_values(MatrixXd(3, 0)).size() == 0);
}
