// The structural forms of workloads that are in lanes: see agreement/structural_workload.cpp.

#include "agreement/structural_checks.hpp"
#include "workload/structural_lanes.hpp"

using structural_checks::check_by_hand;

TEST_CASE("Swaptions on paths in lanes have the same value") {
  workload::structural::libor const f(GENERATE(size_t{1}, size_t{18}));
  check_by_hand<workload::libor>(f, workload::libor::memory());
}

TEST_CASE("A recurrent network in lanes is the network") {
  workload::structural::lstm const f(6);
  check_by_hand<workload::lstm>(f, std::vector<workload::lstm::step_values>());
}

TEST_CASE("The logarithm of a sum of exponentials in lanes is that of the entries") {
  workload::structural::log_sum_exp const f{{.inputs = GENERATE(size_t{5}, size_t{53})}};
  check_by_hand<workload::log_sum_exp>(f);
}

TEST_CASE("A polynomial fitted in lanes is the polynomial") {
  workload::structural::polynomial const f(GENERATE(size_t{3}, size_t{61}));
  check_by_hand<workload::polynomial>(f);
}

TEST_CASE("A perceptron with functions in lanes is the perceptron") {
  check_by_hand<workload::perceptron>(workload::structural::in_lanes::perceptron());
}

TEST_CASE("The likelihood of a mixture with functions in lanes is its likelihood") {
  workload::structural::in_lanes::mixture<4> const f(3, 27);
  check_by_hand<workload::mixture<4>>(f, workload::mixture<4>::memory());
}

TEST_CASE("Burgers' equations as entries of blocks are the equations") {
  workload::structural::in_lanes::burgers const f{{{.n = 9, .steps = 3}}};
  check_by_hand<workload::burgers>(f, workload::burgers::memory());
}
