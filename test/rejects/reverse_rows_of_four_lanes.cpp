// expect: tape::reverse_rows<Lanes>: sweeps carry 8 or 16 outputs
#include <duet/reverse/recording.hpp>
void f(duet::tape<>& t, duet::var<> const& y) {
  t.reverse_rows<4>(std::span<duet::var<> const>(&y, 1), [](std::size_t, auto const&) {});
}
