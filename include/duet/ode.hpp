#pragma once

// Ordinary differential equations, differentiated in forward mode and by checkpoints in reverse mode.

#include <duet/ode/solve_ode.hpp>
