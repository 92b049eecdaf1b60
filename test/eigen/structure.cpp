// Structs, tuples and pairs as shapes.

#include <catch.hpp>

#include "../driver/shapes.hpp"

using namespace shapes;

namespace {

// Described from outside; its fields are counted as they are described.
template <class S>
struct spring {
  S stiffness, length;
  bool broken;
};

template <class X>
Eigen::VectorXd entries_of(X const& x) {
  Eigen::VectorXd all(static_cast<Eigen::Index>(duet::size_of(x)));
  for (std::size_t i = 0; i < duet::size_of(x); ++i) all[static_cast<Eigen::Index>(i)] = duet::shape<X>::entry(x, i);
  return all;
}

// Entries by number and by place are the same objects, in order.
template <class X>
void places_are_entries(X const& x) {
  std::size_t next = 0;
  duet::for_each_place(x, [&](auto i) {
    CHECK(std::size_t{i} == next);
    CHECK(&duet::shape<X>::entry(x, i) == &duet::shape<X>::entry(x, next));
    ++next;
  });
  CHECK(next == duet::size_of(x));
}

}  // namespace

template <class S>
struct boost::hana::accessors_impl<spring<S>> {
  static constexpr auto apply() {
    return make_tuple(make_pair(BOOST_HANA_STRING("length"), [](auto& s) -> auto& { return s.length; }),
                      make_pair(BOOST_HANA_STRING("broken"), [](auto& s) -> auto& { return s.broken; }),
                      make_pair(BOOST_HANA_STRING("stiffness"), [](auto& s) -> auto& { return s.stiffness; }));
  }
};

TEST_CASE("structure: entries are the fields' entries, in order", "[structure]") {
  static_assert(duet::static_size_of<model<double>> == 13);
  static_assert(duet::static_size_of<series<double>> == duet::dynamic);
  static_assert(std::is_same_v<duet::lifted_t<model<double>, float>, model<float>>);
  static_assert(std::is_same_v<duet::entry_t<series<float>>, float>);
  auto const p = a_model();
  auto const q = a_series();
  CHECK(entries_of(p) == numbers(entries));
  CHECK(entries_of(q) == numbers(9));
  places_are_entries(p);
  places_are_entries(q);
  places_are_entries(std::pair(p, std::tuple(1.0, q)));
}

TEST_CASE("structure: made anew, with what holds no entry carried along", "[structure]") {
  auto const q = a_series();
  auto const twice = duet::shape<series<double>>::make<float>(
      q, [&](auto i) { return static_cast<float>(2 * duet::shape<series<double>>::entry(q, i)); });
  static_assert(std::is_same_v<decltype(twice), series<float> const>);
  CHECK(twice.rates[1] == static_cast<float>(2 * q.rates[1]));
  CHECK(twice.A.rows() == 2);
  CHECK(twice.power == 2);

  // in place: with other sizes, then without taking memory
  auto larger = q;
  larger.rates.assign(5, 0.25);
  larger.power = 7;
  series<double> target = q;
  for (int round = 0; round < 2; ++round) {
    double const* const before = target.rates.data();
    duet::remake<false>(target, larger, [&](auto i) { return duet::shape<series<double>>::entry(larger, i); });
    CHECK(target.rates == larger.rates);
    CHECK(target.power == 7);
    if (round == 1) CHECK(target.rates.data() == before);
  }
  CHECK(duet::same_sizes(target, larger));
  CHECK_FALSE(duet::same_sizes(target, q));
}

TEST_CASE("structure: set_entries writes a range, across empty fields", "[structure]") {
  auto q = a_series();
  q.rates.clear();
  duet::set_entries(q, [](auto i) { return static_cast<double>(std::size_t{i}); });
  CHECK(entries_of(q) == Eigen::VectorXd::LinSpaced(6, 0, 5));
  duet::set_entries(q, 1, 3, [](auto i) { return -static_cast<double>(std::size_t{i}); });
  CHECK(entries_of(q) == (Eigen::VectorXd(6) << 0, -1, -2, -3, 4, 5).finished());
  auto p = a_model();
  duet::set_entries(p, 5, 4, [](auto) { return 9.0; });
  Eigen::VectorXd expected = numbers(entries);
  expected.segment(5, 4).setConstant(9);
  CHECK(entries_of(p) == expected);
}

TEST_CASE("structure: a struct described from outside", "[structure]") {
  spring<double> const s{3, 2, true};
  auto const g = duet::gradient([](auto const& t) { return 0.5 * t.stiffness * t.length * t.length; }, s);
  CHECK(g.stiffness == 2);
  CHECK(g.length == 6);
  CHECK(g.broken);
  CHECK(entries_of(s) == Eigen::Vector2d(2, 3));
}

TEST_CASE("structure: which structs are points", "[structure]") {
  static_assert(duet::point<model<double>>);
  static_assert(duet::point<model<duet::dual<double, 2>>>);
  static_assert(!duet::point<layer<int>>);
  static_assert(!duet::point<std::pair<double, float>>);
  static_assert(!duet::point<std::tuple<>>);
  static_assert(duet::carries<model<double>>);
  static_assert(!duet::carries<std::pair<double, vector2<double>>>);
  SUCCEED();
}
