#pragma once

// What the example prints: checks that count, a progress bar, and loss curves as one SVG file.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "../fit/chart.hpp"
#include "../progress_line.hpp"

namespace neural {

// Prints each claim with the largest deviation that was seen, and remembers whether all held.
class checks {
 public:
  void operator()(const std::string& claim, double deviation, double bound) {
    const bool holds = deviation <= bound;
    all_ = all_ && holds;
    std::printf("  %-78s %8.1e  %s\n", claim.c_str(), deviation, holds ? "holds" : "FAILS");
  }
  void operator()(const std::string& claim, bool holds) {
    all_ = all_ && holds;
    std::printf("  %-78s %8s  %s\n", claim.c_str(), "", holds ? "holds" : "FAILS");
  }
  bool all() const { return all_; }

 private:
  bool all_ = true;
};

class progress_bar {
 public:
  progress_bar(std::string what, long of) : what_(std::move(what)), of_(of) {}
  void operator()(long done, double error) {
    constexpr long width = 40;
    if (!line_.is_shown() || done * 100 / of_ == drawn_) return;
    drawn_ = done * 100 / of_;
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), done * width / of_, '=');
    line_.draw(what_, bar, drawn_, "error " + std::to_string(error));
  }

 private:
  std::string what_;
  long of_, drawn_ = -1;
  example::progress_line line_;
};

struct curve {
  std::string name;
  std::vector<double> error;  // after each iteration
};

// Errors against iterations, in powers of ten.
inline bool draw(const std::string& file, const std::string& title, const std::vector<curve>& curves) {
  constexpr double left = 70, right = 590, top = 60, bottom = 360;
  constexpr const char* colour[] = {"#1f5fa8", "#c8553d", "#3a7d44", "#7b3f8c", "#8a6d1d"};
  double low = 1e300, high = 0;
  std::size_t longest = 2;
  for (const curve& each : curves) {
    longest = std::max(longest, each.error.size());
    for (const double e : each.error) {
      low = std::min(low, e);
      high = std::max(high, e);
    }
  }
  const fit::axis x(0, static_cast<double>(longest - 1), left, right, 0);
  const double first = std::floor(std::log10(low)), last = std::ceil(std::log10(high));
  const auto y = [&](double e) { return bottom - (std::log10(e) - first) / (last - first) * (bottom - top); };
  fit::svg picture(760, 420);
  picture.text(left, 30, "font-size=\"17\" font-weight=\"bold\"", title);
  constexpr const char* grid = "stroke=\"#ddd\"";
  for (const double tick : x.ticks()) {
    picture.line(x.pixel(tick), top, x.pixel(tick), bottom, grid);
    picture.text(x.pixel(tick), bottom + 18, "text-anchor=\"middle\"", x.label(tick));
  }
  for (double power = first; power <= last; ++power) {
    const double at = y(std::pow(10, power));
    picture.line(left, at, right, at, grid);
    picture.put("<text x=\"", left - 8, "\" y=\"", at + 4, "\" text-anchor=\"end\">10<tspan dy=\"-5\" ",
                "font-size=\"10\">", power, "</tspan></text>\n");
  }
  picture.text((left + right) / 2, bottom + 40, "text-anchor=\"middle\"", "iterations");
  picture.text(left, top - 10, "", "mean error");
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const std::string stroke = std::string("stroke=\"") + colour[i % std::size(colour)] + "\"";
    picture.put("<polyline fill=\"none\" stroke-width=\"2\" ", stroke, " points=\"");
    const std::size_t every = std::max<std::size_t>(1, curves[i].error.size() / 400);
    for (std::size_t k = 0; k < curves[i].error.size(); k += every)
      picture.put(x.pixel(static_cast<double>(k)), ",", y(curves[i].error[k]), " ");
    picture.put("\"/>\n");
    const double at = top + 12 + 22 * static_cast<double>(i);
    picture.line(604, at, 626, at, stroke + " stroke-width=\"3\"");
    picture.text(632, at + 4, "", curves[i].name);
  }
  std::ofstream out(file);
  out << picture.finish();
  return static_cast<bool>(out.flush());
}

}  // namespace neural
