// expect: duet::jacobian needs x to be a floating-point number
#include <string>
#include <duet/driver/jacobian.hpp>

auto const j = duet::jacobian([](auto const& x) { return x; }, std::string("1.0"));
