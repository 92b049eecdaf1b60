// expect: duet::jacobian needs x to be a floating-point number
#include <duet/driver/jacobian.hpp>
#include <string>

auto const j = duet::jacobian([](auto const& x) { return x; }, std::string("1.0"));
