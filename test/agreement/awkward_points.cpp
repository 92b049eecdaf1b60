// One convention at awkward points, in every mode: derivatives where a slope is infinite, a kink or a tie lies, or the
// value is NaN. The tables of doc/reference.md are printed here, so that they say what is true.

#include <boost/mp11/algorithm.hpp>
#include <catch.hpp>
#include <duet/duet.hpp>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

namespace {

constexpr double inf = duet::infinity;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

using numbers = std::vector<double>;

struct outcome {
  double value;
  numbers gradient;
};

// cut(e) is e in the version of one statement, and a scalar in the one of several.
constexpr auto whole = [](auto const& e) { return e; };
constexpr auto in_parts = [](auto const& e) { return duet::evaluated(e); };

// f(x, y, cut) as a function of one vector; y exists if the vector has two entries.
template <class F, class Cut>
auto of_vector(F const& f, Cut const& cut) {
  return [&f, &cut](auto const& p) {
    using S = std::decay_t<decltype(p[0])>;
    return S(f(p[0], p[p.size() - 1], cut));
  };
}

template <class T>
outcome plain_numbers(T const& value, std::vector<T> const& gradient) {
  outcome result{static_cast<double>(duet::value(value)), {}};
  for (T const& g : gradient) result.gradient.push_back(static_cast<double>(duet::value(g)));
  return result;
}

template <class T, class F>
outcome by_dual(F const& f, std::vector<T> const& at) {
  using S = duet::dual<T, 2>;
  std::vector<S> x;
  for (T const& number : at) x.push_back(S::independent(number, x.size()));
  S const y = f(x);
  std::vector<T> gradient;
  for (std::size_t i = 0; i < at.size(); ++i) gradient.push_back(y.partial(i));
  return plain_numbers(y.value(), gradient);
}

template <class T, class F>
outcome by_tape(F const& f, std::vector<T> const& at) {
  duet::tape<T> t;
  duet::recording scope(t);
  std::vector<duet::var<T>> x;
  for (T const& number : at) x.push_back(t.independent(number));
  duet::var<T> const y = f(x);
  t.reverse(y);
  std::vector<T> gradient;
  for (auto const& input : x) gradient.push_back(t.adjoint(input));
  return plain_numbers(y.value(), gradient);
}

// The first of two equal rows, swept side by side.
template <class T, class F>
outcome by_lanes(F const& f, std::vector<T> const& at) {
  auto const twice = [&](auto const& x) { return std::vector{f(x), f(x)}; };
  auto const [value, jacobian] = duet::value_and_jacobian(duet::reverse, twice, at);
  std::vector<T> gradient;
  for (Eigen::Index i = 0; i < jacobian.cols(); ++i) gradient.push_back(jacobian(0, i));
  return plain_numbers(value[0], gradient);
}

template <class T, class Mode, class F>
outcome by_gradient(Mode chosen, F const& f, std::vector<T> const& at) {
  auto const [value, gradient] = duet::value_and_gradient(chosen, f, at);
  return plain_numbers(value, gradient);
}

// Direction by direction.
template <class T, class Mode, class F>
outcome by_jvp(Mode chosen, F const& f, std::vector<T> const& at) {
  T value{};
  std::vector<T> gradient;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::vector<T> direction(at.size());
    direction[i] = T(1);
    auto const along = duet::value_and_jvp(chosen, f, at, direction);
    value = along.value;
    gradient.push_back(along.tangent);
  }
  return plain_numbers(value, gradient);
}

template <class T, class Mode, class F>
outcome by_vjp(Mode chosen, F const& f, std::vector<T> const& at) {
  auto const [value, adjoint] = duet::value_and_vjp(chosen, f, at, T(1));
  return plain_numbers(value, adjoint);
}

using outcomes = std::vector<std::pair<std::string, outcome>>;

template <class T, class F>
void by_all_modes(std::string const& precision, F const& f, numbers const& point, outcomes& all) {
  std::vector<T> const at(point.begin(), point.end());
  all.emplace_back(precision + " dual", by_dual(f, at));
  all.emplace_back(precision + " tape", by_tape(f, at));
  all.emplace_back(precision + " lanes", by_lanes(f, at));
  all.emplace_back(precision + " gradient, forward", by_gradient(duet::forward, f, at));
  all.emplace_back(precision + " gradient, reverse", by_gradient(duet::reverse, f, at));
  all.emplace_back(precision + " jvp, forward", by_jvp(duet::forward, f, at));
  all.emplace_back(precision + " jvp, reverse", by_jvp(duet::reverse, f, at));
  all.emplace_back(precision + " vjp, forward", by_vjp(duet::forward, f, at));
  all.emplace_back(precision + " vjp, reverse", by_vjp(duet::reverse, f, at));
}

