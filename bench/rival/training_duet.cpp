// Duet's gradient with respect to a struct of matrices, prepared for many steps.

#include "training_rows.hpp"

namespace {

struct drivers {
  template <class F>
  class training {
   public:
    explicit training(F const& f) : gradient_(duet::prepare_gradient(duet::reverse, f, p_)) {}
    void restart() { p_ = start_; }
    double step() {
      auto const& [loss, slope] = gradient_(p_);
      p_.w1 -= F::rate * slope.w1;
      p_.b1 -= F::rate * slope.b1;
      p_.w2 -= F::rate * slope.w2;
      p_.b2 -= F::rate * slope.b2;
      return loss;
    }
    std::vector<double> entries() const { return rival::entries_of(p_); }

   private:
    typename F::network start_ = F::start(), p_ = start_;
    decltype(duet::prepare_gradient(duet::reverse, std::declval<F>(), std::declval<typename F::network>())) gradient_;
  };
};

rival::registered const duet_training("Duet", 2, "prepare_gradient of a struct of matrices",
                                      rival::contend_in_training<drivers>);

}  // namespace
