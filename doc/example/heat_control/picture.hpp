#pragma once

// The picture: four fields, a cut through three of them, and the way of the minimisation, as one SVG file.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../fit/chart.hpp"
#include "plate.hpp"

namespace heat {

struct picture {
  std::string title, subtitle;
  field truth, observed, recovered;
  std::vector<double> costs, errors;  // after each iteration; errors relative to the true field
};

using fit::svg;
inline constexpr std::string_view ink = "#1f2933", grey = "#52606d", faint = "#e4e7eb";
inline constexpr double panel_size = 320;

// ---- colours ----

struct rgb {
  double red, green, blue;
};
// Both go through their colours evenly to the eye: matplotlib's inferno, and ColorBrewer's RdBu.
inline constexpr std::array<rgb, 9> inferno{{{0, 0, 4},
                                             {31, 12, 72},
                                             {85, 15, 109},
                                             {136, 34, 106},
                                             {186, 54, 85},
                                             {227, 89, 51},
                                             {249, 140, 10},
                                             {249, 201, 50},
                                             {252, 255, 164}}};
inline constexpr std::array<rgb, 7> blue_to_red{{{33, 102, 172},
                                                 {103, 169, 207},
                                                 {209, 229, 240},
                                                 {247, 247, 247},
                                                 {253, 219, 199},
                                                 {239, 138, 98},
                                                 {178, 24, 43}}};

// A linear scale of temperatures in so many colours.
class colour_scale {
 public:
  static constexpr std::size_t size = 64;

  colour_scale(double low, double high, std::span<rgb const> anchors) : low_(low), high_(high), anchors_(anchors) {}

  [[nodiscard]] std::size_t place(double number) const {
    const double at = (number - low_) / (high_ - low_) * double(size);
    return at > 0 ? std::min(static_cast<std::size_t>(at), size - 1) : 0;  // NaN: 0
  }
  [[nodiscard]] std::string colour(std::size_t place) const {
    const double at = double(place) / double(size - 1) * double(anchors_.size() - 1);
    const std::size_t from = std::min(static_cast<std::size_t>(at), anchors_.size() - 2);
    const double part = at - double(from);
    const auto mixed = [&](double rgb::* which) {
      return static_cast<unsigned>(std::lround(anchors_[from].*which * (1 - part) + anchors_[from + 1].*which * part));
    };
    char text[8];
    std::snprintf(text, sizeof text, "#%02x%02x%02x", mixed(&rgb::red) & 255, mixed(&rgb::green) & 255,
                  mixed(&rgb::blue) & 255);
    return text;
  }
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }

 private:
  double low_, high_;
  std::span<rgb const> anchors_;
};

// ---- panels ----

inline std::string fill(std::string_view colour, std::string_view more = "") {
  return "fill=\"" + std::string(colour) + "\" " + std::string(more);
}

inline void panel_title(svg& s, double left, double top, std::string_view title, std::string_view note) {
  s.text(left, top - 12, fill(ink, "font-weight=\"bold\" font-size=\"14\""), title);
  s.text(left + panel_size, top - 12, fill(grey, "text-anchor=\"end\" font-size=\"12\""), note);
}

// A field as an image: for each colour one path, of the runs of cells that have it.
inline void draw_field(svg& s, double left, double top, field const& u, colour_scale const& scale) {
  std::vector<std::string> runs(colour_scale::size);
  for (Index i = 0; i < u.rows(); ++i)
    for (Index j = 0, end = 0; j < u.cols(); j = end) {
      const std::size_t place = scale.place(u(i, j));
      for (end = j + 1; end < u.cols() && scale.place(u(i, end)) == place;) ++end;
      runs[place] += "M" + std::to_string(j) + " " + std::to_string(i) + "h" + std::to_string(end - j);
    }
  char zoom[64];
  std::snprintf(zoom, sizeof zoom, "scale(%.9g) translate(0 0.5)", panel_size / double(u.rows()));
  s.put("<g class=\"field\" shape-rendering=\"crispEdges\" fill=\"none\" transform=\"translate(", left, " ", top, ") ",
        zoom, "\">\n");
  for (std::size_t k = 0; k < runs.size(); ++k)
    if (!runs[k].empty()) s.put("<path stroke=\"", scale.colour(k), "\" d=\"", runs[k], "\"/>\n");
  s.put("</g>\n<rect x=\"", left, "\" y=\"", top, "\" width=\"", panel_size, "\" height=\"", panel_size,
        "\" fill=\"none\" stroke=\"", ink, "\"/>\n");
}

