// expect: duet::gradient needs f to accept Duet scalars: make f a template or a generic lambda

#include <duet/duet.hpp>

double form(double scale, Eigen::VectorXd const& x);

int main() { (void)duet::gradient(form, duet::args(duet::constant(2.0), Eigen::VectorXd(3))); }
