#pragma once

// Eigen's products of matrices of var reach the tape as one array node each, whether both sides are active or one is
// passive: A * x, A * B, row * column. The node keeps the values that the other side's adjoint needs,
//   dA += dC B^T,   dB += A^T dC          (Giles 2008, section 2.2.2)
// Small products are recorded as one statement a coefficient.

#include <duet/eigen/elementwise.hpp>
#include <duet/eigen/loaned.hpp>

namespace duet {

template <class Lhs, class Rhs>
concept var_product = is_recorded<typename Eigen::Product<Lhs, Rhs>::Scalar>;

// One side of a product node: rows x columns values by columns, and where their variables are, in storage order.
struct product_side {
  std::size_t rows, columns;
  std::uint64_t values;  // where in the payload, if the other side is active
  array_places places;
  bool by_rows;

  [[nodiscard]] std::size_t place(std::size_t i, std::size_t j) const {
    return by_rows ? i * columns + j : i + j * rows;
  }
};
// C = base + sign A B
struct product_header {
  product_side a, b;
  array_places base;
  bool negative;
};

template <class T>
struct product_kernel {
  // Payloads and adjoints are arrays of T.
  static constexpr bool is_plain = std::is_arithmetic_v<T> && alignof(T) <= 8;

  template <bool Damped>
  static void pull_back(std::byte const* payload, T* adjoints, std::size_t lanes, tape_index node) {
    product_header h;
    std::memcpy(&h, payload, sizeof h);
    std::size_t const size = h.a.rows * h.b.columns;
    T const* const outputs = adjoints + (node - size) * lanes;
    if (h.base.active)
      for (std::size_t k = 0; k < size; ++k)
        add_products<Damped>(adjoints + h.base(payload, k) * lanes, T(1), outputs + k * lanes, lanes);
    if constexpr (!Damped && is_plain) {
      if (lanes == 1) {
        if (h.a.places.active) add_to_left(payload, adjoints, h, outputs);
        if (h.b.places.active) add_to_right(payload, adjoints, h, outputs);
        return;
      }
    }
    for (std::size_t j = 0; j < h.b.columns; ++j)
      for (std::size_t l = 0; l < h.b.rows; ++l)
        for (std::size_t i = 0; i < h.a.rows; ++i) {
          T const* const c = outputs + (i + j * h.a.rows) * lanes;
          auto const add = [&](product_side const& to, std::size_t place, product_side const& other, std::size_t at) {
            T const value = payload_entry<T>(payload + other.values, at);
            add_products<Damped>(adjoints + to.places(payload, place) * lanes, h.negative ? T(-value) : value, c,
                                 lanes);
          };
          if (h.a.places.active) add(h.a, h.a.place(i, l), h.b, l + j * h.b.rows);
          if (h.b.places.active) add(h.b, h.b.place(l, j), h.a, i + l * h.a.rows);
        }
  }

 private:
  using matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>;
  using view = Eigen::Map<matrix const>;

  static view view_of(T const* data, std::size_t rows, std::size_t columns) {
    return {data, static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns)};
  }
  static view values_of(std::byte const* payload, product_side const& side) {
    return view_of(reinterpret_cast<T const*>(payload + side.values), side.rows, side.columns);
  }

  // Transposed where the factor lies by rows, so that Eigen's kernels are compiled for two kinds of product alone.
  static void add_to_left(std::byte const* payload, T* adjoints, product_header const& h, T const* outputs) {
    view const c = view_of(outputs, h.a.rows, h.b.columns), b = values_of(payload, h.b);
    with_target(payload, adjoints, h.a, [&](auto& target) {
      target.noalias() += sign(h) * (h.a.by_rows ? b : c) * (h.a.by_rows ? c : b).transpose();
    });
  }
  static void add_to_right(std::byte const* payload, T* adjoints, product_header const& h, T const* outputs) {
    view const c = view_of(outputs, h.a.rows, h.b.columns), a = values_of(payload, h.a);
    with_target(payload, adjoints, h.b, [&](auto& target) {
      target.noalias() += (h.b.by_rows ? c : a).transpose() * sign(h) * (h.b.by_rows ? a : c);
    });
  }
  static T sign(product_header const& h) { return h.negative ? T(-1) : T(1); }

