// expect: duet::args needs an argument to differentiate in, and all of these are constant: call f itself

#include <duet/duet.hpp>

int main() { (void)duet::args(duet::constant(1.0), duet::constant(2.0)); }
