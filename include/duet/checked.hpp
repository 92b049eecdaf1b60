#pragma once

// Checked mode as a user meets it: reports, their handlers, regions. What is looked at when -DDUET_CHECKED is defined
// lies in core/checked.hpp, expression/checked.hpp, reverse/checked.hpp and forward/checked.hpp.

#include <duet/core/checked.hpp>
#include <duet/core/report.hpp>
