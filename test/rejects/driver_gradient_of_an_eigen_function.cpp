// expect: duet::gradient needs f to accept Duet scalars: make f a template or a generic lambda
#include <duet/driver/gradient.hpp>

double energy(Eigen::VectorXd const& x) { return x.squaredNorm(); }

auto const g = duet::gradient(energy, Eigen::VectorXd::Ones(2));
