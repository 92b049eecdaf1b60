#pragma once

// The memory of a tape: getting it, what it takes, using it again and giving it back.

#include <duet/reverse/tape.hpp>

namespace duet {

template <class T>
void tape<T>::rewind(tape_position const& to) {
  require_recorded(to, "rewind");
  forget(to);
  adjoints_.truncate(to.descriptors);
  if (to.descriptors <= resume_.descriptors)
    resume_at_end();
  else
    resume_count_ = std::min(resume_count_, to.descriptors);
}

template <class T>
void tape<T>::clear() {
  rewind({});
  state_ = adjoint_state::unknown;
  head().infinite_partials = false;
}

template <class T>
void tape<T>::make_room() {
  constexpr std::size_t margin = statement_writer<T>::most_bytes;
  auto& h = head();
  std::size_t const used = record_bytes(), entries = count();
  if (entries >= last_index - 1) throw_full();
  std::size_t step = used < 16 * margin ? 16 * margin : std::size_t{1} << 20;
  step = std::min(step, (last_index - entries) * sizeof(tape_index));
  std::size_t const counts_used = static_cast<std::size_t>(h.counts - counts_.data());
  records_.ensure(used, used + step + margin);
  h.record = records_.data() + used;
  h.limit = h.record;  // until the other streams have their room too
  ensure_entries(h, entries, entries + step / sizeof(tape_index) + 2);
  h.descriptors[0] = descriptor::input;
  counts_.ensure(counts_used, counts_used + step / sizeof(tape_index));
  h.counts = counts_.data() + counts_used;
  h.limit = h.record + step;
}

template <class T>
void tape<T>::shrink() {
  clear();
  for (stream* each : {&records_, &descriptors_, &counts_, &nodes_}) each->release();
  values_.release();
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
  std::size_t const bytes = record_bytes() + count() * (1 + value_stream<T>::entry_bytes) +
                            static_cast<std::size_t>(h.counts - counts_.data()) + node_bytes_;
  return {statements,
          inputs,
          externals_.size(),
          arrays,
          bytes,
          adjoints_.size() * sizeof(T),
          statements == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(statements)};
}

}  // namespace duet
