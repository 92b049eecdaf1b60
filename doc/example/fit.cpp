// Fits a model to the observations in a CSV file by least squares, with derivatives from Duet.
//
//   fit data/misra1a.csv
//   fit --model logistic --start 100,0.5,3 growth.csv
//   fit --model mine --start 2,0.1,1,0 my.csv        your own model: the lambda below
//
// The files beside this one: fit/models.hpp the models by name, fit/table.hpp the CSV reader, fit/chart.hpp the
// picture, fit/measure.hpp differences, standard errors and times, fit/options.hpp the command line.

#include <Eigen/Dense>
#include <cmath>
#include <cstdio>
#include <duet/duet.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <tuple>
#include <vector>

#include "fit/chart.hpp"
#include "fit/measure.hpp"
#include "fit/models.hpp"
#include "fit/options.hpp"
#include "fit/table.hpp"

// ---------------------------------------------------------------------------------------------------------------------
// Your own model. Write the prediction for one observation from the parameters b[0], b[1], ... and the predictors x[0],
// x[1], ...; nothing else needs to change: Duet differentiates whatever stands here, loops and branches too. Build and
// run
//   fit --model mine --start b1,b2,... DATA.csv
constexpr auto my_model = [](const auto& b, const auto& x) {
  using std::cos, std::exp;  // for plain numbers; Duet's own functions are found by themselves
  return b[0] * exp(-b[1] * x[0]) * cos(b[2] * x[0] + b[3]);  // a damped oscillation
};
// ---------------------------------------------------------------------------------------------------------------------

namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double digits_wanted = 9;           // of every certified figure
constexpr double differences_allowed = 1e-5;  // between Duet's derivatives and central differences

const std::tuple models{fit::exponential_rise,
                        fit::exponential_decay,
                        fit::rational,
                        fit::logistic,
                        fit::enzyme_kinetics,
                        fit::gaussians,
                        fit::peaks_on_decay,
                        fit::plane,
                        fit::own_model("my_model in fit.cpp", my_model)};

// Calls visit with each model, or with the one at `place`.
template <class Visit>
void for_each_model(Visit const& visit) {
  std::apply([&](auto const&... model) { (visit(model), ...); }, models);
}
template <class Visit>
void with_model(std::size_t place, Visit const& visit) {
  std::size_t i = 0;
  for_each_model([&](auto const& model) {
    if (i++ == place) visit(model);
  });
}

// The residuals, prediction minus observation, for any scalar: this is the function that Duet differentiates.
struct residuals {
  fit::table const* data;
  std::size_t model;

  template <class B>
  auto operator()(B const& b) const {
    Eigen::Matrix<fit::scalar<B>, Eigen::Dynamic, 1> r(Index(data->rows()));
    with_model(model, [&](auto const& chosen) {
      for (std::size_t i = 0; i < data->rows(); ++i) r[Index(i)] = chosen.predict(b, data->x(i)) - data->y[i];
    });
    return r;
  }
};

// What is to be fitted: file and command line put together and checked against each other.
struct task {
  fit::table data;
  std::size_t model = 0;
  std::string name, formula;
  VectorXd start;
  std::string start_from;
  std::vector<double> certified, certified_errors, certified_rss;
};

void print_help() {
  std::printf(
      "usage: fit [--model NAME] [--start b1,b2,...] [--svg FILE] DATA.csv\n\n"
      "Fits a model to observations by least squares (Levenberg-Marquardt, derivatives by Duet).\n\n"
      "  DATA.csv        rows x, y or x1, x2, ..., y; a header line and comment lines (#) are allowed\n"
      "  --model NAME    one of those below; default: the one that the file names\n"
      "  --start LIST    start values; default: those that the file gives for its model\n"
      "  --svg FILE      where the picture goes; default: the name of the data with .svg, in this folder\n\n"
      "models:\n");
  for_each_model([](auto const& model) {
    std::printf("  %-18s %s\n", std::string(model.name).c_str(), std::string(model.formula).c_str());
  });
  std::printf(
      "\nA file may say after #! what belongs to it: model, start, certified (parameters), certified errors, certified "
      "rss.\n"
      "exit code: 0 all well; 1 no convergence, or fewer than 9 certified digits; 2 the input cannot be used\n");
}

