// expect: duet: a struct of parameters needs a field of its scalar; this one has none

#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>

template <class S>
struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters<S>, (double, a), (int, b));
};

int main() {
  auto const f = [](auto const& p) { return p.a; };
  (void)duet::hvp(f, parameters<double>{1, 2}, 1.0);
}
