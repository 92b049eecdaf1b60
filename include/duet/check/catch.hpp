#pragma once

// Catch2's matcher of correct derivatives: REQUIRE_THAT(f, duet::HasCorrectDerivatives(x)). For Catch2 2.13, of which
// CATCH_CONFIG_* may be defined before, and for Catch2 3. Nothing else of Duet includes this header.

#if __has_include(<catch2/matchers/catch_matchers_templated.hpp>)
#include <catch2/matchers/catch_matchers_templated.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <duet/check/check_derivatives.hpp>

namespace duet {

#if __has_include(<catch2/matchers/catch_matchers_templated.hpp>)
using catch_matcher = Catch::Matchers::MatcherGenericBase;
#else
// A matcher of Catch2 2 takes arguments of one type; for one that takes any, match and toString are all that is called.
struct catch_matcher {
  virtual std::string describe() const = 0;
  [[nodiscard]] std::string toString() const { return describe(); }

 protected:
  ~catch_matcher() = default;
};
#endif

template <int Order, class X>
class derivative_matcher final : public catch_matcher {
 public:
  derivative_matcher(X x, check_options const& options) : x_(std::move(x)), options_(options) {}

  template <class F>
  [[nodiscard]] bool match(F&& f) const {
    derivative_check const check = duet::check_derivatives<Order>(f, x_, options_);
    report_ = to_string(check);
    return check.passed;
  }

  [[nodiscard]] std::string describe() const override { return "has correct derivatives\n" + report_; }

 private:
  X x_;
  check_options options_;
  mutable std::string report_;  // of the last match, which Catch prints
};

// Matches functions for which check_derivatives(f, x, options) passes; a failure prints its report.
// HasCorrectDerivatives<1>(x) checks first derivatives only.
template <int Order = 2, class X>
[[nodiscard]] auto HasCorrectDerivatives(X const& x, check_options const& options = {}) {
  return derivative_matcher<Order, plain_t<X>>(duet::plain(x), options);
}

}  // namespace duet