template <class F>
outcomes in_every_mode(F const& f, numbers const& point) {
  outcomes all;
  auto const run = [&](std::string const& statements, auto const& cut) {
    auto const g = of_vector(f, cut);
    by_all_modes<double>(statements + "double", g, point, all);
    by_all_modes<float>(statements + "float", g, point, all);
    std::vector<duet::dual<>> const nested(point.begin(), point.end());
    all.emplace_back(statements + "dual of dual", by_dual(g, nested));
    all.emplace_back(statements + "tape of dual", by_tape(g, nested));
  };
  run("one statement, ", whole);
  run("several statements, ", in_parts);
  return all;
}

struct row {
  std::string what, expression;
  numbers at;
  outcome expected;
  std::string why;
  std::function<outcomes(numbers const&)> evaluate;
};

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

// The text of an expression in x and y, and what evaluates it.
#define EXPRESSION(...)                                                                     \
  without_cuts(#__VA_ARGS__), [](numbers const& point) {                                    \
    auto const f = [](auto const& x, [[maybe_unused]] auto const& y,                        \
                      [[maybe_unused]] auto const& cut) { return cut(__VA_ARGS__); };       \
    return in_every_mode(f, point);                                                         \
  }

using evaluation = std::function<outcomes(numbers const&)>;

std::vector<row> const& rows() {
  static std::vector<row> const all = [] {
    std::vector<row> list;
    std::string what, why;
    auto const about = [&](std::string const& new_what, std::string const& new_why) { what = new_what, why = new_why; };
    auto const add = [&](std::string const& expression, evaluation const& f, numbers const& at, double value,
                         numbers const& gradient) {
      list.push_back({what, expression, at, {value, gradient}, why, f});
      what = why = "";
    };

    about("a zero times an infinite slope", "what does not move stays");
    add(EXPRESSION(sqrt(cut(x * x))), {0}, 0, {0});
    add(EXPRESSION(sqrt(cut(0 * x))), {0.5}, 0, {0});
    add(EXPRESSION(log(cut(0 * x))), {0.5}, -inf, {0});
    add(EXPRESSION(hypot(x, cut(0 * x))), {0}, 0, {0});
    add(EXPRESSION(exp(cut(-1 / cut(x * x)))), {0}, 0, {0});
    add(EXPRESSION(1 / cut(1 + exp(-x))), {-800}, 0, {0});
    add(EXPRESSION(sigmoid(x)), {-800}, 0, {0});
    about("a zero times a slope that is NaN", "what does not move stays");
    add(EXPRESSION(pow(x, cut(3 + 0 * y))), {-2, 5}, -8, {12, 0});
    about("abs at 0", "smallest subgradient");
    add(EXPRESSION(abs(x)), {0}, 0, {0});
    about("roots and logarithms at 0, moving", "true, from the right");
    add(EXPRESSION(sqrt(x)), {0}, 0, {inf});
    add(EXPRESSION(sqrt(cut(-x))), {0}, 0, {-inf});
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
    add(EXPRESSION(x == 2 ? cut(cut(3 * x) + 0) : cut(cut(x * x) + 0)), {2}, 6, {3});
    return list;
  }();
  return all;
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }
bool same(outcome const& a, outcome const& b) {
  return same(a.value, b.value) && std::equal(a.gradient.begin(), a.gradient.end(), b.gradient.begin(), b.gradient.end(),
                                              [](double p, double q) { return same(p, q); });
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
    table += "| " + r.what + " | `" + r.expression + "` | " + text_of(r.at) + " | " + text_of(r.expected.value) + " | " +
             text_of(r.expected.gradient) + " | " + r.why + " |\n";
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
      "| rule | operands | domain | slope can be infinite | second derivatives that vanish always |\n|---|---|---|---|---|\n";
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
             (R::infinite_slope ? "yes" : "no") + " | " + (all ? "all" : vanishing.empty() ? "none" : vanishing) + " |\n";
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

TEST_CASE("at awkward points one convention holds in all modes, in one statement and in several, in double and in float") {
  for (row const& r : rows())
    for (auto const& [mode, got] : r.evaluate(r.at)) {
      INFO(r.expression << " at " << text_of(r.at) << ", " << mode << ": value " << got.value << ", derivative "
                        << text_of(got.gradient) << "; expected " << r.expected.value << ", "
                        << text_of(r.expected.gradient));
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
