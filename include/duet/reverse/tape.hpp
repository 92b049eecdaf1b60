#pragma once

// The tape: owns a recording, sweeps it backwards and hands out adjoints. Memory is kept from one recording to the
// next. A statement costs sizeof(T) + 4 bytes an argument (without padding, where T has some), 4 where its partial is
// one or minus one, and one byte.

#include <cstring>
#include <duet/reverse/array_node.hpp>
#include <duet/reverse/external.hpp>
#include <duet/reverse/position.hpp>
#include <duet/reverse/var.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace duet {

template <class T = double>
class tape {
 public:
  tape() = default;
  tape(tape const&) = delete;
  tape& operator=(tape const&) = delete;
  ~tape() {
    if (active_head<T>.owner == this) active_head<T> = {};
  }

  // A new input with the given value. One byte of tape.
  [[nodiscard]] var<T> independent(T const& value, checked::site at = checked::site::current()) {
    tape_index const index = new_descriptor(descriptor::input);
    if constexpr (checked::enabled) checks_.inputs_made(index, 1, at, &value);
    return variable(value, index);
  }

  // Many new inputs, one after another, into the equally long `to`.
  void independents(std::span<T const> values, std::span<var<T>> to, checked::site at = checked::site::current()) {
    tape_index const first = new_inputs(values.size());
    if constexpr (checked::enabled) checks_.inputs_made(first, values.size(), at);
    for (std::size_t i = 0; i < values.size(); ++i) to[i] = variable(values[i], first + static_cast<tape_index>(i));
  }
  // The index of the first of `count` new inputs, for var<T>::recorded(value, index).
  [[nodiscard]] tape_index new_inputs(std::size_t count) {
    room_for(count);
    auto& h = head();
    std::memset(h.descriptors + h.next, descriptor::input, count);
    return static_cast<tape_index>(std::exchange(h.next, h.next + count));
  }

  // An output of an external node, to be made before the node itself.
  [[nodiscard]] var<T> output(T const& value) { return variable(value, new_descriptor(descriptor::input)); }

  // Records an external node (external.hpp): in every sweep, once for each output swept, pullback(adjoints) adds to the
  // adjoints of the node's inputs what those of its outputs ask for. The callable is kept with the recording.
  template <pullback_for<T> Pullback>
  void external(Pullback pullback) {
    room_for(0);  // what can throw comes first
    externals_.push_back(std::make_unique<external_callable<T, Pullback>>(std::move(pullback)));
    new_descriptor(descriptor::external);
    if constexpr (checked::enabled) checks_.external_recorded();
  }

  // An array node (array_node.hpp): array_room() gives room for its payload, trivially copyable data that Kernel reads,
  // 8-byte aligned; nothing may be recorded until array(), for as many outputs, completes the node and returns the
  // index of the first. `finite`: no partial in the payload is infinite or NaN. Throws duet::error, recording nothing,
  // if there is no room.
  [[nodiscard]] DUET_INLINE std::byte* array_room(std::size_t payload_bytes, std::size_t outputs) {
    nodes_.ensure(node_bytes_, node_bytes_ + padded(payload_bytes) + sizeof(array_node<T>));
    room_for(outputs);
    return nodes_.data() + node_bytes_;
  }
  template <class Kernel>
  tape_index array(std::size_t payload_bytes, std::size_t outputs, bool finite) {
    array_node<T> const end{&array_kernel_of<T, Kernel>, padded(payload_bytes)};
    std::memcpy(nodes_.data() + node_bytes_ + end.payload_bytes, &end, sizeof end);
    node_bytes_ += end.payload_bytes + sizeof end;
    auto& h = head();
    std::memset(h.descriptors + h.next, descriptor::input, outputs);
    auto const first = static_cast<tape_index>(std::exchange(h.next, h.next + outputs));
    h.descriptors[h.next++] = descriptor::array;
    h.infinite_partials |= !finite;
    return first;
  }
  // Throws duet::error, which begins with `where`, unless this recording has a variable of that index.
  DUET_INLINE void require_here(tape_index index, char const* where) const {
    if (index >= count()) [[unlikely]]
      throw_not_here(where, index, count() - 1);
  }
  // The same for a variable; returns its index.
  DUET_INLINE tape_index require_here(var<T> const& x, char const* where) const {
    require_here(x.place(), where);
    if constexpr (checked::enabled) checks_.require(x.place(), x.stamp(), where);
    return x.place();
  }
  // What checked mode knows of the recording.
  [[nodiscard]] checked::tape_checks<T>& checks() { return checks_; }

