#pragma once

// Symbolic expressions: graphs that exist while the program compiles, whose derivatives are graphs again; and kernels,
// which put them on the tape.

#include <duet/kernel/kernel.hpp>
#include <duet/symbolic/differentiate.hpp>
#include <duet/symbolic/dot.hpp>
#include <duet/symbolic/latex.hpp>
#include <duet/symbolic/print.hpp>
#include <duet/symbolic/sweep.hpp>
#include <duet/symbolic/variable.hpp>
