#pragma once

// Catch2 for every test: the one file that knows whether the machine has version 2.13 (one header) or 3.

#if __has_include(<catch2/catch_all.hpp>)

#include <catch2/catch_all.hpp>

using Catch::Approx;

namespace duet_test {

// Matches a text that contains `part`.
inline auto contains(std::string const& part) { return Catch::Matchers::ContainsSubstring(part); }

}  // namespace duet_test

#else

#include <catch2/catch.hpp>
#include <string>

namespace duet_test {

// Matches a text that contains `part`.
inline auto contains(std::string const& part) { return Catch::Matchers::Contains(part); }

}  // namespace duet_test

#endif
