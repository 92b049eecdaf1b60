#pragma once

// A trace as a picture: one self-contained SVG file of the computational graph, in layers along the flow, with values
// above and adjoints below in each box and the local partials on the edges.

#include <array>
#include <cmath>
#include <duet/trace/layout.hpp>
#include <duet/trace/style.hpp>

namespace duet {

// SVG as text. Lengths are in pixels, to a tenth.
class svg_writer {
 public:
  template <class... Piece>
  void put(Piece const&... piece) {
    (add(piece), ...);
  }
  void text(double x, double y, std::string_view style, std::string_view words) {
    put("<text x=\"", x, "\" y=\"", y, "\" ", style, ">", duet::xml_text(words), "</text>\n");
  }
  [[nodiscard]] std::string finish() { return std::move(text_) + "</svg>\n"; }

 private:
  void add(std::string_view words) { text_ += words; }
  void add(double pixels) {
    char digits[48];
    std::snprintf(digits, sizeof digits, "%.8g", std::round(pixels * 10) / 10 + 0.0);
    text_ += digits;
  }
  void add(std::size_t number) { text_ += std::to_string(number); }

  std::string text_;
};

template <class T>
class trace_picture {
 public:
  trace_picture(wengert_list<T> const& list, trace_style const& style)
      : list_(list), style_(style), names_(list, style) {
    for (std::size_t i = 0; i < list.rows.size(); ++i) boxes_.push_back(contents(i));
    for (trace_operand<T> const& y : list.outputs)
      if (!y.is_constant()) boxes_[y.row].kind = "output";
  }

  [[nodiscard]] std::string draw() const {
    if (style_.flow == picture_flow::right) return draw(layout(false), false);
    if (style_.flow == picture_flow::down) return draw(layout(true), true);
    // The flow that fits a page better.
    layered_layout const right = layout(false), down = layout(true);
    auto const off = [](double width, double height) {
      return std::abs(std::log((width + 80) / (1.5 * (height + 80))));
    };
    bool const is_down = off(down.breadth(), down.length()) < off(right.length(), right.breadth());
    return is_down ? draw(down, true) : draw(right, false);
  }

 private:
  // In a font of equal widths a text is as wide as it has characters.
  static constexpr double character = 0.602, head_size = 13, number_size = 12.5, label_size = 11;
  static constexpr double head_height = 23, line_height = 17, padding = 9, margin = 24, arrow = 7, label_height = 15;
  static constexpr std::string_view ink = "#1f2933", blue = "#1f5fa8", red = "#b3261e", brown = "#8a5a00",
                                    grey = "#52606d", edge = "#9aa5b1";

  struct line {
    std::string_view kind, colour;
    std::string words;
  };
  struct box {
    std::string name, formula, kind;
    std::vector<line> lines;
    std::string hint;
    double width, height;
  };
  struct place {
    double x, y;
  };

  [[nodiscard]] static double width_of(std::string const& words, double size) {
    return static_cast<double>(duet::characters(words).size()) * character * size;
  }
  [[nodiscard]] static std::string shortened(std::string const& words) {
    constexpr std::size_t most = 34;
    auto const all = duet::characters(words);
    if (all.size() <= most) return words;
    std::string result;
    for (std::size_t i = 0; i + 3 < most; ++i) result += all[i];
    return result + "...";
  }

  [[nodiscard]] box contents(std::size_t i) const {
    trace_row<T> const& r = list_.rows[i];
    box b;
    b.name = shortened(names_.name(i));
    bool const named_input = r.is_input() && !list_.names[i].empty();
    b.formula = named_input ? "" : shortened(" = " + names_.operation(i));
    b.kind = r.is_input() ? "input" : "operation";
    b.lines.push_back({"value", blue, names_.number(r.value)});
    if (style_.tangents) b.lines.push_back({"tangent", brown, names_.number(r.tangent)});
    b.lines.push_back({"adjoint", red, names_.number(r.adjoint)});
    b.hint = names_.name(i) + " = " + names_.operation(i);
    for (auto const& [word, x] :
         {std::pair("value", r.value), std::pair("tangent", r.tangent), std::pair("adjoint", r.adjoint)})
      b.hint += std::string("; ") + word + " " +
                number_text(static_cast<long double>(x), std::numeric_limits<T>::max_digits10);
    b.width = width_of(b.name + b.formula, head_size);
    for (line const& l : b.lines) b.width = std::max(b.width, width_of(l.words, number_size));
    b.width = std::ceil(std::max(b.width + 2 * padding, 64.0));
    b.height = head_height + line_height * static_cast<double>(b.lines.size()) + 5;
    return b;
  }

  [[nodiscard]] double label_width(std::string const& words) const {
    return std::ceil(width_of(words, label_size) + 7);
  }

