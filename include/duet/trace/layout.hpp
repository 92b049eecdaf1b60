#pragma once

// Where the boxes of a graph go: in layers along the flow, each operation behind all its operands (Sugiyama, Tagawa and
// Toda 1981). Lines that pass a layer get a place of their own in it, one for all lines from the same box. Crossings
// are reduced by barycentres and swaps of neighbours; places across the flow are the best in the least-squares sense
// that keep the order (isotonic regression).

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace duet {

// A box: its extent along the flow and across it, and the boxes that it reads.
struct layout_box {
  double along = 0, across = 0;
  std::vector<std::size_t> operands = {};
};

// What a layout keeps free, in the units of the boxes.
struct layout_spacing {
  double between_boxes = 18, between_lines = 14;
  double ports = 17;      // from one operand's entry to the next
  double labels = 40;     // the part of a gap between layers that is kept for labels
  double least_gap = 36;  // and the rest of it
};

class layered_layout {
 public:
  struct point {
    double along, across;
  };
  // A line: straight through the layers it passes, from there to the next point in a curve.
  struct passage {
    point from, to;
  };

  layered_layout(std::vector<layout_box> const& boxes, layout_spacing const& spacing)
      : boxes_(boxes), spacing_(spacing) {
    place_in_layers();
    add_lines();
    order();
    assign_ports();
    align();
    measure();
  }

  [[nodiscard]] double length() const { return length_; }
  [[nodiscard]] double breadth() const { return breadth_; }
  // The middle of a box.
  [[nodiscard]] point middle(std::size_t box) const {
    item const& i = items_[box];
    return {starts_[i.layer] + extents_[i.layer] / 2, i.place};
  }
  // Its extents; along the flow all boxes of a layer have the largest.
  [[nodiscard]] double along(std::size_t box) const { return extents_[items_[box].layer]; }
  [[nodiscard]] double across(std::size_t box) const { return items_[box].across; }
  // Where the line of an operand enters its box.
  [[nodiscard]] point entry(std::size_t box, std::size_t operand) const {
    return {starts_[items_[box].layer], items_[box].place + ports_[box][operand]};
  }
  // Where lines leave a box.
  [[nodiscard]] point exit(std::size_t box) const {
    return {starts_[items_[box].layer] + along(box), items_[box].place};
  }
  // The places on the way from a box to layers behind it, each once; and which of them an operand's line comes from.
  [[nodiscard]] std::vector<passage> passages(std::size_t box) const {
    std::vector<passage> result;
    for (std::size_t const line : lines_[box]) {
      item const& i = items_[line];
      result.push_back({{starts_[i.layer], i.place}, {starts_[i.layer] + extents_[i.layer], i.place}});
    }
    return result;
  }
  [[nodiscard]] point departure(std::size_t box, std::size_t operand) const {
    std::size_t const source = boxes_[box].operands[operand];
    std::size_t const behind = items_[box].layer - items_[source].layer - 1;
    if (behind == 0) return exit(source);
    item const& i = items_[lines_[source][behind - 1]];
    return {starts_[i.layer] + extents_[i.layer], i.place};
  }

 private:
  static constexpr std::size_t few = 600;  // items up to which neighbours are swapped

  struct link {
    std::size_t other;
    double port;  // of the later item
  };
  struct item {
    std::size_t layer = 0, position = 0;
    double across = 0, place = 0;
    bool is_line = false;
    std::vector<link> before = {}, after = {};
  };

  void place_in_layers() {
    items_.resize(boxes_.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      items_[i].across = std::max(boxes_[i].across, static_cast<double>(boxes_[i].operands.size()) * spacing_.ports);
      for (std::size_t const o : boxes_[i].operands) items_[i].layer = std::max(items_[i].layer, items_[o].layer + 1);
    }
    // What reads nothing stands right before its first reader: lines get short.
    constexpr std::size_t unread = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> first_reader(boxes_.size(), unread);
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      for (std::size_t const o : boxes_[i].operands) first_reader[o] = std::min(first_reader[o], items_[i].layer);
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      if (boxes_[i].operands.empty() && first_reader[i] != unread) items_[i].layer = first_reader[i] - 1;
  }

  void add_lines() {
    lines_.resize(boxes_.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      for (std::size_t const o : boxes_[i].operands) {
        while (lines_[o].size() + items_[o].layer + 1 < items_[i].layer) {
          std::size_t const last = lines_[o].empty() ? o : lines_[o].back();
          item line;
          line.layer = items_[last].layer + 1;
          line.is_line = true;
          lines_[o].push_back(items_.size());
          items_.push_back(line);
          connect(last, items_.size() - 1);
        }
        std::size_t const behind = items_[i].layer - items_[o].layer - 1;
        connect(behind == 0 ? o : lines_[o][behind - 1], i);
      }
    std::size_t layers = 0;
    for (item const& i : items_) layers = std::max(layers, i.layer + 1);
    layers_.resize(layers);
    place_as_read();
  }
  // The order to begin with: boxes as the formulas name them, from the last one down to its operands from left to
  // right.
  void place_as_read() {
    std::vector<bool> seen(items_.size());
    std::vector<std::pair<std::size_t, std::size_t>> path;
    for (std::size_t root = 0; root < boxes_.size(); ++root) {
      if (!items_[root].after.empty()) continue;
      path.emplace_back(root, 0);
      while (!path.empty()) {
        auto& [i, next] = path.back();
        if (next < items_[i].before.size()) {
          std::size_t const operand = items_[i].before[next++].other;
          if (!seen[operand]) path.emplace_back(operand, 0);
          seen[operand] = true;
        } else {
          items_[i].position = layers_[items_[i].layer].size();
          layers_[items_[i].layer].push_back(i);
          path.pop_back();
        }
      }
    }
  }
  void connect(std::size_t from, std::size_t to) {
    items_[from].after.push_back({to, 0});
    items_[to].before.push_back({from, 0});
  }

  // ---- the order within layers ----

  void order() {
    auto best = layers_;
    std::size_t fewest = crossings();
    for (int round = 0; round < 16 && fewest > 0; ++round) {
      bool const down = round % 2 == 0;
      for (std::size_t k = 1; k < layers_.size(); ++k) sort_layer(down ? k : layers_.size() - 1 - k, down);
      if (items_.size() <= few) swap_neighbours();
      if (std::size_t const now = crossings(); now < fewest) {
        fewest = now;
        best = layers_;
      }
    }
    layers_ = best;
    number_positions();
  }
  void number_positions() {
    for (auto const& layer : layers_)
      for (std::size_t p = 0; p < layer.size(); ++p) items_[layer[p]].position = p;
  }
  [[nodiscard]] static std::vector<link> const& side(item const& i, bool before) { return before ? i.before : i.after; }

  void sort_layer(std::size_t l, bool by_before) {
    auto& layer = layers_[l];
    struct wish {
      double place;
      std::size_t position, item;
    };
    std::vector<wish> wishes;
    for (std::size_t const i : layer) {
      auto const& links = side(items_[i], by_before);
      double sum = 0;
      for (link const& k : links) sum += static_cast<double>(items_[k.other].position);
      double const position = static_cast<double>(items_[i].position);
      wishes.push_back({links.empty() ? position : sum / static_cast<double>(links.size()), items_[i].position, i});
    }
    std::sort(wishes.begin(), wishes.end(), [](wish const& a, wish const& b) {
      return a.place != b.place ? a.place < b.place : a.position < b.position;
    });
    for (std::size_t p = 0; p < layer.size(); ++p) {
      layer[p] = wishes[p].item;
      items_[layer[p]].position = p;
    }
  }
  // Crossings between the lines of a and of b, with a first.
  [[nodiscard]] std::size_t crossings_of(std::size_t a, std::size_t b) const {
    std::size_t count = 0;
    for (bool const before : {true, false})
      for (link const& of_a : side(items_[a], before))
        for (link const& of_b : side(items_[b], before))
          if (items_[of_a.other].position > items_[of_b.other].position) ++count;
    return count;
  }
  void swap_neighbours() {
    bool better = true;
    for (int round = 0; round < 8 && better; ++round) {
      better = false;
      for (auto& layer : layers_)
        for (std::size_t p = 0; p + 1 < layer.size(); ++p)
          if (crossings_of(layer[p + 1], layer[p]) < crossings_of(layer[p], layer[p + 1])) {
            std::swap(layer[p], layer[p + 1]);
            items_[layer[p]].position = p;
            items_[layer[p + 1]].position = p + 1;
            better = true;
          }
    }
  }
  // All crossings, by counting inversions with a Fenwick tree.
  [[nodiscard]] std::size_t crossings() const {
    std::size_t total = 0;
    for (std::size_t l = 0; l + 1 < layers_.size(); ++l) {
      std::vector<std::size_t> tree(layers_[l + 1].size() + 1);
      std::size_t seen = 0;
      for (std::size_t const i : layers_[l]) {
        for (link const& k : items_[i].after) {
          std::size_t up_to = 0;
          for (std::size_t p = items_[k.other].position + 1; p > 0; p -= p & (~p + 1)) up_to += tree[p];
          total += seen - up_to;
        }
        for (link const& k : items_[i].after) {
          for (std::size_t p = items_[k.other].position + 1; p < tree.size(); p += p & (~p + 1)) ++tree[p];
          ++seen;
        }
      }
    }
    return total;
  }

  // ---- places ----

  // Entries of a box in the order in which its lines arrive.
  void assign_ports() {
    ports_.resize(boxes_.size());
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      auto& before = items_[i].before;  // as the operands
      std::vector<std::size_t> order(before.size());
      std::iota(order.begin(), order.end(), std::size_t{0});
      std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        std::size_t const at_a = items_[before[a].other].position, at_b = items_[before[b].other].position;
        return at_a != at_b ? at_a < at_b : a < b;
      });
      ports_[i].resize(before.size());
      for (std::size_t p = 0; p < order.size(); ++p) {
        double const offset = (static_cast<double>(p) - static_cast<double>(order.size() - 1) / 2) * spacing_.ports;
        ports_[i][order[p]] = before[order[p]].port = offset;
      }
    }
    for (std::size_t i = 0; i < items_.size(); ++i) items_[i].after.clear();
    for (std::size_t i = 0; i < items_.size(); ++i)
      for (link const& k : items_[i].before) items_[k.other].after.push_back({i, k.port});
  }

  void align() {
    for (auto const& layer : layers_) {
      double at = 0;
      for (std::size_t p = 0; p < layer.size(); ++p) {
        if (p > 0) at += distance(layer[p - 1], layer[p]);
        items_[layer[p]].place = at;
      }
    }
    constexpr int rounds = 24;
    for (int round = 0; round < rounds; ++round) {
      bool const last = round >= rounds - 8;
      for (std::size_t k = 0; k < layers_.size(); ++k) {
        std::size_t const l = round % 2 == 0 ? k : layers_.size() - 1 - k;
        align_layer(layers_[l], last || round % 2 == 0, last || round % 2 == 1);
      }
    }
  }
  [[nodiscard]] double distance(std::size_t a, std::size_t b) const {
    bool const lines = items_[a].is_line && items_[b].is_line;
    return (items_[a].across + items_[b].across) / 2 + (lines ? spacing_.between_lines : spacing_.between_boxes);
  }
  // Pools neighbours whose wishes contradict their order until none do.
  void align_layer(std::vector<std::size_t> const& layer, bool by_before, bool by_after) {
    struct pool {
      double sum, weight;
      std::size_t count;
      [[nodiscard]] double mean() const { return sum / weight; }
    };
    std::vector<pool> pools;
    std::vector<double> offset(layer.size());
    for (std::size_t p = 0; p < layer.size(); ++p) {
      item const& i = items_[layer[p]];
      if (p > 0) offset[p] = offset[p - 1] + distance(layer[p - 1], layer[p]);
      double sum = 0, weight = 0;
      auto const wish = [&](item const& other, double place) {
        double const w = i.is_line && other.is_line ? 8 : i.is_line || other.is_line ? 2 : 1;
        sum += w * place;
        weight += w;
      };
      if (by_before)
        for (link const& k : i.before) wish(items_[k.other], items_[k.other].place - k.port);
      if (by_after)
        for (link const& k : i.after) wish(items_[k.other], items_[k.other].place + k.port);
      if (weight == 0) sum = 0.01 * i.place, weight = 0.01;
      pools.push_back({sum - weight * offset[p], weight, 1});
      while (pools.size() > 1 && pools[pools.size() - 2].mean() > pools.back().mean()) {
        pool const top = pools.back();
        pools.pop_back();
        pools.back() = {pools.back().sum + top.sum, pools.back().weight + top.weight, pools.back().count + top.count};
      }
    }
    std::size_t p = 0;
    for (pool const& together : pools)
      for (std::size_t k = 0; k < together.count; ++k, ++p) items_[layer[p]].place = together.mean() + offset[p];
  }

  void measure() {
    double least = std::numeric_limits<double>::infinity(), most = -least;
    for (item& i : items_) {
      i.place = std::round(i.place);
      least = std::min(least, i.place - i.across / 2);
      most = std::max(most, i.place + i.across / 2);
    }
    if (items_.empty()) least = most = 0;
    for (item& i : items_) i.place -= least;
    breadth_ = most - least;
    extents_.assign(layers_.size(), 0);
    for (std::size_t i = 0; i < boxes_.size(); ++i)
      extents_[items_[i].layer] = std::max(extents_[items_[i].layer], boxes_[i].along);
    double at = 0;
    for (std::size_t l = 0; l < layers_.size(); ++l) {
      starts_.push_back(at);
      at += extents_[l] + spacing_.least_gap + spacing_.labels;
    }
    length_ = layers_.empty() ? 0 : at - spacing_.least_gap - spacing_.labels;
  }

  std::vector<layout_box> boxes_;
  layout_spacing spacing_;
  std::vector<item> items_;                      // boxes first, then lines
  std::vector<std::vector<std::size_t>> lines_;  // of each box, the items it passes on its way
  std::vector<std::vector<std::size_t>> layers_;
  std::vector<std::vector<double>> ports_;
  std::vector<double> starts_, extents_;
  double length_ = 0, breadth_ = 0;
};

}  // namespace duet
