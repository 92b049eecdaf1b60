// libtorch: tensors of double, eager, one thread; the step in place, without an optimizer object.

#include <torch/torch.h>

#include "training_rows.hpp"

namespace {

struct eager {
  template <class F>
  class training {
   public:
    explicit training(F const& f) {
      at::set_num_threads(1);
      // A sample a row, as there; f's samples are columns of a column-major matrix: the same memory.
      x_ = torch::from_blob(const_cast<double*>(f.x.data()), {F::batch, F::inputs}, torch::kDouble).clone();
      std::vector<std::int64_t> const label(f.label.begin(), f.label.end());
      label_ = torch::tensor(label, torch::kLong);
      auto const p = F::start();
      // Weights outputs by inputs, by rows.
      auto const weights = [](auto const& w) {
        return torch::from_blob(const_cast<double*>(w.data()), {w.cols(), w.rows()}, torch::kDouble).t().contiguous();
      };
      auto const biases = [](auto const& b) {
        return torch::from_blob(const_cast<double*>(b.data()), {b.size()}, torch::kDouble).clone();
      };
      start_ = {weights(p.w1), biases(p.b1), weights(p.w2), biases(p.b2)};
      for (auto const& s : start_) p_.push_back(s.clone().requires_grad_());
    }
    void restart() {
      torch::NoGradGuard const off;
      for (std::size_t k = 0; k < p_.size(); ++k) p_[k].copy_(start_[k]);
    }
    double step() {
      auto const sums = torch::linear(x_, p_[0], p_[1]);
      auto const z = F::of == workload::activation::tanh ? torch::tanh(sums) : torch::relu(sums);
      torch::Tensor const loss = torch::cross_entropy_loss(torch::linear(z, p_[2], p_[3]), label_);
      loss.backward();
      torch::NoGradGuard const off;
      for (auto& p : p_) {
        p.sub_(p.grad(), F::rate);
        p.mutable_grad().reset();
      }
      return loss.item<double>();
    }
    std::vector<double> entries() const {
      std::vector<double> all;
      for (auto const& p : p_) {
        auto const by_columns = p.dim() == 2 ? p.t().contiguous() : p;
        all.insert(all.end(), by_columns.data_ptr<double>(), by_columns.data_ptr<double>() + by_columns.numel());
      }
      return all;
    }

   private:
    torch::Tensor x_, label_;
    std::vector<torch::Tensor> start_, p_;
  };
};

rival::registered const torch_eager("libtorch", 3, "tensors of double, with the BLAS of libblas.so.3, one thread",
                                    rival::contend_in_training<eager>);

}  // namespace