  [[nodiscard]] layered_layout layout(bool down) const {
    std::vector<layout_box> boxes;
    double widest = 20;
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      trace_row<T> const& r = list_.rows[i];
      layout_box b{down ? boxes_[i].height : boxes_[i].width, down ? boxes_[i].width : boxes_[i].height};
      for (std::size_t k = 0; k < r.operands.size(); ++k)
        if (!r.operands[k].is_constant()) {
          b.operands.push_back(r.operands[k].row);
          widest = std::max(widest, label_width(names_.number(r.partials[k])));
        }
      boxes.push_back(std::move(b));
    }
    layout_spacing spacing;
    spacing.ports = down ? widest + 6 : label_height + 3;
    spacing.labels = (down ? label_height : widest) + arrow + 8;
    spacing.least_gap = down ? 24 : 40;
    return {boxes, spacing};
  }

  [[nodiscard]] static place at(layered_layout::point p, bool down) {
    return down ? place{p.across + margin, p.along} : place{p.along + margin, p.across};
  }

  [[nodiscard]] std::string draw(layered_layout const& l, bool down) const {
    double const top = style_.title.empty() ? 62 : 92;
    double const least_width = 2 * margin + std::max(legend_width(), width_of(style_.title, 18));
    double const inside = down ? l.breadth() : l.length();
    double const width = std::max(least_width, inside + 2 * margin);
    double const height = top + (down ? l.length() : l.breadth()) + margin;
    svg_writer s;
    s.put("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"", width, "\" height=\"", height, "\" viewBox=\"0 0 ",
          width, " ", height, "\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, monospace\" font-size=\"",
          number_size, "\">\n");
    s.put("<rect class=\"background\" width=\"", width, "\" height=\"", height, "\" fill=\"#ffffff\"/>\n");
    if (!style_.title.empty())
      s.text(margin, 36, paint("font-size=\"18\" font-weight=\"bold\" fill=\"", ink), style_.title);
    legend(s, style_.title.empty() ? 30 : 62);
    s.put("<g transform=\"translate(", std::max(0.0, (width - inside) / 2 - margin), " ", top, ")\">\n");
    edges(s, l, down);
    for (std::size_t i = 0; i < boxes_.size(); ++i) node(s, l, i, down);
    s.put("</g>\n");
    return s.finish();
  }

  [[nodiscard]] static std::string paint(std::string_view before, std::string_view colour) {
    return std::string(before) + std::string(colour) + "\"";
  }

  struct key {
    std::string_view words, colour, kind;
  };
  [[nodiscard]] std::vector<key> keys() const {
    std::vector<key> all{{"input", "", "input"}, {"operation", "", "operation"}, {"output", "", "output"}};
    all.push_back({"value", blue, ""});
    if (style_.tangents) all.push_back({"tangent", brown, ""});
    all.push_back({"adjoint", red, ""}), all.push_back({"partial, on the edge", grey, ""});
    return all;
  }
  [[nodiscard]] double legend_width() const {
    double width = 0;
    for (key const& k : keys()) width += width_of(std::string(k.words), number_size) + (k.kind.empty() ? 18 : 38);
    return width - 18;
  }
  void legend(svg_writer& s, double y) const {
    double x = margin;
    for (key const& k : keys()) {
      if (!k.kind.empty()) {
        auto const [fill, stroke] = colours(k.kind);
        s.put("<rect class=\"key\" x=\"", x, "\" y=\"", y - 11, "\" width=\"14\" height=\"14\" rx=\"3\" fill=\"", fill,
              "\" stroke=\"", stroke, "\"/>\n");
        x += 20;
      }
      s.text(x, y, paint("fill=\"", k.colour.empty() ? ink : k.colour), k.words);
      x += width_of(std::string(k.words), number_size) + 18;
    }
  }

  [[nodiscard]] static std::array<std::string_view, 2> colours(std::string_view kind) {
    if (kind == "input") return {"#e6f4ea", "#3f8f5b"};
    if (kind == "output") return {"#fff1dc", "#c77700"};
    return {"#eef1f5", "#7b8794"};
  }

  // A curve that leaves and arrives along the flow.
  static void curve(svg_writer& s, place from, place to, bool down) {
    double const half = (down ? to.y - from.y : to.x - from.x) / 2;
    if (down)
      s.put(" C", from.x, " ", from.y + half, " ", to.x, " ", to.y - half, " ", to.x, " ", to.y);
    else
      s.put(" C", from.x + half, " ", from.y, " ", to.x - half, " ", to.y, " ", to.x, " ", to.y);
  }

