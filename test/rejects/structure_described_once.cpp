// expect: duet: this struct of parameters is described to Boost.Hana for one scalar only

#include <boost/hana/adapt_struct.hpp>
#include <duet/duet.hpp>

template <class S>
struct parameters {
  S a, b;
};
BOOST_HANA_ADAPT_STRUCT(parameters<double>, a, b);

int main() {
  auto const f = [](auto const& p) { return p.a * p.b; };
  (void)duet::gradient(f, parameters<double>{1, 2});
}
