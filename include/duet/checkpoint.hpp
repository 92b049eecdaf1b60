#pragma once

// Checkpointed reverse mode: long loops and large segments in little memory.

#include <duet/checkpoint/evolve.hpp>
#include <duet/checkpoint/segment.hpp>