  // The index that array() will return.
  [[nodiscard]] tape_index next_index() const { return static_cast<tape_index>(count()); }

  // Sweeps from y with adjoint 1: adjoint(x) is then dy/dx for every x. Adjoints from before are cleared.
  // A passive y is a constant: all adjoints are zero. Throws duet::error if y is not of this recording.
  void reverse(var<T> const& y, seeds expected = seeds::dense) {
    require_here(y, "duet::tape::reverse");
    if constexpr (checked::enabled) checks_.before_sweep(count(), std::span(&y, 1), "duet::tape::reverse");
    clear_adjoints(adjoint_state::swept);
    if (y.place() == 0) return;  // all zero: a constant
    adjoints_.at(y.place()) = T(1);
    run_sweep<T>(adjoints_, after(sweep_start(y.place())), 1, expected);
    if constexpr (checked::enabled) checks_.after_sweep();
  }

  // Adds w to the adjoint of y, for a sweep of several outputs at once by reverse(). After a sweep the first seed
  // begins anew: what the sweep left on the way would be swept twice. Throws duet::error if y is not of this recording,
  // or lies in a part that reverse_to() has swept.
  void seed(var<T> const& y, T const& w) {
    tape_index const index = require_here(y, "duet::tape::seed");
    if constexpr (checked::enabled) checks_.outputs(std::span(&y, 1), "duet::tape::seed");
    seed_row(index, index != 0, [&](std::size_t) -> T const& { return w; });
  }
  // The same for `many` variables one after another, none of them passive, from that of index `first` on.
  template <class Weight>
  void seed_row(tape_index first, std::size_t many, Weight const& w) {
    require_here(static_cast<tape_index>(first + many - (many != 0)), "duet::tape::seed");
    if (state_ != adjoint_state::seeded) clear_adjoints(adjoint_state::seeded);
    if (is_resumed() && first + many > resume_.descriptors) throw_swept_already();
    adjoints_.extend(count());
    for (std::size_t i = 0; i < many; ++i) adjoints_.at(first + i) += w(i);
  }

  // Sweeps what is recorded, or what reverse_to() has left of it, with the seeds given since the last sweep. Throws
  // duet::error if there are none.
  void reverse(seeds expected = seeds::dense) {
    sweep_seeded({}, expected, "reverse");
    resume_at_end();
    state_ = adjoint_state::swept;
    if constexpr (checked::enabled) checks_.after_sweep();
  }

  // The same back to a position only. The adjoints of variables from before it are then seeds of what comes next:
  // reverse_to() another position, or reverse(); after a rewind() to the position more may have been recorded.
  void reverse_to(tape_position const& to, seeds expected = seeds::dense) {
    require_recorded(to, "reverse_to");
    sweep_seeded(to, expected, "reverse_to");
    if (!is_resumed() || to.descriptors < resume_.descriptors) resume_ = to;
    resume_count_ = count();
  }

  // d(output of the last sweep)/dx. Throws duet::error if x is passive or not of this recording, or nothing was swept.
  [[nodiscard]] DUET_INLINE T adjoint(var<T> const& x) const {
    tape_index const index = require_here(x, "duet::tape::adjoint");
    if (index == 0 || state_ == adjoint_state::unknown) [[unlikely]]
      throw_no_adjoint(index == 0);
    return index < adjoints_.size() ? adjoints_.data()[index] : T(0);
  }

  // All of them, by index, for who knows that there was a sweep.
  [[nodiscard]] std::span<T const> adjoints() const { return {adjoints_.data(), adjoints_.size()}; }
  void zero_adjoints() { clear_adjoints(adjoint_state::seeded); }