std::string known_models() {
  std::string names;
  for_each_model([&](auto const& model) { names += (names.empty() ? "" : ", ") + std::string(model.name); });
  return names;
}

task prepare(fit::options const& given) {
  task t;
  t.data = fit::table_reader::read(given.data);
  fit::table const& data = t.data;
  const auto fail = [&](std::size_t line, std::string const& reason) { throw fit::bad_input(data.file, line, reason); };
  const std::size_t last_line = data.lines.back(), columns = data.columns();

  t.name = given.model.empty() ? data.model.text : given.model;
  if (t.name.empty()) fail(1, "the file names no model: give one by --model (" + known_models() + ")");
  bool found = false;
  std::size_t place = 0;
  const bool own_start = given.start || !data.start || data.model.text != t.name;
  for_each_model([&](auto const& model) {
    if (model.name != t.name) return void(++place);
    found = true;
    t.model = place;
    t.formula = model.formula;
    if (model.predictors != 0 && model.predictors != columns)
      fail(data.lines.front(), "the model " + t.name + " reads " + std::to_string(model.predictors) +
                                   (model.predictors == 1 ? " predictor" : " predictors") + ", but a row has " +
                                   std::to_string(columns));
    std::vector<double> start;
    if (given.start) {
      start = *given.start;
      t.start_from = "as given";
    } else if (!own_start) {
      start = fit::parse_numbers(data.start, data.file);
      t.start_from = "from the file";
    } else if (model.linear) {
      start.assign(model.parameters.least(columns), 0.0);
      t.start_from = "any will do";
    } else {
      throw fit::bad_input("fit: no start values for the model " + t.name + ": give " + model.parameters.text(columns) +
                           " by --start");
    }
    if (!model.parameters.fits(start.size(), columns)) {
      const std::string reason = "start has " + std::to_string(start.size()) + " values, but the model " + t.name +
                                 " has " + model.parameters.text(columns);
      if (given.start) throw fit::bad_input("fit: --" + reason);
      fail(data.start.line, reason);
    }
    t.start = Eigen::Map<VectorXd const>(start.data(), Index(start.size()));
  });
  if (!found && given.model.empty())
    fail(data.model.line, "unknown model " + fit::in_quotes(t.name) + ", known are " + known_models());
  if (!found)
    throw fit::bad_input("fit: --model: unknown model " + fit::in_quotes(t.name) + ", known are " + known_models());

  const auto n = std::size_t(t.start.size());
  if (data.rows() < n)
    fail(last_line, std::to_string(data.rows()) + (data.rows() == 1 ? " row" : " rows") +
                        " of numbers, but the model " + t.name + " has " + std::to_string(n) + " parameters");
  const VectorXd r = residuals{&data, t.model}(t.start);
  for (Index i = 0; i < r.size(); ++i)
    if (!std::isfinite(r[i]))
      fail(data.lines[std::size_t(i)], "the model " + t.name + " has no finite value here at the start values");

  if (data.model.text == t.name) {
    const auto certified = [&](fit::directive const& directive, std::size_t count) {
      std::vector<double> numbers;
      if (!directive) return numbers;
      numbers = fit::parse_numbers(directive, data.file);
      if (numbers.size() != count)
        fail(directive.line, std::to_string(numbers.size()) + " certified figures, expected " + std::to_string(count));
      return numbers;
    };
    t.certified = certified(data.certified, n);
    t.certified_errors = certified(data.certified_errors, n);
    t.certified_rss = certified(data.certified_rss, 1);
  }
  return t;
}

std::string list(VectorXd const& numbers) {
  std::string text;
  char one[32];
  for (const double number : numbers) {
    std::snprintf(one, sizeof one, "%s%g", text.empty() ? "" : ", ", number);
    text += one;
  }
  return text;
}

