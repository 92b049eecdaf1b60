// expect: duet::jacobian_tensor needs x and the result of f to be a number, a vector or a matrix each

#include <duet/duet.hpp>
#include <duet/tensor.hpp>

int main() {
  auto const f = [](auto const& x) { return std::get<0>(x) * std::get<1>(x); };
  (void)duet::jacobian_tensor(f, std::tuple(1.0, 2.0));
}
