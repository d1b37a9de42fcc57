// The way of a rule that the model writes itself: the tile interpreter (core/kernel/tile.h) over
// the synapses of each source, in every tick.
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
  LocalWay(const Common<R>& common, std::int32_t p);

  void begin_trial();
  void hear_axon(const R* activity) { std::copy_n(activity, pre_.size(), pre_.begin()); }
  void hear_post(const PostTick<R>& tick);
  Column<R>& delta() { return delta_; }

 private:
  void hear_from(const PostTick<R>& tick, std::int32_t first, std::int32_t last, TileRunner<R>& runner,
                 TileColumns<R>& columns);

  /// What one thread needs.
  struct Share {
    TileRunner<R> runner;
    TileColumns<R> columns;
  };

  std::int32_t p_;
  std::unique_ptr<const TileProgram> program_;
  Column<R> pre_;                  // what each source sent in this tick (sources x lanes)
  std::vector<Column<R>> traces_;  // by trace (synapses x lanes); empty where neurons keep it
  Column<R> delta_;                // (synapses)
  std::vector<Share> shares_;      // by thread
};

}  // namespace locus
