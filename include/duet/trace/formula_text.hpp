#pragma once

// Formulas as people write them: sums of products, a factor one left out, 2 x instead of x + x. The tables and pictures
// of a trace write their partials and chain rules with it.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <duet/core/config.hpp>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet {

// A number with so many significant digits; no negative zero.
[[nodiscard]] inline std::string number_text(long double x, int digits) {
  if (x == 0) return "0";
  char text[64];
  std::snprintf(text, sizeof text, "%.*Lg", std::clamp(digits, 1, 36), x);
  return text;
}

// A sum of terms coefficient * over... / under..., its factors texts that need no parentheses.
class formula_text {
 public:
  // Zero.
  formula_text() = default;
  [[nodiscard]] static formula_text number(long double x) {
    formula_text result;
    if (x != 0) result.terms_.push_back({x, {}, {}});
    return result;
  }
  [[nodiscard]] static formula_text symbol(std::string name) {
    formula_text result;
    result.terms_.push_back({1, {std::move(name)}, {}});
    return result;
  }

  [[nodiscard]] bool is_zero() const { return terms_.empty(); }

  [[nodiscard]] friend formula_text operator-(formula_text a) {
    for (term& t : a.terms_) t.coefficient = -t.coefficient;
    return a;
  }
  [[nodiscard]] friend formula_text operator+(formula_text a, formula_text const& b) {
    for (term const& t : b.terms_) a.add(t);
    return a;
  }
  [[nodiscard]] friend formula_text operator-(formula_text const& a, formula_text const& b) { return a + -b; }
  [[nodiscard]] friend formula_text operator*(formula_text const& a, formula_text const& b) {
    if (a.is_zero() || b.is_zero()) return {};
    formula_text result;
    term t = a.as_term();
    term const other = b.as_term();
    t.coefficient *= other.coefficient;
    t.over.insert(t.over.end(), other.over.begin(), other.over.end());
    t.under.insert(t.under.end(), other.under.begin(), other.under.end());
    t.cancel();
    result.terms_.push_back(std::move(t));
    return result;
  }
  [[nodiscard]] friend formula_text operator/(formula_text const& a, formula_text const& b) {
    if (a.is_zero()) return {};
    formula_text inverse;
    term t = b.is_zero() ? term{1, {"0"}, {}} : b.as_term();
    std::swap(t.over, t.under);
    t.coefficient = 1 / t.coefficient;
    inverse.terms_.push_back(std::move(t));
    return a * inverse;
  }
  [[nodiscard]] static formula_text call(std::string_view name, std::vector<formula_text> const& arguments,
                                         int digits) {
    std::string text(name);
    text += '(';
    for (formula_text const& argument : arguments)
      text.append(&argument == arguments.data() ? "" : ", ").append(argument.text(digits));
    return symbol(text + ")");
  }
  [[nodiscard]] static formula_text power(formula_text const& base, formula_text const& exponent, int digits) {
    return symbol(base.atom(digits) + "^" + exponent.atom(digits));
  }

  [[nodiscard]] std::string text(int digits) const {
    if (is_zero()) return "0";
    std::string result;
    for (std::string const& part : parts(digits)) result += part;
    return result;
  }
  // The terms with their signs: "v0", " + v1", " - v2 v3". Joined they are the text; lines may break between them.
  [[nodiscard]] std::vector<std::string> parts(int digits) const {
    std::vector<std::string> result;
    for (term const& t : terms_) {
      bool const negative = t.coefficient < 0;
      result.push_back((result.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ")) + t.text(digits));
    }
    return result;
  }

 private:
  struct term {
    long double coefficient;
    std::vector<std::string> over, under;

    // Without the sign.
    [[nodiscard]] std::string text(int digits) const {
      long double const size = coefficient < 0 ? -coefficient : coefficient;
      std::string const above = joined(over);
      bool const divides = size < 1 && size > 0 && !under.empty() && is_whole(1 / size);
      std::string result = above;
      if (size != 1 || above.empty()) {
        result =
            divides ? (above.empty() ? "1" : above) : number_text(size, digits) + (above.empty() ? "" : " " + above);
      }
      std::string below = joined(under);
      if (divides) below = number_text(1 / size, digits) + " " + below;
      if (below.empty()) return result;
      bool const several = below.find(' ') != std::string::npos && (under.size() > 1 || divides);
      return result + " / " + (several ? "(" + below + ")" : below);
    }
    // Drops factors that stand above and below.
    void cancel() {
      for (auto f = over.begin(); f != over.end();) {
        auto const same = std::find(under.begin(), under.end(), *f);
        if (same == under.end()) {
          ++f;
        } else {
          under.erase(same);
          f = over.erase(f);
        }
      }
    }
    [[nodiscard]] bool is_like(term const& other) const {
      return std::is_permutation(over.begin(), over.end(), other.over.begin(), other.over.end()) &&
             std::is_permutation(under.begin(), under.end(), other.under.begin(), other.under.end());
    }

   private:
    static bool is_whole(long double x) { return x < 1e6L && std::abs(x - std::round(x)) < 1e-12L * x; }
    // Equal factors as one power.
    static std::string joined(std::vector<std::string> const& factors) {
      std::string result;
      for (auto f = factors.begin(); f != factors.end(); ++f) {
        if (std::find(factors.begin(), f, *f) != f) continue;
        auto const times = std::count(f, factors.end(), *f);
        if (!result.empty()) result += ' ';
        result += *f;
        if (times > 1) result += "^" + std::to_string(times);
      }
      return result;
    }
  };

  void add(term const& t) {
    auto const like = std::find_if(terms_.begin(), terms_.end(), [&](term const& old) { return old.is_like(t); });
    if (like == terms_.end()) {
      terms_.push_back(t);
    } else {
      like->coefficient += t.coefficient;
      if (like->coefficient == 0) terms_.erase(like);
    }
  }
  // As one term: a sum becomes a factor in parentheses.
  [[nodiscard]] term as_term() const {
    if (terms_.size() == 1) return terms_.front();
    return {1, {"(" + text(6) + ")"}, {}};
  }
  // What may stand left or right of a power sign.
  [[nodiscard]] std::string atom(int digits) const {
    bool const simple =
        terms_.size() == 1 && terms_.front().coefficient >= 0 && terms_.front().under.empty() &&
        (terms_.front().over.empty() || (terms_.front().over.size() == 1 && terms_.front().coefficient == 1 &&
                                         terms_.front().over.front().find('^') == std::string::npos));
    return simple || is_zero() ? text(digits) : "(" + text(digits) + ")";
  }

  std::vector<term> terms_;
};

}  // namespace duet