inline void draw_scale(svg& s, double left, double top, std::string_view title, colour_scale const& scale) {
  constexpr double width = 16, strip = panel_size / double(colour_scale::size);
  for (std::size_t k = 0; k < colour_scale::size; ++k)
    s.put("<rect shape-rendering=\"crispEdges\" x=\"", left, "\" y=\"", top + panel_size - double(k + 1) * strip,
          "\" width=\"", width, "\" height=\"", strip, "\" ", fill(scale.colour(k)), "/>\n");
  s.put("<rect x=\"", left, "\" y=\"", top, "\" width=\"", width, "\" height=\"", panel_size,
        "\" fill=\"none\" stroke=\"", ink, "\"/>\n");
  const fit::axis up(scale.low(), scale.high(), top + panel_size, top, 0);
  for (const double tick : up.ticks()) {
    const double y = up.pixel(tick);
    s.line(left + width, y, left + width + 5, y, "stroke=\"" + std::string(ink) + "\"");
    s.text(left + width + 9, y + 4.5, fill(ink), up.label(tick));
  }
  s.text(left, top - 12, fill(grey, "font-size=\"12\""), title);
}

struct curve {
  std::string_view name, style;
  std::vector<double> heights;  // at equal distances from left to right
};

// Curves over 0..last, with a grid; exponents: heights are powers of ten.
inline void draw_curves(svg& s, double left, double top, std::span<curve const> curves, double last,
                        std::string_view below, bool exponents) {
  double low = 0, high = 0;
  for (curve const& one : curves)
    for (const double height : one.heights) low = std::min(low, height), high = std::max(high, height);
  const double bottom = top + panel_size, right = left + panel_size;
  const fit::axis across(0, last, left, right, 0), up(low, high, bottom, top, 0.05);
  const std::string pale = "stroke=\"" + std::string(faint) + "\"";
  for (const double tick : across.ticks()) {
    s.line(across.pixel(tick), top, across.pixel(tick), bottom, pale);
    s.text(across.pixel(tick), bottom + 19, fill(ink, "text-anchor=\"middle\""), across.label(tick));
  }
  for (const double tick : up.ticks()) {
    if (exponents && tick != std::round(tick)) continue;
    const double y = up.pixel(tick);
    s.line(left, y, right, y, pale);
    if (!exponents || tick == 0)
      s.text(left - 7, y + 4.5, fill(ink, "text-anchor=\"end\""), exponents ? "1" : up.label(tick));
    else
      s.put("<text x=\"", left - 7, "\" y=\"", y + 4.5, "\" ", fill(ink, "text-anchor=\"end\""),
            ">10<tspan dy=\"-5\" font-size=\"9\">\u2212", std::to_string(-std::lround(tick)), "</tspan></text>\n");
  }
  for (curve const& one : curves) {
    s.put("<polyline class=\"curve\" fill=\"none\" stroke-linejoin=\"round\" ", one.style, " points=\"");
    for (std::size_t k = 0; k < one.heights.size(); ++k)
      s.put(k == 0 ? "" : " ", across.pixel(last * double(k) / std::max(1.0, double(one.heights.size()) - 1)), ",",
            up.pixel(one.heights[k]));
    s.put("\"/>\n");
  }
  s.put("<rect x=\"", left, "\" y=\"", top, "\" width=\"", panel_size, "\" height=\"", panel_size,
        "\" fill=\"none\" stroke=\"", ink, "\"/>\n");
  s.text((left + right) / 2, bottom + 40, fill(grey, "text-anchor=\"middle\" font-size=\"12\""), below);
  double from = left;
  for (curve const& one : curves) {
    s.line(from, top - 16, from + 22, top - 16, one.style);
    s.text(from + 28, top - 12, fill(ink, "font-size=\"12\""), one.name);
    from += 52 + 6.9 * double(one.name.size());
  }
}

