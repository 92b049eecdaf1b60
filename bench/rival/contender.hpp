#pragma once

// What stands between the table and the libraries in it: each library is a translation unit of its own, registers
// itself, and shows nothing of its headers.

#include "../run/interleaved.hpp"

#include <string>
#include <vector>

namespace rival {

// One way of a library to compute one row of the table.
struct contender {
  std::string row;
  bool second_order;
  bench::candidate work;           // named after the variant, if the library has several
  std::vector<double> derivative;  // what it computes, to be compared with the others; empty for the function alone
  double tolerance = 1e-11;        // of that, relative to its largest entry
};

struct library {
  std::string name;
  int place;         // in the table, from the left
  std::string note;  // what the reader has to know of how it is used
  std::vector<contender> (*contenders)();
};

// All libraries in this program.
inline std::vector<library>& libraries() {
  static std::vector<library> all;
  return all;
}

// A global constant of this type registers a library.
struct registered {
  registered(std::string name, int place, std::string note, std::vector<contender> (*contenders)()) {
    libraries().push_back({std::move(name), place, std::move(note), contenders});
  }
};

}  // namespace rival
