#include <Eigen/Cholesky>
#include <Eigen/Core>
