// The yardsticks: the step written by hand with Eigen, and the loss alone.

#include "training_rows.hpp"

namespace {

struct by_hand {
  template <class F>
  class training {
   public:
    explicit training(F const& f) : f_(f) {}
    void restart() { p_ = start_; }
    double step() { return f_.step(p_, memory_); }
    std::vector<double> entries() const { return rival::entries_of(p_); }

   private:
    F f_;
    typename F::network start_ = F::start(), p_ = start_;
    typename F::memory memory_;
  };
};

struct function_alone {
  template <class F>
  class training {
   public:
    explicit training(F const& f) : f_(f) {}
    void restart() {}
    double step() { return f_(p_); }
    std::vector<double> entries() const { return {}; }

   private:
    F f_;
    typename F::network start_ = F::start(), p_ = start_;
  };
};

std::vector<rival::contender> losses() {
  auto all = rival::contend_in_training<function_alone>();
  for (auto& c : all) c.derivative.clear();
  return all;
}

rival::registered const hand("hand", 0, "value, gradient and step", rival::contend_in_training<by_hand>);
rival::registered const function("function", 1, "value alone", losses);

}  // namespace
