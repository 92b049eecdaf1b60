#pragma once

// Data as functions of one datum see them: a range of numbers or of points, the columns of an Eigen matrix, or a tuple
// or struct of ranges of one length; one datum at a time or several side by side in lanes, gathered into registers.

#include <concepts>
#include <duet/batch/lanes_eigen.hpp>
#include <duet/batch/widened.hpp>
#include <duet/core/error.hpp>
#include <duet/eigen/lift.hpp>
#include <duet/eigen/structure.hpp>
#include <ranges>
#include <string>

namespace duet {

// The numbers at(0), at(1), ... as an E: in lanes, or the first of them alone.
template <class E, class At>
[[nodiscard]] DUET_INLINE E gathered(At const& at) {
  if constexpr (width_of<E> == 1) {
    return static_cast<E>(at(std::size_t{0}));
  } else {
    using T = typename E::value_type;
    using batch = typename E::batch;
    using vector = typename native_vector<T, batch::size>::type;
    return E::made([&](auto j) DUET_INLINE_LAMBDA {
      return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
        // Put together in a register: stored one by one they would have to wait for each other.
        if constexpr (DUET_VECTORS && sizeof(vector) == sizeof(typename batch::register_type))
          return batch(
              std::bit_cast<typename batch::register_type>(vector{static_cast<T>(at(j() * batch::size + K))...}));
        else
          return batch::load_unaligned(std::array<T, batch::size>{static_cast<T>(at(j() * batch::size + K))...}.data());
      }(std::make_index_sequence<batch::size>{});
    });
  }
}
// The same of numbers that lie side by side.
template <class E, class T>
[[nodiscard]] DUET_INLINE E loaded(T const* from) {
  if constexpr (width_of<E> == 1)
    return static_cast<E>(*from);
  else if constexpr (std::is_same_v<T, typename E::value_type>)
    return E::load(from);
  else
    return gathered<E>([=](std::size_t l) DUET_INLINE_LAMBDA { return from[l]; });
}

// data_source<Data> has: size(data); take<E>(data, i, datum), which fills an object of the type datum<E> with datum i,
// and those after it if E is lanes; are_alike<W>(data, i), whether W of them from i on have the same sizes; in_lanes,
// whether they may lie in lanes at all.
template <class Data>
struct data_source {
  static constexpr bool is_known = false;
};

template <class Data>
concept readable_data = data_source<Data>::is_known;

// ---- ranges ----

template <class Data>
concept data_range = std::ranges::random_access_range<Data const&> && std::ranges::sized_range<Data const&> &&
                     !eigen_dense<Data> && !has_parts<Data> && !hana_structure<Data>;
template <class Data>
using datum_of_range = std::remove_cvref_t<std::ranges::range_reference_t<Data const&>>;

template <data_range Data>
struct data_source<Data> {
  using value = datum_of_range<Data>;
  static constexpr bool is_known = true;
  static constexpr bool in_lanes = [] {
    if constexpr (shaped<value>)
      return std::is_arithmetic_v<typename shape<value>::value_type> && !carries<value>;
    else
      return false;
  }();

  template <class E>
  struct seen {
    using type = value;
  };
  template <class E>
    requires in_lanes
  struct seen<E> {
    using type = lifted_t<value, E>;
  };
  template <class E>
  using datum = typename seen<E>::type;

  static std::size_t size(Data const& data) { return static_cast<std::size_t>(std::ranges::size(data)); }

  template <std::size_t W>
  static DUET_INLINE bool are_alike(Data const& data, std::size_t i) {
    if constexpr (W != 1 && shape<value>::static_size == dynamic)
      for (std::size_t l = 1; l < W; ++l)
        if (!duet::same_sizes(at(data, i), at(data, i + l))) return false;
    return true;
  }

