// Draws the pictures of the explanations: one function forward and in reverse, a statement as an expression, a tape
// byte by byte, and how accurate a slope is. What they show is computed and checked here.
//
//   pictures [FOLDER]      writes them to FOLDER; without one they are only computed

#include <cmath>
#include <cstdio>
#include <duet/duet.hpp>
#include <duet/trace.hpp>
#include <fstream>
#include <stdexcept>
#include <string>

#include "line_chart.hpp"
#include "pictures/expression_tree.hpp"
#include "pictures/tape_layout.hpp"

namespace {

std::string folder;

void keep(std::string const& name, std::string const& picture) {
  if (folder.empty()) return;
  std::ofstream file(folder + "/" + name);
  file << picture;
  if (!file.flush()) throw std::runtime_error("cannot write " + folder + "/" + name);
}

void forward_and_reverse() {
  auto const f = [](auto const& x) { return x[0] * x[1] + sin(x[0]); };
  auto const trace = duet::trace(f, Eigen::Vector2d(1.5, 0.5));
  duet::trace_style style;
  style.digits = 4;
  style.tangents = true;
  style.flow = duet::picture_flow::right;
  keep("forward_and_reverse.svg", trace.svg(style));
  std::printf("forward_and_reverse.svg: %zu boxes\n", trace.size());
}

void expression() {
  auto const nodes = pictures::expression_nodes();
  keep("expression.svg", pictures::draw_expression(nodes));
  std::printf("expression.svg: %zu nodes, y = %.4f\n", nodes.size(), nodes[0].value);
}

void tape() {
  auto const rows = pictures::record_statements();
  keep("tape.svg", pictures::draw_tape(rows));
  std::printf("tape.svg: %zu entries\n", rows.size());
}

// The slope of tanh where it is nearly flat: as 1 - y y, and as Duet's rule has it.
void slopes() {
  auto const f = [](auto const& x) { return tanh(x); };
  example::curve plain{"1 \u2212 y\u00b2"}, rule{"Duet"};
  double worst = 0;
  for (double x = 0.5; x <= 20; x += 0.5) {
    long double const c = std::cosh(static_cast<long double>(x)), exact = 1 / (c * c);
    double const y = std::tanh(x);
    auto const error = [&](double slope) {
      return std::max(static_cast<double>(std::abs(static_cast<long double>(slope) / exact - 1)), 1e-17);
    };
    plain.x.push_back(x), rule.x.push_back(x);
    plain.y.push_back(error(1 - y * y)), rule.y.push_back(error(duet::derivative(f, x)));
    worst = std::max(worst, rule.y.back());
  }
  if (worst > 1e-15) throw std::logic_error("the slope of tanh is not accurate");
  keep("slopes.svg", example::draw({"The slope of tanh, two ways",
                                    "relative error in double, against long double",
                                    "x",
                                    "relative error",
                                    {plain, rule},
                                    false,
                                    true}));
  std::printf("slopes.svg: worst error of Duet below 1e-15\n");
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count > 1) folder = arguments[1];
    forward_and_reverse();
    expression();
    tape();
    slopes();
  } catch (std::exception const& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 1;
  }
}
