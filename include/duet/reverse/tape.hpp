#pragma once

// The tape: owns a recording, sweeps it backwards and hands out adjoints. Memory is kept from one recording to the
// next. A statement costs (sizeof(T) + 4) bytes an argument, 4 where its partial is one or minus one, and one byte.

#include <duet/reverse/stream.hpp>
#include <duet/reverse/var.hpp>
#include <memory>
#include <span>
#include <type_traits>
#include <vector>

namespace duet {

// What an external node reads and writes in a sweep: the adjoints of one output.
template <class T>
class adjoint_access {
 public:
  virtual ~adjoint_access() = default;
  // The adjoint of y so far; all uses of y have been swept when the node is called.
  [[nodiscard]] virtual T operator()(var<T> const& y) const = 0;
  // Adds w to the adjoint of x; nothing happens if x is passive.
  virtual void add(var<T> const& x, T const& w) = 0;
};

// Where a recording stood; made by tape::position().
struct tape_position {
  std::size_t record_bytes = 0, descriptors = 1, count_bytes = 0, externals = 0;
  friend bool operator==(tape_position const&, tape_position const&) = default;
};

struct tape_statistics {
  std::size_t statements;  // right-hand sides recorded
  std::size_t inputs;      // variables made by independent() and output()
  std::size_t externals;   // external nodes
  std::size_t bytes;       // of the recording, without adjoints
  std::size_t adjoint_bytes;
  double bytes_per_statement;
};

template <class T = double>
class tape {
 public:
  tape() = default;
  tape(tape const&) = delete;
  tape& operator=(tape const&) = delete;
  ~tape() {
    if (active_head<T> == &head_) active_head<T> = &no_recording<T>;
  }

  // A new input with the given value. One byte of tape.
  [[nodiscard]] var<T> independent(T const& value) { return var<T>(value, new_descriptor(descriptor::input)); }

  // An output of an external node, to be made before the node itself.
  [[nodiscard]] var<T> output(T const& value) { return independent(value); }

  // Records an external node: in every sweep pullback(adjoints), with an adjoint_access<T>&, adds to the adjoints of
  // the node's inputs what its outputs' adjoints ask for; once for each output swept. The callable is kept with the
  // recording.
  template <class Pullback>
    requires std::invocable<Pullback&, adjoint_access<T>&>
  void external(Pullback pullback) {
    externals_.push_back(std::make_unique<external_node<Pullback>>(std::move(pullback)));
    try {
      new_descriptor(descriptor::external);
    } catch (...) {
      externals_.pop_back();
      throw;
    }
  }

  // Sweeps from y with adjoint 1: adjoint(x) is then dy/dx for every x. Adjoints from before are cleared.
  // A passive y is a constant: all adjoints are zero. Throws duet::error if y is not of this recording.
  void reverse(var<T> const& y) {
    require_here(y, "reverse");
    clear_adjoints(count());
    if (y.index() == 0) return;  // all zero: a constant
    adjoints_[y.index()] = T(1);
    run_sweep(adjoints_, sweep_start(y.index()));
    state_ = adjoint_state::swept;
  }

  // Adds w to the adjoint of y, for a sweep of several outputs at once by reverse(). After a sweep the first seed
  // begins anew: what the sweep left on the way would be swept twice.
  void seed(var<T> const& y, T const& w) {
    require_here(y, "seed");
    if (state_ == adjoint_state::seeded)
      adjoints_.resize(std::max(adjoints_.size(), count()), T(0));
    else
      clear_adjoints(count());
    if (y.index() != 0) adjoints_[y.index()] += w;
  }

  // Sweeps the whole recording with the seeds given since the last sweep. Throws duet::error if there are none.
  void reverse() {
    if (state_ != adjoint_state::seeded)
      throw error("duet::tape::reverse: nothing was seeded since the last sweep; call tape.seed(y, w) first");
    adjoints_.resize(std::max(adjoints_.size(), count()), T(0));
    run_sweep(adjoints_, static_cast<tape_index>(count() - 1));
    state_ = adjoint_state::swept;
  }

  // d(output of the last sweep)/dx. Throws duet::error if x is passive, of another tape or rewound, or nothing was
  // swept.
  [[nodiscard]] T adjoint(var<T> const& x) const {
    require_here(x, "adjoint");
    if (x.index() == 0)
      throw error("duet::tape::adjoint: the variable is a passive number; make inputs by tape.independent(value)");
    if (state_ == adjoint_state::unknown) throw error("duet::tape::adjoint: no sweep yet; call tape.reverse(y) first");
    return x.index() < adjoints_.size() ? adjoints_[x.index()] : T(0);
  }

  void zero_adjoints() { clear_adjoints(adjoints_.size()); }

