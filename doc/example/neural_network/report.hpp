#pragma once

// What the example prints: checks that count, a progress bar, and loss curves as one SVG file.

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <vector>

#include "../fit/chart.hpp"

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

// On standard error, where that is a terminal.
class progress_bar {
 public:
  progress_bar(std::string what, long of) : what_(std::move(what)), of_(of) {}
  progress_bar(const progress_bar&) = delete;
  progress_bar& operator=(const progress_bar&) = delete;
  ~progress_bar() {
    if (shown_) std::fputs("\r\033[K", stderr);
  }
  void operator()(long done, double error) {
    constexpr long width = 40;
    if (!shown_ || done * 100 / of_ == drawn_) return;
    drawn_ = done * 100 / of_;
    std::string bar(width, ' ');
    std::fill_n(bar.begin(), done * width / of_, '=');
    std::fprintf(stderr, "\r%s [%s] %3ld %% error %.4f", what_.c_str(), bar.c_str(), drawn_, error);
    std::fflush(stderr);
  }

 private:
  std::string what_;
  long of_, drawn_ = -1;
  bool shown_ = isatty(STDERR_FILENO) != 0;
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
  std::string svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 760 420\" font-family=\"sans-serif\" "
      "font-size=\"13\" fill=\"#222\">\n<rect width=\"760\" height=\"420\" fill=\"white\"/>\n";
  const auto text = [&](double at_x, double at_y, const std::string& what, const char* more) {
    char head[160];
    std::snprintf(head, sizeof head, "<text x=\"%.1f\" y=\"%.1f\" %s>", at_x, at_y, more);
    svg += head + what + "</text>\n";
  };
  const auto line = [&](double x0, double y0, double x1, double y1) {
    char element[200];
    std::snprintf(element, sizeof element, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/>\n",
                  x0, y0, x1, y1);
    svg += element;
  };
  text(left, 30, title, "font-size=\"17\" font-weight=\"bold\"");
  for (const double tick : x.ticks()) {
    line(x.pixel(tick), top, x.pixel(tick), bottom);
    text(x.pixel(tick), bottom + 18, x.label(tick), "text-anchor=\"middle\"");
  }
  for (double power = first; power <= last; ++power) {
    line(left, y(std::pow(10, power)), right, y(std::pow(10, power)));
    text(left - 8, y(std::pow(10, power)) + 4,
         "10<tspan dy=\"-5\" font-size=\"10\">" + std::to_string(static_cast<int>(power)) + "</tspan>",
         "text-anchor=\"end\"");
  }
  text((left + right) / 2, bottom + 40, "iterations", "text-anchor=\"middle\"");
  text(left, top - 10, "mean error", "");
  for (std::size_t i = 0; i < curves.size(); ++i) {
    const char* const stroke = colour[i % std::size(colour)];
    svg += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + std::string(stroke) + "\" points=\"";
    const std::size_t every = std::max<std::size_t>(1, curves[i].error.size() / 400);
    for (std::size_t k = 0; k < curves[i].error.size(); k += every) {
      char point[64];
      std::snprintf(point, sizeof point, "%.1f,%.1f ", x.pixel(static_cast<double>(k)), y(curves[i].error[k]));
      svg += point;
    }
    svg += "\"/>\n";
    const double at = top + 12 + 22 * static_cast<double>(i);
    svg += "<line x1=\"604\" x2=\"626\" y1=\"" + std::to_string(at) + "\" y2=\"" + std::to_string(at) +
           "\" stroke-width=\"3\" stroke=\"" + stroke + "\"/>\n";
    text(632, at + 4, curves[i].name, "");
  }
  std::FILE* const out = std::fopen(file.c_str(), "w");
  if (out == nullptr) return false;
  svg += "</svg>\n";
  const bool whole = std::fputs(svg.c_str(), out) >= 0;
  return (std::fclose(out) == 0) && whole;
}

}  // namespace neural
