// expect: duet::with_pullback needs a pullback(x..., y, ybar) that takes these arguments; derivatives of derivatives
// differentiate it
#include <duet/duet.hpp>
#include <duet/linalg/pullback.hpp>

auto const f =
    duet::with_pullback([](double x) { return x * x; }, [](double x, double, double ybar) { return 2 * x * ybar; },
                        [](double x, double, double dx) { return 2 * x * dx; });
Eigen::Matrix<double, 1, 1> const bend = duet::hessian(duet::reverse, f, 3.0);