  // Sweeps each output on its own, eight side by side, and calls visit(row, adjoint) for each in order, where
  // adjoint(x) is d outputs[row] / dx. Leaves the adjoints of reverse() alone.
  template <class Visit>
  void reverse_rows(std::span<var<T> const> outputs, Visit const& visit) {
    for (auto const& y : outputs) require_here(y, "reverse_rows");
    for (std::size_t first = 0; first < outputs.size(); first += adjoint_lanes) {
      std::size_t const rows = std::min(adjoint_lanes, outputs.size() - first);
      tape_index newest = 0;
      for (std::size_t r = 0; r < rows; ++r) newest = std::max(newest, outputs[first + r].index());
      newest = sweep_start(newest);
      lanes_.assign(newest + std::size_t{1}, lane_adjoint<T>{});
      for (std::size_t r = 0; r < rows; ++r)
        if (tape_index const i = outputs[first + r].index(); i != 0) lanes_[i].set(r, T(1));
      run_sweep(lanes_, newest);
      for (std::size_t r = 0; r < rows; ++r)
        visit(first + r,
              [&](var<T> const& x) { return x.index() == 0 || x.index() > newest ? T(0) : lanes_[x.index()].at(r); });
    }
  }

  // The Jacobian, outputs by inputs, as an Eigen matrix. Takes any containers of var. Defined in driver/jacobian.hpp.
  template <class Inputs, class Outputs>
  [[nodiscard]] auto jacobian(Inputs const& inputs, Outputs const& outputs);

  [[nodiscard]] tape_position position() const {
    return {record_bytes(), count(), static_cast<std::size_t>(head_.counts - counts_.data()), externals_.size()};
  }

  // Forgets what was recorded since. Variables made since are no longer of this recording.
  void rewind(tape_position const& to) {
    auto const now = position();
    if (to.record_bytes > now.record_bytes || to.descriptors > now.descriptors || to.count_bytes > now.count_bytes ||
        to.externals > now.externals)
      throw error("duet::tape::rewind: the position lies beyond the recording; it was rewound or cleared since");
    if (head_.owner == nullptr) return;
    head_.record = records_.data() + to.record_bytes;
    head_.descriptor = head_.descriptors + to.descriptors;
    head_.counts = counts_.data() + to.count_bytes;
    externals_.resize(to.externals);
    if (adjoints_.size() > to.descriptors) adjoints_.resize(to.descriptors);
  }

  // Forgets the recording and keeps the memory.
  void clear() {
    rewind({});
    state_ = adjoint_state::unknown;
    head_.infinite_partials = false;
  }

  // Forgets the recording and gives the memory back.
  void shrink() {
    clear();
    bool const active = active_head<T> == &head_;
    head_ = {};
    records_.release();
    descriptors_.release();
    counts_.release();
    adjoints_ = {};
    lanes_ = {};
    if (active) make_room();
  }

  [[nodiscard]] tape_statistics statistics() const {
    std::size_t inputs = 0;
    for (std::size_t i = 1; i < count(); ++i) inputs += head_.descriptors[i] == descriptor::input;
    std::size_t const statements = count() - 1 - inputs - externals_.size();
    std::size_t const bytes = record_bytes() + count() + static_cast<std::size_t>(head_.counts - counts_.data());
    return {statements,
            inputs,
            externals_.size(),
            bytes,
            adjoints_.size() * sizeof(T),
            statements == 0 ? 0.0 : static_cast<double>(bytes) / static_cast<double>(statements)};
  }

 private:
  template <class>
  friend class recording;
  friend class statement_writer<T>;

  struct node {
    virtual ~node() = default;
    virtual void pull_back(adjoint_access<T>& adjoints) = 0;
  };
  template <class Pullback>
  struct external_node final : node {
    explicit external_node(Pullback p) : pullback(std::move(p)) {}
    void pull_back(adjoint_access<T>& adjoints) override { pullback(adjoints); }
    Pullback pullback;
  };

  // One lane of a sweep's adjoints, read anew at each access: a node may record and make them move.
  struct scalar_access final : adjoint_access<T> {
    explicit scalar_access(std::vector<T>& a) : adjoints(a) {}
    T operator()(var<T> const& y) const override { return y.index() == 0 ? T(0) : adjoints[y.index()]; }
    void add(var<T> const& x, T const& w) override {
      if (x.index() != 0) adjoints[x.index()] += w;
    }
    std::vector<T>& adjoints;
  };
  struct lane_access final : adjoint_access<T> {
    lane_access(std::vector<lane_adjoint<T>>& a, std::size_t l) : adjoints(a), lane(l) {}
    T operator()(var<T> const& y) const override { return y.index() == 0 ? T(0) : adjoints[y.index()].at(lane); }
    void add(var<T> const& x, T const& w) override {
      if (x.index() == 0) return;
      auto& a = adjoints[x.index()];
      a.set(lane, T(a.at(lane) + w));
    }
    std::vector<lane_adjoint<T>>& adjoints;
    std::size_t lane;
  };

