// What holds of the scalars as types. Compiling is the test.

#include <Eigen/Core>
#include <boost/multiprecision/cpp_bin_float.hpp>
#include <duet/duet.hpp>
#include <string>

namespace {

using duet::dual, duet::var;
using product = decltype(std::declval<dual<>>() * std::declval<dual<>>());
using record = decltype(std::declval<var<>>() * std::declval<var<>>());

template <class S>
inline constexpr bool is_a_plain_value = std::is_trivially_copyable_v<S> && std::is_default_constructible_v<S> &&
                                         std::is_copy_assignable_v<S> && std::regular<S>;

static_assert(is_a_plain_value<dual<>>);
static_assert(is_a_plain_value<dual<float, 3>>);
static_assert(is_a_plain_value<dual<double, 8>>);
static_assert(is_a_plain_value<dual<double, 300>>);
static_assert(is_a_plain_value<dual<dual<double, 4>, 2>>);
static_assert(is_a_plain_value<var<>>);
static_assert(is_a_plain_value<var<dual<double, 2>>>);
static_assert(std::regular<dual<double, duet::dynamic>>);
static_assert(std::is_nothrow_move_constructible_v<dual<double, duet::dynamic>>);

static_assert(sizeof(var<>) == 16);
static_assert(sizeof(dual<>) == 16);
static_assert(sizeof(dual<float, 1>) == 8);

// Numbers come in, and nothing goes out: no derivative is lost without a word.
template <class S>
inline constexpr bool takes_every_number =
    std::is_convertible_v<int, S> && std::is_convertible_v<unsigned long long, S> && std::is_convertible_v<bool, S> &&
    std::is_convertible_v<float, S> && std::is_convertible_v<double, S> && std::is_convertible_v<long double, S>;
template <class S>
inline constexpr bool gives_no_number =
    !std::is_constructible_v<double, S> && !std::is_constructible_v<float, S> && !std::is_constructible_v<int, S> &&
    !std::is_constructible_v<bool, S> && !std::is_assignable_v<double&, S>;

static_assert(takes_every_number<dual<>> && gives_no_number<dual<>>);
static_assert(takes_every_number<dual<float, 2>> && gives_no_number<dual<float, 2>>);
static_assert(takes_every_number<dual<double, duet::dynamic>> && gives_no_number<dual<double, duet::dynamic>>);
static_assert(takes_every_number<var<>> && gives_no_number<var<>>);
static_assert(takes_every_number<dual<dual<>>> && gives_no_number<dual<dual<>>>);
static_assert(gives_no_number<product> && gives_no_number<record>);

static_assert(!std::is_constructible_v<dual<>, std::string>);
static_assert(!std::is_constructible_v<dual<>, char const*>);
static_assert(!std::is_constructible_v<var<>, int*>);
static_assert(!std::is_convertible_v<dual<double, 2>, dual<double, 3>>);
static_assert(!std::is_convertible_v<dual<>, var<>> && !std::is_convertible_v<var<>, dual<>>);

// Levels: a number of a level below is a constant, one of a level above is not.
static_assert(std::is_convertible_v<dual<>, dual<dual<>>> && !std::is_convertible_v<dual<dual<>>, dual<>>);
static_assert(std::is_convertible_v<dual<>, var<dual<>>> && !std::is_convertible_v<var<dual<>>, dual<>>);
static_assert(duet::nesting<double> == 0 && duet::nesting<dual<>> == 1 && duet::nesting<var<dual<double, 2>>> == 2);
static_assert(std::is_same_v<duet::passive_of_t<var<dual<float, 2>>>, float>);

template <class A, class B>
concept multiply = requires(A a, B b) { a* b; };
static_assert(multiply<dual<>, dual<>> && multiply<dual<>, int> && multiply<long double, dual<>>);
static_assert(multiply<dual<dual<>>, dual<>> && multiply<double, dual<dual<>>>);
static_assert(duet::scalars_of_two_kinds<dual<double, 2>, dual<double, 3>>);  // refused in test/rejects
static_assert(duet::scalars_of_two_kinds<dual<>, var<>>);
static_assert(!duet::scalars_of_two_kinds<dual<>, dual<>> && !duet::scalars_of_two_kinds<dual<dual<>>, dual<>>);
static_assert(!multiply<dual<>, std::string> && !multiply<dual<>, int*>);

static_assert(std::is_same_v<std::common_type_t<product, dual<>>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<dual<>, product>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<product, double>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<int, product>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<dual<>, double>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<float, dual<>>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<product, decltype(std::declval<dual<>>() + 1)>, dual<>>);
static_assert(std::is_same_v<std::common_type_t<record, var<>>, var<>>);
static_assert(std::is_same_v<std::common_type_t<record, int>, var<>>);
static_assert(std::is_same_v<std::common_type_t<var<>, double>, var<>>);

static_assert(duet::active<dual<>> && duet::active<product> && duet::active<record const&>);
static_assert(!duet::active<double> && !duet::active<Eigen::VectorXd>);
static_assert(std::is_same_v<duet::scalar_of_t<product>, dual<>>);
static_assert(std::is_same_v<duet::scalar_of_t<double>, double>);

// Static duals work while compiling.
constexpr double slope_at(double v) {
  auto const x = dual<>::independent(v, 0);
  dual<> y = x * x * x - 2 * x;
  y += x;
  y = y * 2.0;
  return y.partial(0);
}
static_assert(slope_at(2.0) == 2 * (3 * 4.0 - 1));

}  // namespace