  // add(target) to the adjoints of a side, in storage order and as a matrix by columns.
  template <class Add>
  static void with_target(std::byte const* payload, T* adjoints, product_side const& side, Add const& add) {
    auto const rows = static_cast<Eigen::Index>(side.by_rows ? side.columns : side.rows),
               columns = static_cast<Eigen::Index>(side.by_rows ? side.rows : side.columns);
    matrix sum;
    bool const here = side.places.contiguous();
    if (!here) sum.setZero(rows, columns);
    Eigen::Map<matrix> target(here ? adjoints + side.places.first : sum.data(), rows, columns);
    add(target);
    for (std::size_t k = 0; k < static_cast<std::size_t>(sum.size()); ++k)
      adjoints[side.places(payload, k)] += sum.data()[k];
  }
};

// A factor that is read without recording anything.
template <class X>
class quiet_factor {
 public:
  explicit quiet_factor(X const& x) : x_(x), read_(x_) {}
  quiet_factor(quiet_factor const&) = delete;
  [[nodiscard]] auto const& matrix() const { return x_; }
  [[nodiscard]] DUET_INLINE decltype(auto) operator()(Eigen::Index i, Eigen::Index j) const {
    return read_.coeff(i, j);
  }

 private:
  quiet_t<X> x_;
  Eigen::internal::evaluator<std::remove_cvref_t<quiet_t<X>>> read_;
};

struct no_room {
  template <class T>
  no_room(Eigen::Index, Eigen::Index, T*) {}
};

// A factor while its product is recorded: its numbers by columns, and where its variables are. The numbers are read
// where they are or to a place in the payload of a node, if one may become of the product.
template <class T, class X>
class product_factor {
 public:
  static constexpr bool active_type = is_recorded<typename X::Scalar>, by_rows = X::IsRowMajor;
  static constexpr int rows_known = X::RowsAtCompileTime, columns_known = X::ColsAtCompileTime;
  using matrix = Eigen::Matrix<T, rows_known, columns_known,
                               rows_known == 1 && columns_known != 1 ? Eigen::RowMajor : Eigen::ColMajor>;

  // What it takes in a payload at most, besides that of its variables.
  [[nodiscard]] static std::size_t value_bytes(X const& x) { return size_of(x) * packed<T>::bytes; }
  [[nodiscard]] static std::size_t bytes(X const& x) { return value_bytes(x) + size_of(x) * sizeof(tape_index); }

  // Its numbers may be at the place `there` of a payload, which may be null.
  product_factor(quiet_factor<X> const& x, std::byte* there)
      : x_(x),
        there_(there),
        room_(x.matrix().rows(), x.matrix().cols(), is_read_there ? reinterpret_cast<T*>(there) : nullptr),
        values_(initial(x.matrix(), room_)) {
    if constexpr (active_type) {
      if (values_.size() == 0) return;
      bool const along_row = by_rows ? values_.cols() > 1 : values_.rows() == 1;
      places_probe probe(index(0, 0), values_.size() == 1 ? 0 : along_row ? index(0, 1) : index(1, 0));
      finite_so_far<T> finite;
      for_each_coefficient<by_rows>(values_.rows(), values_.cols(),
                                    [&](auto i, auto j, std::size_t) DUET_INLINE_LAMBDA {
                                      auto const& entry = x_(i, j);
                                      values_.coeffRef(i, j) = entry.value();
                                      finite.add(entry.value());
                                      probe.add(entry.index());
                                    });
      probe_ = probe;
      is_finite_ = bool(finite);
    }
  }

  [[nodiscard]] auto const& values() const { return values_; }
  [[nodiscard]] tape_index index(Eigen::Index i, Eigen::Index j) const {
    if constexpr (active_type)
      return x_(i, j).index();
    else
      return 0;
  }
  [[nodiscard]] bool active() const { return probe_.active(); }

