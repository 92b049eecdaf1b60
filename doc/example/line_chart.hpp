#pragma once

// Curves over a common axis as one self-contained SVG file, each axis linear or in powers of ten.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "fit/chart.hpp"

namespace example {

struct curve {
  std::string name;
  std::vector<double> x = {}, y = {};
};

struct line_chart {
  std::string title, subtitle, x_label, y_label;
  std::vector<curve> curves = {};
  bool logarithmic_x = false, logarithmic_y = false;  // then numbers must be positive
  bool marked = true;                                 // a dot at each point
};

// Numbers to pixels, in equal steps or in powers of ten.
class chart_axis {
 public:
  chart_axis(double low, double high, bool logarithmic, double first_pixel, double last_pixel)
      : logarithmic_(logarithmic),
        low_(logarithmic ? std::floor(std::log10(low) + 1e-9) : low),
        high_(logarithmic ? std::max(low_ + 1, std::ceil(std::log10(high) - 1e-9)) : high),
        scale_(low_, high_, first_pixel, last_pixel, 0) {}
  [[nodiscard]] double pixel(double number) const { return scale_.pixel(logarithmic_ ? std::log10(number) : number); }

  // Calls mark(pixel, number, power) for each tick; a power that is not empty stands raised behind the number.
  template <class Mark>
  void each_tick(Mark const& mark) const {
    if (!logarithmic_) {
      for (double const tick : scale_.ticks()) mark(scale_.pixel(tick), scale_.label(tick), std::string());
      return;
    }
    double const step = std::max(1.0, std::ceil((high_ - low_) / 9));
    for (double power = low_; power <= high_; power += step)
      mark(scale_.pixel(power), std::string("10"), minus_sign(std::to_string(std::lround(power))));
  }

 private:
  static std::string minus_sign(std::string text) {
    if (text.starts_with('-')) text.replace(0, 1, "\u2212");
    return text;
  }

  bool logarithmic_;
  double low_, high_;
  fit::axis scale_;
};

inline std::string draw(line_chart const& c) {
  constexpr double left = 84, right = 640, top = 106, bottom = 434, width = 860, height = 504;
  constexpr std::string_view ink = "#1f2933", grey = "#52606d", faint = "#e4e7eb";
  constexpr const char* colours[] = {"#1f5fa8", "#c8553d", "#3a7d44", "#7b3f8c", "#8a6d1d", "#4c5a67"};
  constexpr const char* dashes[] = {"", "8 4", "2 4", "10 3 2 3", "5 3", "1 3"};
  auto const fill = [](std::string_view colour, std::string_view more = "") {
    return std::string("fill=\"").append(colour).append("\" ").append(more);
  };
  double low_x = 1e300, high_x = -1e300, low_y = 1e300, high_y = -1e300;
  for (curve const& one : c.curves)
    for (std::size_t i = 0; i < one.x.size(); ++i) {
      low_x = std::min(low_x, one.x[i]), high_x = std::max(high_x, one.x[i]);
      low_y = std::min(low_y, one.y[i]), high_y = std::max(high_y, one.y[i]);
    }
  if (!(low_x <= high_x) || (c.logarithmic_x && low_x <= 0) || (c.logarithmic_y && low_y <= 0))
    throw std::invalid_argument("the chart '" + c.title + "' has no points, or none that a logarithm shows");
  chart_axis const across(low_x, high_x, c.logarithmic_x, left, right);
  chart_axis const up(low_y, high_y, c.logarithmic_y, bottom, top);

  fit::svg s(width, height);
  s.text(left, 34, fill(ink, "font-size=\"19\" font-weight=\"bold\""), c.title);
  s.text(left, 58, fill(grey), c.subtitle);
  std::string const line = "stroke=\"" + std::string(faint) + "\"";
  auto const tick_text = [&](double x, double y, std::string_view anchor, std::string const& number,
                             std::string const& power) {
    s.put("<text class=\"tick\" x=\"", x, "\" y=\"", y, "\" text-anchor=\"", anchor, "\" ", fill(ink), ">", number);
    if (!power.empty()) s.put("<tspan dy=\"-5\" font-size=\"10\">", power, "</tspan>");
    s.put("</text>\n");
  };
  across.each_tick([&](double x, std::string const& number, std::string const& power) {
    s.line(x, top, x, bottom, line);
    tick_text(x, bottom + 20, "middle", number, power);
  });
  up.each_tick([&](double y, std::string const& number, std::string const& power) {
    s.line(left, y, right, y, line);
    tick_text(left - 9, y + 4.5, "end", number, power);
  });
  s.put("<rect x=\"", left, "\" y=\"", top, "\" width=\"", right - left, "\" height=\"", bottom - top,
        "\" fill=\"none\" stroke=\"", ink, "\"/>\n");
  s.text((left + right) / 2, bottom + 48, fill(ink, "text-anchor=\"middle\""), c.x_label);
  s.text(left, top - 12, fill(ink), c.y_label);

  for (std::size_t k = 0; k < c.curves.size(); ++k) {
    curve const& one = c.curves[k];
    std::string const colour = colours[k % std::size(colours)];
    std::string const stroke =
        "stroke=\"" + colour + "\" stroke-width=\"2\" stroke-dasharray=\"" + dashes[k % std::size(dashes)] + "\"";
    s.put("<polyline class=\"curve\" fill=\"none\" stroke-linejoin=\"round\" ", stroke, " points=\"");
    for (std::size_t i = 0; i < one.x.size(); ++i)
      s.put(i == 0 ? "" : " ", across.pixel(one.x[i]), ",", up.pixel(one.y[i]));
    s.put("\"/>\n");
    if (c.marked)
      for (std::size_t i = 0; i < one.x.size(); ++i)
        s.circle("point", across.pixel(one.x[i]), up.pixel(one.y[i]), 3, fill(colour));
    // The legend stands beside the frame, where no data can lie under it.
    double const at = top + 12 + 24 * static_cast<double>(k);
    s.line(right + 14, at, right + 42, at, stroke);
    s.text(right + 50, at + 4.5, fill(ink), one.name);
  }
  return s.finish();
}

// To a file; throws if it cannot be written.
inline void write(line_chart const& c, std::string const& file) {
  std::ofstream out(file);
  out << draw(c);
  if (!out.flush()) throw std::runtime_error("the picture cannot be written to " + file);
}

}  // namespace example
