#pragma once

// Traces: every operation of a function with its value, tangent and adjoint, as tables and pictures.

#include <duet/trace/trace.hpp>
