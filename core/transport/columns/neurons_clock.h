// The clock of the rate layer: a trial begins, a tick begins, neurons step; and, in a network of
// sparse synapses, all that its neurons hear in a tick.
//
// There, threads share the layer's neurons out once (the plan says so): a thread sends what they
// hear, over all projections, steps them and lists who of them speaks. Their columns stay in its
// processor's cache, and a tick starts the threads once; twice where a projection carries in this
// tick what was said in the last, for the step writes over that.
#pragma once

#include <vector>

#include "core/transport/columns/sending.h"

namespace locus {

template <class R>
class NeuronsClock {
 public:
  explicit NeuronsClock(const Common<R>& common) { under_way_.reserve(common.onto_rate.size()); }

  void begin_trial(Common<R>& common);
  /// Neurons of trials that begin with tick `now`, after others of the batch.
  void begin_late(Common<R>& common, Tick now);
  /// Currents and signals of all neurons start at 0, where threads have not shared them out.
  void begin_tick(const Common<R>& common);
  /// AXONs of this tick that have been counted, and are sent when the neurons step.
  void put_off(ProjectionId p, std::int64_t messages) { under_way_.push_back({p, messages}); }
  void step(Common<R>& common, const Indexed<Sender<R>>& senders);
  /// Cells [first, last) of a population that does not spike, whose currents have arrived in
  /// `current` (n x lanes).
  static void step_population(const Common<R>& common, const Neurons& population, std::size_t first, std::size_t last,
                              R* current);
  /// e-prop: the decay that each neuron tells its synapses in the tick of this row, made of its own
  /// weight.
  static void note_decays(Common<R>& common, std::int32_t row);

 private:
  struct UnderWay {
    ProjectionId projection;
    std::int64_t messages = 0;
  };

  static void silence(const Common<R>& common, std::size_t first, std::size_t last);
  static void step_cells(const Common<R>& common, std::size_t begin, std::size_t end);
  /// Keeps the cells silent whose trials have not begun.
  static void wait(const Common<R>& common, std::size_t first, std::size_t last);
  /// Adds the noise of a population to its cells [first, last): to their currents before the step,
  /// or to their activities after it.
  static void add_noise(const Common<R>& common, const Neurons& population, std::size_t first, std::size_t last,
                        bool stepped);

  std::vector<UnderWay> under_way_;
};

}  // namespace locus
