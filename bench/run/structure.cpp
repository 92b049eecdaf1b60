// What a struct of parameters costs over the same numbers in a flat vector: derivatives of one function whose
// parameters are six fields, two levels deep, or the entries of an Eigen vector. Where sizes are known at run time each
// field of the result takes memory of its own, which the flat vector does not: "by hand" is the vector's derivative for
// who has the struct, its fields copied to the vector before and back afterwards.

#include "interleaved.hpp"

#include <boost/hana/define_struct.hpp>
#include <cmath>
#include <duet/duet.hpp>

namespace {

// ---- 15 numbers: static sizes ----

template <class S>
using matrix23 = Eigen::Matrix<S, 2, 3>;
template <class S>
using vector2 = Eigen::Matrix<S, 2, 1>;
template <class S>
using array2 = std::array<S, 2>;
template <class S>
struct hidden_layer {
  BOOST_HANA_DEFINE_STRUCT(hidden_layer<S>, (matrix23<S>, W), (vector2<S>, b));
};
template <class S>
struct output_layer {
  BOOST_HANA_DEFINE_STRUCT(output_layer<S>, (array2<S>, u), (S, c));
};
template <class S>
struct small_network {
  BOOST_HANA_DEFINE_STRUCT(small_network<S>, (hidden_layer<S>, hidden), (output_layer<S>, output), (S, rate),
                           (vector2<S>, scale));
};

// The loss, from the parameters by name: W(i, j), b(i), u(i), c(), rate(), scale(i).
template <class S, class W, class B, class U, class C, class R, class L>
DUET_INLINE S small_loss(W const& w, B const& b, U const& u, C const& c, R const& rate, L const& scale) {
  S y = c();
  for (int i = 0; i < 2; ++i) y += u(i) * tanh(0.3 * w(i, 0) + 0.7 * w(i, 1) - 0.2 * w(i, 2) + b(i)) * scale(i);
  S const e = y - 0.4;
  return S(e * e * exp(-rate()));
}
struct small_loss_of_struct {
  template <class S>
  S operator()(small_network<S> const& p) const {
    return small_loss<S>([&](int i, int j) -> S const& { return p.hidden.W(i, j); },
                         [&](int i) -> S const& { return p.hidden.b[i]; },
                         [&](int i) -> S const& { return p.output.u[static_cast<std::size_t>(i)]; },
                         [&]() -> S const& { return p.output.c; }, [&]() -> S const& { return p.rate; },
                         [&](int i) -> S const& { return p.scale[i]; });
  }
};
struct small_loss_of_vector {
  template <class X>
  typename X::Scalar operator()(X const& x) const {
    using S = typename X::Scalar;
    return small_loss<S>([&](int i, int j) -> S const& { return x[2 * j + i]; },
                         [&](int i) -> S const& { return x[6 + i]; }, [&](int i) -> S const& { return x[8 + i]; },
                         [&]() -> S const& { return x[10]; }, [&]() -> S const& { return x[11]; },
                         [&](int i) -> S const& { return x[12 + i]; });
  }
};
using small_vector = Eigen::Matrix<double, 14, 1>;

// ---- sizes known at run time ----

template <class S>
using matrix = Eigen::Matrix<S, Eigen::Dynamic, Eigen::Dynamic>;
template <class S>
using vector = Eigen::Matrix<S, Eigen::Dynamic, 1>;
template <class S>
struct dense_layer {
  BOOST_HANA_DEFINE_STRUCT(dense_layer<S>, (matrix<S>, W), (vector<S>, b));
};
template <class S>
struct network {
  BOOST_HANA_DEFINE_STRUCT(network<S>, (dense_layer<S>, first), (dense_layer<S>, second), (std::vector<S>, u), (S, c));
};

// A perceptron n - n - n - 1 whose inputs are all 1/2.
template <class S, class W1, class B1, class W2, class B2, class U, class C>
S loss(Eigen::Index n, W1 const& w1, B1 const& b1, W2 const& w2, B2 const& b2, U const& u, C const& c) {
  vector<S> z(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    S a = b1(i);
    for (Eigen::Index j = 0; j < n; ++j) a += 0.5 * w1(i, j);
    z[i] = tanh(a);
  }
  S y = c();
  for (Eigen::Index i = 0; i < n; ++i) {
    S a = b2(i);
    for (Eigen::Index j = 0; j < n; ++j) a += w2(i, j) * z[j];
    y += u(i) * tanh(a);
  }
  return y;
}
struct loss_of_struct {
  template <class S>
  S operator()(network<S> const& p) const {
    return loss<S>(
        p.first.b.size(), [&](auto i, auto j) -> S const& { return p.first.W(i, j); },
        [&](auto i) -> S const& { return p.first.b[i]; }, [&](auto i, auto j) -> S const& { return p.second.W(i, j); },
        [&](auto i) -> S const& { return p.second.b[i]; },
        [&](auto i) -> S const& { return p.u[static_cast<std::size_t>(i)]; }, [&]() -> S const& { return p.c; });
  }
};
struct loss_of_vector {
  Eigen::Index n;
  template <class S>
  S operator()(vector<S> const& x) const {
    Eigen::Index const k = n * n + n;
    return loss<S>(
        n, [&](auto i, auto j) -> S const& { return x[i + n * j]; }, [&](auto i) -> S const& { return x[n * n + i]; },
        [&](auto i, auto j) -> S const& { return x[k + i + n * j]; },
        [&](auto i) -> S const& { return x[k + n * n + i]; }, [&](auto i) -> S const& { return x[2 * k + i]; },
        [&]() -> S const& { return x[2 * k + n]; });
  }
};

// All numbers in order.
template <class X>
X filled(X x) {
  std::size_t i = 0;
  duet::set_entries(x, [&](auto) { return 0.1 * std::sin(static_cast<double>(++i)); });
  return x;
}
network<double> network_of(Eigen::Index n) {
  dense_layer<double> const layer{matrix<double>(n, n), vector<double>(n)};
  return filled(network<double>{layer, layer, std::vector<double>(static_cast<std::size_t>(n)), 0});
}

// The fields as Eigen vectors, in order.
template <class P, class Visit>
void visit_fields(P& p, Visit const& visit) {
  visit(p.first.W.reshaped());
  visit(p.first.b);
  visit(p.second.W.reshaped());
  visit(p.second.b);
  visit(Eigen::Map<std::conditional_t<std::is_const_v<P>, vector<double> const, vector<double>>>(
      p.u.data(), static_cast<Eigen::Index>(p.u.size())));
  visit(Eigen::Map<std::conditional_t<std::is_const_v<P>, vector<double> const, vector<double>>>(&p.c, 1));
}
// gradient(x) of a flat vector at a struct.
template <class Gradient>
network<double> gradient_by_hand(Gradient const& gradient, network<double> const& p) {
  Eigen::Index const n = p.first.b.size();
  vector<double> x(2 * (n * n + n) + n + 1);
  Eigen::Index at = 0;
  visit_fields(p, [&](auto const& f) {
    x.segment(at, f.size()) = f;
    at += f.size();
  });
  vector<double> const g = gradient(x);
  network<double> result{{matrix<double>(n, n), vector<double>(n)},
                         {matrix<double>(n, n), vector<double>(n)},
                         std::vector<double>(p.u.size()),
                         0};
  at = 0;
  visit_fields(result, [&](auto&& f) {
    f = g.segment(at, f.size());
    at += f.size();
  });
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  bench::settings s = bench::settings_for(bench::is_quick(argc, argv));
  s.rounds = std::max(s.rounds, 3) * (bench::is_quick(argc, argv) ? 1 : 5);
  bench::print_setting();
  bench::print_head("", {"vector", "struct", "by hand"});
  auto const row = [&](std::string const& name, auto const& of_vector, auto const& x, auto const& of_struct,
                       auto const& p) {
    bench::print_row(
        name,
        bench::compare({bench::derivative("vector", x, of_vector), bench::derivative("struct", p, of_struct)}, s));
  };

  small_vector const x = filled(small_vector());
  auto const p = filled(small_network<double>());
  row(
      "value and gradient, 14 inputs",
      [](auto const& at) { return duet::value_and_gradient(small_loss_of_vector{}, at); }, x,
      [](auto const& at) { return duet::value_and_gradient(small_loss_of_struct{}, at); }, p);
  row(
      "gradient in reverse, 14 inputs",
      [](auto const& at) { return duet::gradient(duet::reverse, small_loss_of_vector{}, at); }, x,
      [](auto const& at) { return duet::gradient(duet::reverse, small_loss_of_struct{}, at); }, p);
  row(
      "Hessian, 14 inputs", [](auto const& at) { return duet::hessian(small_loss_of_vector{}, at); }, x,
      [](auto const& at) { return duet::hessian(small_loss_of_struct{}, at); }, p);

  for (Eigen::Index const n : {2, 16}) {
    auto const q = network_of(n);
    auto const inputs = static_cast<Eigen::Index>(duet::size_of(q));
    Eigen::VectorXd const y = filled(Eigen::VectorXd(inputs));
    loss_of_vector const f{n};
    std::string const size = std::to_string(inputs) + " inputs";
    auto const row_by_hand = [&](std::string const& name, auto const& of_vector, auto const& of_struct) {
      auto const by_hand = [of_vector](auto const& at) { return gradient_by_hand(of_vector, at); };
      bench::print_row(
          name, bench::compare({bench::derivative("vector", y, of_vector), bench::derivative("struct", q, of_struct),
                                bench::derivative("by hand", q, by_hand)},
                               s));
    };
    row_by_hand(
        "gradient, " + size, [f](auto const& at) { return duet::gradient(duet::forward, f, at); },
        [](auto const& at) { return duet::gradient(duet::forward, loss_of_struct{}, at); });
    row_by_hand(
        "gradient in reverse, " + size, [f](auto const& at) { return duet::gradient(duet::reverse, f, at); },
        [](auto const& at) { return duet::gradient(duet::reverse, loss_of_struct{}, at); });
    auto const prepared = [&](auto const& function, auto const& at) {
      return std::make_shared<decltype(duet::prepare_gradient(duet::reverse, function, at))>(
          duet::prepare_gradient(duet::reverse, function, at));
    };
    auto const of_vector = prepared(f, y);
    auto const of_struct = prepared(loss_of_struct{}, q);
    row(
        "prepared, in reverse, " + size, [of_vector](auto const& at) { return &(*of_vector)(at); }, y,
        [of_struct](auto const& at) { return &(*of_struct)(at); }, q);
  }
}