  template <class E>
  static DUET_INLINE void take(Data const& data, std::size_t i, datum<E>& to) {
    if constexpr (std::is_same_v<datum<E>, value> && width_of<E> == 1) {
      to = at(data, i);
    } else if constexpr (std::is_arithmetic_v<value>) {
      if constexpr (std::ranges::contiguous_range<Data const&>)
        to = loaded<E>(std::ranges::data(data) + i);
      else
        to = gathered<E>([&](std::size_t l) DUET_INLINE_LAMBDA { return at(data, i + l); });
    } else {
      auto const entry = [&](auto place) DUET_INLINE_LAMBDA {
        return gathered<E>([&](std::size_t l)
                               DUET_INLINE_LAMBDA { return shape<value>::entry(at(data, i + l), place); });
      };
      if constexpr (shape<value>::static_size != dynamic)
        to = shape<value>::template make<E>(at(data, i), entry);
      else
        duet::remake<false>(to, at(data, i), entry);
    }
  }

 private:
  static DUET_INLINE decltype(auto) at(Data const& data, std::size_t i) {
    return std::ranges::begin(data)[static_cast<std::ranges::range_difference_t<Data const&>>(i)];
  }
};

// ---- Eigen ----

template <class Data>
concept eigen_data = eigen_dense<Data> && std::is_arithmetic_v<typename Data::Scalar>;

// A vector is a range of numbers, a matrix one of columns.
template <eigen_data Data>
struct data_source<Data> {
  static constexpr bool is_known = true, in_lanes = true;
  template <class E>
  using datum = std::conditional_t<bool(Data::IsVectorAtCompileTime), E, Eigen::Matrix<E, Data::RowsAtCompileTime, 1>>;

  static std::size_t size(Data const& data) {
    return static_cast<std::size_t>(Data::IsVectorAtCompileTime ? data.size() : data.cols());
  }
  template <std::size_t>
  static bool are_alike(Data const&, std::size_t) {
    return true;
  }

  template <class E>
  static DUET_INLINE void take(Data const& data, std::size_t i, datum<E>& to) {
    auto const column = static_cast<Eigen::Index>(i);
    if constexpr (Data::IsVectorAtCompileTime) {
      to = entries<E>(data.data() + column * data.innerStride(), data.innerStride());
    } else {
      auto const between = Data::IsRowMajor ? data.innerStride() : data.outerStride();
      auto const below = Data::IsRowMajor ? data.outerStride() : data.innerStride();
      auto const* const first = data.data() + column * between;
      if constexpr (Data::RowsAtCompileTime == Eigen::Dynamic)
        if (to.rows() != data.rows()) to.resize(data.rows());
      for (Eigen::Index r = 0; r < data.rows(); ++r) to[r] = entries<E>(first + r * below, between);
    }
  }

 private:
  template <class E>
  static DUET_INLINE E entries(typename Data::Scalar const* from, Eigen::Index stride) {
    if (stride == 1) return loaded<E>(from);
    return gathered<E>([=](std::size_t l) DUET_INLINE_LAMBDA { return from[static_cast<Eigen::Index>(l) * stride]; });
  }
};

// ---- tuples and structs of ranges ----

// Columns of one length: f sees a tuple, or the same struct, of one entry of each.
template <class... Columns>
[[nodiscard]] std::size_t common_size(Columns const&... columns) {
  std::array const sizes{data_source<Columns>::size(columns)...};
  for (std::size_t k = 1; k < sizes.size(); ++k)
    require_size("duet: data of several columns", "column " + std::to_string(k), sizes[k], sizes[0], "as column 0");
  return sizes[0];
}

template <class... Columns>
  requires(readable_data<std::remove_cvref_t<Columns>> && ...)
struct data_source<std::tuple<Columns...>> {
  using data_type = std::tuple<Columns...>;
  static constexpr bool is_known = true;
  static constexpr bool in_lanes = (data_source<std::remove_cvref_t<Columns>>::in_lanes && ...);
  template <class E>
  using datum = std::tuple<typename data_source<std::remove_cvref_t<Columns>>::template datum<E>...>;

  static std::size_t size(data_type const& data) {
    return std::apply([](auto const&... columns) { return duet::common_size(columns...); }, data);
  }
  template <std::size_t W>
  static DUET_INLINE bool are_alike(data_type const& data, std::size_t i) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      return (data_source<std::remove_cvref_t<Columns>>::template are_alike<W>(std::get<K>(data), i) && ...);
    }(std::index_sequence_for<Columns...>{});
  }
  template <class E>
  static DUET_INLINE void take(data_type const& data, std::size_t i, datum<E>& to) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      (data_source<std::remove_cvref_t<Columns>>::template take<E>(std::get<K>(data), i, std::get<K>(to)), ...);
    }(std::index_sequence_for<Columns...>{});
  }
};
template <class First, class Second>
  requires(readable_data<std::remove_cvref_t<First>> && readable_data<std::remove_cvref_t<Second>>)
