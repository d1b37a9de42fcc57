// Learner: a network under one rule over one transport. It holds what these need of each other:
// the columns of the network, the door, the transport, and the schedule of a tick (trial.h).
//
// Why: a run, an evaluation, a benchmark and a session that is driven from outside differ in who
// shows what when. What is built for them, and what happens within an update, is the same, and
// stands here once. Cost: that of build and of the transport's columns; nothing is allocated after
// construction. Invariant: the parts refer to each other, so a learner never moves.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/indexed.h"
#include "core/base/rank_exchange.h"
#include "core/protocol/learning.h"
#include "core/transport/executor.h"
#include "core/wire/topology.h"
#include "sim/compile/kernel_library.h"
#include "sim/model/spec.h"
#include "sim/run/chip_record.h"
#include "sim/run/horizon.h"
#include "sim/run/state.h"
#include "sim/run/trial.h"
#include "sim/task/batch.h"

namespace locus {

/// Throws UsageError if ranks cannot share out a rule of the spec by neurons, with the reason.
void check_shareable(const Spec& spec, const Topology& topology, const RuleSpec& rule);

/// T: Mailbox<R> or Columns<R>.
template <class R, TransportOf<R> T>
class Learner {
 public:
  /// `topology` is the spec's and outlives this. `rule` is one of the spec's, or complete as those
  /// are; a chip of the spec is counted for. Of several ranks (`exchange`) it is that of one: the
  /// part of the network that is its own (core/wire/part.h). Throws UsageError for what cannot be
  /// shared out (check_shareable).
  Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, Audience audience, Executor executor,
          RankExchange exchange = {});
  /// A learner that counts for nobody: so many lanes, another permit, no chip.
  Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, std::int32_t lanes, const Permit& permit,
          Audience audience, Executor executor, RankExchange exchange = {});
  Learner(const Learner&) = delete;
  Learner& operator=(const Learner&) = delete;

  /// Has a rule that the model writes itself compiled, if `options` say so and columns learn by it;
  /// so many updates are to come. Returns why it is interpreted although it was to be compiled.
  /// Throws UsageError with that reason under Compile::kAlways.
  std::string compile(const CompileOptions& options, std::int64_t updates);
  /// True if the rule is carried out by compiled code.
  bool is_compiled() const { return kernels_.is_loaded(); }

  /// Begins update `update` (from 0): sets every learning rate, where the model has a schedule, and
  /// says whether the packets of a chip are replayed.
  void begin_update(std::int64_t update);
  /// Shows a batch and learns from it. Returns the loss as met, the mean over the lanes; 0 where
  /// the rule learns nothing. Throws LocalityBroken.
  double run(const Batch<R>& batch);
  /// Trials that were shown tick by tick (Trial::begin .. Trial::end) have ended: counts them.
  void count_trials();
  /// Commits what has been learnt. Returns whether all plastic weights are finite; true where
  /// nothing is learnt. Throws LocalityBroken.
  bool commit();

  /// The cause of a loss or weight that is not finite, of the present update (divergence.h); in a
  /// network with the weights of this one, or of all ranks.
  std::string divergence(double loss) const { return divergence(network_, loss); }
  std::string divergence(const Network<R>& network, double loss) const {
    return describe_divergence(network, loss, trial_.origin());
  }

  /// Goes on from a state that fits the spec. Of several ranks the first one goes on with its
  /// counts.
  void restore(const RuleState& state);
  /// What its actors keep, of one replica, for the ledger to say.
  void note_memory();
  /// eta of a projection before the schedule. Without effect where it is not plastic.
  double learning_rate(ProjectionId projection) const { return rates_[projection]; }
  void set_learning_rate(ProjectionId projection, double rate);
  /// That of feedback that learns: the rule's, whatever the projections have.
  void set_feedback_rate(double rate);
  /// Weights of a projection, in the order of the model file (weights.h).
  void set_weights(ProjectionId projection, const std::vector<double>& values);
  /// The weights of a learner of the same spec.
  void copy_weights(const Network<R>& from);

  const Learning& learning() const { return learning_; }
  /// True if trials of the last batch may have a class that the network has chosen.
  bool has_choices() const { return has_losses() && trial_.counts_votes(); }
  bool has_losses() const { return locus::has_losses(locus::rule(learning_.kind)); }
  bool learns() const { return locus::rule(learning_.kind).drive != Drive::kNothing; }
  const TrialShape& shape() const { return shape_; }
  Network<R>& network() { return network_; }
  const Network<R>& network() const { return network_; }
  Door& door() { return door_; }
  const Door& door() const { return door_; }
  T& transport() { return transport_; }
  Trial<R, T>& trial() { return trial_; }
  std::optional<ChipRecord>& chip() { return chip_; }

 private:
  Learner(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Learning& learning,
          std::int32_t lanes, const Permit& permit, Audience audience, Executor executor, RankExchange exchange);

  const Topology& whole_;
  std::optional<Topology> part_;  // of a rank
  Learning learning_;
  TrialShape shape_;
  std::int64_t updates_;                  // of the run, which the schedule counts by
  std::optional<ScheduleSpec> schedule_;  // of the learning rates
  Network<R> network_;
  Indexed<double> rates_;  // eta by projection, before the schedule
  double feedback_rate_;   // eta of feedback, before the schedule
  Door door_;
  std::optional<ChipRecord> chip_;
  KernelLibrary kernels_;
  T transport_;
  Trial<R, T> trial_;
};

}  // namespace locus
