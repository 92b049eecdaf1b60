// expect: duet::gradient needs f to accept Duet scalars
#include <duet/driver/gradient.hpp>
#include <vector>

auto const g = duet::gradient(duet::reverse, [](std::vector<double> const& x) { return x[0]; }, std::vector{1.0});
