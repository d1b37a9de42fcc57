// Learners: the ways of all projections, the worths of events, and the traces that are watched:
// what synapses hear, and what becomes of it at a commit.
//
// Each phase passes the door once for all its messages of a projection and hands them to its way.
// What each way does at each moment is a table in docs/architecture.md.
#pragma once

#include <optional>
#include <vector>

#include "core/transport/columns/sending.h"
#include "core/transport/columns/watched.h"
#include "core/transport/columns/ways.h"

namespace locus {

template <class R>
class Learners {
 public:
  explicit Learners(const Common<R>& common);

  void begin_trial();
  /// A pass that waits sends this tick's AXONs of a projection. Returns whether one did.
  bool send(const Common<R>& common, ProjectionId p);
  /// What the sources of a projection sent in this tick (sources x lanes); it is on its way
  /// already.
  void hear_axon(ProjectionId p, const R* activity) {
    if (hears_axons_[p] != 0) keep_axon(p, activity);
  }
  /// AXON and POST of a run of ticks; in its first `quiet` ticks no error comes.
  void hear_run(const Common<R>& common, Tick first, Tick last, std::int32_t quiet);

  void deliver(Common<R>& common, const phase::Errors<R>& errors);
  void deliver(Common<R>& common, const phase::Rewards<R>& rewards);
  void deliver(Common<R>& common, const phase::Posts& posts);
  void deliver(Common<R>& common, const phase::LocalEnds& ends);
  void deliver(Common<R>& common, const phase::RateErrors&);
  void deliver(Common<R>& common, const phase::Squares<R>& squares);
  void deliver(Common<R>& common, const phase::Factors<R>& factors);

  void commit(Common<R>& common, R scale);
  void finish(const Common<R>& common);

  /// RTRL: the change of one synapse; the lanes' changes are one sum.
  R& change(ProjectionId projection, SynapseId synapse);
  void use(const RuleKernels<R>& kernels);
  /// From now on the traces of a projection are watched.
  void watch(const Common<R>& common, ProjectionId p);
  const std::vector<WatchedTraces<R>>& watched() const { return watched_; }

 private:
  void keep_axon(ProjectionId p, const R* activity);
  void hear_post(ProjectionId p, const PostTick<R>& tick);
  AnyWay<R>& way(ProjectionId p) { return ways_[p]; }
  /// What waits on tapes becomes what each synapse asks for; where the optimizer is plain its
  /// weight follows at once.
  void collect(Common<R>& common, R scale);
  /// POST under a local rule.
  void deliver_local(Common<R>& common, const phase::Posts& posts);

  Indexed<AnyWay<R>> ways_;  // by projection
  // by projection: whether its way, or a watcher, keeps what is sent
  Indexed<std::uint8_t> hears_axons_;
  EventWorths<R> worths_;
  std::vector<WatchedTraces<R>> watched_;
  std::optional<LocalNeurons<R>> local_;  // only under a rule that the model writes itself
  // what waited on tapes has become changes (CLIP), ahead of its commit
  bool collected_ = false;
};

}  // namespace locus