  void edges(svg_writer& s, layered_layout const& l, bool down) const {
    s.put("<g fill=\"none\" stroke=\"", edge, "\" stroke-width=\"1.4\">\n");
    for (std::size_t i = 0; i < boxes_.size(); ++i) {  // the lines that several edges share
      place from = at(l.exit(i), down);
      for (auto const& [enter, leave] : l.passages(i)) {
        place const to = at(enter, down), next = at(leave, down);
        s.put("<path d=\"M", from.x, " ", from.y);
        curve(s, from, to, down);
        s.put(" L", next.x, " ", next.y, "\"/>\n");
        from = next;
      }
    }
    each_edge([&](std::size_t i, std::size_t port, std::size_t, std::string const& words) {
      place const from = at(l.departure(i, port), down), to = at(l.entry(i, port), down);
      double const straight = arrow + 6 + (down ? label_height : label_width(words));
      place const bend = down ? place{to.x, to.y - straight} : place{to.x - straight, to.y};
      s.put("<path class=\"edge\" d=\"M", from.x, " ", from.y);
      curve(s, from, bend, down);
      s.put(" L", to.x, " ", to.y, "\"/>\n");
    });
    s.put("</g>\n");
    each_edge([&](std::size_t i, std::size_t port, std::size_t, std::string const& words) {
      place const to = at(l.entry(i, port), down);
      double const w = label_width(words), h = 3.6;
      if (down)
        s.put("<path d=\"M", to.x, " ", to.y, " L", to.x - h, " ", to.y - arrow, " L", to.x + h, " ", to.y - arrow);
      else
        s.put("<path d=\"M", to.x, " ", to.y, " L", to.x - arrow, " ", to.y - h, " L", to.x - arrow, " ", to.y + h);
      s.put(" Z\" fill=\"", grey, "\"/>\n");
      double const x = down ? to.x - w / 2 : to.x - arrow - 3 - w,
                   y = down ? to.y - arrow - 2 - label_height : to.y - label_height / 2;
      s.put("<rect class=\"label\" x=\"", x, "\" y=\"", y, "\" width=\"", w, "\" height=\"", label_height,
            "\" rx=\"3\" fill=\"#ffffff\"/>\n");
      s.text(x + w / 2, y + 11.3, paint("class=\"partial\" text-anchor=\"middle\" font-size=\"11\" fill=\"", grey),
             words);
    });
  }
  // Calls visit(row, port, operand, partial) for each operand that is a row.
  template <class Visit>
  void each_edge(Visit const& visit) const {
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      trace_row<T> const& r = list_.rows[i];
      std::size_t port = 0;
      for (std::size_t k = 0; k < r.operands.size(); ++k)
        if (!r.operands[k].is_constant()) visit(i, port++, r.operands[k].row, names_.number(r.partials[k]));
    }
  }

  void node(svg_writer& s, layered_layout const& l, std::size_t i, bool down) const {
    box const& b = boxes_[i];
    place const middle = at(l.middle(i), down);
    double const w = down ? l.across(i) : l.along(i), h = down ? l.along(i) : l.across(i);
    double const x = middle.x - w / 2, y = middle.y - h / 2;
    auto const [fill, stroke] = colours(b.kind);
    s.put("<g class=\"node ", b.kind, "\" data-row=\"", i, "\"><title>", duet::xml_text(b.hint), "</title>\n");
    s.put("<rect class=\"box\" x=\"", x, "\" y=\"", y, "\" width=\"", w, "\" height=\"", h,
          "\" rx=\"6\" fill=\"#ffffff\" stroke=\"", stroke, "\" stroke-width=\"1.3\"/>\n");
    s.put("<path d=\"M", x + 6, " ", y, " H", x + w - 6, " a6 6 0 0 1 6 6 V", y + head_height, " H", x, " V", y + 6,
          " a6 6 0 0 1 6 -6 Z\" fill=\"", fill, "\" stroke=\"", stroke, "\" stroke-width=\"1.3\"/>\n");
    s.put("<text class=\"head\" x=\"", middle.x, "\" y=\"", y + 16, "\" text-anchor=\"middle\" font-size=\"", head_size,
          "\" fill=\"", ink, "\"><tspan font-weight=\"bold\">", duet::xml_text(b.name), "</tspan>",
          duet::xml_text(b.formula), "</text>\n");
    double below = y + head_height + (h - b.height) / 2 + 15;
    for (line const& k : b.lines) {
      s.text(middle.x, below, "class=\"" + std::string(k.kind) + paint("\" text-anchor=\"middle\" fill=\"", k.colour),
             k.words);
      below += line_height;
    }
    s.put("</g>\n");
  }

  wengert_list<T> const& list_;
  trace_style const& style_;
  trace_names<T> names_;
  std::vector<box> boxes_;
};

}  // namespace duet
