// expect: duet: a field of a struct of parameters holds its scalar in a type that has no shape

#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>
#include <map>

template <class S>
using by_name = std::map<int, S>;
template <class S>
struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters<S>, (S, a), (by_name<S>, b));
};

int main() {
  auto const f = [](auto const& p) { return p.a * p.b.at(0); };
  (void)duet::hessian(f, parameters<double>{1, {{0, 2.0}}});
}
