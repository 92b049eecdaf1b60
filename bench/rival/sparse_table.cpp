// One table: what sparse Jacobians cost by each library, timed in turn in one process, and the ratio to the first. The
// entries are compared first.

#include "contender.hpp"

#include <cmath>
#include <cstdlib>

namespace {

bool agree(std::vector<double> const& a, std::vector<double> const& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](double x, double y) { return std::abs(x - y) <= 1e-11 * (1 + std::abs(y)); });
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  auto libraries = rival::libraries();
  std::sort(libraries.begin(), libraries.end(), [](auto const& a, auto const& b) { return a.place < b.place; });
  std::vector<std::vector<rival::contender>> all;
  for (auto const& l : libraries) all.push_back(l.contenders());

  bench::print_setting();
  if (*BENCH_SKIPPED) std::printf("Not found, therefore not in the table: %s\n", BENCH_SKIPPED);
  std::printf("%-40s", "Brusselator on a periodic grid");
  for (auto const& l : libraries) std::printf(" %9s ms", l.name.c_str());
  std::printf("        ratio\n");
  for (std::size_t row = 0; row < all.front().size(); ++row) {
    std::vector<bench::candidate> candidates;
    for (auto const& contenders : all) {
      if (!agree(contenders[row].derivative, all.front()[row].derivative)) {
        std::printf("The libraries differ: %s\n", contenders[row].row.c_str());
        return 1;
      }
      candidates.push_back(contenders[row].work);
    }
    auto const times = bench::time_rounds(candidates, quick ? bench::settings{1, 0} : bench::settings{15, 1e-3});
    std::printf("%-40s", all.front()[row].row.c_str());
    for (auto const& t : times) std::printf(" %12.3f", bench::median(t) / 1e6);
    for (std::size_t l = 1; l < times.size(); ++l) std::printf(" %12.1f", bench::median_ratio(times[l], times[0]));
    std::printf("\n");
    std::fflush(stdout);
  }
  std::printf("\n");
  for (auto const& l : libraries) std::printf("%-8s %s\n", l.name.c_str(), l.note.c_str());
}
