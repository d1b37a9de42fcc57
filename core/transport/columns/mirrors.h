// Mirrors: feedback that learns: POST of rate neurons to the synapses of R, and their commit.
//
// The synapses of R between a readout and a rate neuron, and those of A the other way, change
// alike: by the error of one and the activity of the other. Beside readouts with memory each rate
// neuron filters its activity as their synapses do.
// Cost: a multiply-add a synapse of R, lane and tick with an error; its weight and a change a
// synapse; beside readouts with memory a number a neuron and lane. Nothing where feedback is fixed.
// Source: Kolen & Pollack, ICNN 1994; Akrout et al., NeurIPS 2019.
#pragma once

#include <vector>

#include "core/transport/columns/common.h"
#include "core/transport/mirrored_activity.h"

namespace locus {

template <class R>
class Mirrors {
 public:
  explicit Mirrors(const Common<R>& common);

  void begin_trial() { activity_.begin_trial(); }
  /// The clock of neurons that filter their activity.
  void tick() { activity_.tick(); }
  void deliver(Common<R>& common, const phase::FeedbackPosts&);
  void commit(Common<R>& common, R scale);

 private:
  /// One feedback that learns.
  struct Mirrored {
    std::size_t feedback;  // its place in Network::feedback
    Optimizer optimizer;
    Column<std::int32_t> fan_in;  // (targets)
    Column<R> delta;              // (synapses)
  };

  std::vector<Mirrored> mirrored_;
  MirroredActivity<R> activity_;
};

}  // namespace locus
