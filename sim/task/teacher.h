// Teacher: a network of the environment whose readout is the target. It is no actor and sends no
// message.
//
// h_t = (1 - alpha) h_{t-1} + alpha phi(W h_{t-1} + B x_t), y_t = A h_t, from its own h_0, for all
// lanes of a batch at once. Spiking populations and readouts with memory as core/actor/lif_neuron.h
// and readout.h have them, in loops of its own; one population of rate neurons with one lane goes
// as core/kernel/recurrence.h has it.
// Cost of a tick: one product a projection (with one lane, one from the inputs for all ticks heard
// together); a readout without memory is computed only when it is asked for. R: the model's
// precision.
#pragma once

#include <cstdint>
#include <span>
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
  /// `weights[k]` are those of network.projections[k]; dt: ms of a tick.
  Teacher(const NetworkSpec& network, std::span<const Weights> weights, std::int32_t lanes, double dt);

  std::int32_t inputs() const { return inputs_; }
  std::int32_t readouts() const { return readouts_; }

  /// A trial begins at h_0, whatever the student carries over; all other states are 0.
  void begin();
  /// Ticks whose currents a near cache holds: as many as are best heard together.
  std::int32_t ticks_at_once() const { return kNearCells / static_cast<std::int32_t>(activity_.size()); }
  /// What the next `ticks` ticks show, x_t [1] (ticks x m x lanes), lanes contiguous under each
  /// neuron, as in a Batch. The last run is over.
  void hear(const R* inputs, std::int32_t ticks);
  /// The next `ticks` ticks of those heard.
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
    // dense: source by source (sources x targets); sparse: as listed
    Column<R> weight;
    std::vector<std::int32_t> target;  // sparse only: of each weight, within the block
    std::vector<std::int32_t> source;
  };
  static WeightsView<R> view(const Block& block) {
    return {block.weight.data(), block.targets, block.sources, block.targets};
  }
  Block block_of(const DenseMatrix& matrix) const;
  Block block_of(const SparseMatrix& matrix) const;
  void add_block(const Block& block, const R* source, R* target) const;
  void step_once();
  void step_spiking(const Neurons& population, const R* current);
  void step_readouts();

  std::int32_t lanes_;
  bool alone_ = false;                // one population that advance() takes
  std::int32_t inputs_ = 0;           // m
  std::int32_t readouts_ = 0;         // o
  std::vector<Block> from_inputs_;    // B
  std::vector<Block> recurrent_;      // W
  std::vector<Block> to_readouts_;    // A
  std::vector<Neurons> populations_;  // rate and spiking
  std::vector<Neurons> outputs_;      // readouts, where some have memory
  Column<R> activity_;                // h (n x lanes)
  // B x_t of the ticks heard; of those that have been stepped what they came to (ticks x n x lanes)
  Column<R> heard_;
  std::size_t next_ = 0;  // where the next tick's begin
  Column<R> voltage_;     // v, of spiking neurons (n x lanes), as the next two
  Column<R> adaptation_;  // a
  Column<R> rest_;        // ticks for which a neuron cannot spike
  Column<R> arrived_;     // A h_t, for readouts with memory (o x lanes)
  Column<R> readout_;     // y_t (o x lanes)
};

}  // namespace locus
