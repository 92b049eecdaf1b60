#pragma once

// Many evaluations at once, in SIMD lanes and on several threads. Needs the headers of xsimd.

#include <duet/batch/lanes.hpp>
#include <duet/batch/lanes_eigen.hpp>
#include <duet/batch/lanes_math.hpp>
#include <duet/batch/lanes_select.hpp>
#include <duet/batch/map_entries.hpp>
#include <duet/batch/map_over.hpp>
#include <duet/batch/monte_carlo.hpp>
#include <duet/batch/random.hpp>
#include <duet/batch/sum_over.hpp>
#include <duet/batch/threads.hpp>
#include <duet/batch/value_tape.hpp>
