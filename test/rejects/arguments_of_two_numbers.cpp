// expect: duet::args needs its arguments to be of one number type: convert them, or give those that are not

#include <duet/duet.hpp>

int main() { (void)duet::args(1.0, Eigen::Vector2f(1, 2)); }
