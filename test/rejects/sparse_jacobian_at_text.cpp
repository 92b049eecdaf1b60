// expect: duet::sparse_jacobian needs x to be a floating-point number
#include <duet/sparse.hpp>
#include <string>

auto const j = duet::sparse_jacobian([](auto const& x) { return x; }, std::string("1.0"));
