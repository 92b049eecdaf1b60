#pragma once

// map_entries(f, x, y, ...): f of the entries of arrays, one after another as f(x[k], y[k], ...), in SIMD lanes; and
// sum_entries, their sum. With variables one entry of the tape for all of them, which holds the local Jacobians.

#include <duet/batch/entries_arguments.hpp>
#include <duet/batch/entries_in_strips.hpp>
#include <duet/batch/entries_node.hpp>
#include <duet/batch/lanes_math.hpp>
#include <duet/kernel/kernel.hpp>

namespace duet {

namespace entries_detail {

template <class X, class S>
struct result_array {
  using type = lifted_t<X, S>;
  static DUET_INLINE void resize(type& result, X const& like) {
    if constexpr (eigen_dense<type>)
      result.resize(like.rows(), like.cols());
    else if constexpr (requires { result.resize(duet::size_of(like)); })
      result.resize(duet::size_of(like));
  }
  template <class Value>
  static DUET_INLINE void set(type& result, std::size_t k, Value const& value) {
    if constexpr (eigen_dense<type>) {
      auto const place = static_cast<Eigen::Index>(k);
      if constexpr (type::IsVectorAtCompileTime || !type::IsRowMajor)
        result.coeffRef(place) = value;
      else
        result.coeffRef(place % result.rows(), place / result.rows()) = value;
    } else {
      result[k] = value;
    }
  }
};

template <class S>
inline constexpr bool is_recorded_double = false;
template <class S>
  requires is_recorded<S>
inline constexpr bool is_recorded_double<S> = std::is_same_v<typename S::value_type, double>;

// f over readable arguments.
template <class F, bool Sum, class... X>
class evaluation {
  static constexpr std::size_t arguments = sizeof...(X);
  using S = symbolic::argument_scalar_t<typename entry_of<X>::type...>;
  using Graph = decltype(symbolic::expression<arguments>(F{}));
  static constexpr std::size_t outputs = Graph::outputs;
  static constexpr bool is_vector = Graph::list.columns == 0;
  using array = result_array<std::remove_cvref_t<decltype(first_array(std::declval<X const&>()...))>, S>;
  using output = std::conditional_t<Sum, S, typename array::type>;

 public:
  DUET_INLINE explicit evaluation(X const&... x) : x_(x...) {
    require_length(count(), x...);
    for (auto& each : results_)
      if constexpr (Sum)
        each = S(0);
      else
        array::resize(each, first_array(x...));
  }

  [[nodiscard]] auto run() {
    if constexpr (std::is_arithmetic_v<S>)
      values<S>([](S const& value, auto...) { return value; });
    else if constexpr (is_lanes_recorded)
      record();
    else
      one_by_one();
    if constexpr (is_vector)
      return std::move(results_);
    else
      return std::move(results_[0]);
  }

 private:
  static constexpr bool is_lanes_recorded = [] {
    if constexpr (is_recorded<S>)
      return std::is_arithmetic_v<typename S::value_type>;
    else
      return false;
  }();

  void one_by_one() {
    for (std::size_t k = 0; k < count(); ++k) {
      auto const y = with_arguments([&](auto const&... x) { return traced_kernel<F>()(S(entry(x, k))...); });
      auto const put = [&](std::size_t o, auto const& value) {
        if constexpr (Sum)
          results_[o] += value;
        else
          array::set(results_[o], k, value);
      };
      if constexpr (is_vector)
        for (std::size_t o = 0; o < outputs; ++o) put(o, y[o]);
      else
        put(0, y);
    }
  }

