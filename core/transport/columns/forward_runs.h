// ForwardRuns: ticks of a network that learns nothing, one after the other without the conductor.
//
// Why: among few spiking neurons a tick is a tenth of a microsecond, and less than the dozen calls
// that each look after one projection or population. In a run only what moves numbers is done tick
// by tick. What was sent is added up, and passes the door once a channel for the run. Numbers are
// to the last bit those of single ticks (tests/transport/forward_runs_test.cc). Invariant: nothing
// allocates after it is made.
#pragma once

#include <cstdint>
#include <vector>

#include "core/transport/columns/ahead.h"
#include "core/transport/columns/neurons_clock.h"
#include "core/transport/columns/readouts_clock.h"

namespace locus {

template <class R>
class ForwardRuns {
 public:
  explicit ForwardRuns(const Common<R>& common);

  /// The ticks first .. last: rate neurons and readouts step, and what was sent passes the door.
  void advance(Common<R>& common, const Indexed<Sender<R>>& senders, Ahead<R>& ahead, ReadoutsClock<R>& readouts,
               Tick first, Tick last);

 private:
  /// The facts of a projection that a tick reads.
  struct Line {
    ProjectionId projection;
    bool columns = false;  // those of the sources that speak; otherwise the sender knows how
    bool fresh = false;    // its targets have heard nothing before it in a tick
    bool to_readouts = false;
    const AxonLines<R>* axons = nullptr;
    std::int32_t wait = 0;
    std::int32_t source_begin = 0;
    WeightsView<R> weights;
    R* current = nullptr;   // of the targets
    std::int64_t said = 0;  // sources that spoke in this run, or messages
  };

  /// Cells that step together: those of a population, or of several that spike alike.
  struct Part {
    std::size_t first = 0;
    std::size_t last = 0;
    const Neurons* population = nullptr;  // of neurons that do not spike
    SpikingKind<R> kind;                  // of those that do
  };

  bool begin_fresh(const Common<R>& common, const Neurons& population);
  /// AXON and DENDRITE of this tick over some projections.
  void send(Common<R>& common, const Indexed<Sender<R>>& senders, std::vector<Line>& lines, bool readouts_are_idle);
  void step(Common<R>& common, const SpikingCells<R>& cells) const;

  // projections whose AXONs go before the neurons step, and after it; each in file order
  std::vector<Line> before_;
  std::vector<Line> after_;
  std::vector<const Neurons*> silent_;  // populations whose currents begin at 0 before all lines
  std::vector<Part> parts_;             // of the rate layer
};

}  // namespace locus
