#include "core/protocol/learning.h"

namespace locus {

Optimizer optimizer_of(const Learning& learning, const Projection& projection) {
  Optimizer optimizer = optimizer_of(learning.optimizer, projection.limits);
  for (const LearnedFeedback& learned : learning.learned_feedback) {
    const bool reads = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kReadout &&
                       projection.source_population == learned.population;
    const bool feeds = projection.source_layer == Layer::kReadout && projection.target_population == learned.population;
    if (reads || feeds) optimizer.shrink = learned.decay;
  }
  // a bias is its neuron's own state; R has all bits
  if (projection.is_bias || projection.source_layer == Layer::kReadout) optimizer.grid.reset();
  if (optimizer.grid) optimizer.rounding = random_key(learning.seed, "synapse/weight/" + projection.name);
  return optimizer;
}

}  // namespace locus
