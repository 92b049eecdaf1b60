// The commonest mistakes that show themselves while the program runs: what is said. Those that the compiler finds are
// in test/rejects; doc/guide/errors.md has them all.

#include <algorithm>
#include <array>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

namespace {

template <class Exception, class Action>
std::string message_of(Action const& action) {
  try {
    action();
  } catch (Exception const& e) {
    return e.what();
  }
  return "nothing was thrown";
}

// Whether the page of errors has a heading that the message begins with, and it is no longer than 30 lines.
bool is_documented(std::string const& message) {
  auto const doc = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "doc";
  std::ifstream page(doc / "guide" / "errors.md");
  REQUIRE(page);
  REQUIRE(std::count(message.begin(), message.end(), '\n') < 30);
  for (std::string line; std::getline(page, line);)
    if (line.starts_with("### ") && message.starts_with(line.substr(4))) return true;
  return false;
}

}  // namespace

TEST_CASE("Mistakes: sizes that do not fit are both named") {
  auto const f = [](auto const& x) { return x[0] * x[1]; };
  std::string const said =
      message_of<std::invalid_argument>([&] { (void)duet::jvp(f, std::array{1.0, 2.0}, std::array{1.0, 0.0, 0.0}); });
  CHECK(said == "duet::jvp: the direction v has 3 entries, expected 2 (one for each input)");
  CHECK(is_documented(said));
}

TEST_CASE("Mistakes: a variable without a recording") {
  duet::tape<> tape;
  duet::var<> const x = tape.independent(2.0);
  std::string const said = message_of<duet::error>([&] { (void)duet::var<>(x * x); });
  CHECK(said ==
        "duet: a variable of a tape was used while this thread records nowhere; keep a duet::recording of its tape "
        "alive around the computation");
  CHECK(is_documented(said));
}

TEST_CASE("Mistakes: a variable of a tape that is gone") {
  duet::var<> x;
  {
    duet::tape<> tape;
    duet::recording const scope(tape);
    (void)tape.independent(1.0);
    x = tape.independent(2.0);
  }
  // It says so whether or not another tape records.
  CHECK(message_of<duet::error>([&] {
          (void)duet::var<>(x * x);
        }).starts_with("duet: a variable of a tape was used while this thread records nowhere"));
  duet::tape<> other;
  duet::recording const scope(other);
  std::string const said = message_of<duet::error>([&] { other.reverse(x); });
  CHECK(said ==
        "duet::tape::reverse: the variable has index 2, but this tape holds 0; it is of another tape, or of a part "
        "that was rewound or cleared");
  CHECK(is_documented(said));
  CHECK(message_of<duet::error>([&] {
          (void)other.adjoint(x);
        }).starts_with("duet::tape::adjoint: the variable has index 2, but this tape holds 0"));
}
