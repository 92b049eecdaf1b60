#pragma once

// Numbers that can be computed in several ways, compared with each other and with differences. Whatever is compared is
// a matrix: a value is a column, a Jacobian has a row for each output, a Hessian a row and a column for each input, a
// product a column for each direction.

#include <array>
#include <duet/check/differences.hpp>
#include <duet/check/report.hpp>
#include <duet/driver/evaluate.hpp>
#include <functional>
#include <new>
#include <random>

namespace duet {

// What the rows and columns of compared numbers count.
enum class layout { value, jacobian, hessian, product };

template <class X>
struct way {
  using matrix = Eigen::Matrix<entry_t<X>, Eigen::Dynamic, Eigen::Dynamic>;
  std::string name;
  std::function<matrix(X const&)> at;
  matrix result;                   // at the point of the comparison
  std::optional<matrix> rounding;  // by how much rounding blurs it, known once it has been asked for
};

// All that is compared at the point x.
template <class X>
class comparison {
  using T = entry_t<X>;
  using index = Eigen::Index;
  static constexpr T epsilon = std::numeric_limits<T>::epsilon();

 public:
  using matrix = typename way<X>::matrix;

  comparison(X const& x, check_options const& options) : x_(x), options_(options), random_(options.seed) {}

  [[nodiscard]] derivative_check& result() { return result_; }

  template <class At>
  [[nodiscard]] way<X> make(std::string name, At const& at) const {
    return {std::move(name), at, at(x_), {}};
  }

  [[nodiscard]] matrix random_matrix(index rows, index columns) {
    return matrix::NullaryExpr(rows, columns, [&] { return T(2) * static_cast<T>(random_()) / T(4294967295.0) - 1; });
  }

  void note(std::string text) {
    constexpr std::size_t most = 100;
    auto& notes = result_.notes;
    if (notes.size() < most && std::find(notes.begin(), notes.end(), text) == notes.end())
      notes.push_back(std::move(text));
  }

  // Second derivatives in an input whose slope is not finite are not compared.
  void skip_without_slope(matrix const& gradient) {
    for (index i = 0; i < gradient.size(); ++i)
      if (!std::isfinite(gradient(i))) without_slope_.push_back(i);
    if (!without_slope_.empty()) note("where the gradient is not finite second derivatives are not compared");
  }

  // Two ways with each other; `terms` are the sizes of what is added up in each entry, where that can cancel. False if
  // the results differ in size.
  bool compare(std::string const& what, layout l, way<X>& a, way<X>& b, matrix const* terms = nullptr) {
    derivative_test test{what + ": " + a.name + ", " + b.name};
    bool const same_size = a.result.rows() == b.result.rows() && a.result.cols() == b.result.cols();
    if (!same_size) {
      test.name = "number of outputs: " + a.name + ", " + b.name;
      T const in_a = static_cast<T>(a.result.rows()), in_b = static_cast<T>(b.result.rows());
      record(test, layout::value, 0, 0, in_a, in_b, std::abs(in_a - in_b), 0);
    }
    for (index row = 0; same_size && row < a.result.rows(); ++row) {
      T largest = 0;
      for (index col = 0; col < a.result.cols(); ++col)
        if (T const entry = std::abs(a.result(row, col)); std::isfinite(entry)) largest = std::max(largest, entry);
      for (index col = 0; col < a.result.cols(); ++col) {
        if (l == layout::hessian && (has_no_slope(row) || has_no_slope(col))) {
          ++test.left_out;
          continue;
        }
        T const first = a.result(row, col), second = b.result(row, col);
        bool const same = first == second || (std::isnan(first) && std::isnan(second));
        T const error = same ? T(0) : std::abs(first - second);
        T tolerance = 16 * epsilon * largest;
        if (std::isfinite(first) && std::isfinite(second))
          tolerance += 1024 * epsilon * std::max(std::abs(first), std::abs(second));
        if (terms != nullptr) tolerance += 1024 * epsilon * (*terms)(row, col);
        if (error > tolerance) tolerance += 16 * std::max(rounding_of(a, row, col), rounding_of(b, row, col));
        record(test, l, row, col, first, second, error, tolerance);
      }
    }
    result_.tests.push_back(std::move(test));
    return same_size;
  }

  // Each of several ways to the slopes of `values` with differences.
  void difference(std::string const& what, layout l, way<X> const& values, std::vector<way<X>*> const& ways) {
    std::vector<derivative_test> tests;
    for (way<X> const* w : ways) tests.push_back({what + ": " + w->name + ", differences"});
    for (std::size_t const input : differenced_inputs()) {
      auto const col = static_cast<index>(input);
      T reach = 0;
      for (index o = 0; o < values.result.rows(); ++o)
        if (T const r = std::abs(values.result(o) / ways[0]->result(o, col)); r > 0 && std::isfinite(r))
          reach = reach > 0 ? std::min(reach, r) : r;
      auto const line = sample(values, input, reach, step_choice::usual);
      std::optional<line_of_values<T>> doubts;  // other steps, before anything is called wrong or without a slope
      for (index o = 0; o < values.result.rows(); ++o)
        for (std::size_t k = 0; k < ways.size(); ++k) {
          auto const output = static_cast<std::size_t>(o);
          if (l == layout::hessian && (has_no_slope(o) || has_no_slope(col))) {
            ++tests[k].left_out;
            continue;
          }
          T const slope = ways[k]->result(o, col);
          auto verdict = duet::judge(line, output, slope);
          if (verdict.outcome != verdict.agrees) {
            if (!doubts) doubts = sample(values, input, reach, step_choice::smaller);
            verdict = duet::judge(*doubts, output, slope);
            if (verdict.outcome == verdict.differs && std::isfinite(slope))
              verdict.tolerance += 16 * rounding_of(*ways[k], o, col);
          }
          if (verdict.outcome != verdict.nothing) {
            T const error = std::abs(slope - verdict.slope);
            record(tests[k], l, o, col, slope, verdict.slope, error, verdict.tolerance);
          } else {
            ++tests[k].left_out;
            note(what + ", " + (l == layout::jacobian ? entry_name(output, input, {}) : entry_name(0, output, input)) +
                 ": " + verdict.reason);
          }
        }
    }
    for (auto& test : tests) result_.tests.push_back(std::move(test));
  }

