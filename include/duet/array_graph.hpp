#pragma once

// Symbolic graphs of vectors and matrices, built while the program runs: q = W x is one node. Their derivatives are
// nodes of the same graph.

#include <duet/trace/array_values.hpp>
