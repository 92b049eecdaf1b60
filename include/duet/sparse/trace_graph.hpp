#pragma once

// What a tracer records (sparse/tracer.hpp): a graph with a node where operands meet, and from it the patterns.
// Index sets are not carried along but gathered at the end, and kept only where several read them: a sum of n terms
// takes time n, not n^2.

#include <array>
#include <bit>
#include <duet/core/config.hpp>
#include <duet/sparse/pattern.hpp>

namespace duet {

// Global: valid at every point; both sides of a select count, and a comparison of variables throws. Local: that of the
// branches taken at the point given.
enum class pattern_scope { global, local };

class trace_graph {
 public:
  using node = std::uint32_t;
  static constexpr node constant = 0, unknown = 1, first_input = 2;  // unknown: no input, but a value that depends on x
  static constexpr std::size_t most_operands = 3;

  trace_graph(std::size_t inputs, pattern_scope scope) : inputs_(inputs), scope_(scope) {
    if (inputs >= static_cast<std::size_t>(std::numeric_limits<int>::max()) - 2) throw_full();
    begins_.push_back(0);
  }

  [[nodiscard]] DUET_INLINE bool is_local() const { return scope_ == pattern_scope::local; }
  [[nodiscard]] std::size_t inputs() const { return inputs_; }
  [[nodiscard]] static node input(std::size_t i) { return first_input + static_cast<node>(i); }

  // A result of these operands, all of them inputs or nodes. Bit second_bit(k, l) of `bends` says that its second
  // derivative in the operands k <= l can differ from zero.
  [[nodiscard]] DUET_INLINE node add(std::array<node, most_operands> const& operands, std::size_t count,
                                     std::uint8_t bends) {
    if (count == 1 && bends == 0) return operands[0];
    if (begins_.size() + inputs_ + first_input >= std::numeric_limits<node>::max() / 4) throw_full();
    operands_.insert(operands_.end(), operands.data(), operands.data() + count);
    bends_.push_back(bends);
    begins_.push_back(static_cast<node>(operands_.size()));
    return static_cast<node>(first_input + inputs_ + bends_.size() - 1);
  }
  [[nodiscard]] static constexpr std::uint8_t second_bit(std::size_t k, std::size_t l) {
    return static_cast<std::uint8_t>(1U << (k == 0 ? l : k + l + 1));
  }
  // Either of the two: what `select` gives when both may be taken.
  [[nodiscard]] node join(node a, node b) {
    if (a < first_input || b < first_input || a == b) return std::max(a, b);
    return add({a, b}, 2, 0);
  }

  // The inputs that each of these outputs depends on, a row for each.
  [[nodiscard]] sparsity_pattern dependencies(std::span<node const> outputs) {
    count_uses(outputs);
    std::vector<std::uint8_t> kept(size(), 0);
    for (std::size_t i = 0; i < size(); ++i) kept[i] = uses_[i] > 1;
    keep_sets(kept);
    sparsity_pattern rows = sparsity_pattern::without_rows(inputs_);
    for (node const y : outputs) {
      pool_.resize(pool_used_);
      gather(y);
      rows.append(std::span<int const>(pool_).subspan(pool_used_));
    }
    return rows.sorted();
  }

  // The pairs of inputs in which the second derivative of an output can differ from zero (Walther, Computing a sparse
  // Hessian, ACM TOMS 34, 2008): each operation that bends adds the products of its operands' index sets. Symmetric.
  [[nodiscard]] sparsity_pattern interactions(node output) {
    count_uses(std::span<node const>(&output, 1));
    std::vector<std::uint8_t> needed(size(), 0), kept(size(), 0);
    for (std::size_t i = size(); i-- > 0;) {
      if (needed[i] != 0 && uses_[i] > 1) kept[i] = 1;
      if (uses_[i] == 0) continue;
      for (node const x : operands(i)) {
        if (!is_inner(x)) continue;
        if (needed[i] != 0 || bends_[i] != 0) needed[inner(x)] = 1;
        if (bends_[i] != 0) kept[inner(x)] = 1;
      }
    }
    keep_sets(kept);
    return united(products());
  }

 private:
  struct set {
    std::uint32_t first, size;
    friend auto operator<=>(set const&, set const&) = default;
  };
  using set_pair = std::pair<set, set>;

  [[nodiscard]] std::size_t size() const { return bends_.size(); }
  [[nodiscard]] bool is_inner(node x) const { return x >= first_input + inputs_; }
  [[nodiscard]] std::size_t inner(node x) const { return x - first_input - inputs_; }
  [[nodiscard]] std::span<node const> operands(std::size_t i) const {
    return {operands_.data() + begins_[i], begins_[i + 1] - begins_[i]};
  }

  // How often each node is read on the way to the outputs; 2 stands for more.
  void count_uses(std::span<node const> outputs) {
    uses_.assign(size(), 0);
    auto const use = [&](node x) {
      if (is_inner(x) && uses_[inner(x)] < 2) ++uses_[inner(x)];
    };
    for (node const y : outputs) use(y);
    for (std::size_t i = size(); i-- > 0;)
      if (uses_[i] != 0)
        for (node const x : operands(i)) use(x);
  }

