// expect: duet: a struct of parameters is a class template whose one type parameter is its scalar

#include <boost/hana/define_struct.hpp>
#include <duet/duet.hpp>

template <class S, class Label>
struct parameters {
  BOOST_HANA_DEFINE_STRUCT(parameters, (S, a), (Label, label));
};

int main() {
  auto const f = [](auto const& p) { return p.a * p.a; };
  (void)duet::gradient(f, parameters<double, int>{1, 2});
}
