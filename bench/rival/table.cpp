// One table: what each library's derivatives cost over those written by hand, timed in turn in one process. Every
// result is compared with the one by hand first. Arguments that are no options select the rows that contain one.

#include "contender.hpp"

#include <cmath>
#include <cstdlib>

namespace {

using rival::contender, rival::library;

struct row {
  std::string name;
  bool second_order;
  std::vector<std::vector<contender const*>> variants;  // for each library
};

// In the order of the first library.
std::vector<row> rows_of(std::vector<std::vector<contender>> const& all) {
  std::vector<row> rows;
  for (auto const& first : all.front()) {
    row r{first.row, first.second_order, {}};
    for (auto const& contenders : all) {
      r.variants.emplace_back();
      for (auto const& c : contenders)
        if (c.row == first.row) r.variants.back().push_back(&c);
    }
    rows.push_back(std::move(r));
  }
  return rows;
}

bool agree(std::vector<double> const& a, std::vector<double> const& b, double tolerance) {
  if (a.size() != b.size()) return false;
  double scale = 0;
  for (double x : b) scale = std::max(scale, std::abs(x));
  for (std::size_t i = 0; i < a.size(); ++i)
    if (!(std::abs(a[i] - b[i]) <= tolerance * scale)) return false;
  return true;
}

void require_agreement(std::vector<library> const& libraries, std::vector<row> const& rows) {
  bool all_agree = true;
  for (auto const& r : rows)
    for (std::size_t l = 1; l < r.variants.size(); ++l)
      for (auto const* c : r.variants[l])
        if (!c->derivative.empty() && !agree(c->derivative, r.variants[0][0]->derivative, c->tolerance)) {
          std::printf("%s differs from the derivative by hand: %s %s\n", libraries[l].name.c_str(), r.name.c_str(),
                      c->work.name.c_str());
          all_agree = false;
        }
  if (!all_agree) std::exit(1);
}

// Nanoseconds of the first library, for the others their ratio to it; that of the fastest variant. 0: takes no part.
std::vector<double> timed(row const& r, bench::settings const& s) {
  std::vector<bench::candidate> candidates;
  for (auto const& variants : r.variants)
    for (auto const* c : variants) candidates.push_back(c->work);
  auto const t = bench::compare(candidates, s);
  std::vector<double> best;
  std::size_t k = 0;
  for (auto const& variants : r.variants) {
    double least = 0;
    for (std::size_t v = 0; v < variants.size(); ++v, ++k)
      if (v == 0 || t[k].ratio < least) least = t[k].ratio;
    best.push_back(least);
  }
  best.front() = t.front().nanoseconds;
  return best;
}

// How far the rivals, the libraries from the one after Duet on, are behind it: each of them, and the fastest row by
// row.
class summary {
 public:
  void add(std::string const& name, std::vector<double> const& t, std::size_t duet) {
    ratios_.resize(t.size() - duet);  // the first for the fastest
    double fastest = 0;
    for (std::size_t l = duet + 1; l < t.size(); ++l) {
      if (t[l] == 0) continue;
      ratios_[l - duet].push_back(t[l] / t[duet]);
      if (fastest == 0 || t[l] < fastest) fastest = t[l];
    }
    if (fastest == 0) return;
    ratios_[0].push_back(fastest / t[duet]);
    if (t[duet] / fastest > worst_) {
      worst_ = t[duet] / fastest;
      worst_row_ = name;
    }
  }
  void print(char const* what, std::vector<std::string> const& rivals) const {
    if (ratios_.empty() || ratios_[0].empty()) return;
    std::printf("%s, time over Duet's, geometric mean of %zu rows:", what, ratios_[0].size());
    for (std::size_t l = 0; l < rivals.size(); ++l) std::printf(" %s %.2f,", rivals[l].c_str(), mean(ratios_[l + 1]));
    std::printf(" the fastest of each row %.2f; worst Duet over the fastest: %.2f (%s)\n", mean(ratios_[0]), worst_,
                worst_row_.c_str());
  }

 private:
  static double mean(std::vector<double> const& ratios) {
    double logarithms = 0;
    for (double r : ratios) logarithms += std::log(r);
    return std::exp(logarithms / static_cast<double>(ratios.size()));
  }

  std::vector<std::vector<double>> ratios_;
  double worst_ = 0;
  std::string worst_row_;
};

bool selected(std::string const& name, int argc, char** argv) {
  bool any = false;
  for (int i = 1; i < argc; ++i) {
    if (argv[i][0] == '-') continue;
    if (name.find(argv[i]) != std::string::npos) return true;
    any = true;
  }
  return !any;
}

}  // namespace

int main(int argc, char** argv) {
  auto const s = bench::settings_for(bench::is_quick(argc, argv));
  auto libraries = rival::libraries();
  std::sort(libraries.begin(), libraries.end(), [](auto const& a, auto const& b) { return a.place < b.place; });
  std::vector<std::vector<contender>> all;
  for (auto const& l : libraries) all.push_back(l.contenders());
  auto const rows = rows_of(all);
  require_agreement(libraries, rows);

  bench::print_setting();
  if (*BENCH_SKIPPED) std::printf("Not found, therefore not in the table: %s\n", BENCH_SKIPPED);
  std::printf("%-29s", "Time over that by hand");
  for (auto const& l : libraries) std::printf(" %14s", l.name.c_str());
  std::printf("\n%-29s %14s\n", "", "ns");
  summary first, second, both;
  bool any_second = false;
  constexpr std::size_t duet = 2;
  for (auto const& r : rows) {
    if (!selected(r.name, argc, argv)) continue;
    auto const t = timed(r, s);
    std::printf("%-29s %14.1f", r.name.c_str(), t[0]);
    for (std::size_t l = 1; l < t.size(); ++l) {
      if (t[l] != 0)
        std::printf(" %14.2f", t[l]);
      else
        std::printf(" %14s", "-");
    }
    std::printf("\n");
    std::fflush(stdout);
    (r.second_order ? second : first).add(r.name, t, duet);
    any_second = any_second || r.second_order;
    both.add(r.name, t, duet);
  }
  std::printf("\n");
  for (auto const& l : libraries) std::printf("%-14s %s\n", l.name.c_str(), l.note.c_str());
  std::printf("\n");
  std::vector<std::string> rivals;
  for (std::size_t l = duet + 1; l < libraries.size(); ++l) rivals.push_back(libraries[l].name);
  first.print("First order", rivals);
  second.print("Second order", rivals);
  if (any_second) both.print("All", rivals);
}