inline std::string draw(picture const& p) {
  constexpr double gap = 44, first = 60, row = panel_size + 76, upper = 118, lower = upper + row;
  const auto left = [](int column) { return first + column * (panel_size + gap); };
  svg s(left(3) + 62, lower + panel_size + 60);
  s.text(first, 36, fill(ink, "font-weight=\"bold\" font-size=\"20\""), p.title);
  s.text(first, 62, fill(grey, "font-size=\"14\""), p.subtitle);

  const colour_scale heat(0, 1, inferno);
  const Index cut = p.truth.rows() * 22 / 100;
  const double cut_at = (double(cut) + 0.5) / double(p.truth.rows()) * panel_size;
  const auto image = [&](int column, double top, std::string_view title, std::string_view note, field const& u,
                         colour_scale const& scale) {
    panel_title(s, left(column), top, title, note);
    draw_field(s, left(column), top, u, scale);
  };
  char shares[2][48];
  std::snprintf(shares[0], sizeof shares[0], "%.1f %% off", 100 * p.errors.front());
  std::snprintf(shares[1], sizeof shares[1], "%.1f %% off", 100 * p.errors.back());
  image(0, upper, "True first field", "not known to the program", p.truth, heat);
  image(1, upper, "Observed at the end", shares[0], p.observed, heat);
  image(2, upper, "Recovered first field", shares[1], p.recovered, heat);
  for (int column = 0; column < 3; ++column)
    s.line(left(column), upper + cut_at, left(column) + panel_size, upper + cut_at,
           "stroke=\"#ffffff\" stroke-width=\"1\" stroke-dasharray=\"5 4\" stroke-opacity=\"0.8\"");
  draw_scale(s, left(3) - gap + 14, upper, "temperature", heat);

  const auto along = [&](field const& u) {
    const Eigen::ArrayXd values = u.row(cut).transpose();
    return std::vector<double>(values.begin(), values.end());
  };
  const std::array<curve, 3> profiles{
      {{"observed", "stroke=\"#7b8794\" stroke-width=\"2\" stroke-dasharray=\"3 3\"", along(p.observed)},
       {"true", "stroke=\"#f9a01b\" stroke-width=\"5\" stroke-opacity=\"0.6\"", along(p.truth)},
       {"recovered", "stroke=\"#88226a\" stroke-width=\"2\"", along(p.recovered)}}};
  draw_curves(s, left(0), lower, profiles, 1, "temperature along the dashed line", false);

  const auto logarithms = [](std::vector<double> const& numbers) {
    std::vector<double> result;
    for (const double number : numbers) result.push_back(std::log10(std::max(number / numbers.front(), 1e-16)));
    return result;
  };
  const std::array<curve, 2> progress{
      {{"cost", "stroke=\"#2166ac\" stroke-width=\"2\"", logarithms(p.costs)},
       {"distance from the truth", "stroke=\"#d6604d\" stroke-width=\"2\"", logarithms(p.errors)}}};
  draw_curves(s, left(1), lower, progress, double(p.costs.size()) - 1,
              "L-BFGS iterations; both as a share of the first", true);

  const field difference = p.recovered - p.truth;
  const double most = std::max(difference.abs().maxCoeff(), 1e-3);
  const colour_scale signs(-most, most, blue_to_red);
  image(2, lower, "Recovered minus true", "a scale of its own", difference, signs);
  draw_scale(s, left(3) - gap + 14, lower, "difference", signs);
  return s.finish();
}

}  // namespace heat