struct data_source<std::pair<First, Second>> : data_source<std::tuple<First, Second>> {
  using data_type = std::pair<First, Second>;
  static std::size_t size(data_type const& data) { return duet::common_size(data.first, data.second); }
  template <std::size_t W>
  static DUET_INLINE bool are_alike(data_type const& data, std::size_t i) {
    return data_source<std::remove_cvref_t<First>>::template are_alike<W>(data.first, i) &&
           data_source<std::remove_cvref_t<Second>>::template are_alike<W>(data.second, i);
  }
  template <class E, class Datum>
  static DUET_INLINE void take(data_type const& data, std::size_t i, Datum& to) {
    data_source<std::remove_cvref_t<First>>::template take<E>(data.first, i, std::get<0>(to));
    data_source<std::remove_cvref_t<Second>>::template take<E>(data.second, i, std::get<1>(to));
  }
};

// A struct template of columns, template <class Column> struct with Column fields described to Boost.Hana: a datum is
// the same struct with one entry of a column in each field.
template <class Data>
concept structure_of_columns =
    hana_structure<Data> && structure_of<Data>::is_template && readable_data<typename structure_of<Data>::scalar>;

template <structure_of_columns Data>
struct data_source<Data> {
  using column = typename structure_of<Data>::scalar;
  using column_source = data_source<column>;
  static constexpr std::size_t fields = field_count<Data>;
  static constexpr bool all_columns = []<std::size_t... K>(std::index_sequence<K...>) {
    return (std::is_same_v<field_type<Data, K>, column> && ...);
  }(std::make_index_sequence<fields>{});
  static_assert(all_columns,
                "duet: a struct of columns is a class template whose one type parameter is the type of all its fields: "
                "template <class Column> struct series { BOOST_HANA_DEFINE_STRUCT(series, (Column, x), ...); }");

  static constexpr bool is_known = true, in_lanes = column_source::in_lanes;
  template <class E>
  using datum = typename structure_of<Data>::template rebind<typename column_source::template datum<E>>;

  static std::size_t size(Data const& data) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) {
      return duet::common_size(duet::field<K>(data)...);
    }(std::make_index_sequence<fields>{});
  }
  template <std::size_t W>
  static DUET_INLINE bool are_alike(Data const& data, std::size_t i) {
    return [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      return (column_source::template are_alike<W>(duet::field<K>(data), i) && ...);
    }(std::make_index_sequence<fields>{});
  }
  template <class E>
  static DUET_INLINE void take(Data const& data, std::size_t i, datum<E>& to) {
    [&]<std::size_t... K>(std::index_sequence<K...>) DUET_INLINE_LAMBDA {
      (column_source::template take<E>(duet::field<K>(data), i, duet::field<K>(to)), ...);
    }(std::make_index_sequence<fields>{});
  }
};

// ---- what is kept of the data ----

// Data given as an object with a name are referred to and must outlive the function made of them; temporaries are kept,
// Eigen expressions evaluated.
template <class Data>
class kept_data {
 public:
  explicit kept_data(Data const& data) : data_(&data) {}
  [[nodiscard]] DUET_INLINE Data const& operator*() const { return *data_; }

 private:
  Data const* data_;
};
template <class Data>
class owned_data {
 public:
  explicit owned_data(Data data) : data_(std::move(data)) {}
  [[nodiscard]] DUET_INLINE Data const& operator*() const { return data_; }

 private:
  Data data_;
};

template <class Data>
[[nodiscard]] auto keep_data(Data&& data) {
  using D = std::remove_cvref_t<Data>;
  if constexpr (eigen_dense<D>) {
    if constexpr (std::is_lvalue_reference_v<Data> && requires { data.data(); })
      return kept_data<D>(data);
    else
      return owned_data<typename D::PlainObject>(std::forward<Data>(data));
  } else if constexpr (std::is_lvalue_reference_v<Data>) {
    return kept_data<D>(data);
  } else {
    return owned_data<D>(std::forward<Data>(data));
  }
}

}  // namespace duet
