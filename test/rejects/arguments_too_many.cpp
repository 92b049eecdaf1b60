// expect: duet::gradient needs f to accept Duet scalars: make f a template or a generic lambda

#include <duet/duet.hpp>

int main() {
  auto const f = [](auto const& x, auto const& y) { return x * y; };
  (void)duet::gradient(f, duet::args(1.0, 2.0, 3.0));
}
