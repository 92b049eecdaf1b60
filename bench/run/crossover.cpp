// Where forward mode ends and reverse mode begins: Jacobians of two families of functions, with inputs and outputs in
// {1, 4, 16, 64, 256}, in both modes; the mode that duet::choose_mode picks and what is lost by it; and the constants
// of the line n = n0 + k m that lose least on the first family, tried on the second. --svg FILE draws who wins.

#include "interleaved.hpp"
#include "workload/layered.hpp"
#include "workload/ring.hpp"

#include <array>
#include <cmath>
#include <duet/driver/jacobian.hpp>
#include <duet/math/math.hpp>
#include <fstream>

namespace {

constexpr std::array<std::size_t, 5> sizes{1, 4, 16, 64, 256};

struct cell {
  std::size_t inputs, outputs;
  double forward, reverse;  // nanoseconds
  [[nodiscard]] double ratio() const { return reverse / forward; }
  // What a mode costs over the better one.
  [[nodiscard]] double loss(duet::mode mode) const {
    return (mode == duet::mode::forward ? forward : reverse) / std::min(forward, reverse);
  }
};

struct family {
  char const* name;
  std::vector<cell> cells;
};

template <class F>
family measure(char const* name, bench::settings const& s) {
  family result{name, {}};
  for (std::size_t n : sizes)
    for (std::size_t m : sizes) {
      F const f(n, m);
      auto const by = [&f](auto mode) {
        return [&f, mode](auto const& x) { return duet::value_and_jacobian(mode, f, x); };
      };
      auto const t = bench::compare({bench::derivative("forward", f.start(), by(duet::forward)),
                                     bench::derivative("reverse", f.start(), by(duet::reverse))},
                                    s);
      result.cells.push_back({n, m, t[0].nanoseconds, t[0].nanoseconds * t[1].ratio});
    }
  return result;
}

// The line of driver/mode.hpp, with constants to be tried.
struct line {
  duet::cost_model cost = duet::measured_cost;
  [[nodiscard]] double most_inputs(double outputs) const {
    return outputs <= 1 ? cost.one_output : cost.fixed + cost.per_output * outputs;
  }
  [[nodiscard]] duet::mode mode(cell const& c) const {
    return static_cast<double>(c.inputs) <= most_inputs(static_cast<double>(c.outputs)) ? duet::mode::forward
                                                                                        : duet::mode::reverse;
  }
};

struct loss {
  double worst = 1, mean = 1;
  friend auto operator<=>(loss const&, loss const&) = default;
};
template <class Counts>
loss loss_of(family const& f, line const& l, Counts const& counts) {
  loss result;
  double logs = 0;
  for (cell const& c : f.cells) {
    if (!counts(c)) continue;
    double const here = c.loss(l.mode(c));
    result.worst = std::max(result.worst, here);
    logs += std::log(here);
  }
  result.mean = std::exp(logs / static_cast<double>(f.cells.size()));
  return result;
}
loss loss_of(family const& f, line const& l) {
  return loss_of(f, l, [](cell const&) { return true; });
}

// The best of some lines for the cells that count: between grid points many are equally good, then the middle of them,
// geometric in what `constant` names.
template <class Counts>
void choose(family const& f, line& result, std::vector<line> const& candidates, Counts const& counts,
            double duet::cost_model::* constant) {
  loss best{1e300, 1e300};
  double logs = 0, slopes = 0, count = 0;
  for (line const& l : candidates) {
    loss const here = loss_of(f, l, counts);
    if (here < best) {
      best = here;
      logs = slopes = count = 0;
    }
    if (here > best) continue;
    logs += std::log(l.cost.*constant);
    slopes += l.cost.per_output;
    ++count;
  }
  result.cost.*constant = std::exp(logs / count);
  result.cost.per_output = slopes / count;
}

line fit(family const& f) {
  line result;
  std::vector<line> candidates;
  for (double one = 1; one < 300; one *= 1.03) candidates.push_back({{one, 0, 0}});
  choose(f, result, candidates, [](cell const& c) { return c.outputs == 1; }, &duet::cost_model::one_output);
  candidates.clear();
  for (double fixed = 1; fixed < 300; fixed *= 1.05)
    for (double k = 0; k < 16; k += 0.25) candidates.push_back({{0, fixed, k}});
  choose(f, result, candidates, [](cell const& c) { return c.outputs != 1; }, &duet::cost_model::fixed);
  return result;
}

void print(family const& f, line const& chosen) {
  std::printf("\n%s: time of reverse mode / forward mode; * where the mode chosen is not the faster\n%14s", f.name,
              "inputs\\outputs");
  for (std::size_t m : sizes) std::printf(" %9zu", m);
  for (cell const& c : f.cells) {
    if (c.outputs == sizes[0]) std::printf("\n%14zu", c.inputs);
    std::printf(" %8.2f%c", c.ratio(), c.loss(chosen.mode(c)) > 1 ? '*' : ' ');
  }
  loss const lost = loss_of(f, chosen);
  std::printf("\nthe mode chosen takes at worst %.2f, in the mean %.3f times the better one\n", lost.worst, lost.mean);
}

// One panel a family: a square for each cell, the line chosen drawn in.
void draw(std::ostream& out, std::vector<family> const& families, line const& chosen) {
  constexpr double side = 56, left = 78, top = 58, gap = 70;
  double const panel = side * sizes.size();
  auto const place = [&](double size) { return side * (std::log(size) / std::log(4.0) + 0.5); };
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
      << left + static_cast<double>(families.size()) * (panel + gap) << ' ' << top + panel + 76
      << "\" font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n";
  double x0 = left;
  for (family const& f : families) {
    out << "<text x=\"" << x0 << "\" y=\"26\" font-size=\"15\" font-weight=\"bold\" fill=\"#202020\">" << f.name
        << "</text>\n";
    double const bottom = top + panel;
    for (cell const& c : f.cells) {
      double const strength = std::min(1.0, std::abs(std::log2(c.ratio())) / 5);
      double const x = x0 + place(static_cast<double>(c.outputs)) - side / 2,
                   y = bottom - place(static_cast<double>(c.inputs)) - side / 2;
      bool const forward = c.ratio() > 1;
      char text[32];
      std::snprintf(text, sizeof text, forward && c.ratio() >= 99.5 ? "%.0f" : "%.1f",
                    forward ? c.ratio() : 1 / c.ratio());
      out << "<rect x=\"" << x << "\" y=\"" << y << "\" width=\"" << side << "\" height=\"" << side << "\" fill=\""
          << (forward ? "#2166ac" : "#d95f02") << "\" fill-opacity=\"" << 0.08 + 0.8 * strength
          << "\" stroke=\"#ffffff\"/>\n<text x=\"" << x + side / 2 << "\" y=\"" << y + side / 2 + 5
          << "\" text-anchor=\"middle\" fill=\"" << (strength > 0.6 ? "#ffffff" : "#202020") << "\">" << text
          << "</text>\n";
    }
    out << "<polyline fill=\"none\" stroke=\"#202020\" stroke-width=\"2.5\" points=\"";
    for (double m = 0.5; m <= 512; m *= 1.1) {
      double const y = place(chosen.most_inputs(m < 1.5 ? 1 : m));
      if (y <= panel && place(m) >= 0 && place(m) <= panel) out << x0 + place(m) << ',' << bottom - y << ' ';
    }
    out << "\"/>\n";
    for (std::size_t size : sizes) {
      double const at = place(static_cast<double>(size));
      out << "<text x=\"" << x0 + at << "\" y=\"" << bottom + 20 << "\" text-anchor=\"middle\" fill=\"#202020\">"
          << size << "</text>\n<text x=\"" << x0 - 8 << "\" y=\"" << bottom - at + 5
          << "\" text-anchor=\"end\" fill=\"#202020\">" << size << "</text>\n";
    }
    out << "<text x=\"" << x0 + panel / 2 << "\" y=\"" << bottom + 40
        << "\" text-anchor=\"middle\" fill=\"#202020\">outputs</text>\n<text transform=\"translate(" << x0 - 44 << ' '
        << top + panel / 2 << ") rotate(-90)\" text-anchor=\"middle\" fill=\"#202020\">inputs</text>\n";
    x0 += panel + gap;
  }
  out << "<text x=\"" << left << "\" y=\"" << top - 12
      << "\" fill=\"#505050\">blue: forward is faster, orange: reverse, by the factor shown; below the line forward is "
         "chosen</text>\n</svg>\n";
}

}  // namespace