  // compute(k, inputs) gives all outputs of the entries from k on; make(value, output, entry) what is kept of each.
  template <class T, class Compute, class Make>
  DUET_INLINE void over_groups(Compute const& compute, Make const& make) {
    using E = lanes<T>;
    std::array<E, outputs> sums;
    std::array<T, outputs> rest{};
    for (auto& sum : sums) sum = E(0);
    for (std::size_t k = 0; k < count(); k += E::size()) {
      std::array<E, outputs> const y = compute(k, with_arguments([&](auto const&... x) DUET_INLINE_LAMBDA {
                                                 return std::array<E, arguments>{entries<E>(x, k, count())...};
                                               }));
      std::size_t const left = count() - k;
      for (std::size_t o = 0; o < outputs; ++o) {
        if (Sum && left >= E::size()) {
          sums[o] += y[o];
          continue;
        }
        std::array<T, E::size()> each;
        y[o].store(each.data());
        auto const put = [&](std::size_t l) DUET_INLINE_LAMBDA {
          if constexpr (Sum)
            rest[o] += each[l];
          else
            array::set(results_[o], k + l, make(each[l], o, k + l));
        };
        if (left >= E::size())
          for (std::size_t l = 0; l < E::size(); ++l) put(l);
        else
          for (std::size_t l = 0; l < E::size() && l < left; ++l) put(l);
      }
    }
    if constexpr (Sum)
      for (std::size_t o = 0; o < outputs; ++o) results_[o] = make(sum_of_lanes(sums[o]) + rest[o], o, std::size_t{0});
  }

  template <class T, class Make>
  void values(Make const& make) {
    over_groups<T>(
        [](std::size_t, auto const& inputs) DUET_INLINE_LAMBDA {
          if constexpr (is_vector)
            return Graph()(inputs);
          else
            return std::array{Graph()(inputs)};
        },
        make);
  }

  void record() {
    using T = typename S::value_type;
    using E = lanes<T>;
    using node = entries_detail::node<T, arguments, outputs, Sum>;
    header<arguments> h{count(), (count() + E::size() - 1) / E::size() * E::size(), {}};
    std::size_t bytes = sizeof h, k = 0;
    bool active = false;
    auto const place = [&](auto const& x) {
      auto& a = h.arguments[k++];
      a.places = places_of(x, count());
      a.partials = bytes;
      if (!a.places.active) return;
      active = true;
      bytes += outputs * h.padded * sizeof(T);
    };
    if (count() != 0) with_arguments([&](auto const&... x) { (place(x), ...); });
    if (!active) return values<T>([](T const& value, auto...) { return S(value); });

    std::size_t const partials_end = bytes;
    for (auto& a : h.arguments)
      if (a.places.listed) {
        a.places.list = bytes;
        bytes += count() * sizeof(tape_index);
      }
    std::size_t const all = outputs * (Sum ? 1 : count());
    tape<T>& on = recording_tape<T>();
    std::byte* const to = on.array_room(bytes, all);
    std::memcpy(to, &h, sizeof h);
    tape_index const first = on.next_index();
    over_groups<T>(
        [&](std::size_t at, auto const& inputs) DUET_INLINE_LAMBDA {
          auto const keep = [&](std::size_t o, auto const& row) DUET_INLINE_LAMBDA {
            for (std::size_t i = 0; i < arguments; ++i)
              if (h.arguments[i].places.active)
                packed<E>::write(to + h.arguments[i].partials + (o * h.padded + at) * sizeof(T), row[i]);
          };
          if constexpr (is_vector) {
            auto const y = symbolic::value_and_jacobian(Graph(), inputs);
            for (std::size_t o = 0; o < outputs; ++o) keep(o, y.jacobian[o]);
            return y.value;
          } else {
            auto const y = symbolic::value_and_gradient(Graph(), inputs);
            keep(0, y.gradient);
            return std::array{y.value};
          }
        },
        [&](T const& value, std::size_t o, std::size_t entry) DUET_INLINE_LAMBDA {
          return S::recorded(value, first + static_cast<tape_index>(Sum ? o : o * count() + entry));
        });
    k = 0;
    auto const list = [&]<class A>(A const& x) {
      auto const& a = h.arguments[k++];
      if constexpr (is_recorded<typename entry_of<A>::type>)
        if (a.places.listed)
          for (std::size_t e = 0; e < count(); ++e) set_payload_entry(to + a.places.list, e, entry(x, e).index());
    };
    with_arguments([&](auto const&... x) { (list(x), ...); });
    bool finite = true;
    if constexpr (symbolic::has_infinite_slope<typename Graph::name>)
      finite = duet::payload_is_finite<T>(to + sizeof h, (partials_end - sizeof h) / sizeof(T));
    on.template array<node>(bytes, all, finite);
  }

