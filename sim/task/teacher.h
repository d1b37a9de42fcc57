// Teacher: a network of the environment whose readout is the target. It is no actor and sends no message.
//
// h_t = (1 - alpha) h_{t-1} + alpha phi(W h_{t-1} + B x_t), y_t = A h_t, from h_0 = 0, for all lanes of a batch at once.
// Cost of a tick: one product a projection; the readout is computed only when it is asked for.
#pragma once

#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include <Eigen/Dense>
#include <Eigen/SparseCore>

#include "sim/model/realise.h"
#include "sim/model/spec.h"

namespace locus {

class Teacher {
 public:
  /// Lanes are contiguous under each neuron, as in a Batch.
  using State = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

  /// `weights[k]` are those of network.projections[k].
  Teacher(const NetworkSpec& network, std::span<const Weights> weights, std::int32_t lanes);

  std::int64_t inputs() const { return input_.rows(); }
  std::int64_t readouts() const { return readout_.rows(); }

  /// A trial begins: h_0 = 0.
  void begin();
  /// x_t of the tick to come [1] (m x lanes).
  State& input() { return input_; }
  void step();
  /// y_t of the last step [1] (o x lanes).
  const State& readout();

 private:
  struct Block {
    Eigen::Index row = 0;  // first target neuron, within its layer
    Eigen::Index col = 0;  // first source neuron, within its layer
    std::variant<State, Eigen::SparseMatrix<double, Eigen::RowMajor>> weights;
  };
  struct Population {
    Eigen::Index begin = 0;  // within the rate layer
    Eigen::Index size = 0;
    Activation activation = Activation::kIdentity;
    double leak = 1;  // alpha
  };
  static void add_product(const std::vector<Block>& blocks, const State& source, State& target);

  std::vector<Block> from_inputs_;  // B
  std::vector<Block> recurrent_;    // W
  std::vector<Block> to_readouts_;  // A
  std::vector<Population> populations_;
  State input_;     // x_t (m x lanes)
  State activity_;  // h (n x lanes)
  State current_;   // u_t (n x lanes)
  State readout_;   // y_t (o x lanes)
};

}  // namespace locus
