#pragma once

// The evaluation of a function as a Wengert list: one row an operation, in the order in which they ran. The scalar of a
// trace writes it, tables and pictures read it.

#include <cstddef>
#include <duet/core/error.hpp>
#include <duet/expression/traverse.hpp>
#include <duet/trace/formula.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace duet {

// An operand: the result of an earlier row, or a constant.
template <class T>
struct trace_operand {
  static constexpr std::size_t no_row = std::numeric_limits<std::size_t>::max();

  std::size_t row = no_row;
  T value = T(0);

  [[nodiscard]] bool is_constant() const { return row == no_row; }
};

template <class T>
struct trace_row {
  std::string_view operation;              // "+", "*", "sin", ...; "input"
  std::vector<trace_operand<T>> operands;  // none for an input
  T value = T(0);
  std::vector<T> partials;  // in each operand; zero in a constant
  T tangent = T(0);         // along the direction of the trace
  T adjoint = T(0);         // of the weighted outputs

  // The operation and its partials in terms of names; null for an input.
  std::string (*written)(std::vector<std::string> const& operands) = nullptr;
  std::vector<formula_text> (*partial_texts)(std::vector<formula<T>> const& operands, formula<T> const& y) = nullptr;

  [[nodiscard]] bool is_input() const { return written == nullptr; }
};

// The operation in the words of C++, powers with a sign of their own.
template <class Rule>
[[nodiscard]] std::string operation_text(std::vector<std::string> const& x) {
  using std::is_same_v;
  // A negative number behind a sign, or below a power.
  auto const guarded = [](std::string const& operand) {
    return operand.starts_with('-') ? "(" + operand + ")" : operand;
  };
  if constexpr (is_same_v<Rule, rules::negate>) {
    return "-" + guarded(x[0]);
  } else if constexpr (is_same_v<Rule, rules::square>) {
    return guarded(x[0]) + "^2";
  } else if constexpr (is_same_v<Rule, rules::pow> || is_same_v<Rule, rules::pow_fixed_exponent>) {
    return guarded(x[0]) + "^" + guarded(x[1]);
  } else if constexpr (is_same_v<Rule, rules::pow_fixed_base>) {
    return guarded(x[1]) + "^" + guarded(x[0]);
  } else if constexpr (is_same_v<Rule, rules::add> || is_same_v<Rule, rules::subtract> ||
                       is_same_v<Rule, rules::multiply> || is_same_v<Rule, rules::divide>) {
    return x[0] + " " + std::string(operation_name<Rule>) + " " + guarded(x[1]);
  } else {
    std::string text(operation_name<Rule>);
    for (std::size_t k = 0; k < x.size(); ++k) text.append(k == 0 ? "(" : ", ").append(x[k]);
    return text + ")";
  }
}

// Whether this compiler evaluates the operands of operators from right to left, as g++ does.
[[nodiscard]] inline bool evaluates_from_the_right() {
  struct step {
    int number;
    bool operator+(step const& right) const { return number > right.number; }
  };
  int count = 0;
  auto const take = [&count] { return step{count++}; };
  return take() + take();
}

// A list while it is written: how many variables hold each row, how many rows there were when the last one went, and
// whether the row was assigned to a variable.
template <class T>
struct trace_recording {
  static constexpr std::size_t alive = std::numeric_limits<std::size_t>::max();

  std::vector<trace_row<T>> rows;
  std::vector<std::size_t> holders, deaths;
  std::vector<bool> assigned;

  // The index of a new row, which one variable holds.
  std::size_t append(trace_row<T> row) {
    rows.push_back(std::move(row));
    holders.push_back(1);
    deaths.push_back(alive);
    assigned.push_back(false);
    return rows.size() - 1;
  }
  void hold(std::size_t row) { ++holders[row]; }
  void release(std::size_t row) {
    if (--holders[row] == 0) deaths[row] = rows.size();
  }
};