  [[nodiscard]] product_side side() const {
    return {static_cast<std::size_t>(values_.rows()), static_cast<std::size_t>(values_.cols()), 0, {}, by_rows};
  }
  // Its numbers and the places of its variables as parts of a payload, from `at` on, which is moved on.
  void write_values(std::byte* payload, std::size_t& at, product_side& side) {
    std::byte* const to = payload + at;
    if constexpr (is_read_there) {
      if (to != there_) std::memmove(to, there_, size() * sizeof(T));
    } else {
      finite_so_far<T> finite;
      T const* from = values_.data();
      Eigen::Index const inner = values_.innerSize(), step = values_.outerStride();
      for (std::size_t k = 0; k < size(); from += step)
        for (Eigen::Index i = 0; i < inner; ++i, ++k) {
          set_payload_entry(to, k, from[i]);
          finite.add(from[i]);
        }
      is_finite_ = bool(finite);
    }
    side.values = at;
    at += size() * packed<T>::bytes;
  }
  void write_places(std::byte* payload, std::size_t& at, product_side& side) const {
    side.places = probe_.places(at);
    if (!probe_.listed()) return;
    for_each_coefficient<by_rows>(values_.rows(), values_.cols(), [&](auto i, auto j, std::size_t k) {
      set_payload_entry(payload + at, k, index(i, j));
    });
    at += size() * sizeof(tape_index);
  }
  // All numbers are finite, of those that were written.
  [[nodiscard]] bool finite() const { return is_finite_; }

 private:
  static constexpr bool is_read_in_place = std::is_same_v<typename X::Scalar, T>;  // passive numbers
  static constexpr bool is_read_there = active_type && product_kernel<T>::is_plain && matrix_room<matrix>::is_elsewhere;
  using room = std::conditional_t<is_read_in_place, no_room, matrix_room<matrix>>;
  using kept = std::conditional_t<is_read_in_place, Eigen::Ref<matrix const>, typename matrix_room<matrix>::view&>;

  [[nodiscard]] static std::size_t size_of(X const& x) { return static_cast<std::size_t>(x.size()); }
  [[nodiscard]] std::size_t size() const { return static_cast<std::size_t>(values_.size()); }
  static kept initial(auto const& x, room& at) {
    if constexpr (is_read_in_place) {
      return x;
    } else {
      if constexpr (!active_type) at.matrix() = x.template cast<T>();
      return at.matrix();
    }
  }

  quiet_factor<X> const& x_;
  std::byte* there_;
  [[no_unique_address]] room room_;
  kept values_;
  places_probe probe_;
  bool is_finite_ = true;
};

// At most so many arguments as statements rather than as a node.
inline constexpr Eigen::Index most_stated_arguments = 32;