  // Sweeps treat denormal numbers as zero unless told to keep them, which was measured 12 to 250 times slower where
  // adjoints decay. Values and recorded partials are not touched; a user's pullback runs as its caller set it.
  void keep_denormals(bool keep = true) { flush_ = !keep; }

  // Sweeps each output on its own, `Lanes` of them side by side (8 or 16; 0: 16 while more than 8 are left), and calls
  // visit(row, adjoint) for each in order, where adjoint(x) is d outputs[row] / dx. Leaves the adjoints of reverse()
  // alone.
  template <std::size_t Lanes = 0, class Visit>
  void reverse_rows(std::span<var<T> const> outputs, Visit const& visit) {
    static_assert(Lanes == 0 || Lanes == 8 || Lanes == 16, "tape::reverse_rows<Lanes>: sweeps carry 8 or 16 outputs");
    for (auto const& y : outputs) require_here(y, "duet::tape::reverse_rows");
    if constexpr (checked::enabled) checks_.before_sweep(count(), outputs, "duet::tape::reverse_rows");
    for (std::size_t first = 0; first < outputs.size();) {
      std::size_t const left = outputs.size() - first;
      bool const narrow = Lanes == 8 || (Lanes == 0 && (active_scalar<T> || left <= 8));
      std::size_t const count = std::min<std::size_t>(narrow ? 8 : 16, left);
      if (narrow)
        sweep_rows<8>(lanes_, outputs.subspan(first, count), first, visit);
      else
        sweep_rows<16>(wide_lanes_, outputs.subspan(first, count), first, visit);
      first += count;
    }
    if constexpr (checked::enabled) checks_.after_sweep();
  }

  // The Jacobian, outputs by inputs, as an Eigen matrix. Takes any containers of var. Defined in driver/jacobian.hpp.
  template <class Inputs, class Outputs>
  [[nodiscard]] auto jacobian(Inputs const& inputs, Outputs const& outputs);

  [[nodiscard]] tape_position position() const {
    auto const& h = head();
    return {record_bytes(), h.next, static_cast<std::size_t>(h.counts - counts_.data()), node_bytes_,
            externals_.size()};
  }

  // Forgets what was recorded since. Variables made since are no longer of this recording.
  void rewind(tape_position const& to);

  // Forgets the recording and keeps the memory; and gives the memory back. These and statistics(): memory.hpp.
  void clear();
  void shrink();
  [[nodiscard]] tape_statistics statistics() const;

 private:
  template <class>
  friend class recording;
  friend class record_room<T>;
  friend class external_sweep<T>;

  // The head of the recording: the thread's own while it records here.
  [[nodiscard]] write_head<T>& head() const {
    if (active_head<T>.owner == this) return active_head<T>;
    if (parked_.owner != this) [[unlikely]]
      throw_recorded_elsewhere();
    return parked_;
  }
  [[nodiscard]] var<T> variable(T const& value, tape_index index) const {
    head().values.keep(index, value);
    if constexpr (checked::enabled)
      return var<T>(value, index, checks_.stamp_of(index));
    else
      return var<T>(value, index, {});
  }
  [[nodiscard]] std::size_t count() const { return head().next; }
  [[nodiscard]] std::size_t record_bytes() const { return static_cast<std::size_t>(head().record - records_.data()); }

  void require_recorded(tape_position const& at, char const* where) const {
    if (!at.is_within(position())) [[unlikely]]
      throw_beyond(where);
  }

