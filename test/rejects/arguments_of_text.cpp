// expect: duet::args needs each argument to be a floating-point number, an Eigen vector or matrix

#include <duet/duet.hpp>

int main() { (void)duet::args(1.0, std::string("text")); }
