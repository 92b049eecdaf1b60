// Every rule of one operand over the floats: value and first derivative in float against double, in units of the last
// place of float. The worst of all floats stands in doc/explanation/accuracy.md; here some of them are held against
// that table. Environment: DUET_FLOAT_STRIDE=1 runs over all floats and prints the rows of the table, by
// DUET_THREADS threads, for the rules named in DUET_FLOAT_RULES (all if empty).

#include <bit>
#include <boost/mp11/algorithm.hpp>
#include <cstdint>
#include <cstdlib>
#include <duet/math/math.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <thread>
#include <vector>

#include "catch.hpp"

namespace {

struct worst_error {
  double ulps = 0;
  float at = 0;
  void see(double error, float x) {
    if (!(error <= ulps)) ulps = error, at = x;
  }
  // Of two that are as bad, the one of the smaller bit pattern, whichever thread has found it.
  void see(worst_error const& e) {
    if (e.ulps == ulps && std::bit_cast<std::uint32_t>(e.at) < std::bit_cast<std::uint32_t>(at)) at = e.at;
    see(e.ulps, e.at);
  }
};

// |got - exact| in units of the last place of float at `exact`, or at its largest term. Beyond the range of float
// infinity is right.
double ulps(float got, double exact, double term = 0) {
  constexpr double largest = std::numeric_limits<float>::max();
  if (got != got || exact != exact) return (got != got) == (exact != exact) ? 0 : duet::infinity;
  if (std::abs(exact) > largest || std::isinf(got))
    return std::abs(exact) >= largest * (1 - 0x1p-24) && std::abs(got) >= std::numeric_limits<float>::max() &&
                   std::signbit(got) == std::signbit(exact)
               ? 0
               : duet::infinity;
  double const size = std::fmax(std::abs(exact), std::fmax(term, std::numeric_limits<float>::min()));
  double const unit = std::bit_cast<double>(std::bit_cast<std::uint64_t>(size) & 0x7ff0000000000000) * 0x1p-23;
  return std::abs(got - exact) / unit;
}

struct errors {
  worst_error value, slope;
};

// Over the bit patterns begin, begin + stride, ... of all floats.
template <class R>
errors scan(std::uint64_t begin, std::uint64_t stride) {
  errors worst;
  for (std::uint64_t bits = begin; bits < std::uint64_t{1} << 32; bits += stride) {
    float const x = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    if (!(x >= R::domain.lower && x <= R::domain.upper)) continue;
    float const y = R::value(x);
    double const wide = x, exact = R::value(wide);
    worst.value.see(ulps(y, exact), x);
    if (std::isinf(y)) continue;                                            // the slope may overflow with the value
    constexpr double term = std::is_same_v<R, duet::rules::xlogx> ? 1 : 0;  // log(x) + 1
    worst.slope.see(ulps(duet::number<float>(R::first(x, y)), duet::number<double>(R::first(wide, exact)), term), x);
  }
  return worst;
}

template <class R>
errors scan_by_threads(std::uint64_t stride, unsigned threads) {
  std::vector<errors> found(threads);
  std::vector<std::thread> running;
  for (unsigned t = 0; t < threads; ++t)
    running.emplace_back([&found, t, stride, threads] { found[t] = scan<R>(t * stride, stride * threads); });
  for (std::thread& t : running) t.join();
  for (errors const& e : found) {
    found[0].value.see(e.value);
    found[0].slope.see(e.slope);
  }
  return found[0];
}

// Two decimals, rounded up.
std::string rounded_up(double ulps) {
  if (ulps == duet::infinity) return "inf";
  std::ostringstream text;
  text << std::fixed;
  text.precision(2);
  text << std::ceil(ulps * 100) / 100;
  return text.str();
}

struct row {
  double value, slope;
  std::string text;
};

std::map<std::string, row> documented() {
  auto const path = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "doc" / "explanation" / "accuracy.md";
  std::ifstream file(path);
  INFO(path);
  REQUIRE(file);
  std::map<std::string, row> rows;
  for (std::string line; std::getline(file, line);) {
    char name[64];
    row r{0, 0, line};
    if (std::sscanf(line.c_str(), "| `%63[^`]` | %lf | %*[^|]| %lf | %*[^|]|", name, &r.value, &r.slope) == 3)
      rows[name] = r;
  }
  return rows;
}

template <class R>
concept of_one_operand = std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>;

// Another C library, or sums fused with products, computes other numbers.
#if defined(__GLIBC__) && __GLIBC__ == 2 && __GLIBC_MINOR__ == 36 && !defined(__FMA__)
constexpr bool is_as_documented = true;
#else
constexpr bool is_as_documented = false;
#endif

std::string environment(char const* name) {
  char const* const text = std::getenv(name);
  return text == nullptr ? "" : text;
}

}  // namespace

TEST_CASE("The errors of rules in float are at most those that doc/explanation/accuracy.md states") {
  std::string const asked = environment("DUET_FLOAT_STRIDE"), threads = environment("DUET_THREADS");
  std::string const only = " " + environment("DUET_FLOAT_RULES") + " ";
  std::uint64_t const stride = asked.empty() ? 40009 : std::stoul(asked);
  auto const table = documented();
  boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) {
    if constexpr (of_one_operand<R>) {
      std::string const name(R::name);
      if (only != "  " && only.find(" " + name + " ") == only.npos) return;
      errors const worst = scan_by_threads<R>(stride, threads.empty() ? 1 : static_cast<unsigned>(std::stoul(threads)));
      std::ostringstream text;
      text.precision(9);
      text << "| `" << name << "` | " << rounded_up(worst.value.ulps) << " | " << worst.value.at << " | "
           << rounded_up(worst.slope.ulps) << " | " << worst.slope.at << " |";
      if (!asked.empty()) std::cout << text.str() << std::endl;
      CAPTURE(text.str());
      auto const stated = table.find(name);
      REQUIRE(stated != table.end());
      row const& r = stated->second;
      double const other = is_as_documented ? 0 : 1;
      CHECK(worst.value.ulps <= r.value + other);
      CHECK(worst.slope.ulps <= r.slope + other);
      if (stride == 1 && is_as_documented) CHECK(text.str() == r.text);
    }
  });
}
