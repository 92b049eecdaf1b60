// expect: duet::gradient needs f to return one scalar; for several outputs call duet::jacobian
// heading: duet::gradient needs f to return one scalar; for several outputs call duet::jacobian
// most-lines: 30
#include <array>
#include <duet/duet.hpp>

auto const g = duet::gradient([](auto const& x) { return x; }, std::array{1.0, 2.0});