 private:
  [[nodiscard]] bool has_no_slope(index input) const {
    return std::find(without_slope_.begin(), without_slope_.end(), input) != without_slope_.end();
  }

  // A result elsewhere than at x: nothing where there is none.
  [[nodiscard]] std::optional<matrix> elsewhere(way<X> const& w, X const& x) {
    try {
      matrix result = w.at(x);
      if (result.rows() == w.result.rows() && result.cols() == w.result.cols()) return result;
    } catch (std::bad_alloc const&) {
      throw;
    } catch (std::exception const& e) {
      note(std::string("f throws near x: ") + e.what());
    }
    return std::nullopt;
  }

  // The spread of a result over points that differ from x in the last digits: the median of three pairs.
  [[nodiscard]] T rounding_of(way<X>& w, index row, index col) {
    if (!w.rounding) {
      std::array<matrix, 3> spread;
      for (matrix& s : spread) {
        auto const nudged = [&] {
          return shape<X>::template make<T>(x_, [&](auto i) {
            T const ulps = static_cast<T>(static_cast<int>(random_() % 9) - 4);
            return shape<X>::entry(x_, i) * (1 + ulps * epsilon);
          });
        };
        auto const a = elsewhere(w, nudged()), b = elsewhere(w, nudged());
        s = a && b ? matrix((*a - *b).cwiseAbs()) : matrix::Zero(w.result.rows(), w.result.cols()).eval();
      }
      w.rounding = matrix(spread[0].rows(), spread[0].cols());
      for (index k = 0; k < w.rounding->size(); ++k) {
        std::array<T, 3> three{spread[0](k), spread[1](k), spread[2](k)};
        std::replace_if(three.begin(), three.end(), [](T t) { return !std::isfinite(t); }, T(0));
        std::sort(three.begin(), three.end());
        (*w.rounding)(k) = three[1];
      }
    }
    return (*w.rounding)(row, col);
  }

  // Records one entry of a test.
  void record(derivative_test& test, layout l, index row, index col, T first, T second, T error, T tolerance) {
    ++test.compared;
    bool const right = error <= tolerance;
    double const e = static_cast<double>(error), t = static_cast<double>(tolerance);
    auto const badness = [](double by, double allowed) {
      return by == 0 ? 0 : std::isnan(by) ? std::numeric_limits<double>::infinity() : by / allowed;
    };
    if (test.compared == 1 || badness(e, t) > badness(test.worst_error, test.tolerance)) {
      test.worst_error = e;
      test.tolerance = t;
    }
    if (right) return;
    test.passed = result_.passed = false;
    auto const at_row = static_cast<std::size_t>(row), at_column = static_cast<std::size_t>(col);
    derivative_finding finding{test.name, 0, {}, {}, static_cast<double>(first), static_cast<double>(second), e, t};
    if (l == layout::value || l == layout::jacobian) finding.output = at_row;
    if (l == layout::jacobian) finding.input = at_column;
    if (l == layout::hessian || l == layout::product) finding.input = at_row;
    if (l == layout::hessian) finding.second_input = at_column;
    result_.findings.push_back(std::move(finding));
  }

  [[nodiscard]] std::vector<std::size_t> differenced_inputs() {
    std::vector<std::size_t> inputs(duet::size_of(x_));
    for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i] = i;
    if (inputs.size() > options_.most_inputs) {
      for (std::size_t i = 0; i < options_.most_inputs; ++i)
        std::swap(inputs[i], inputs[i + random_() % (inputs.size() - i)]);
      inputs.resize(options_.most_inputs);
      std::sort(inputs.begin(), inputs.end());
      note("differences in " + std::to_string(inputs.size()) + " of " + std::to_string(duet::size_of(x_)) +
           " inputs, chosen at random");
    }
    return inputs;
  }

  [[nodiscard]] line_of_values<T> sample(way<X> const& values, std::size_t input, T reach, step_choice choice) {
    auto const list = [](matrix const& m) { return std::vector<T>(m.data(), m.data() + m.size()); };
    X moved = x_;
    auto const at = [&](T position) {
      shape<X>::entry(moved, input) = position;
      auto const y = elsewhere(values, moved);
      return y ? list(*y)
               : std::vector<T>(static_cast<std::size_t>(values.result.size()), std::numeric_limits<T>::quiet_NaN());
    };
    return duet::sample_line(list(values.result), at, shape<X>::entry(x_, input), reach, choice);
  }

  X const& x_;
  check_options options_;
  std::mt19937 random_;
  std::vector<index> without_slope_;
  derivative_check result_;
};

}  // namespace duet