// target(i, j) = target(i, j) + sign * (lhs * rhs)(i, j), or without the old target if sign is 0.
template <class Target, class Lhs, class Rhs>
void assign_product(Target& target, Lhs const& lhs, Rhs const& rhs, int sign) {
  using V = typename Eigen::Product<Lhs, Rhs>::Scalar;
  using T = typename V::value_type;
  using left = product_factor<T, Lhs>;
  using right = product_factor<T, Rhs>;
  quiet_factor<Lhs> const quiet_lhs(lhs);
  quiet_factor<Rhs> const quiet_rhs(rhs);
  Eigen::Index const rows = lhs.rows(), inner = lhs.cols(), columns = rhs.cols();
  if (rows == 0 || columns == 0) return;
  auto const size = static_cast<std::size_t>(rows * columns);
  auto const arguments_of = [&](int active) { return rows * columns * (inner * active + (sign != 0)); };

  std::byte* payload = nullptr;
  if (arguments_of(int{left::active_type} + int{right::active_type}) > most_stated_arguments && is_recording<T>())
    payload = recording_tape<T>().array_room(
        sizeof(product_header) + left::bytes(lhs) + right::bytes(rhs) + (sign == 0 ? 0 : size * sizeof(tape_index)),
        size);
  std::byte* const values_at = payload == nullptr ? nullptr : payload + sizeof(product_header);
  left a(quiet_lhs, values_at);
  right b(quiet_rhs, payload == nullptr ? nullptr : values_at + left::value_bytes(lhs));
  constexpr int order = Lhs::RowsAtCompileTime == 1 && Rhs::ColsAtCompileTime != 1 ? Eigen::RowMajor : Eigen::ColMajor;
  matrix_room<Eigen::Matrix<T, Lhs::RowsAtCompileTime, Rhs::ColsAtCompileTime, order>> product(rows, columns);
  auto& values = product.matrix();
  values.noalias() = a.values() * b.values();
  auto const result = [&](Eigen::Index i, Eigen::Index j, T const& old) {
    T const& c = values(i, j);
    return sign == 0 ? c : sign > 0 ? T(old + c) : T(old - c);
  };

  bool const active = a.active() || b.active();
  if (active && !is_recording<T>()) throw_not_recording();
  if (!active) {
    for_each_coefficient<false>(rows, columns, [&](auto i, auto j, std::size_t) {
      V& c = target.coeffRef(i, j);
      if constexpr (keeps_values<T>)
        c = sign == 0 ? V(values(i, j)) : V(c + (sign > 0 ? values(i, j) : T(-values(i, j))));
      else
        c = V::recorded(result(i, j, c.value()), sign == 0 ? 0 : c.index());
    });
    return;
  }
  if (arguments_of(int{a.active()} + int{b.active()}) <= most_stated_arguments) {
    std::array<T, most_stated_arguments> partials;
    std::array<tape_index, most_stated_arguments> indices;
    for (Eigen::Index j = 0; j < columns; ++j)
      for (Eigen::Index i = 0; i < rows; ++i) {
        V& c = target.coeffRef(i, j);
        std::size_t count = 0;
        auto const add = [&](tape_index index, T const& partial) {
          if (index == 0) return;
          partials[count] = partial;
          indices[count++] = index;
        };
        if (sign != 0) add(c.index(), T(1));
        for (Eigen::Index l = 0; l < inner; ++l) {
          add(a.index(i, l), sign < 0 ? T(-b.values()(l, j)) : b.values()(l, j));
          add(b.index(l, j), sign < 0 ? T(-a.values()(i, l)) : a.values()(i, l));
        }
        c = V::recorded(result(i, j, c.value()),
                        statement_writer<T>::write_arguments(partials.data(), indices.data(), count));
      }
    return;
  }

  product_header h{a.side(), b.side(), {}, sign < 0};
  std::size_t at = sizeof(product_header);
  if (b.active()) a.write_values(payload, at, h.a);
  if (a.active()) b.write_values(payload, at, h.b);
  bool const finite = (!b.active() || a.finite()) && (!a.active() || b.finite());
  a.write_places(payload, at, h.a);
  b.write_places(payload, at, h.b);
  if (sign != 0) {
    for_each_coefficient<false>(rows, columns, [&](auto i, auto j, std::size_t k) {
      set_payload_entry(payload + at, k, target.coeffRef(i, j).index());
    });
    places_probe const probe(payload + at, size);
    h.base = probe.places(at);
    if (probe.listed()) at += size * sizeof(tape_index);
  }
  std::memcpy(payload, &h, sizeof h);
  tape_index const first = recording_tape<T>().template array<product_kernel<T>>(at, size, finite);
  for_each_coefficient<false>(rows, columns, [&](auto i, auto j, std::size_t k) {
    V& c = target.coeffRef(i, j);
    c = V::recorded(result(i, j, c.value()), static_cast<tape_index>(first + k));
  });
}

}  // namespace duet

namespace Eigen::internal {

template <class Lhs, class Rhs>
struct var_product_impl {
  using Scalar = typename Product<Lhs, Rhs>::Scalar;

  template <class Target>
  static void evalTo(Target& target, Lhs const& lhs, Rhs const& rhs) {
    duet::assign_product(target, lhs, rhs, 0);
  }
  template <class Target>
  static void addTo(Target& target, Lhs const& lhs, Rhs const& rhs) {
    duet::assign_product(target, lhs, rhs, 1);
  }
  template <class Target>
  static void subTo(Target& target, Lhs const& lhs, Rhs const& rhs) {
    duet::assign_product(target, lhs, rhs, -1);
  }
  template <class Target>
  static void scaleAndAddTo(Target& target, Lhs const& lhs, Rhs const& rhs, Scalar const& alpha) {
    typename Product<Lhs, Rhs>::PlainObject product(lhs.rows(), rhs.cols());
    evalTo(product, lhs, rhs);
    target += alpha * product;
  }
};

template <class Lhs, class Rhs>
  requires duet::var_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, InnerProduct> : var_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::var_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, OuterProduct> : var_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::var_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemvProduct> : var_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::var_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, GemmProduct> : var_product_impl<Lhs, Rhs> {};
template <class Lhs, class Rhs>
  requires duet::var_product<Lhs, Rhs>
struct generic_product_impl<Lhs, Rhs, DenseShape, DenseShape, CoeffBasedProductMode> : var_product_impl<Lhs, Rhs> {};

}  // namespace Eigen::internal
