#pragma once

// The rows of the table of sparse Jacobians: Brusselator on a periodic grid. Library::pattern(f, x) returns a callable
// that finds pattern and colours, Library::jacobian(f, x) one that computes the Jacobian at a point after that: its
// entries in a vector that stays in place, and where they are in places(rows, columns).

#include "../workload/brusselator_plane.hpp"
#include "contender.hpp"

#include <algorithm>
#include <memory>
#include <tuple>

namespace rival {

template <class Library>
std::vector<contender> contend_sparsely() {
  std::vector<contender> all;
  for (Eigen::Index const cells : {50, 224}) {
    workload::brusselator_plane f;
    f.cells = cells;
    Eigen::VectorXd const x = f.start();
    std::string const name = std::to_string(x.size()) + " unknowns, ";
    all.push_back(
        {name + "pattern and colouring", false, bench::time_of("", [work = Library::pattern(f, x)] { work(); }), {}});
    auto const jacobian = std::make_shared<decltype(Library::jacobian(f, x))>(Library::jacobian(f, x));
    std::vector<std::tuple<long, long, double>> entries = jacobian->entries(x);  // by rows and columns
    std::sort(entries.begin(), entries.end());
    std::vector<double> numbers;
    for (auto const& [row, column, number] : entries)
      for (double const d : {static_cast<double>(row), static_cast<double>(column), number}) numbers.push_back(d);
    all.push_back({name + "one Jacobian", false,
                   bench::time_of("",
                                  [jacobian, x]() mutable {
                                    bench::touch(x);
                                    auto* values = (*jacobian)(x);
                                    bench::touch(values);
                                  }),
                   std::move(numbers)});
  }
  return all;
}

}  // namespace rival
