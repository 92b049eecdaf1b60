#pragma once

// Checks of derivatives: check_derivatives for a function of yours. (duet/check/catch.hpp makes a matcher of it.)

#include <duet/check/check_derivatives.hpp>
