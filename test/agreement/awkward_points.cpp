// One convention at awkward points, in every mode: derivatives where a slope is infinite, a kink or a tie lies, or the
// value is NaN. The tables of doc/reference.md are printed here, so that they say what is true.

#include <array>
#include <boost/mp11/algorithm.hpp>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

namespace {

constexpr double inf = duet::infinity;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using numbers = std::vector<double>;

struct outcome {
  double value;
  numbers gradient;
};

// f(x, y) for every scalar that a mode asks for; the modes are compiled once for all functions.
template <class... S>
struct function_for {
  std::tuple<S (*)(S const&, S const&)...> pointers;

  template <class Scalar>
  Scalar operator()(std::array<Scalar, 2> const& p) const {
    return std::get<Scalar (*)(Scalar const&, Scalar const&)>(pointers)(p[0], p[1]);
  }
};
// What drivers evaluate f on first, and again where a derivative is not finite.
template <std::size_t N>
using first = duet::dual<double, N, duet::unguarded<void>>;
template <std::size_t N>
using again = duet::careful<double, N, 1, void>;

// Sanitizers make each of these functions slow to compile: they get the scalars that matter most.
#if !DUET_SANITIZED
constexpr bool all_scalars = true;
using function = function_for<duet::dual<double, 2>, first<2>, again<2>, duet::var<double>, duet::dual<double, 1>,
                              first<1>, again<1>, duet::dual<double, duet::dynamic>, duet::dual<float, 2>,
                              duet::var<float>, duet::dual<duet::dual<>, 2>, duet::var<duet::dual<>>>;
#else
constexpr bool all_scalars = false;
using function = function_for<duet::dual<double, 2>, first<2>, again<2>, duet::var<double>>;
#endif

// Drivers get a callable that captures nothing: the scalars of others carry its type, and there is no pointer for them.
template <class Function>
struct current_function {
  inline static thread_local Function const* f = nullptr;
  auto operator()(auto const& p) const { return (*f)(p); }
};
template <class Function>
current_function<Function> without_captures(Function const& f) {
  current_function<Function>::f = &f;
  return {};
}

// cut(e) is e in the version of one statement, and a scalar in the one of several.
struct whole {
  auto operator()(auto const& e) const { return e; }
};
struct in_parts {
  auto operator()(auto const& e) const { return duet::evaluated(e); }
};

template <class F, class Cut, class... S>
function_for<S...> erased(std::type_identity<function_for<S...>>) {
  return {{[](S const& x, S const& y) { return S(F{}(x, y, Cut{})); }...}};
}

// ---- the modes, for one function of two numbers ----

template <class T>
using pair_of = std::array<T, 2>;

template <class T, class G>
outcome outcome_of(T const& value, G const& gradient) {
  return {static_cast<double>(duet::value(value)),
          {static_cast<double>(duet::value(gradient[0])), static_cast<double>(duet::value(gradient[1]))}};
}

template <class T>
outcome by_dual(function const& f, pair_of<T> const& at) {
  using S = duet::dual<T, 2>;
  duet::forward_scope<T> scope;
  S const y = f(pair_of<S>{S::independent(at[0], 0), S::independent(at[1], 1)});
  return outcome_of(y.value(), pair_of<T>{y.partial(0), y.partial(1)});
}

template <class T>
outcome by_dynamic_dual(function const& f, pair_of<T> const& at) {
  using S = duet::dual<T, duet::dynamic>;
  duet::forward_scope<T> scope;
  S const y = f(pair_of<S>{S::independent(at[0], 0, 2), S::independent(at[1], 1, 2)});
  return outcome_of(y.value(), pair_of<T>{y.partial(0), y.partial(1)});
}

template <class T>
outcome by_tape(function const& f, pair_of<T> const& at) {
  duet::tape<T> t;
  duet::recording scope(t);
  pair_of<duet::var<T>> const x{t.independent(at[0]), t.independent(at[1])};
  duet::var<T> const y = f(x);
  t.reverse(y);
  return outcome_of(y.value(), pair_of<T>{t.adjoint(x[0]), t.adjoint(x[1])});
}

// One of two equal rows, swept side by side.
template <class T>
outcome by_lanes(function const& f, pair_of<T> const& at) {
  using once = decltype(without_captures(f));
  auto const twice = [](auto const& x) { return std::array{once{}(x), once{}(x)}; };
  without_captures(f);
  auto const [value, jacobian] = duet::value_and_jacobian(duet::reverse, twice, at);
  return outcome_of(value[1], pair_of<T>{jacobian(1, 0), jacobian(1, 1)});
}

template <class T, class Mode>
outcome by_gradient(Mode chosen, function const& f, pair_of<T> const& at) {
  auto const [value, gradient] = duet::value_and_gradient(chosen, without_captures(f), at);
  return outcome_of(value, gradient);
}

template <class T, class Mode>
outcome by_jvp(Mode chosen, function const& f, pair_of<T> const& at) {
  auto const along_x = duet::value_and_jvp(chosen, without_captures(f), at, pair_of<T>{1, 0});
  auto const along_y = duet::value_and_jvp(chosen, without_captures(f), at, pair_of<T>{0, 1});
  return outcome_of(along_x.value, pair_of<T>{along_x.tangent, along_y.tangent});
}

template <class T, class Mode>
outcome by_vjp(Mode chosen, function const& f, pair_of<T> const& at) {
  auto const [value, adjoint] = duet::value_and_vjp(chosen, without_captures(f), at, T(1));
  return outcome_of(value, adjoint);
}

struct named_outcome {
  std::string mode;
  outcome got;
};

template <class T>
void by_scalars(std::string const& name, function const& f, pair_of<T> const& at, std::vector<named_outcome>& all) {
  all.push_back({name + "dual", by_dual(f, at)});
  all.push_back({name + "tape", by_tape(f, at)});
}

// T is double, and a template parameter so that what is left out is not compiled.
template <class T>
void by_all_modes(std::string const& name, function const& f, pair_of<T> const& at, std::vector<named_outcome>& all) {
  by_scalars(name, f, at, all);
  all.push_back({name + "tape, eight lanes", by_lanes(f, at)});
  all.push_back({name + "gradient, forward", by_gradient(duet::forward, f, at)});
  all.push_back({name + "gradient, reverse", by_gradient(duet::reverse, f, at)});
  all.push_back({name + "jvp, reverse", by_jvp(duet::reverse, f, at)});
  all.push_back({name + "vjp, forward", by_vjp(duet::forward, f, at)});
  all.push_back({name + "vjp, reverse", by_vjp(duet::reverse, f, at)});
  if constexpr (all_scalars) {
    all.push_back({name + "jvp, forward", by_jvp(duet::forward, f, at)});
    all.push_back({name + "dual of run-time size", by_dynamic_dual(f, at)});
    by_scalars(name + "float ", f, pair_of<float>{static_cast<float>(at[0]), static_cast<float>(at[1])}, all);
    by_scalars(name + "nested ", f, pair_of<duet::dual<T>>{at[0], at[1]}, all);
  }
}

struct row {
  std::string what, expression;
  numbers at;
  outcome expected;
  std::string why;
  function in_one_statement, in_several;
};

std::vector<named_outcome> in_every_mode(row const& r) {
  std::vector<named_outcome> all;
  pair_of<double> const at{r.at[0], r.at.back()};
  by_all_modes("one statement, ", r.in_one_statement, at, all);
  by_all_modes("several statements, ", r.in_several, at, all);
  return all;
}

// Takes the marks of statements out of the text of an expression.
std::string without_cuts(std::string text) {
  std::string const mark = "cut(";
  for (std::size_t at; (at = text.find(mark)) != text.npos;) {
    std::size_t end = at + mark.size();
    for (int depth = 1; depth != 0; ++end) depth += text[end] == '(' ? 1 : text[end] == ')' ? -1 : 0;
    text = text.substr(0, at) + text.substr(at + mark.size(), end - 1 - at - mark.size()) + text.substr(end);
  }
  return text;
}

struct expression_of_x_and_y {
  std::string text;
  function in_one_statement, in_several;
};
template <class F>
expression_of_x_and_y as_expression(std::string const& text, F) {
  std::type_identity<function> const scalars;
  return {without_cuts(text), erased<F, whole>(scalars), erased<F, in_parts>(scalars)};
}

// An expression of x and y (the scalars S) with its text; cut(...) marks what the version of several statements
// evaluates.
#define EXPRESSION(...)       \
  as_expression(#__VA_ARGS__, \
                []<class S>(S const& x, [[maybe_unused]] S const& y, auto const& cut) { return cut(__VA_ARGS__); })

std::vector<row> const& rows() {
  static std::vector<row> const all = [] {
    std::vector<row> list;
    std::string what, why;
    auto const about = [&](std::string const& new_what, std::string const& new_why) { what = new_what, why = new_why; };
    auto const add = [&](expression_of_x_and_y const& f, numbers const& at, double value, numbers const& gradient) {
      list.push_back({what, f.text, at, {value, gradient}, why, f.in_one_statement, f.in_several});
      what = why = "";
    };

    about("a zero times an infinite slope", "what does not move stays");
    add(EXPRESSION(sqrt(cut(x * x))), {0}, 0, {0});
    add(EXPRESSION(sqrt(cut(0 * x))), {0.5}, 0, {0});
    add(EXPRESSION(log(cut(0 * x))), {0.5}, -inf, {0});
    add(EXPRESSION(hypot(x, cut(0 * x))), {0}, 0, {0});
    add(EXPRESSION(exp(cut(-1 / (cut(x * x))))), {0}, 0, {0});
    add(EXPRESSION(1 / (cut(1 + exp(-x)))), {-800}, 0, {0});
    add(EXPRESSION(sigmoid(x)), {-800}, 0, {0});
    about("a zero times a slope that is NaN", "what does not move stays");
    add(EXPRESSION(pow(x, cut(3 + 0 * y))), {-2, 5}, -8, {12, 0});
    about("abs at 0", "smallest subgradient");
    add(EXPRESSION(abs(x)), {0}, 0, {0});
    about("roots and logarithms at 0, moving", "true, from the right");
    add(EXPRESSION(sqrt(x)), {0}, 0, {inf});
    add(EXPRESSION(sqrt(cut(-x))), {0}, -0.0, {-inf});
    add(EXPRESSION(cbrt(x)), {0}, 0, {inf});
    add(EXPRESSION(log(x)), {0}, -inf, {inf});
    add(EXPRESSION(xlogx(x)), {0}, 0, {-inf});
    about("lengths at 0", "smallest subgradient");
    add(EXPRESSION(hypot(x, y)), {0, 0}, 0, {0, 0});
    add(EXPRESSION(norm(std::vector{x, y})), {0, 0}, 0, {0, 0});
    about("powers at 0", "x^0 is the constant 1");
    add(EXPRESSION(pow(x, 0)), {0}, 1, {0});
    about("", "0^y falls from 1 to 0: in the exponent the slope is true");
    add(EXPRESSION(pow(x, y)), {0, 0}, 1, {0, -inf});
    about("powers of a negative base", "the exponent cannot move");
    add(EXPRESSION(pow(x, 3)), {-2}, -8, {12});
    add(EXPRESSION(pow(x, y)), {-2, 3}, -8, {12, nan});
    about("relu at 0", "smallest subgradient");
    add(EXPRESSION(relu(x)), {0}, 0, {0});
    about("no value, or no slope, makes sense", "");
    add(EXPRESSION(atan2(x, y)), {0, 0}, 0, {nan, nan});
    add(EXPRESSION(x / x), {0}, nan, {nan});
    add(EXPRESSION(log(x)), {-1}, nan, {nan});
    add(EXPRESSION(sqrt(x)), {-1}, nan, {nan});
    about("ties", "one branch is differentiated: the first");
    add(EXPRESSION(min(x, y)), {1, 1}, 1, {1, 0});
    add(EXPRESSION(max(x, y)), {1, 1}, 1, {1, 0});
    add(EXPRESSION(fmin(x, y)), {1, 1}, 1, {1, 0});
    add(EXPRESSION(fmax(x, y)), {1, 1}, 1, {1, 0});
    about("a NaN that is ignored", "as the value");
    add(EXPRESSION(fmax(x, y)), {nan, 2}, 2, {0, 1});
    add(EXPRESSION(fmin(x, y)), {2, nan}, 2, {1, 0});
    about("clamp on a bound", "inside, it moves");
    add(EXPRESSION(clamp(x, 0, 1)), {1}, 1, {1});
    about("steps", "flat beside them");
    add(EXPRESSION(floor(x)), {2}, 2, {0});
    add(EXPRESSION(ceil(x)), {2}, 2, {0});
    add(EXPRESSION(trunc(x)), {-1.5}, -1, {0});
    add(EXPRESSION(round(x)), {2.5}, 3, {0});
    about("remainders", "1 and minus the quotient, rounded as the function rounds it");
    add(EXPRESSION(fmod(x, y)), {7.5, 2}, 1.5, {1, -3});
    add(EXPRESSION(fmod(x, y)), {-7.5, 2}, -1.5, {1, 3});
    add(EXPRESSION(remainder(x, y)), {7.5, 2}, -0.5, {1, -4});
    about("copysign", "1 if both signs agree, else -1; 0 counts as positive");
    add(EXPRESSION(copysign(x, y)), {-3, 2}, 3, {-1, 0});
    add(EXPRESSION(copysign(x, y)), {-3, -2}, -3, {1, 0});
    add(EXPRESSION(copysign(x, y)), {0, -2}, -0.0, {-1, 0});
    about("a branch", "the one taken");
    add(EXPRESSION(x == 2.0 ? S(3 * x) : S(x * x)), {2}, 6, {3});
    return list;
  }();
  return all;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
// In the inputs that the row speaks of.
bool same(outcome const& got, outcome const& expected) {
  bool equal = same(got.value, expected.value) && std::signbit(got.value) == std::signbit(expected.value);
  equal = equal || (std::isnan(got.value) && std::isnan(expected.value));
  for (std::size_t i = 0; i < expected.gradient.size(); ++i)
    equal = equal && same(got.gradient[i], expected.gradient[i]);
  return equal;
}

std::string text_of(double x) {
  if (std::isnan(x)) return "NaN";
  if (std::isinf(x)) return x > 0 ? "+inf" : "-inf";
  std::ostringstream text;
  text << x;
  return text.str();
}
std::string text_of(numbers const& x) {
  std::string text;
  for (double number : x) text += (text.empty() ? "" : ", ") + text_of(number);
  return x.size() == 1 ? text : "(" + text + ")";
}

std::string awkward_points_table() {
  std::string table = "| case | f | at | value | derivative | why |\n|---|---|---|---|---|---|\n";
  for (row const& r : rows())
    table += "| " + r.what + " | `" + r.expression + "` | " + text_of(r.at) + " | " + text_of(r.expected.value) +
             " | " + text_of(r.expected.gradient) + " | " + r.why + " |\n";
  return table;
}

// ---- the table of rules ----

template <class R>
std::vector<duet::interval> domains_of() {
  if constexpr (std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>)
    return {R::domain};
  else
    return {R::domain.begin(), R::domain.end()};
}

std::string text_of(duet::interval const& i) {
  if (i.lower == -inf && i.upper == inf) return "real";
  if (i.upper == inf) return "at least " + text_of(i.lower);
  return text_of(i.lower) + " to " + text_of(i.upper);
}

template <class... D>
std::vector<bool> which_are_zero(duet::partials<D...> const&) {
  return {std::is_same_v<D, duet::zero>...};
}
template <class D>
std::vector<bool> which_are_zero(D const&) {
  return {std::is_same_v<D, duet::zero>};
}
template <class R>
std::vector<bool> second_derivatives_that_vanish() {
  double const x = 0.5, y = 0.5;  // only types matter
  if constexpr (std::is_same_v<std::remove_const_t<decltype(R::domain)>, duet::interval>)
    return which_are_zero(R::second(x, y, 0.5));
  else if constexpr (R::domain.size() == 2)
    return which_are_zero(R::second(x, 1.0, y));
  else
    return which_are_zero(R::second(x, 0.25, 1.0, y));
}

std::string rules_table() {
  std::string table =
      "| rule | operands | domain | slope can be infinite | second derivatives that vanish always "
      "|\n|---|---|---|---|---|\n";
  boost::mp11::mp_for_each<duet::rules::all>([&]<class R>(R) {
    auto const domains = domains_of<R>();
    std::string domain, vanishing;
    for (auto const& d : domains) domain += (domain.empty() ? "" : ", ") + text_of(d);
    auto const zeros = second_derivatives_that_vanish<R>();
    std::size_t entry = 0;
    for (std::size_t k = 0; k < domains.size(); ++k)
      for (std::size_t l = k; l < domains.size(); ++l)
        if (zeros[entry++]) vanishing += (vanishing.empty() ? "" : ", ") + std::string{"abc"[k], "abc"[l]};
    bool const all = std::find(zeros.begin(), zeros.end(), false) == zeros.end();
    table += "| `" + std::string(R::name) + "` | " + std::to_string(domains.size()) +
             (duet::parameter_count<R> == 0 ? "" : ", the last passive") + " | " + domain + " | " +
             (R::infinite_slope ? "yes" : "no") + " | " +
             (all                 ? "all"
              : vanishing.empty() ? "none"
                                  : vanishing) +
             " |\n";
  });
  return table;
}

// What doc/reference.md has between two comments.
std::string section_of_reference(std::string const& name) {
  auto const path = std::filesystem::path(__FILE__).parent_path() / ".." / ".." / "doc" / "reference.md";
  std::ifstream file(path);
  INFO(path);
  REQUIRE(file);
  std::string const text{std::istreambuf_iterator<char>(file), {}};
  std::string const begin = "<!-- " + name + ": begin -->\n", end = "<!-- " + name + ": end -->";
  auto const first = text.find(begin), last = text.find(end);
  INFO(begin + end);
  REQUIRE(first != text.npos);
  REQUIRE(last != text.npos);
  return text.substr(first + begin.size(), last - first - begin.size());
}

}  // namespace

TEST_CASE(
    "at awkward points one convention holds in all modes, in one statement and in several, in double and in float") {
  for (row const& r : rows())
    for (auto const& [mode, got] : in_every_mode(r)) {
      INFO(r.expression << " at " << text_of(r.at) << ", " << mode << ": value " << text_of(got.value)
                        << ", derivative " << text_of(got.gradient) << "; expected " << text_of(r.expected.value)
                        << ", " << text_of(r.expected.gradient));
      CHECK(same(got, r.expected));
    }
}

TEST_CASE("the table of awkward points in the reference is the one that the tests check") {
  auto const table = awkward_points_table();
  INFO("Between the comments <!-- awkward points: begin/end --> it should say\n" << table);
  CHECK((section_of_reference("awkward points") == table));
}

TEST_CASE("the table of rules in the reference is printed from rules::all") {
  auto const table = rules_table();
  INFO("Between the comments <!-- rules: begin/end --> it should say\n" << table);
  CHECK((section_of_reference("rules") == table));
}
