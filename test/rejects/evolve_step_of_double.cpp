// expect: duet::evolve needs a step(state, k, arguments...) that accepts Duet scalars: make it a generic lambda
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  auto const f = [](auto const& x) {
    return duet::evolve(
        duet::snapshots(2), [](Eigen::Vector2d const& y, long) { return Eigen::Vector2d(2 * y); }, x, 3);
  };
  duet::tape<> tape;
  duet::recording const scope(tape);
  Eigen::Matrix<duet::var<>, 2, 1> const x(tape.independent(1), tape.independent(2));
  f(x);
}
