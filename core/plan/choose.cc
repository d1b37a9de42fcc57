#include "core/plan/choose.h"

#include <algorithm>

#include "core/kernel/product.h"
#include "core/plan/thresholds.h"
#include "core/protocol/phase_table.h"

namespace locus {
namespace {

/// Inputs are known for the whole trial, and no tick changes these weights: so the currents of a
/// run of ticks are one product, which reads the weights once for all of them. Where inputs come
/// tick by tick that run is one tick: its sums are those of a longer one.
bool is_sent_ahead(const PlanFacts& facts, const Projection& projection) {
  const bool kept = !projection.plastic || !facts.horizon.trial.commits_every_tick;
  const bool known =
      projection.source_layer == Layer::kInput && projection.target_layer == Layer::kRate && projection.wait == 0;
  return known && projection.dense && facts.width.lanes == 1 && kept && !facts.topology.target_of(projection).spiking;
}

/// Tapes below the floor are always accepted. Beyond twice the memory of traces, a pass at every
/// POST costs less than the memory.
bool tapes_outgrow_traces(const PlanFacts& facts, const Projection& projection) {
  const LayerSizes& sizes = facts.topology.sizes;
  const std::int64_t neurons = sizes.inputs + std::int64_t{4} * sizes.rate_neurons + sizes.readouts;
  const std::int64_t of_lanes = facts.width.lanes * facts.width.scalar_bytes;
  const std::int64_t tapes = neurons * facts.horizon.trial.ticks * of_lanes;
  const std::int64_t traces = projection.whole_size() * of_lanes;
  return tapes > std::max(facts.horizon.tape_floor, 2 * traces);
}

}  // namespace

bool is_spiking(const Topology& topology, const Projection& projection) {
  return sends_spikes(topology, projection) ||
         (projection.target_layer == Layer::kRate && topology.target_of(projection).spiking);
}

Sends sending_of(const PlanFacts& facts, const Projection& projection) {
  if (is_sent_ahead(facts, projection)) return Sends::kAhead;
  if (facts.width.lanes == 1 && !projection.dense) return Sends::kEvents;
  if (is_spiking(facts.topology, projection)) return Sends::kColumns;
  return Sends::kProduct;
}

/// What spiking neurons say is summed event by event, in the order of the neurons.
bool sums_grains(const PlanFacts& facts, const Projection& projection) {
  return projection.source_layer == Layer::kRate && projection.target_layer == Layer::kReadout &&
         !sends_spikes(facts.topology, projection) && Grains{projection.all_sources(), facts.topology.grain}.count() > 1;
}

bool carries_grains(const PlanFacts& facts, const Projection& projection) {
  return facts.sweeps() && projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate &&
         (facts.topology.is_part() || Grains{projection.all_targets(), facts.topology.grain}.count() > 1);
}

/// Momentum, decay and bounds are the optimizer's, or limits of the projection's own.
bool descends_plainly(const PlanFacts& facts, const Projection& projection) {
  return optimizer_of(facts.learning, projection).plain();
}

ChosenWay way_of(const PlanFacts& facts, const Projection& projection) {
  const Population& target = facts.topology.target_of(projection);
  const bool onto_rate = projection.target_layer == Layer::kRate;
  if (facts.rule.drive == Drive::kNothing) return {Way::kStatic, "the rule changes nothing"};
  if (!projection.plastic) return {Way::kStatic, "it is not plastic"};
  if (facts.learning.local && onto_rate) return {Way::kLocal, "the model writes the rule itself"};
  if (target.spiking) return {Way::kEvents, "onto spiking neurons: cost follows what is sent"};
  if (target.leaky) return {Way::kEvents, "onto readouts with memory"};
  if (tells_changes(facts.rule.drive) && onto_rate) return {Way::kSummed, "neurons tell each synapse its change"};
  if (rounds_traces(facts.learning, projection)) return {Way::kLoop, "each synapse rounds its trace in every tick"};
  if (facts.horizon.trial.commits_every_tick && !facts.sweeps()) {
    if (descends_plainly(facts, projection)) return {Way::kFused, "every tick commits"};
    return {Way::kLoop, "every tick commits, and not by plain descent"};
  }
  if (!facts.sweeps() && tapes_outgrow_traces(facts, projection)) return {Way::kLoop, "tapes would outgrow the traces"};
  if (knows_gain(facts.rule, projection, target) && !target.neurons_differ)
    return {Way::kShared, "phi is the identity: one trace a source"};
  return {Way::kDeferred, facts.sweeps() ? "a sweep sums over its ticks" : "the batch commits at its end"};
}

/// A weight that moves by plain descent may follow at once; under any other optimizer all that a
/// commit asks of a synapse must be known first.
Commits commit_of(const PlanFacts& facts, const Projection& projection, Way way) {
  switch (way) {
    case Way::kStatic: return Commits::kNever;
    case Way::kFused: return Commits::kInPass;
    case Way::kDeferred:
    case Way::kShared: return descends_plainly(facts, projection) ? Commits::kAtOnce : Commits::kSettled;
    case Way::kLoop:
    case Way::kSummed:
    case Way::kLocal:
    case Way::kEvents: break;
  }
  return Commits::kSettled;
}

/// Sparse synapses, and those from and onto spiking neurons, are gone over for speakers alone.
bool lists_speakers(const Topology& topology) {
  return topology.has_spikes() ||
         std::ranges::any_of(topology.projections, [](const Projection& projection) { return !projection.dense; });
}

/// With several threads and sparse synapses alone, a thread keeps its neurons' columns in its
/// processor's cache: it sends what they hear, steps them and lists who of them speaks.
bool shares_neurons_out(const PlanFacts& facts, const Plan& plan) {
  if (facts.width.threads == 1 || facts.width.lanes != 1) return false;
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const Projection& projection = facts.topology.projections[p];
    if (projection.target_layer != Layer::kRate) continue;
    if (projection.dense || plan.projections[p].learns == Way::kFused) return false;
  }
  return true;
}

