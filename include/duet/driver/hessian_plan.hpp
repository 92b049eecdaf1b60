#pragma once

// Compressed Hessians: the products H S of a Hessian with the colours of its variables, and the entries recovered from
// them (Coleman and More, Estimation of sparse Hessian matrices and graph coloring problems, Math. Prog. 28, 1984;
// Gebremedhin et al. 2007).

#include <duet/driver/sparse_options.hpp>
#include <duet/sparse/symmetric_coloring.hpp>

namespace duet {

// What depends on the pattern alone. Entries are numbered by rows, which is by columns too.
class hessian_plan {
 public:
  hessian_plan(sparsity_pattern const& pattern, recovery how, coloring_orders const& orders)
      : pattern_(pattern.symmetrized()),
        colors_(how == recovery::direct ? duet::color_star(pattern_, orders) : duet::color_acyclic(pattern_, orders)),
        recovery_(how) {
    mirrors_ = pattern_.numbers_in(pattern_);  // the entry (j, i) for each (i, j)
    if (how == recovery::direct)
      plan_direct();
    else
      plan_substitution();
    mirrors_ = {};
  }

  [[nodiscard]] sparsity_pattern const& pattern() const { return pattern_; }
  [[nodiscard]] std::vector<int> const& colors() const { return colors_.colors; }
  [[nodiscard]] std::size_t color_count() const { return static_cast<std::size_t>(colors_.count); }
  [[nodiscard]] coloring_order order() const { return colors_.order; }
  [[nodiscard]] duet::recovery recovery() const { return recovery_; }

  // The entries from the products, n rows of as many numbers as there are colours; substitution overwrites them.
  template <class T>
  void recover(T* products, T* values) const {
    std::size_t const p = color_count();
    if (recovery_ == recovery::direct) {
      for (std::size_t i = 0; i < pattern_.rows(); ++i)
        for (std::size_t k = 0; k < pattern_.row(i).size(); ++k) {
          std::size_t const entry = pattern_.start(i) + k;
          auto const j = static_cast<std::size_t>(pattern_.row(i)[k]);
          values[entry] = from_row_[entry] ? products[i * p + color(j)] : products[j * p + color(i)];
        }
    } else {
      for (step const& s : steps_) {
        T const entry = products[s.row * p + color(s.column)];
        values[s.entry] = entry;
        if (s.row == s.column) continue;
        values[s.mirror] = entry;
        products[s.column * p + color(s.row)] -= entry;
      }
    }
  }

 private:
  [[nodiscard]] std::size_t color(std::size_t i) const { return static_cast<std::size_t>(colors_.colors[i]); }
  [[nodiscard]] std::size_t column(std::size_t entry) const {
    return static_cast<std::size_t>(pattern_.indices()[entry]);
  }
  [[noreturn]] static void throw_undetermined() {
    throw std::logic_error("duet: a colouring does not determine the Hessian");
  }

  // Each entry is alone in its row with its column's colour, or its mirror is; one place serves both.
  void plan_direct() {
    std::vector<std::uint8_t> alone(pattern_.entries());
    std::vector<std::uint32_t> met(color_count(), 0);
    for (std::size_t i = 0; i < pattern_.rows(); ++i) {
      for (int const j : pattern_.row(i)) ++met[color(static_cast<std::size_t>(j))];
      for (std::size_t k = 0; k < pattern_.row(i).size(); ++k)
        alone[pattern_.start(i) + k] = met[color(static_cast<std::size_t>(pattern_.row(i)[k]))] == 1;
      for (int const j : pattern_.row(i)) met[color(static_cast<std::size_t>(j))] = 0;
    }
    from_row_.resize(pattern_.entries());
    for (std::size_t i = 0; i < pattern_.rows(); ++i)
      for (std::size_t k = 0; k < pattern_.row(i).size(); ++k) {
        std::size_t const entry = pattern_.start(i) + k, mirror = mirrors_[entry];
        if (!alone[entry] && !alone[mirror]) throw_undetermined();
        from_row_[entry] = column(entry) >= i ? alone[entry] : !alone[mirror];
      }
  }

  // Whoever is alone in its row with its colour is known, and is taken out of what its mirror is still mixed with; that
  // may leave another one alone. With an acyclic colouring this ends with every entry, from the leaves inwards.
  void plan_substitution() {
    struct mixture {
      std::uint32_t count = 0, entries = 0;  // how many entries are left, and the exclusive or of their numbers
    };
    std::vector<mixture> mixtures;
    std::vector<std::uint32_t> mixture_of(pattern_.entries()), of_color(color_count());
    std::vector<std::uint32_t> ready;
    for (std::size_t i = 0; i < pattern_.rows(); ++i) {
      auto const first = static_cast<std::uint32_t>(mixtures.size());
      for (int const j : pattern_.row(i)) of_color[color(static_cast<std::size_t>(j))] = 0;
      for (std::size_t k = 0; k < pattern_.row(i).size(); ++k) {
        std::size_t const entry = pattern_.start(i) + k;
        auto& place = of_color[color(column(entry))];
        if (place == 0) {
          mixtures.emplace_back();
          place = static_cast<std::uint32_t>(mixtures.size());
        }
        mixture_of[entry] = place - 1;
        ++mixtures[place - 1].count;
        mixtures[place - 1].entries ^= static_cast<std::uint32_t>(entry);
      }
      for (auto m = first; m < mixtures.size(); ++m)
        if (mixtures[m].count == 1) ready.push_back(m);
    }
    std::size_t known = 0;
    while (!ready.empty()) {
      mixture& from = mixtures[ready.back()];
      ready.pop_back();
      if (from.count == 0) continue;  // its mirror was first
      std::uint32_t const entry = from.entries, mirror = mirrors_[entry];
      auto const row = static_cast<std::uint32_t>(column(mirror)), other = static_cast<std::uint32_t>(column(entry));
      steps_.push_back({row, other, entry, mirror});
      from.count = 0;
      known += row == other ? 1 : 2;
      if (row == other) continue;
      mixture& rest = mixtures[mixture_of[mirror]];
      rest.entries ^= mirror;
      if (--rest.count == 1) ready.push_back(mixture_of[mirror]);
    }
    if (known != pattern_.entries()) throw_undetermined();
  }

  struct step {
    std::uint32_t row, column, entry, mirror;
  };
  sparsity_pattern pattern_;
  coloring colors_;
  duet::recovery recovery_;
  std::vector<std::uint32_t> mirrors_;  // while planning
  std::vector<std::uint8_t> from_row_;  // direct: of each entry
  std::vector<step> steps_;             // substitution: in order
};

}  // namespace duet