  // Room for so many descriptors and one more, besides those promised to statements of four bytes of record or more.
  void room_for(std::size_t descriptors) {
    auto& h = head();
    std::size_t const after = h.next + descriptors + 1;
    if (after >= last_index) throw_full();
    std::size_t promised = static_cast<std::size_t>(h.limit - h.record) / sizeof(tape_index) + 1;
    if (promised > last_index - after) {  // the indices that are left: statements come to make_room() before the last
      promised = last_index - after;
      h.limit = std::min(h.limit, h.record + promised * sizeof(tape_index));
    }
    ensure_entries(h, h.next, after + 1 + promised);
  }
  void ensure_entries(write_head<T>& h, std::size_t used, std::size_t wanted) {
    descriptors_.ensure(used, wanted);
    h.descriptors = reinterpret_cast<std::uint8_t*>(descriptors_.data());
    values_.ensure(used, wanted);
    h.values = values_.kept();
  }
  tape_index new_descriptor(std::uint8_t code) {
    room_for(0);
    auto& h = head();
    h.descriptors[h.next] = code;
    return static_cast<tape_index>(h.next++);
  }
  static std::size_t padded(std::size_t bytes) { return (bytes + 7) / 8 * 8; }

  // Makes the next stretch of all streams usable, so that one comparison a statement guards them all. Throws
  // duet::error, with everything recorded so far intact, when indices or memory run out.
  DUET_COLD void make_room();

  void clear_adjoints(auto state) {
    adjoints_.clear(count());
    resume_at_end();
    state_ = state;
  }
  [[nodiscard]] bool is_resumed() const { return resume_count_ != 0; }
  void resume_at_end() {
    resume_ = {};
    resume_count_ = 0;
  }

  // What was recorded since, and nothing else.
  DUET_INLINE void forget(tape_position const& to) {
    auto& h = head();
    h.record = records_.data() + to.record_bytes;
    h.next = to.descriptors;
    h.counts = counts_.data() + to.count_bytes;
    node_bytes_ = to.node_bytes;
    if (externals_.size() != to.externals) externals_.resize(to.externals);
    if constexpr (checked::enabled) checks_.rewound(to.descriptors);
  }

  // Where a sweep for the output `newest` begins: a node lies after its outputs and must not be missed.
  [[nodiscard]] tape_index sweep_start(tape_index newest) const {
    return externals_.empty() && node_bytes_ == 0 ? newest : static_cast<tape_index>(count() - 1);
  }
  [[nodiscard]] DUET_INLINE sweep_origin end_of_recording() const {
    auto const& h = head();
    return {
        {h.record, h.descriptors, h.counts, nodes_.data() + node_bytes_, values_.data()}, h.next, externals_.size()};
  }
  [[nodiscard]] sweep_origin origin(tape_position const& at) const {
    return {{records_.data() + at.record_bytes, head().descriptors, counts_.data() + at.count_bytes,
             nodes_.data() + at.node_bytes, values_.data()},
            at.descriptors,
            at.externals};
  }
  [[nodiscard]] sweep_origin after(tape_index newest) const {
    sweep_origin at = end_of_recording();
    for (; at.count > newest + std::size_t{1}; --at.count) {
      std::uint8_t const code = at.cursor.descriptors[at.count - 1];
      at.cursor.template skip<T>(code);
      at.externals -= code == descriptor::external;
    }
    return at;
  }

  void sweep_seeded(tape_position const& to, seeds expected, char const* where) {
    if (state_ != adjoint_state::seeded) throw_nothing_seeded(where);
    if (is_resumed() && count() != resume_count_) throw_recorded_behind(where);
    if constexpr (checked::enabled) checks_.before_sweep(count(), std::span<var<T> const>(), "duet::tape::reverse");
    adjoints_.extend(count());
    run_sweep<T>(adjoints_, is_resumed() ? origin(resume_) : end_of_recording(), to.descriptors, expected);
  }

