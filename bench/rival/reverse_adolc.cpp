// ADOL-C's tape and its reverse sweep fos_reverse. Recorded at every point, where the recording keeps what the sweep
// needs; and recorded once, before the clock runs, and evaluated at every point by zos_forward. The second holds only
// as long as no branch goes the other way.

#include "adolc_memory.hpp"
#include "reverse_rows.hpp"

#include <adolc/adolc.h>

#include <cstdlib>

namespace {

// The work of an evaluation grows with the most variables that have ever been alive in the process: forgotten from one
// workload to the next, which is what choosing another keeper of places does while none is alive. That for single
// places records faster than the default.
void begin_with(short tape) {
  static short last = 0;
  if (tape == last) return;
  if (last != 0) setStoreManagerType(ADOLC_LOCATION_BLOCKS);
  setStoreManagerType(ADOLC_LOCATION_SINGLETONS);
  last = tape;
}

void require(bool holds, char const* what) {
  if (holds) return;
  std::fprintf(stderr, "ADOL-C: %s\n", what);
  std::exit(1);
}

template <class F, class X>
double record(short tape, bool keep, F const& f, X const& x) {
  begin_with(tape);
  auto inputs = rival::inputs_like<adouble>(x);
  double value;
  trace_on(tape, keep, operations, places, constants, values);
  for (std::size_t i = 0; i < x.size(); ++i) inputs[i] <<= x[i];
  adouble y = f(inputs);
  y >>= value;
  trace_off();
  return value;
}

template <class X>
void sweep(short tape, X& g) {
  double one = 1;
  require(fos_reverse(tape, 1, static_cast<int>(g.size()), &one, g.data()) >= 0, "the sweep failed");
}

short tapes = 0;

struct retaped {
  template <class F, class X>
  static auto gradient(F const& f, X const&) {
    return [f, tape = ++tapes](X const& x, X& g) {
      double const value = record(tape, true, f, x);
      sweep(tape, g);
      return value;
    };
  }
};

struct kept {
  template <class F, class X>
  static auto gradient(F const& f, X const& at) {
    short const tape = ++tapes;
    record(tape, false, f, at);
    std::array<std::size_t, STAT_SIZE> statistics;
    tapestats(tape, statistics.data());
    require(!statistics[OP_FILE_ACCESS] && !statistics[LOC_FILE_ACCESS] && !statistics[VAL_FILE_ACCESS],
            "a recording has gone to a file");
    return [tape](X const& x, X& g) {
      double value;
      require(zos_forward(tape, 1, static_cast<int>(x.size()), 1, x.data(), &value) >= 0, "a branch has changed");
      sweep(tape, g);
      return value;
    };
  }
};

rival::registered const at_every_point("ADOL-C retaped", 4, "recorded at every point",
                                       rival::contend_in_reverse<retaped>);
rival::registered const once("ADOL-C kept", 5, "on a tape recorded once, not timed", rival::contend_in_reverse<kept>);

}  // namespace
