#include "singular_oracle.hpp"

#include <duet/linalg/singular_values.hpp>

using namespace linalg_test;

namespace {

Index rows, columns;

}  // namespace

TEST_CASE("singular_values agree with differences in 50 digits") {
  for (auto const& [m, n] : {std::pair<Index, Index>{1, 1}, {2, 2}, {5, 3}, {3, 5}, {20, 20}}) {
    rows = m, columns = n;
    check_against_differences([](auto const& x) { return weighted(duet::singular_values(reader(x)(rows, columns))); },
                              [](auto const& x) { return weighted(triples(reader(x)(rows, columns)).s); },
                              joined({sample(m, n)}));
  }
}
