// expect: duet::checkpoint needs f to accept these arguments: make it a generic lambda
#include <duet/checkpoint.hpp>
#include <duet/duet.hpp>

int main() {
  duet::tape<> tape;
  duet::recording const scope(tape);
  duet::checkpoint([](double x) { return 2 * x; }, tape.independent(1));
}
