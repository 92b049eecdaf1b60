// expect: an array_graph takes the functions of Duet and no rules of your own
#include <duet/symbolic/array_graph.hpp>

struct half {
  static constexpr std::string_view name = "half";
  static constexpr duet::interval domain = duet::real_line;
  static constexpr bool infinite_slope = false;
  static constexpr auto value(auto const& x) { return x / 2; }
  static constexpr auto first(auto const&, auto const&) { return 0.5; }
  static constexpr auto second(auto const&, auto const&, auto const&) { return duet::zero{}; }
};

int main() {
  duet::symbolic::array_graph g;
  static_cast<void>(duet::apply(half{}, g.variable("x", 2)));
}
