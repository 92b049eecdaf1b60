#pragma once

// What the gradient takes of memory, measured on the tape, and what a tape of all steps would take.

#include <algorithm>
#include <cstddef>
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "plate.hpp"

namespace heat {

// The largest size of the tape that records, asked for while a sweep reports its progress.
class tape_peak {
 public:
  void look(duet::checkpoint_phase phase) {
    if (!is_watching_ || phase != duet::checkpoint_phase::reversing || !duet::is_recording<double>()) return;
    const auto size = duet::recording_tape<double>().statistics();
    bytes_ = std::max(bytes_, size.bytes + size.adjoint_bytes);
  }
  void watch(bool on) { is_watching_ = on; }
  [[nodiscard]] double bytes() const { return double(bytes_); }

 private:
  bool is_watching_ = false;
  std::size_t bytes_ = 0;
};

// Bytes of a tape of so many steps, without checkpoints, and of the adjoints of its sweep.
inline double plain_tape_bytes(field const& first, long steps, double ratio) {
  duet::tape<> tape;
  const duet::recording scope(tape);
  field_of<duet::var<>> u(first.rows(), first.cols());
  tape.independents({first.data(), std::size_t(first.size())}, {u.data(), std::size_t(u.size())});
  for (long k = 0; k < steps; ++k) u = conduct(u, k, ratio);
  tape.seed(u(first.rows() / 2, first.cols() / 2), 1);
  tape.reverse();
  const auto size = tape.statistics();
  return double(size.bytes + size.adjoint_bytes);
}
inline double plain_tape_bytes_of_a_step(field const& first, double ratio) {
  return (plain_tape_bytes(first, 3, ratio) - plain_tape_bytes(first, 1, ratio)) / 2;
}

// The most memory that this process ever had, in bytes; 0 where the system does not tell.
inline double process_peak() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (double kilobytes = 0; word == "VmHWM:" && status >> kilobytes) return 1024 * kilobytes;
  return 0;
}

}  // namespace heat
