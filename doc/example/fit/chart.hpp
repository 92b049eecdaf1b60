#pragma once

// The picture of a fit as one self-contained SVG file: data and curve above, residuals below.

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <duet/trace/text.hpp>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace fit {

struct chart {
  std::string title, subtitle, note, x_label = {}, y_label = {};
  std::string points_name = "observation", curve_name = "fit";
  std::vector<double> x = {}, y = {}, residuals = {};  // one for each observation
  std::vector<double> curve_x = {}, curve_y = {};      // in the order of drawing
};

// A linear scale from numbers to pixels, with ticks at 1, 2 or 5 times a power of ten.
class axis {
 public:
  axis(double lowest, double highest, double first_pixel, double last_pixel, double margin = 0.04)
      : low_(lowest), high_(highest), first_(first_pixel), last_(last_pixel) {
    double width = high_ - low_;
    if (!(width > 1e-12 * std::max(std::abs(low_), std::abs(high_)))) width = std::max(std::abs(high_), 1e-300);
    low_ -= margin * width;
    high_ += margin * width;
    const double wanted = std::max(2.0, std::abs(last_ - first_) / 80);  // ticks
    const double raw = (high_ - low_) / wanted;
    step_ = std::pow(10.0, std::floor(std::log10(raw)));
    for (const double factor : {5.0, 2.0})
      if (step_ * factor <= raw) {
        step_ *= factor;
        break;
      }
  }

  double pixel(double number) const { return first_ + (number - low_) / (high_ - low_) * (last_ - first_); }

  std::vector<double> ticks() const {
    std::vector<double> marks;
    const double begin = std::ceil(low_ / step_);
    for (double k = begin; k * step_ <= high_ && k < begin + 50; k += 1) marks.push_back(k == 0 ? 0.0 : k * step_);
    return marks;
  }

  // As many decimals as the step needs; powers of ten apart where numbers are very large or small.
  std::string label(double tick) const {
    const double size = std::max(std::abs(low_), std::abs(high_));
    const int decimals = std::max(0, -int(std::floor(std::log10(step_) + 1e-9)));
    char text[64];
    if (tick == 0 && (size >= 1e6 || size < 1e-4)) return "0";
    if (size >= 1e6 || size < 1e-4)
      std::snprintf(text, sizeof text, "%.*e", int(std::clamp(std::floor(std::log10(size / step_)), 0.0, 12.0)), tick);
    else
      std::snprintf(text, sizeof text, "%.*f", decimals, tick);
    std::string shown = text;
    if (shown.starts_with('-')) shown.replace(0, 1, "\u2212");  // a minus sign as wide as the digits
    return shown;
  }

 private:
  double low_, high_, first_, last_, step_ = 1;
};

inline std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  std::size_t end = most - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;  // not within a character
  return text.substr(0, end) + "...";
}

class svg {
 public:
  svg(double width, double height) {
    put("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width, "\" height=\"", height, "\" viewBox=\"0 0 ", width,
        " ", height, "\" font-family=\"DejaVu Sans, Helvetica, Arial, sans-serif\" font-size=\"13\">\n");
    put("<rect width=\"", width, "\" height=\"", height, "\" fill=\"#ffffff\"/>\n");
  }

  template <class... Piece>
  void put(Piece const&... piece) {
    (add(piece), ...);
  }

  void line(double x1, double y1, double x2, double y2, std::string_view stroke) {
    put("<line x1=\"", x1, "\" y1=\"", y1, "\" x2=\"", x2, "\" y2=\"", y2, "\" ", stroke, "/>\n");
  }
  void circle(std::string_view kind, double x, double y, double radius, std::string_view paint) {
    put("<circle class=\"", kind, "\" cx=\"", x, "\" cy=\"", y, "\" r=\"", radius, "\" ", paint, "/>\n");
  }
  void text(double x, double y, std::string_view style, std::string_view words) {
    put("<text x=\"", x, "\" y=\"", y, "\" ", style, ">", duet::xml_text(words), "</text>\n");
  }

  std::string finish() { return text_ + "</svg>\n"; }

 private:
  void add(std::string_view words) { text_ += words; }
  void add(double number) {  // pixels, to a hundredth
    char digits[48];
    std::snprintf(digits, sizeof digits, "%.6g", std::round(number * 100) / 100);
    text_ += digits;
  }

  std::string text_;
};

