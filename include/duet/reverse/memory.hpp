#pragma once

// The memory of a tape: what it takes, and giving it back.

#include <duet/reverse/tape.hpp>

namespace duet {

template <class T>
void tape<T>::shrink() {
  clear();
  for (stream* each : {&records_, &descriptors_, &counts_, &nodes_}) each->release();
  adjoints_.release();
  lanes_.release();
  wide_lanes_.release();
  write_head<T>& h = head();
  h = {};
  h.owner = this;
  if (&h == &active_head<T>) make_room();
}

template <class T>
tape_statistics tape<T>::statistics() const {
  auto const& h = head();
  std::size_t inputs = 0, arrays = 0;
  for (std::size_t i = 1; i < count(); ++i) {
    inputs += h.descriptors[i] == descriptor::input;
    arrays += h.descriptors[i] == descriptor::array;
  }
  std::size_t const statements = count() - 1 - inputs - arrays - externals_.size();
  std::size_t const bytes =
      record_bytes() + count() + static_cast<std::size_t>(h.counts - counts_.data()) + node_bytes_;
  return {statements,
          inputs,
          externals_.size(),
          arrays,
          bytes,
          adjoints_.size() * sizeof(T),
          statements == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(statements)};
}

}  // namespace duet
