// Sixteen threads at the same time, each with its own tapes, dual numbers and infinite slopes: every one computes what
// a single thread does, bit for bit. Run by itself and under ThreadSanitizer.

#include <array>
#include <atomic>
#include <cstdio>
#include <duet/duet.hpp>
#include <duet/forward/hyperdual.hpp>
#include <thread>
#include <vector>

namespace {

auto const chain = [](auto const& x) {
  using T = std::decay_t<decltype(x[0])>;
  T y = x[0];
  for (int k = 0; k < 200; ++k) y = T(sin(y * x[1]) + 0.5 * y * x[2]);
  return y;
};
// At its kink, and where a slope is infinite: what a thread remembers of that must not reach another.
auto const rough = [](auto const& x) { return sqrt(x[0] * x[0] + x[1] * x[1]) + abs(x[2]) * x[1]; };

using numbers = std::vector<double>;

void append(numbers& all, auto const& more) {
  for (Eigen::Index i = 0; i < more.size(); ++i) all.push_back(more.data()[i]);
}

// What one thread computes, from its number.
numbers computed(int thread) {
  numbers all;
  duet::tape<> own;
  for (int round = 0; round < 20; ++round) {
    Eigen::Vector3d const x(0.3 + 0.01 * thread, 1.1 - 0.02 * round, 0.4);
    append(all, duet::gradient(duet::reverse, chain, x));
    append(all, duet::gradient(duet::forward, chain, x));
    append(all, duet::hvp(chain, x, Eigen::Vector3d(1, -1, 0.5)));
    append(all, duet::gradient(duet::reverse, rough, Eigen::Vector3d(0, 0, thread % 2)));
    append(all, duet::gradient(duet::forward, rough, Eigen::Vector3d(0, 0, thread % 2)));

    duet::recording const scope(own);  // beside the tapes of drivers
    own.clear();
    std::array<duet::var<>, 3> v;
    for (std::size_t i = 0; i < 3; ++i) v[i] = own.independent(x[static_cast<Eigen::Index>(i)]);
    duet::var<> y = chain(v);
    for (int k = 0; k < 3000; ++k) y += 0.001 * v[1] * y;  // out of the first memory
    own.reverse(y);
    for (auto const& input : v) all.push_back(own.adjoint(input));
    if (round % 5 == 4) own.shrink();
  }
  return all;
}

}  // namespace

int main() {
  constexpr int threads = 16;
  std::vector<numbers> alone(threads), together(threads);
  for (int t = 0; t < threads; ++t) alone[static_cast<std::size_t>(t)] = computed(t);
  std::atomic<int> waiting = threads;
  std::vector<std::thread> running;
  for (int t = 0; t < threads; ++t)
    running.emplace_back([&, t] {
      --waiting;
      while (waiting != 0) std::this_thread::yield();
      together[static_cast<std::size_t>(t)] = computed(t);
    });
  for (std::thread& t : running) t.join();
  int different = 0;
  for (std::size_t t = 0; t < threads; ++t) different += alone[t] != together[t];
  std::printf("%zu numbers from each of %d threads; %d threads differ\n", alone[0].size(), threads, different);
  return different == 0 ? 0 : 1;
}
