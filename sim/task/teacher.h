// Teacher: a network in the environment whose readout is the target. It is no actor and sends no
// message.
//
// It computes h_t = (1 - alpha) h_{t-1} + alpha phi(W h_{t-1} + B x_t), y_t = A h_t, from its own
// h_0, for all lanes of a batch at once. Spiking populations and readouts with memory follow the
// equations of core/actor/lif_neuron.h and readout.h, in separate loops here. One population of
// rate neurons with one lane uses core/kernel/recurrence.h. Cost of a tick: one product for each
// projection (with one lane, the product with the inputs is done for several ticks together). A
// readout without memory is computed only on request. R: the model's precision.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "core/actor/network.h"
#include "core/base/column.h"
#include "core/kernel/product.h"
#include "sim/model/realise.h"
#include "sim/model/spec.h"

namespace locus {

template <class R>
class Teacher {
 public:
  /// `weights[k]` belongs to network.projections[k]; dt: ms of a tick.
  Teacher(const NetworkSpec& network, std::span<const Weights> weights, std::int32_t lanes, double dt);

  std::int32_t readouts() const { return readouts_; }

  /// Begins a trial at h_0, whatever the student carries over; all other states become 0.
  void begin();
  /// The best number of ticks for one call of set_inputs: their currents fit into a near cache.
  std::int32_t ticks_at_once() const { return kNearCells / static_cast<std::int32_t>(activity_.size()); }
  /// Takes the inputs of the next `ticks` ticks, x_t [1] (ticks x width x lanes, with contiguous
  /// lanes for each neuron, as in a Batch), which outlive their steps. Its k-th input that is not
  /// constant is number columns[k] of the width; constant ones are its own. All ticks of the
  /// previous call must have been stepped.
  void set_inputs(const R* inputs, std::span<const std::int32_t> columns, std::int32_t width, std::int32_t ticks);
  /// Steps through the next `ticks` ticks of those inputs.
  void step(std::int32_t ticks);
  /// y_t of the last step [1] (o x lanes).
  const Column<R>& readout();

 private:
  static constexpr std::int32_t kNearCells = 4096;
  struct Block {
    std::int32_t row = 0;  // first target neuron, within its layer
    std::int32_t col = 0;  // first source neuron, within its layer
    std::int32_t targets = 0;
    std::int32_t sources = 0;
    bool dense = true;
    // [1]; dense: source by source (sources x targets); sparse: in the order of the list
    Column<R> weight;
    // only sparse: target neuron of each weight, within the block
    std::vector<std::int32_t> target;
    std::vector<std::int32_t> source;
  };
  static WeightsView<R> view(const Block& block) {
    return {block.weight.data(), block.targets, block.sources, block.targets};
  }
  Block block_of(const DenseMatrix& matrix) const;
  Block block_of(const SparseMatrix& matrix) const;
  void add_block(const Block& block, const R* source, R* target) const;
  /// Adds A h_t and D x_t of the last step to `target` (o x lanes).
  void add_readout_blocks(R* target) const;
  /// Puts the inputs of several ticks into their places beside the constant ones.
  void spread(const R* inputs, std::span<const std::int32_t> columns, std::int32_t width, std::int32_t ticks);
  void step_once();
  void step_spiking(const Neurons& population, const R* current);
  void step_each(const Neurons& population, const R* current, R* activity) const;
  void step_readouts();

  std::int32_t lanes_;
  bool single_population_ = false;    // true: one rate population that advance() handles
  std::int32_t inputs_ = 0;           // m
  std::int32_t readouts_ = 0;         // o
  std::vector<Block> from_inputs_;    // B
  std::vector<Block> recurrent_;      // W
  std::vector<Block> to_readouts_;    // A
  std::vector<Block> direct_;         // D: from inputs to readouts
  std::vector<Neurons> populations_;  // rate and spiking
  std::vector<Neurons> outputs_;      // readouts; empty if none has memory
  Column<R> activity_;                // h (n x lanes)
  // B x_t of the ticks of set_inputs; each step overwrites its own part (ticks x n x lanes)
  Column<R> currents_;
  std::size_t offset_ = 0;  // position of the next tick in it
  // x_t of the ticks of set_inputs (ticks x m x lanes)
  const R* shown_ = nullptr;
  std::vector<std::int32_t> columns_;                  // its inputs that are not constant
  std::vector<std::pair<std::int32_t, R>> constants_;  // input and value of each of the others
  Column<R> inputs_with_constants_;                    // x_t, if there are some (ticks x m x lanes)
  // v of spiking neurons (n x lanes); so are the next three
  Column<R> voltage_;
  Column<R> adaptation_;  // a
  Column<R> rest_;        // remaining refractory ticks of each neuron
  Column<R> synaptic_;    // i; empty without synaptic currents
  // A h_t, only for readouts with memory (o x lanes)
  Column<R> readout_current_;
  Column<R> readout_;  // y_t (o x lanes)
};

}  // namespace locus