bool gains_are_constant(const Topology& topology) {
  return std::ranges::all_of(topology.populations, [](const Population& population) {
    return population.layer != Layer::kRate || population.constant_gain;
  });
}

/// Sweeps that do not overlap come to each tick once, so that its gain is free when its coefficient
/// is known.
bool coefficients_replace_gains(const PlanFacts& facts) {
  const Learning& learning = facts.learning;
  return facts.sweeps() && !gains_are_constant(facts.topology) && !facts.topology.has_spikes() &&
         learning.depth <= learning.stride && facts.horizon.trial.ticks % learning.stride == 0;
}

/// Threads take targets, so that a source's run of synapses is cut where the targets of each end:
/// over sparse synapses, one lane. Where they share the neurons out every run is cut; elsewhere
/// only those of a projection that may send enough to be worth waking them. Sums over grains are
/// cut by grains instead.
bool cuts_runs(const PlanFacts& facts, const Projection& projection, bool shared_out) {
  if (sums_grains(facts, projection) || projection.dense || facts.width.lanes > 1 || facts.width.threads == 1)
    return false;
  return (shared_out && projection.target_layer == Layer::kRate) || projection.size() >= kWorthSending;
}

/// Where nothing changes weights, a thread may have the synapses onto its neurons laid out for
/// itself: it then reads what stands together, and its processor what it comes to next.
bool copies_synapses(const PlanFacts& facts, const Projection& projection, bool shared_out) {
  return cuts_runs(facts, projection, shared_out) && shared_out && projection.target_layer == Layer::kRate &&
         facts.rule.drive == Drive::kNothing;
}

