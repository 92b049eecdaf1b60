// Names of entries.

#include <catch.hpp>
#include <duet/driver/labelled_jacobian.hpp>
#include <duet/eigen/label.hpp>

#include "../driver/shapes.hpp"

using namespace shapes;

TEST_CASE("label: fields, entries, arguments", "[label]") {
  auto const p = a_model();
  std::vector<std::string> const names{"first.W(0, 0)",
                                       "first.W(1, 0)",
                                       "first.W(0, 1)",
                                       "first.W(1, 1)",
                                       "first.b[0]",
                                       "first.b[1]",
                                       "limits.first",
                                       "limits.second[0]",
                                       "limits.second[1]",
                                       "rest[0]",
                                       "rest[1][0]",
                                       "rest[1][1]",
                                       "c"};
  for (std::size_t i = 0; i < names.size(); ++i) CHECK(duet::label(p, i) == names[i]);
  CHECK_THROWS_WITH(duet::label(p, 13), "duet::label: entry 13 of x, which has 13");

  auto const q = a_series();
  CHECK(duet::label(q, 3) == "rates[2]");
  CHECK(duet::label(q, 6) == "A(0, 1)");
  auto const x = duet::args(duet::constant(1), a_matrix(), q, 2.0);
  CHECK(duet::label(x, 1) == "argument 1(1, 0)");
  CHECK(duet::label(x, 5) == "argument 2.rates[0]");
  CHECK(duet::label(x, 13) == "argument 3");
  CHECK(duet::label(Eigen::Matrix<double, 2, 3, Eigen::RowMajor>::Zero().eval(), 4) == "(1, 1)");
  CHECK(duet::label(a_vector(), 1) == "[1]");
  CHECK(duet::label(2.0, 0).empty());
}

TEST_CASE("labelled_jacobian: a block of columns for each field", "[label]") {
  auto const p = a_model();
  auto const J = duet::jacobian(residuals{}, p);
  auto const blocks = duet::labelled_jacobian(residuals{}, p);
  auto const& first = blocks[BOOST_HANA_STRING("first")];
  static_assert(std::remove_cvref_t<decltype(first)>::ColsAtCompileTime == 6);
  CHECK(first == J.leftCols(6));
  CHECK(blocks[BOOST_HANA_STRING("limits")] == J.middleCols(6, 3));
  CHECK(blocks[BOOST_HANA_STRING("c")] == J.col(12));

  Eigen::MatrixXd const A = a_matrix();
  Eigen::VectorXd const y = a_vector();
  auto const f = [](auto const& M, double k, auto const& v) { return (M * v * k).eval(); };
  auto const of_arguments = duet::labelled_jacobian(duet::reverse, f, duet::args(A, duet::constant(2.0), y));
  CHECK(of_arguments[boost::hana::int_c<2>].isApprox(2 * A));
  CHECK(of_arguments[boost::hana::int_c<0>].col(2) == Eigen::Vector2d(2 * y[1], 0));
}
