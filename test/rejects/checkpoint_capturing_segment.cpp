// expect: duet::checkpoint: the segment captures something, but the sweep calls it when the function that called
// checkpoint has returned
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  double const scale = 0.5;
  return static_cast<int>(duet::checkpoint([scale](auto const& y) { return y * scale; }, 1.0));
}