// Both modes against central differences at the start values.
bool check_derivatives(residuals const& r, VectorXd const& b) {
  const MatrixXd forward = duet::jacobian(duet::forward, r, b);
  const MatrixXd reverse = duet::jacobian(duet::reverse, r, b);
  const auto differences = fit::compare(forward, fit::central_differences(r, b));
  const auto modes = fit::compare(forward, reverse);
  const bool good = differences.relative < differences_allowed && modes.relative < 1e-12;
  std::printf(
      "check       largest relative disagreement with central differences %.1e (row %ld, b%ld), of the two modes %.1e: "
      "%s\n",
      differences.relative, long(differences.row) + 1, long(differences.column) + 1, modes.relative,
      good ? "good" : "NOT GOOD");
  return good;
}

// Parameters, standard errors and residual sum of squares; false if a certified figure is missed.
bool print_result(task const& t, residuals const& r, VectorXd const& b) {
  const auto normal = duet::gauss_newton(r, b);
  const double rss = 2 * normal.cost;
  const auto freedom = double(t.data.rows()) - double(b.size());
  const VectorXd errors = freedom > 0 ? fit::standard_errors(normal.hessian, rss / freedom) : VectorXd();
  double worst = 11, worst_error = 11;

  std::printf("\nparameter           estimate   standard error%s\n",
              t.certified.empty() ? "" : "           certified  digits");
  for (Index j = 0; j < b.size(); ++j) {
    const auto k = std::size_t(j);
    std::printf("b%-3ld       %18.10e", long(j) + 1, b[j]);
    if (errors.size() != 0)
      std::printf("  %15.8e", errors[j]);
    else
      std::printf("  %15s", "-");
    if (!t.certified.empty()) {
      const double digits = fit::digits(b[j], t.certified[k]);
      worst = std::min(worst, digits);
      std::printf("  %18.10e  %6.1f", t.certified[k], digits);
    }
    std::printf("\n");
    if (!t.certified_errors.empty())
      worst_error = std::min(worst_error, errors.size() != 0 ? fit::digits(errors[j], t.certified_errors[k]) : 0.0);
  }
  if (errors.size() == 0)
    std::printf("standard errors: none, %s\n", freedom > 0 ? "the observations do not determine all parameters"
                                                           : "as many parameters as observations");
  std::printf("residual sum of squares %.10e", rss);
  if (!t.certified_rss.empty()) {
    const double digits = fit::digits(rss, t.certified_rss.front());
    worst = std::min(worst, digits);
    std::printf(", certified %.10e, %.1f digits", t.certified_rss.front(), digits);
  }
  std::printf("\n");
  if (freedom > 0)
    std::printf("residual standard deviation %.6g, degrees of freedom %.0f\n", std::sqrt(rss / freedom), freedom);
  if (!t.certified_errors.empty())
    std::printf("standard errors agree with the certified ones to at least %.1f digits\n", worst_error);
  if (t.certified.empty() && t.certified_rss.empty()) return true;
  const bool reached = worst >= digits_wanted;
  std::printf("certified values: agreement to at least %.1f digits, %.0f wanted: %s\n", worst, digits_wanted,
              reached ? "reached" : "MISSED");
  return reached;
}

void print_times(residuals const& r, VectorXd const& b) {
  const auto [forward, reverse, differences, once] =
      fit::median_times([&] { return duet::jacobian(duet::forward, r, b)(0, 0); },
                        [&] { return duet::jacobian(duet::reverse, r, b)(0, 0); },
                        [&] { return fit::central_differences(r, b)(0, 0); }, [&] { return VectorXd(r(b))[0]; });
  std::printf("\ntime per Jacobian (%ld x %ld), median of 31 alternating runs; the residuals alone take %.2f us\n",
              long(r.data->rows()), long(b.size()), 1e6 * once);
  std::printf("  forward             %9.2f us  %6.1f evaluations\n", 1e6 * forward, forward / once);
  std::printf("  reverse             %9.2f us  %6.1f evaluations\n", 1e6 * reverse, reverse / once);
  std::printf("  central differences %9.2f us  %6.1f evaluations, and half the digits\n", 1e6 * differences,
              differences / once);
}