  // Sweeps the statements down to an index.
  template <class Adjoint>
  void run_sweep(adjoint_array<T>& adjoints, sweep_origin const& from, std::size_t oldest, seeds expected) {
    run_sweep<Adjoint>(adjoints, from, oldest, expected, flush_denormals(flush_));
  }
  // The newest ones, in a sweep that is under way.
  template <class Adjoint>
  static void sweep_newest(tape& on, adjoint_array<T>& adjoints, std::size_t oldest, flush_denormals const& mode) {
    mode.resumed([&]() DUET_INLINE_LAMBDA {
      on.run_sweep<Adjoint>(adjoints, on.end_of_recording(), oldest,
                            std::is_same_v<Adjoint, T> ? seeds::dense : seeds::sparse, mode);
    });
  }
  template <class Adjoint>
  DUET_INLINE void run_sweep(adjoint_array<T>& adjoints, sweep_origin const& from, std::size_t oldest, seeds expected,
                             flush_denormals const& mode) {
    if (head().infinite_partials)
      run_sweep<Adjoint, true, true>(adjoints, from, oldest, mode);
    else if (expected == seeds::sparse)
      run_sweep<Adjoint, false, true>(adjoints, from, oldest, mode);
    else
      run_sweep<Adjoint, false, false>(adjoints, from, oldest, mode);
  }
  template <class Adjoint, bool Damped, bool Sparse>
  DUET_INLINE void run_sweep(adjoint_array<T>& adjoints, sweep_origin const& from, std::size_t oldest,
                             flush_denormals const& mode) {
    checked::sweeping<T> const sweeping(checks_);
    std::size_t next_external = from.externals;
    sweep<T, Adjoint, Damped, Sparse>::run(
        from.cursor, reinterpret_cast<Adjoint*>(adjoints.data()), static_cast<tape_index>(from.count - 1),
        static_cast<tape_index>(oldest), [&](Adjoint*& data, sweep_cursor& at) {
          auto const record = at.record - records_.data(), counts = at.counts - counts_.data(),
                     nodes = at.nodes - nodes_.data();
          mode.suspended([&] {
            external_sweep<T> view(*this, adjoints, &sweep_newest<Adjoint>, mode);
            externals_[--next_external]->pull_back(view);
          });
          at = {records_.data() + record, head().descriptors, counts_.data() + counts, nodes_.data() + nodes,
                values_.data()};
          data = reinterpret_cast<Adjoint*>(adjoints.data());
        });
    sweeping.end();
  }

  template <std::size_t Lanes, class Visit>
  void sweep_rows(adjoint_array<T>& lanes, std::span<var<T> const> outputs, std::size_t row, Visit const& visit) {
    tape_index newest = 0;
    for (auto const& y : outputs) newest = std::max(newest, y.place());
    newest = sweep_start(newest);
    lanes.clear(newest + std::size_t{1});
    for (std::size_t r = 0; r < outputs.size(); ++r)
      if (tape_index const i = outputs[r].place(); i != 0) lanes.at(i, r) = T(1);
    run_sweep<lane_adjoint<T, Lanes>>(lanes, after(newest), 1, seeds::sparse);
    for (std::size_t r = 0; r < outputs.size(); ++r)
      visit(row + r, [&](var<T> const& x) {
        return x.place() == 0 || x.place() > newest ? T(0) : lanes.data()[x.place() * Lanes + r];
      });
  }

  static constexpr std::size_t most_record_bytes = std::size_t{1} << 36, most_count_bytes = std::size_t{1} << 34,
                               most_entries = std::size_t{last_index} + 3;
  mutable write_head<T> parked_{.owner = this};  // while no thread records here
  stream records_{most_record_bytes, 1}, descriptors_{most_entries, 2}, counts_{most_count_bytes, 3},
      nodes_{most_record_bytes, 4};
  [[no_unique_address]] value_stream<T> values_{most_entries, 8};
  std::size_t node_bytes_ = 0;
  std::vector<std::unique_ptr<external_node<T>>> externals_;
  adjoint_array<T> adjoints_{1, most_entries, 5}, lanes_{8, most_entries, 6}, wide_lanes_{16, most_entries, 7};
  bool flush_ = DUET_TAPE_FLUSH;
  // Cleared adjoints count as seeded, with zeros.
  enum class adjoint_state { unknown, seeded, swept } state_ = adjoint_state::unknown;
  tape_position resume_;          // where reverse_to() stopped, until the tape is rewound to there
  std::size_t resume_count_ = 0;  // descriptors at that time, zero if it did not
  [[no_unique_address]] checked::tape_checks<T> checks_;
};

}  // namespace duet
