#include "core/protocol/learning.h"

namespace locus {

Optimizer optimizer_of(const Learning& learning, const Projection& projection) {
  Optimizer optimizer = optimizer_of(learning.optimizer, projection, learning.seed);
  for (const LearnedFeedback& learned : learning.learned_feedback) {
    const bool reads = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kReadout &&
                       projection.source_population == learned.population;
    const bool feeds = projection.source_layer == Layer::kReadout && projection.target_population == learned.population;
    if (reads || feeds) optimizer.shrink = learned.decay;
  }
  if (projection.source_layer == Layer::kReadout) optimizer.grid.reset();  // R has all bits
  return optimizer;
}

}  // namespace locus
