// The structural form of every workload: the value is close to that of the scalar form, the gradient is the one written
// by hand, and forward mode along a direction agrees with it.

#include "structural_checks.hpp"
#include "workload/structural_algebra.hpp"
#include "workload/structural_learning.hpp"
#include "workload/structural_simulation.hpp"

using structural_checks::check_by_hand;

TEST_CASE("A chain in preaccumulated steps is the chain") {
  workload::structural::chain const f{{GENERATE(size_t{1}, size_t{64}, size_t{101})}};
  check_by_hand<workload::chain>(f, std::vector<workload::chain::step_values>());
}

TEST_CASE("Lorenz' equations in kernels have the same solution") {
  workload::structural::lorenz const f{{.steps = GENERATE(size_t{1}, size_t{64}, size_t{101})}, {}};
  check_by_hand<workload::lorenz>(f, std::vector<std::array<double, 3>>());
}

TEST_CASE("Burgers' equations on whole fields have the same solution") {
  workload::structural::burgers const f{{{.n = 9, .steps = 5}}};
  check_by_hand<workload::burgers>(f, workload::burgers::memory());
}

TEST_CASE("Advection of whole vectors is advection") {
  workload::structural::lax_wendroff const f{{.points = 30, .steps = 40}};
  check_by_hand<workload::lax_wendroff>(f, std::vector<double>());
}

TEST_CASE("A perceptron of matrices is the perceptron") {
  check_by_hand<workload::perceptron>(workload::structural::perceptron());
}

TEST_CASE("The likelihood of a mixture in matrices is its likelihood") {
  workload::structural::mixture<4> const f(3, 27);
  check_by_hand<workload::mixture<4>>(f, workload::mixture<4>::memory());
}

TEST_CASE("A determinant as a kernel is the determinant") {
  check_by_hand<workload::determinant<6>>(workload::structural::determinant());
}