// The rows, the inputs first, and the two sweeps over them.
template <class T>
struct wengert_list {
  std::vector<trace_row<T>> rows;
  std::size_t inputs = 0;
  std::vector<trace_operand<T>> outputs;
  std::vector<std::string> names;   // given by the user; empty: a number
  std::vector<std::string> labels;  // of the inputs: x[0]
  std::vector<T> direction, weights;

  // Puts the operands of an expression from left to right, where the compiler took them from right to left. What moves
  // is a piece of rows before its only reader, made of temporaries, which die when their statement ends; the statements
  // keep their order. (Variables that are never assigned and die with the last statement of a function cannot always be
  // told from its temporaries.)
  void order_operands(trace_recording<T> const& recording) {
    if (!evaluates_from_the_right()) return;
    std::size_t const n = rows.size();
    auto const& deaths = recording.deaths;
    std::vector<std::size_t> readers(n), begin(n), target(n), place(n);
    for (trace_row<T> const& r : rows)
      for (trace_operand<T> const& x : r.operands)
        if (!x.is_constant()) ++readers[x.row];
    for (trace_operand<T> const& y : outputs)
      if (!y.is_constant()) readers[y.row] += 2;
    // The pieces before row i, by operands.
    auto const pieces = [&](std::size_t i) {
      std::vector<std::size_t> found(rows[i].operands.size(), n);
      std::size_t first = i, next = 0;
      for (bool more = true; more && first > inputs;) {
        more = false;
        for (std::size_t k = 0; k < found.size() && !more; ++k)
          if (rows[i].operands[k].row + 1 == first && readers[first - 1] == 1 && !recording.assigned[first - 1] &&
              (deaths[first - 1] == deaths[i] || deaths[first - 1] == i + 1)) {
            if (k < next) return std::pair(i, std::vector(found.size(), n));  // not the order of one expression
            next = k;
            found[k] = first - 1;
            first = begin[first - 1];
            more = true;
          }
      }
      return std::pair(first, found);
    };
    for (std::size_t i = inputs; i < n; ++i) begin[i] = pieces(i).first;
    for (std::size_t i = 0; i < n; ++i) target[i] = i < inputs ? i : begin[i];  // where the piece that ends in i begins
    for (std::size_t i = n; i-- > inputs;) {
      std::size_t next = target[i];
      for (std::size_t const piece : pieces(i).second)
        if (piece != n) {
          target[piece] = next;
          next += piece - begin[piece] + 1;
        }
      place[i] = next;
    }
    for (std::size_t i = 0; i < inputs; ++i) place[i] = i;

    std::vector<trace_row<T>> ordered(n);
    auto const follow = [&](trace_operand<T>& x) {
      if (!x.is_constant()) x.row = place[x.row];
    };
    for (std::size_t i = 0; i < n; ++i) {
      for (trace_operand<T>& x : rows[i].operands) follow(x);
      ordered[place[i]] = std::move(rows[i]);
    }
    for (trace_operand<T>& y : outputs) follow(y);
    rows = std::move(ordered);
  }

  // Tangents along the direction. Where a tangent is zero, an infinite slope is not asked.
  void sweep_forward() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      trace_row<T>& r = rows[i];
      if (i < inputs) {
        r.tangent = direction[i];
        continue;
      }
      r.tangent = T(0);
      for (std::size_t k = 0; k < r.operands.size(); ++k)
        if (!r.operands[k].is_constant())
          r.tangent += duet::damped_product(rows[r.operands[k].row].tangent, r.partials[k]);
    }
  }
  // Adjoints of the sum of weight * output.
  void sweep_reverse() {
    for (trace_row<T>& r : rows) r.adjoint = T(0);
    for (std::size_t o = 0; o < outputs.size(); ++o)
      if (!outputs[o].is_constant()) rows[outputs[o].row].adjoint += weights[o];
    for (std::size_t i = rows.size(); i-- > inputs;) {
      trace_row<T> const& r = rows[i];
      for (std::size_t k = 0; k < r.operands.size(); ++k)
        if (!r.operands[k].is_constant())
          rows[r.operands[k].row].adjoint += duet::damped_product(r.adjoint, r.partials[k]);
    }
  }
};

}  // namespace duet
