// The commonest mistakes that show themselves while the program runs: what is said. Those that the compiler finds are
// in test/rejects; doc/guide/errors.md has them all.

#include <array>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <optional>
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

}  // namespace

TEST_CASE("Mistakes: sizes that do not fit are both named") {
  auto const f = [](auto const& x) { return x[0] * x[1]; };
  CHECK(message_of<std::invalid_argument>([&] {
          (void)duet::jvp(f, std::array{1.0, 2.0}, std::array{1.0, 0.0, 0.0});
        }) == "duet::jvp: the direction v has 3 entries, expected 2 (one for each input)");
}

TEST_CASE("Mistakes: a variable without a recording") {
  duet::tape<> tape;
  duet::var<> const x = tape.independent(2.0);
  CHECK(message_of<duet::error>([&] { (void)duet::var<>(x * x); }) ==
        "duet: a variable of a tape was used while this thread records nowhere; keep a duet::recording of its tape "
        "alive around the computation");
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
  CHECK(
      message_of<duet::error>([&] { other.reverse(x); }) ==
      "duet::tape::reverse: the variable has index 2, but this tape holds 0; it is of another tape, or of a part that "
      "was rewound or cleared");
  CHECK(message_of<duet::error>([&] {
          (void)other.adjoint(x);
        }).starts_with("duet::tape::adjoint: the variable has index 2, but this tape holds 0"));
}
