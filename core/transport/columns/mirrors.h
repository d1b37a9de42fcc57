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

namespace locus {

template <class R>
class Mirrors {
 public:
  explicit Mirrors(const Common<R>& common);

  void begin_trial();
  /// The clock of neurons that filter their activity.
  void tick(const Common<R>& common);
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

  /// What the targets of R tell its synapses in this tick (targets x lanes).
  const R* told(const Common<R>& common, const Projection& wires) const {
    return (filtered_.empty() ? common.network.rate.activity : filtered_).data() + common.first_target(wires);
  }

  std::vector<Mirrored> mirrored_;
  Mirror<R> mirror_;
  Column<R> filtered_;  // h filtered (n x lanes); empty where nothing filters
};

}  // namespace locus