int main(int argc, char** argv) {
  bool const quick = bench::is_quick(argc, argv);
  auto s = bench::settings_for(quick);
  if (!quick) s = {15, 2e-3};
  bench::print_setting();
  std::vector<family> const families{measure<workload::layered>("a layer of 32 units", s),
                                     measure<workload::ring>("a rational ring", s)};
  line const chosen;
  for (family const& f : families) print(f, chosen);
  auto const constants = [](line const& l) {
    return "n1 = " + duet::in_words(std::round(l.cost.one_output * 10) / 10) +
           ", n0 = " + duet::in_words(std::round(l.cost.fixed * 10) / 10) +
           ", k = " + duet::in_words(std::round(l.cost.per_output * 100) / 100);
  };
  std::printf("\nchosen: %s\n", constants(chosen).c_str());
  for (std::size_t i = 0; i < families.size(); ++i) {
    line const fitted = fit(families[i]);
    loss const here = loss_of(families[i], fitted), there = loss_of(families[1 - i], fitted);
    std::printf("fitted to %s: %s; at worst %.2f there and %.2f on the other\n", families[i].name,
                constants(fitted).c_str(), here.worst, there.worst);
  }
  for (int i = 1; i + 1 < argc; ++i)
    if (std::strcmp(argv[i], "--svg") == 0) {
      std::ofstream out(argv[i + 1]);
      draw(out, families, chosen);
      if (!out) return std::fprintf(stderr, "%s cannot be written\n", argv[i + 1]), 1;
    }
}
