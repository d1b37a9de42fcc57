// The way of a rule that the model writes itself: the tile interpreter (core/kernel/tile.h), or a
// compiled kernel, over the synapses of each source, in every tick and at the end of a trial.
//
// Cost: a pass over traces and changes a tick. Threads take ranges of sources, whose synapses they
// own.
#pragma once

#include <memory>
#include <vector>

#include "core/kernel/tile.h"
#include "core/transport/columns/moments.h"

namespace locus {

template <class R>
class LocalWay {
 public:
  LocalWay(const Common<R>& common, ProjectionId p);

  void begin_trial();
  void hear_axon(const R* activity) { std::copy_n(activity, pre_.size(), pre_.begin()); }
  void hear_post(const PostTick<R>& tick) { run(tick, RuleMoment::kTick); }
  void hear_end(const PostTick<R>& tick) { run(tick, RuleMoment::kEnd); }
  Column<R>& delta() { return delta_; }
  /// From now on by these, with the same bits.
  void use(const RuleKernels<R>& kernels);

 private:
  /// The state of one thread at a moment.
  struct Share {
    TileRunner<R> runner;
    TileColumns<R> columns;
  };
  struct Program {
    std::unique_ptr<const TileProgram> program;
    std::vector<Share> shares;  // by thread
    std::size_t payload = 0;    // numbers of the POST
  };

  Program program_of(const Common<R>& common, RuleMoment moment) const;
  void run(const PostTick<R>& tick, RuleMoment moment);
  void run_from(const PostTick<R>& tick, std::int32_t first, std::int32_t last, RuleMoment moment, Share& share);

  ProjectionId p_;
  Column<R> pre_;                  // what each source sent in this tick (sources x lanes)
  std::vector<Column<R>> traces_;  // by trace (synapses x lanes); empty where neurons keep it
  std::vector<Column<R>> shared_;  // by trace that sources keep (sources x 2 x lanes); else empty
  Column<R> delta_;                // (synapses)
  Program tick_;
  Program end_;  // without shares if nothing happens at the end of a trial
};

}  // namespace locus