inline std::string draw(chart const& c) {
  constexpr double width = 860, height = 640, left = 88, right = 836, top = 84, bottom = 440, below = 476, floor = 580;
  constexpr std::string_view ink = "#1f2933", faint = "#e4e7eb", blue = "#2166ac", red = "#d6604d";
  const auto paint = [](std::string_view attribute, std::string_view colour, std::string_view more = "") {
    return std::string(attribute) + "=\"" + std::string(colour) + "\"" + std::string(more);
  };
  const auto range = [](auto const& a, auto const& b) {
    const auto [low, high] = std::ranges::minmax_element(a);
    double least = *low, most = *high;
    for (const double number : b) least = std::min(least, number), most = std::max(most, number);
    return std::pair(least, most);
  };
  const auto [x_low, x_high] = range(c.x, c.curve_x);
  auto [y_low, y_high] = range(c.y, c.y);
  const double reach =
      std::max(0.5 * (y_high - y_low), 1e-9 * std::abs(y_high));  // a pole of the curve leaves the frame
  const auto [curve_low, curve_high] = range(c.curve_y, c.curve_y);
  y_low = std::max(std::min(y_low, curve_low), y_low - reach);
  y_high = std::min(std::max(y_high, curve_high), y_high + reach);
  double r_high = 0;
  for (const double r : c.residuals) r_high = std::max(r_high, std::abs(r));
  if (r_high == 0) r_high = 1;
  const axis across(x_low, x_high, left, right), up(y_low, y_high, bottom, top, 0.06),
      rest(-r_high, r_high, floor, below, 0.1);
  const double radius = c.x.size() > 150 ? 2.4 : c.x.size() > 60 ? 3.0 : 4.0;

  svg s(width, height);
  s.text(left, 34, "font-size=\"19\" font-weight=\"bold\" " + paint("fill", ink), shortened(c.title, 36));
  s.text(right, 34, "text-anchor=\"end\" " + paint("fill", "#52606d"), c.note);
  s.text(left, 58, paint("fill", "#52606d"), c.subtitle);
  s.put("<clipPath id=\"frame\"><rect x=\"", left, "\" y=\"", top, "\" width=\"", right - left, "\" height=\"",
        bottom - top, "\"/></clipPath>\n");

  const auto panel = [&](axis const& vertical, double high, double low, bool numbers_below) {
    for (const double tick : across.ticks()) {
      const double x = across.pixel(tick);
      s.line(x, high, x, low, paint("stroke", faint));
      s.line(x, low, x, low + 5, paint("stroke", ink));
      if (numbers_below) s.text(x, low + 20, "text-anchor=\"middle\" " + paint("fill", ink), across.label(tick));
    }
    for (const double tick : vertical.ticks()) {
      const double y = vertical.pixel(tick);
      s.line(left, y, right, y, paint("stroke", faint));
      s.line(left - 5, y, left, y, paint("stroke", ink));
      s.text(left - 9, y + 4.5, "text-anchor=\"end\" " + paint("fill", ink), vertical.label(tick));
    }
    s.put("<rect x=\"", left, "\" y=\"", high, "\" width=\"", right - left, "\" height=\"", low - high,
          "\" fill=\"none\" ", paint("stroke", ink), "/>\n");
  };
  const auto sideways = [&](double y, std::string_view words) {
    s.put("<text transform=\"translate(22 ", y, ") rotate(-90)\" text-anchor=\"middle\" ", paint("fill", ink), ">",
          duet::xml_text(words), "</text>\n");
  };
  panel(up, top, bottom, false);
  panel(rest, below, floor, true);
  sideways((top + bottom) / 2, c.y_label);
  sideways((below + floor) / 2, "residual");
  s.text((left + right) / 2, floor + 44, "text-anchor=\"middle\" " + paint("fill", ink), c.x_label);

  // The curve lies over many observations and under few, so that neither hides the other.
  const auto points = [&] {
    for (std::size_t i = 0; i < c.x.size(); ++i)
      s.circle("observation", across.pixel(c.x[i]), up.pixel(c.y[i]), radius,
               paint("fill", blue, " fill-opacity=\"0.55\" ") + paint("stroke", blue));
  };
  const auto curve = [&] {
    s.put(
        "<polyline class=\"curve\" clip-path=\"url(#frame)\" fill=\"none\" stroke-width=\"2\" "
        "stroke-linejoin=\"round\" ",
        paint("stroke", red), " points=\"");
    for (std::size_t i = 0; i < c.curve_x.size(); ++i)
      s.put(i == 0 ? "" : " ", across.pixel(c.curve_x[i]), ",", std::clamp(up.pixel(c.curve_y[i]), -1e4, 1e4));
    s.put("\"/>\n");
  };
  if (c.x.size() > 60)
    points(), curve();
  else
    curve(), points();

  const double zero = rest.pixel(0);
  s.line(left, zero, right, zero, paint("stroke", red, " stroke-width=\"1.5\""));
  for (std::size_t i = 0; i < c.residuals.size(); ++i) {
    const double x = across.pixel(c.x[i]), y = rest.pixel(c.residuals[i]);
    s.line(x, zero, x, y, paint("stroke", blue, " stroke-opacity=\"0.45\""));
    s.circle("residual", x, y, 0.7 * radius, paint("fill", blue));
  }

  // The legend stands above the frame, where no data can lie under it.
  const double legend = right - 16 - 7.4 * double(c.points_name.size() + c.curve_name.size()) - 68;
  s.put("<circle class=\"key\" cx=\"", legend, "\" cy=\"", top - 16, "\" r=\"4\" ",
        paint("fill", blue, " fill-opacity=\"0.55\" "), paint("stroke", blue), "/>\n");
  s.text(legend + 12, top - 11.5, paint("fill", ink), c.points_name);
  const double second = legend + 30 + 7.4 * double(c.points_name.size());
  s.line(second, top - 16, second + 26, top - 16, paint("stroke", red, " stroke-width=\"2\""));
  s.text(second + 34, top - 11.5, paint("fill", ink), c.curve_name);
  return s.finish();
}

}  // namespace fit
