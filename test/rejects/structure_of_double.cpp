// expect: duet: a struct of parameters is a class template whose one type parameter is its scalar

#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>

struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (double, a), (double, b));
};

int main() {
  auto const f = [](auto const& p) { return p.a * p.b; };
  (void)duet::gradient(f, parameters{1, 2});
}
