// Trial: the schedule of a tick, and of the ticks of a trial. It conducts; it owns no state of any
// actor.
//
// What must come before what:
//   1. AXON over B and W carries x_t and h_{t-1}: before rate neurons step. INFLUENCE carries
//      P(t-1): before they step as well.
//   2. AXON over A carries h_t: after they have stepped, before readouts step and compare with
//      their targets (NORM before that, where it is told).
//   3. POST of readouts carries eps_t, and A answers with the weights of before the commit.
//   4. FEEDBACK or TRANSPORT completes a rate neuron's learning signal; an autapse tells its weight
//      of before the commit; REWARD brings what the environment gives: before rate neurons POST.
//   5. A sweep uses the errors up to t and the weights of before the commit.
//   6. Firing-rate errors, and what a local rule does at the end of a trial, are told when the last
//      tick is done.
//   7. The commit comes last, and CLIP right before it; the next tick sees the new weights.
// Source of the order: docs/architecture.md.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/nonlocal/backward_agent.h"
#include "core/nonlocal/norm_clip.h"
#include "core/nonlocal/rank_one.h"
#include "core/nonlocal/sensitivities.h"
#include "core/protocol/phase_set.h"
#include "core/protocol/trial_shape.h"
#include "core/transport/transport.h"
#include "sim/model/spec.h"
#include "sim/run/divergence.h"
#include "sim/task/batch.h"

namespace locus {

/// T: Mailbox<R> or Columns<R>.
template <class R, TransportOf<R> T>
class Trial {
 public:
  Trial(T& transport, const Learning& learning, const TrialShape& shape, const TrainingSpec& training);

  /// Runs the trials of a batch, all lanes abreast. Returns the loss as met, the mean over the
  /// lanes; 0 where the rule learns nothing.
  double run(const Batch<R>& batch);

  /// The same, tick by tick, for a world that answers the network. begin() starts the trials; the
  /// inputs (T x m x lanes) outlive them, and the row of tick t is read by step(t) and by nobody
  /// before. Null: each x_t stands at the inputs' activities when step(t) is called.
  /// first_trial: number of the trial of lane 0, for noise.
  void begin(const R* inputs, std::int64_t first_trial = 0);
  /// Everything of a tick that goes forward: afterwards readouts have their outputs.
  void step(Tick now);
  /// Everything of a tick that learns, and its commit where every tick commits. target: y*_t (o x
  /// lanes); null where the tick brings no error. weight: of each error (o x lanes), null: 1.
  /// Without effect under `none`. Throws LocalityBroken.
  /// reward: r_t of each lane (lanes) for rules whose rewards are given; null: none.
  void learn(Tick now, const R* target, const R* weight = nullptr, const R* reward = nullptr);
  /// Ends the trials after tick T. Returns what run() returns.
  double end();

  /// Shows the trials of a batch and measures their losses, by lane; nothing is learnt. Under
  /// `none`, on a door that lets TARGET and NORM pass.
  const std::vector<double>& show(const Batch<R>& batch);

  /// The commit at the end of a batch; without effect where every tick commits. Throws
  /// LocalityBroken.
  void commit_batch();

  /// The sums of what each readout said at the ticks with an error of the present trials (o x
  /// lanes), of a batch with classes.
  const std::vector<double>& votes() const { return votes_; }
  bool counts_votes() const { return counts_votes_; }

  /// The place and tick at which a loss of the present trials became infinite or NaN; else empty.
  const std::optional<NonFinite>& origin() const { return origin_; }

  /// What an experimenter sees of every tick once all have stepped and learnt, before a commit; no
  /// actor hears of it.
  using Observer = std::function<void(Tick now, const Network<R>& network)>;
  void observe(Observer observer) { observer_ = std::move(observer); }

 private:
  void begin(const Batch<R>& batch);
  /// late: ticks before each trial's first (lanes); empty: none.
  void begin(const R* inputs, std::int64_t first_trial, std::span<const std::int32_t> late);
  /// x_t of a batch whose inputs do not stand in memory appears at the inputs.
  void show_inputs(const Batch<R>& batch, Tick now);
  Tick end_of_run(Tick now) const;
  bool run_ticks(Tick first, Tick last, const Batch<R>& batch);
  /// Returns whether a commit is due where every tick commits: after each tick online, after each
  /// sweep otherwise.
  bool learn_tick(Tick now, const R* target, const R* weight, const R* reward);
  /// REWARD of this tick.
  void give_rewards(Tick now, const R* reward);
  /// The ticks of a rule that is driven by every tick as it passes, after its errors.
  void learn_online(Tick now, bool has_error, const R* reward);
  void see_and_commit(Tick now, bool learnt);
  /// The phases of a run that only shows its trials are others than those of `none`.
  void meet_targets(Tick now, const R* target, const R* weight, PhaseSet selected);
  /// Delivers a phase if one of its rows is selected.
  template <class P>
  void deliver(const P& phase) {
    if (selects<P>(selected_)) transport_.deliver(phase);
  }
  /// True if an error of an earlier tick may arrive in this one, over slow wires.
  bool is_on_its_way(Tick now) const;
  void add_losses(const R* target, const R* weight);
  void add_squares(const R* error, const R* weight);
  void add_votes(const R* output, const R* weight);
  void note_origin(const LossTerms<R>& terms, Tick now);
  void commit(R scale);

  T& transport_;
  Learning learning_;
  TrialShape shape_;
  PhaseSet selected_;  // the phases of the run
  R scale_;            // of loss and errors (loss_scale_of)
  bool carries_;       // neurons begin a trial where the last one ended
  R mean_;             // of a commit: 1 / batch
  bool leaky_;         // whether readouts have memory, and their synapses filter in every tick
  // Projections over which AXONs go before the neurons' step (from inputs, whose messages of a tick
  // go together, and onto rate neurons), and after it; in file order.
  std::vector<std::int32_t> before_neurons_;
  std::vector<std::int32_t> after_neurons_;
  std::optional<BackwardAgent<R>> agent_;          // sweeps only
  std::optional<Sensitivities<R>> sensitivities_;  // RTRL only
  std::optional<RankOne<R>> factors_;              // UORO only
  std::optional<NormClip<R>> clip_;                // where the norm of all changes is bounded
  bool noisy_;                                     // some population draws noise
  std::int32_t feedback_delay_;                    // ticks of FEEDBACK on its wires
  Tick last_error_;                                // of the present trials, with an error
  Observer observer_;                              // may be empty
  std::vector<double> losses_;                     // of the present trials (lanes)
  // of them before the present tick (lanes); only where it is rewarded
  std::vector<double> met_;
  Column<R> rewards_;                // of the present tick (lanes)
  bool counts_votes_ = false;        // the present trials may have classes
  std::vector<double> votes_;        // (o x lanes); empty until trials have classes
  std::optional<NonFinite> origin_;  // of a loss that is not finite
};

}  // namespace locus
