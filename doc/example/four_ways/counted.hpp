#pragma once

// Numbers that keep account: of the operations that are made, and of how long formulas become that are written out.

#include <cmath>
#include <limits>

namespace ways {

// A double that counts the operations made with it. Each is rounded by itself (no fused multiplication and addition),
// so that results are the same on every processor.
struct counted {
  double x = 0;
  static inline long operations = 0;

  counted() = default;
  counted(double number) : x(number) {}  // NOLINT: implicit as in double

  friend counted operator+(counted a, counted b) { return rounded(a.x + b.x); }
  friend counted operator-(counted a, counted b) { return rounded(a.x - b.x); }
  friend counted operator*(counted a, counted b) { return rounded(a.x * b.x); }
  friend counted operator/(counted a, counted b) { return rounded(a.x / b.x); }
  friend counted operator-(counted a) { return rounded(-a.x); }
  friend counted tanh(counted a) { return rounded(std::tanh(a.x)); }
  friend counted cosh(counted a) { return rounded(std::cosh(a.x)); }
  counted& operator+=(counted b) { return *this = *this + b; }
  counted& operator-=(counted b) { return *this = *this - b; }
  friend auto operator<=>(counted a, counted b) = default;
  friend bool operator==(counted a, counted b) = default;

 private:
  static counted rounded(double result) {
    ++operations;
    double volatile const stored = result;
    return counted(stored);
  }
};

// How many operations `work` makes.
template <class Work>
long operations_of(Work const& work) {
  long const before = counted::operations;
  work();
  return counted::operations - before;
}

// The length of a formula, in operations, when every result is written out wherever it is used, and that of its
// derivative by the rules of the textbook: (uv)' = u'v + uv'. Constants and the variable have the length zero; a
// product with a constant keeps it.
struct written_out {
  double length = 0, derivative = 0;
  bool constant = false;

  static written_out variable() { return {}; }
  written_out() = default;
  written_out(double) : constant(true) {}  // NOLINT: implicit as in double
  written_out(double own, double of_derivative) : length(own), derivative(of_derivative) {}

  friend written_out operator+(written_out const& a, written_out const& b) {
    double const own = a.length + b.length + 1;
    if (a.constant) return {own, b.derivative};
    if (b.constant) return {own, a.derivative};
    return {own, a.derivative + b.derivative + 1};
  }
  // A constant minus a formula leaves a sign.
  friend written_out operator-(written_out const& a, written_out const& b) {
    double const own = a.length + b.length + 1;
    if (b.constant) return {own, a.derivative};
    return {own, (a.constant ? 0 : a.derivative) + b.derivative + 1};
  }
  friend written_out operator*(written_out const& a, written_out const& b) {
    double const own = a.length + b.length + 1;
    if (a.constant) return {own, b.derivative + 1};
    if (b.constant) return {own, a.derivative + 1};
    return {own, a.derivative + b.length + a.length + b.derivative + 3};
  }
};

}  // namespace ways

template <>
class std::numeric_limits<ways::counted> : public std::numeric_limits<double> {};