  [[nodiscard]] std::size_t count() const {
    return head_.owner == nullptr ? 1 : static_cast<std::size_t>(head_.descriptor - head_.descriptors);
  }
  [[nodiscard]] std::size_t record_bytes() const { return static_cast<std::size_t>(head_.record - records_.data()); }

  void require_here(var<T> const& x, char const* where) const {
    if (x.index() < count()) return;
    throw error("duet::tape::" + std::string(where) + ": the variable has index " + std::to_string(x.index()) +
                ", but this tape holds " + std::to_string(count() - 1) +
                "; it is of another tape, or of a part that was rewound or cleared");
  }

  tape_index new_descriptor(std::uint8_t code) {
    // Keeps the room that make_room() promised to statements: four bytes of record each at least.
    if (head_.owner == nullptr ||
        count() + static_cast<std::size_t>(head_.limit - head_.record) / sizeof(tape_index) + 1 >=
            descriptors_.capacity())
      make_room();
    return statement_writer<T>::write_descriptor(head_, code);
  }

  // Makes the next stretch of all streams usable, so that one comparison a statement guards them all. Throws
  // duet::error, with everything recorded so far intact, when indices or memory run out.
  DUET_COLD void make_room() {
    constexpr std::size_t margin = statement_writer<T>::most_bytes;
    std::size_t const used = record_bytes(), entries = count();
    if (entries >= last_index - 1)
      throw error(
          "duet::tape: 2^31 statements are recorded, the most a tape holds; rewind, preaccumulate or checkpoint");
    std::size_t step = used < 16 * margin ? 16 * margin : std::size_t{1} << 20;
    step = std::min(step, (last_index - entries) * sizeof(tape_index));
    std::size_t const counts_used = static_cast<std::size_t>(head_.counts - counts_.data());
    records_.ensure(used, used + step + margin);
    head_.record = records_.data() + used;
    head_.limit = head_.record;  // until the other streams have their room too
    descriptors_.ensure(entries, entries + step / sizeof(tape_index) + 2);
    head_.descriptors = reinterpret_cast<std::uint8_t*>(descriptors_.data());
    head_.descriptor = head_.descriptors + entries;
    head_.descriptors[0] = descriptor::input;
    counts_.ensure(counts_used, counts_used + step / sizeof(tape_index));
    head_.counts = counts_.data() + counts_used;
    head_.limit = head_.record + step;
    head_.owner = this;
  }

  void clear_adjoints(std::size_t size) {
    adjoints_.assign(size, T(0));
    state_ = adjoint_state::seeded;
  }

  // Where a sweep for the output `newest` begins: an external node lies after its outputs and must not be missed.
  [[nodiscard]] tape_index sweep_start(tape_index newest) const {
    return externals_.empty() ? newest : static_cast<tape_index>(count() - 1);
  }

  // Sweeps the statements from `newest` to the first.
  template <class Adjoint>
  void run_sweep(std::vector<Adjoint>& adjoints, tape_index newest) {
    if (head_.infinite_partials)
      run_sweep<true>(adjoints, newest);
    else
      run_sweep<false>(adjoints, newest);
  }
  template <bool Damped, class Adjoint>
  void run_sweep(std::vector<Adjoint>& adjoints, tape_index newest) {
    sweep_cursor from{head_.record, head_.descriptors, head_.counts};
    std::size_t next_external = externals_.size();
    for (auto n = static_cast<tape_index>(count() - 1); n > newest; --n) {
      from.template skip<T>(head_.descriptors[n]);
      next_external -= head_.descriptors[n] == descriptor::external;
    }
    sweep<T, Adjoint, Damped>::run(from, adjoints.data(), newest, [&](Adjoint*& data, sweep_cursor& at) {
      auto const record = at.record - records_.data(), counts = at.counts - counts_.data();
      pull_back(*externals_[--next_external], adjoints);
      at = {records_.data() + record, head_.descriptors, counts_.data() + counts};
      data = adjoints.data();
    });
  }
  static void pull_back(node& external, std::vector<T>& adjoints) {
    scalar_access access(adjoints);
    external.pull_back(access);
  }
  static void pull_back(node& external, std::vector<lane_adjoint<T>>& adjoints) {
    for (std::size_t lane = 0; lane < adjoint_lanes; ++lane) {
      lane_access access(adjoints, lane);
      external.pull_back(access);
    }
  }

  static constexpr std::size_t most_record_bytes = std::size_t{1} << 36;
  write_head<T> head_;
  stream records_{most_record_bytes, 1}, descriptors_{std::size_t{last_index} + 1, 2}, counts_{std::size_t{1} << 34, 3};
  std::vector<std::unique_ptr<node>> externals_;
  std::vector<T> adjoints_;
  std::vector<lane_adjoint<T>> lanes_;
  // Cleared adjoints count as seeded, with zeros.
  enum class adjoint_state { unknown, seeded, swept } state_ = adjoint_state::unknown;
};

}  // namespace duet