// One predictor: data and curve over x. Several: observed over fitted values, with the line on which they agree.
fit::chart make_chart(task const& t, VectorXd const& b, double rss) {
  fit::table const& data = t.data;
  char sum[48];
  std::snprintf(sum, sizeof sum, "residual sum of squares %.5g", rss);
  fit::chart c{.title = std::filesystem::path(data.file).stem().string() + ": " + t.name,
               .subtitle = data.names.back() + " = " + t.formula,
               .note = std::to_string(data.rows()) + " observations, " + sum};
  const bool curve = data.columns() == 1;
  c.x_label = curve ? data.names.front() : "fitted " + data.names.back();
  c.y_label = data.names.back();
  with_model(t.model, [&](auto const& model) {
    for (std::size_t i = 0; i < data.rows(); ++i) {
      const double fitted = model.predict(b, data.x(i));
      c.x.push_back(curve ? data.predictors[i] : fitted);
      c.y.push_back(data.y[i]);
      c.residuals.push_back(data.y[i] - fitted);
    }
    const auto [low, high] = std::ranges::minmax(c.x);
    for (int k = 0; k <= 400; ++k) {
      const VectorXd x = VectorXd::Constant(1, low + (high - low) * k / 400);
      const double y = curve ? double(model.predict(b, x)) : x[0];
      if (!std::isfinite(y)) continue;  // a pole between two observations
      c.curve_x.push_back(x[0]);
      c.curve_y.push_back(y);
    }
  });
  return c;
}

void write_picture(fit::chart const& c, std::string const& file) {
  std::ofstream out(file, std::ios::binary);
  out << fit::draw(c);
  out.close();
  if (!out) throw fit::bad_input("fit: the picture cannot be written to " + fit::in_quotes(file));
  std::printf("\npicture     %s\n", file.c_str());
}

int run(fit::options const& given) {
  const task t = prepare(given);
  const residuals r{&t.data, t.model};
  const auto n = std::size_t(t.start.size()), m = t.data.rows();
  const auto picture = given.svg.empty() ? std::filesystem::path(t.data.file).stem().string() + ".svg" : given.svg;
  std::error_code ignored;
  if (std::filesystem::equivalent(picture, t.data.file, ignored))
    throw fit::bad_input("fit: the picture would overwrite the data");

  std::printf("data        %s: %zu observations of %s\n", t.data.file.c_str(), m, t.data.names.back().c_str());
  std::printf("model       %s: %s = %s, %zu parameters\n", t.name.c_str(), t.data.names.back().c_str(),
              t.formula.c_str(), n);
  std::printf("start       %s (%s)\n", list(t.start).c_str(), t.start_from.c_str());
  std::printf("mode        %s\n", duet::to_string(duet::choose_mode(n, m)).c_str());
  const bool derivatives_good = check_derivatives(r, t.start);

  std::printf("\niteration          cost    |gradient|      |step|    damping  gain ratio\n");
  duet::least_squares_options<double> options;
  options.on_iteration = [](auto const& now) {
    char gain[24] = "-";  // where the cost changes by rounding only, it has none
    if (!std::isnan(now.gain_ratio)) std::snprintf(gain, sizeof gain, "%.3g", now.gain_ratio);
    std::printf("%9zu  %12.6e  %12.3e  %10.2e  %9.1e  %10s%s\n", now.iteration, now.cost, now.gradient_norm,
                now.step_norm, now.damping, gain, now.accepted ? "" : "  rejected");
    std::fflush(stdout);
  };
  const auto result = duet::least_squares(r, t.start, options);
  std::printf("%s\n", duet::to_string(result).c_str());

  const bool digits_good = print_result(t, r, result.x);
  print_times(r, result.x);
  write_picture(make_chart(t, result.x, 2 * result.cost), picture);
  return result.converged && derivatives_good && digits_good ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    const fit::options given = fit::parse_options({arguments + 1, arguments + count});
    if (!given.help) return run(given);
    print_help();
    return 0;
  } catch (example::bad_input const& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  } catch (std::exception const& error) {
    std::fflush(stdout);
    std::fprintf(stderr, "fit: %s\n", error.what());
    return 1;
  }
}