/// Ticks of which the currents of inputs that are known are one product: the more, the fewer times
/// weights are read, as long as the currents stay in a near cache.
std::int32_t ahead_ticks_of(const PlanFacts& facts, const Plan& plan) {
  const auto ahead = [](const ProjectionPlan& projection) { return projection.sends == Sends::kAhead; };
  if (std::ranges::none_of(plan.projections, ahead)) return 0;
  if (facts.horizon.inputs_tick_by_tick) return 1;
  const std::int32_t near = std::max(kAheadTicks, kAheadCells / facts.topology.sizes.rate_neurons);
  return std::min(near, facts.horizon.trial.ticks);
}

/// Tapes hold all that is sent, tick by tick, and no message is late or is told one by one: then
/// only what must wait for the tick before it is done tick by tick.
bool ticks_run_together(const PlanFacts& facts, const Plan& plan) {
  const Horizon& horizon = facts.horizon;
  // ranks wait for each other in every tick
  if (facts.topology.is_part()) return false;
  if (!facts.learning.learned_feedback.empty()) return false;  // it hears the activity of each tick
  if (plan.leaky_readouts || plan.spikes || facts.topology.has_noise() || horizon.inputs_tick_by_tick) return false;
  if (!facts.learning.wires.empty()) return false;  // they are of single ticks
  if (facts.width.lanes > 1 || plan.tapes.activities.empty() || plan.ahead_ticks == 0 || horizon.outputs_are_seen)
    return false;
  if (!facts.sweeps() && facts.rule.drive != Drive::kOnline) return false;
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const Projection& projection = facts.topology.projections[p];
    const ProjectionPlan& own = plan.projections[p];
    const bool waits = own.learns == Way::kStatic || own.learns == Way::kDeferred || own.learns == Way::kShared;
    const bool known = projection.source_layer != Layer::kInput || projection.target_layer == Layer::kReadout ||
                       own.sends == Sends::kAhead;
    if (!projection.dense || projection.wait != 0 || !waits || !known) return false;
  }
  return true;
}

/// Nothing learns, and nobody looks at a tick: what the conductor does for each projection and
/// population between two ticks of few neurons is then most of their time. Beyond that threads step
/// them.
bool ticks_run_forward(const PlanFacts& facts, const Plan& plan) {
  const Horizon& horizon = facts.horizon;
  if (facts.rule.drive != Drive::kNothing || facts.width.lanes > 1 || plan.shared_out) return false;
  if (facts.topology.is_part() || !facts.learning.wires.empty()) return false;  // as above
  if (facts.topology.has_noise() || horizon.inputs_tick_by_tick || horizon.outputs_are_seen) return false;
  if (facts.topology.has_integers()) return false;  // each leak draws
  return facts.topology.sizes.rate_neurons < kWorthSharing;
}

/// The one projection that tells the neurons of the one population, all of them, of each other,
/// where its weights are near and one thread sends it: among few neurons a tick is a dozen
/// nanoseconds, less than finding out anew what is to be done.
std::optional<ProjectionId> recurrent_projection(const PlanFacts& facts, const Plan& plan) {
  const std::int32_t n = facts.topology.sizes.rate_neurons;
  std::optional<ProjectionId> found;
  std::int32_t populations = 0;
  for (const Population& population : facts.topology.populations) {
    if (population.layer != Layer::kRate) continue;
    if (population.neurons_differ) return {};  // the one loop has one leak
    ++populations;
  }
  for (ProjectionId p; p.value < std::ssize(plan.projections); ++p.value) {
    const Projection& w = facts.topology.projections[p];
    if (w.target_layer != Layer::kRate || plan.projections[p].sends == Sends::kAhead) continue;
    const bool own = w.source_layer == Layer::kRate && w.source_size == n && w.target_size == n;
    if (own && Grains{n, facts.topology.grain}.count() > 1) return {};  // one grain is one sum
    const bool far = w.size() * facts.width.scalar_bytes >= kFar;
    if (found || !own || far || chunks_of(w.size(), facts.width.lanes, 2, 1) > 1) return {};
    found = p;
  }
  return populations == 1 ? found : std::nullopt;
}

}  // namespace locus