  // Gathers the sets that are kept, after those of the inputs themselves.
  void keep_sets(std::vector<std::uint8_t> const& kept) {
    pool_.resize(inputs_);
    for (std::size_t i = 0; i < inputs_; ++i) pool_[i] = static_cast<int>(i);
    pool_used_ = inputs_;
    met_.assign(inputs_, 0);
    round_ = 0;
    sets_.assign(size(), set{0, none});
    for (std::size_t i = 0; i < size(); ++i)
      if (kept[i]) sets_[i] = kept_set(i);
  }
  // Where one operand has the whole set already, it is shared.
  [[nodiscard]] set kept_set(std::size_t i) {
    gather(static_cast<node>(first_input + inputs_ + i));
    std::size_t const count = pool_.size() - pool_used_;
    for (node const x : operands(i))
      if (set const s = set_of(x); s.size == count) {
        pool_.resize(pool_used_);
        return s;
      }
    if (pool_.size() >= none) throw_full();
    set const s{static_cast<std::uint32_t>(pool_used_), static_cast<std::uint32_t>(count)};
    pool_used_ = pool_.size();
    return s;
  }
  // That of an input or of a node that keeps one; else of size `none`.
  [[nodiscard]] set set_of(node x) const { return is_inner(x) ? sets_[inner(x)] : set{x - first_input, 1}; }
  [[nodiscard]] std::span<int const> members(set s) const { return {pool_.data() + s.first, s.size}; }

  // Appends the inputs that x depends on, each once. Down to nodes that keep their sets every node is visited by one
  // path only.
  void gather(node root) {
    ++round_;
    waiting_.clear();
    if (root >= first_input) waiting_.push_back(root);
    while (!waiting_.empty()) {
      node const x = waiting_.back();
      waiting_.pop_back();
      set const s = set_of(x);
      if (s.size != none) {
        for (std::uint32_t k = 0; k < s.size; ++k) meet(pool_[s.first + k]);
      } else {
        for (node const y : operands(inner(x)))
          if (is_inner(y))
            waiting_.push_back(y);
          else
            meet(static_cast<int>(y - first_input));
      }
    }
  }
  void meet(int input) {
    auto& round = met_[static_cast<std::size_t>(input)];
    if (round == round_) return;
    round = round_;
    pool_.push_back(input);
  }

  // The pairs of sets whose products the operations on the way to the output add, each once.
  [[nodiscard]] std::vector<set_pair> products() const {
    std::vector<set_pair> result;
    for (std::size_t i = 0; i < size(); ++i) {
      if (uses_[i] == 0 || bends_[i] == 0) continue;
      auto const x = operands(i);
      for (std::size_t k = 0; k < x.size(); ++k)
        for (std::size_t l = k; l < x.size(); ++l)
          if ((bends_[i] & second_bit(k, l)) != 0) {
            set const a = set_of(x[k]), b = set_of(x[l]);
            result.emplace_back(std::min(a, b), std::max(a, b));
          }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
    return result;
  }
  // Their union, by rows: each row is the union of the sets that it meets.
  [[nodiscard]] sparsity_pattern united(std::vector<set_pair> const& products) {
    std::vector<std::size_t> starts(inputs_ + 1, 0);
    auto const for_each_meeting = [&](auto const& visit) {
      for (auto const& [a, b] : products) {
        for (int const i : members(a)) visit(static_cast<std::size_t>(i), b);
        if (a != b)
          for (int const i : members(b)) visit(static_cast<std::size_t>(i), a);
      }
    };
    for_each_meeting([&](std::size_t i, set) { ++starts[i + 1]; });
    for (std::size_t i = 0; i < inputs_; ++i) starts[i + 1] += starts[i];
    std::vector<set> with(starts.back());
    std::vector<std::size_t> next(starts.begin(), starts.end() - 1);
    for_each_meeting([&](std::size_t i, set other) { with[next[i]++] = other; });
    sparsity_pattern rows = sparsity_pattern::without_rows(inputs_);
    for (std::size_t i = 0; i < inputs_; ++i) {
      pool_.resize(pool_used_);
      ++round_;
      for (std::size_t k = starts[i]; k < starts[i + 1]; ++k)
        for (std::uint32_t m = 0; m < with[k].size; ++m) meet(pool_[with[k].first + m]);
      rows.append(std::span<int const>(pool_).subspan(pool_used_));
    }
    return rows.sorted();
  }

  DUET_COLD static void throw_full() {
    throw error("duet: the pattern of this function is too large to trace; give sparse_options a pattern of your own");
  }

  static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
  std::size_t inputs_;
  pattern_scope scope_;
  std::vector<node> operands_, begins_;
  std::vector<std::uint8_t> bends_, uses_;
  std::vector<set> sets_;
  std::vector<int> pool_;  // the sets, one after another
  std::size_t pool_used_ = 0;
  std::vector<std::uint32_t> met_;
  std::uint32_t round_ = 0;
  std::vector<node> waiting_;
};

}  // namespace duet