  template <class Use>
  DUET_INLINE decltype(auto) with_arguments(Use const& use) const {
    return [&]<std::size_t... I>(std::index_sequence<I...>) DUET_INLINE_LAMBDA -> decltype(auto) {
      return use(std::get<I>(x_)...);
    }(std::index_sequence_for<X...>{});
  }
  [[nodiscard]] DUET_INLINE std::size_t count() const {
    return with_arguments([](auto const&... x) DUET_INLINE_LAMBDA { return length(first_array(x...)); });
  }

  std::tuple<X const&...> x_;
  std::array<output, outputs> results_;
};

// Arguments of entries_in_strips.hpp.
template <class X>
inline constexpr bool may_be_in_strips = is_number<X> || eigen_dense<X>;
template <class X>
[[nodiscard]] DUET_INLINE decltype(auto) as_evaluated(X const& x) {
  if constexpr (eigen_dense<X>)
    return x.derived();  // a segment is a block
  else
    return duet::plain(x);
}
template <class X>
struct coefficient_of : entry_of<X> {};
template <eigen_dense X>
struct coefficient_of<X> : std::type_identity<typename X::Scalar> {};

// For large arrays of variables of one shape, where f has no operation that is costly to repeat; else otherwise().
template <class F, class Otherwise, class... X>
[[nodiscard]] auto in_strips(Otherwise const& otherwise, X const&... x) {
  using S = symbolic::argument_scalar_t<typename coefficient_of<X>::type...>;
  using Graph = decltype(symbolic::expression<sizeof...(X)>(F{}));
  using First = std::remove_cvref_t<decltype(first_array(x...))>;
  constexpr bool goes_by_columns = First::IsVectorAtCompileTime || !First::IsRowMajor;
  if constexpr (is_recorded_double<S> && symbolic::kept_count<typename Graph::name> == 0 && goes_by_columns &&
                (First::SizeAtCompileTime == Eigen::Dynamic || First::SizeAtCompileTime > int{strip_size})) {
    auto const& first = first_array(x...);
    auto const is_alike = [&](auto const& each) {
      if constexpr (eigen_dense<std::remove_cvref_t<decltype(each)>>)
        return each.rows() == first.rows() && each.cols() == first.cols();
      else
        return true;
    };
    if ((is_alike(x) && ...)) {
      auto all = strip_entries<S, Graph, First, X...>(first, x...).record();
      if constexpr (Graph::list.columns == 0)
        return all;
      else
        return std::move(all[0]);
    }
  }
  return otherwise();
}

template <bool Sum, class F, class... X>
[[nodiscard]] auto over_entries(X const&... x) {
  static_assert(symbolic::traceable<F>,
                "duet::map_entries needs a function without captures, since it is traced while the program compiles; "
                "pass what it captures as further arguments");
  static_assert((!is_number<X> || ...), "duet::map_entries needs one array at least among the arguments of f");
  if constexpr (symbolic::traceable<F> && (!is_number<X> || ...)) {
    auto const one_after_another = [&] {
      return [&](auto const&... all) {
        return evaluation<F, Sum, std::remove_cvref_t<decltype(all)>...>(all...).run();
      }(readable(x)...);
    };
    if constexpr (!Sum && (may_be_in_strips<X> && ...))
      return in_strips<F>(one_after_another, as_evaluated(x)...);
    else
      return one_after_another();
  }
}

}  // namespace entries_detail

// f(x[k], y[k], ...) for every k: an array of the shape of the first array among the arguments, or a std::array of
// such if f returns one. Arguments are arrays of one size, by columns, or numbers, which go to all entries; passive
// ones may be among them. f is as for duet::kernel: generic, without captures or branches. Plain numbers go through it
// in lanes; so do variables, with one entry of the tape for all results, which holds a partial for each of them and
// active argument (8 bytes each) or, where f has no costly operation and arrays of Eigen's are large, the values that
// the sweep needs to compute the partials again. f's operations leave nothing on the tape. Other scalars are evaluated
// one by one. Throws std::invalid_argument if sizes differ.
template <class F, class... X>
[[nodiscard]] auto map_entries(F const&, X const&... x) {
  return entries_detail::over_entries<false, F>(x...);
}

// The sum of all f(x[k], y[k], ...), or the sums if f returns a std::array; the results themselves are kept nowhere.
template <class F, class... X>
[[nodiscard]] auto sum_entries(F const&, X const&... x) {
  return entries_detail::over_entries<true, F>(x...);
}

}  // namespace duet
