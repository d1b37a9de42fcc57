#include "core/plan/plan.h"

#include <algorithm>

#include "core/base/column.h"
#include "core/plan/choose.h"
#include "core/plan/thresholds.h"

namespace locus {
namespace {

// bytes of a column beside synapses that come before its numbers
constexpr std::int64_t kLead = BesideAllocator<double>::kLead;
// decay, gain and signal that rate neurons and readouts tell in a tick
constexpr std::int64_t kPostColumns = 6;

using Use = TapeLayout::Use;

/// The columns that a projection's way asks for.
ProjectionPlan plan_projection(const PlanFacts& facts, const Projection& projection) {
  ProjectionPlan plan;
  plan.sends = sending_of(facts, projection);
  const ChosenWay chosen = way_of(facts, projection);
  plan.learns = chosen.way;
  plan.why = chosen.why;
  plan.commits = commit_of(facts, projection, chosen.way);
  plan.sums_grains = sums_grains(facts, projection);
  plan.carries_grains = carries_grains(facts, projection);
  const std::int64_t lanes = facts.width.lanes;
  const std::int64_t sources = projection.source_size * lanes;
  if (plan.learns == Way::kFused || plan.learns == Way::kLoop) {
    plan.pre = sources;
    const bool differ = projection.target_layer == Layer::kRate && facts.topology.target_of(projection).neurons_differ;
    if (differ && facts.rule.decay == DecaySource::kConstant && !facts.learning.trace_decay)
      plan.decays = projection.target_size * lanes;
  }
  if (plan.learns == Way::kFused) {
    plan.trace = projection.size();
    if (plan.sums_grains) {
      const std::int32_t grains = Grains{projection.source_size, facts.topology.grain}.count();
      plan.range_currents = std::int64_t{projection.target_size} * grains;
    } else if (projection.dense && projection.whole_size() >= kWorthPass)
      plan.range_currents = std::int64_t{projection.target_size} * kPassRanges;
  }
  if (plan.learns == Way::kLocal) {
    plan.pre = sources;
    for (const LocalTrace& trace : facts.learning.local->traces) {
      if (trace.at == TraceAt::kTarget) continue;
      plan.trace += trace.is_shared ? 2 * sources : projection.size() * lanes;
    }
  }
  if (plan.learns == Way::kLoop) plan.trace = projection.size() * lanes;
  if (plan.learns == Way::kShared) {
    plan.trace = sources;
    plan.traces = {facts.horizon.trial.window, facts.width.lanes, projection.source_size, Use::kProducts};
  }
  if (plan.commits == Commits::kSettled) plan.delta = projection.size();
  if (facts.sweeps() && plan.learns != Way::kStatic && projection.target_layer == Layer::kRate && !projection.is_bias)
    plan.sent = std::int64_t{facts.horizon.trial.ticks} + 1;
  return plan;
}

void split_among_threads(const PlanFacts& facts, const Projection& projection, bool shared_out, ProjectionPlan& plan) {
  plan.copied = copies_synapses(facts, projection, shared_out);
  if (!plan.copied && cuts_runs(facts, projection, shared_out))
    plan.splits = projection.source_size * std::int64_t{facts.width.threads - 1};
}

/// The vectors of the largest tree, one more than it is deep.
std::int64_t tree_cells(const PlanFacts& facts, const Plan& plan) {
  std::int64_t cells = 0;
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const Projection& projection = facts.topology.projections[p];
    const ProjectionPlan& own = plan.projections[p];
    if (!own.sums_grains && !own.carries_grains) continue;
    const std::int32_t neurons = own.sums_grains ? projection.all_sources() : projection.all_targets();
    const std::int64_t width = own.sums_grains ? projection.target_size : projection.source_size;
    const std::int32_t depth = tree_depth(Grains{neurons, facts.topology.grain}.count());
    cells = std::max(cells, width * facts.width.lanes * (depth + 1));
  }
  return cells;
}

bool some(const Topology& topology, const Plan& plan, Layer target, Way way) {
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    if (topology.projections[p].target_layer == target && plan.projections[p].learns == way) return true;
  }
  return false;
}

/// True if synapses from inputs to readouts learn from tapes.
bool learns_on_tapes_from_inputs(const Topology& topology, const Plan& plan) {
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    const Way way = plan.projections[p].learns;
    if (projection.source_layer == Layer::kInput && projection.target_layer == Layer::kReadout &&
        (way == Way::kDeferred || way == Way::kEvents))
      return true;
  }
  return false;
}

/// Which tapes are kept, and the columns of those that learn from events.
void plan_tapes(const PlanFacts& facts, Plan& plan) {
  const Topology& topology = facts.topology;
  const LayerSizes& sizes = topology.sizes;
  const std::int32_t ticks = facts.horizon.trial.ticks;
  const std::int32_t lanes = facts.width.lanes;
  const auto tape = [&](std::int32_t rows, std::int32_t width, Use use = Use::kProducts) {
    return TapeLayout{rows, lanes, width, use};
  };
  const bool sweeps = facts.sweeps();
  const bool events = some(topology, plan, Layer::kRate, Way::kEvents);
  const bool deferred = some(topology, plan, Layer::kRate, Way::kDeferred) || events;
  const bool shared = some(topology, plan, Layer::kRate, Way::kShared);
  const bool readout_events = some(topology, plan, Layer::kReadout, Way::kEvents);
  const bool readouts = some(topology, plan, Layer::kReadout, Way::kDeferred) || readout_events;
  const bool readouts_of_inputs = learns_on_tapes_from_inputs(topology, plan);
  // Without a bend in phi every tick has the same gains, and with weights that wait for the end of
  // the batch the same decays.
  const Use recall = gains_are_constant(topology) ? Use::kConstant : Use::kRecall;
  plan.coefficients_replace_gains = coefficients_replace_gains(facts);
  TapePlan& tapes = plan.tapes;
  if (deferred || sweeps || readouts_of_inputs) tapes.inputs = tape(ticks, sizes.inputs);
  if (deferred || sweeps) {
    tapes.gains = tape(ticks, sizes.rate_neurons, plan.coefficients_replace_gains ? Use::kProducts : recall);
    const auto recalls = [](const Population& population) { return population.recalls_voltage; };
    if (sweeps && std::ranges::any_of(topology.populations, recalls))
      tapes.voltages = tape(ticks, sizes.rate_neurons, Use::kRecall);
  }
  if (deferred || sweeps || readouts) tapes.activities = tape(ticks + 1, sizes.rate_neurons);
  if ((deferred || sweeps || shared) && !plan.coefficients_replace_gains)
    tapes.coefficients = tape(ticks, sizes.rate_neurons);
  if (deferred && facts.rule.decay == DecaySource::kNeuron) tapes.decays = tape(ticks, sizes.rate_neurons, recall);
  if (readouts || (sweeps && lanes > 1)) tapes.epsilons = tape(ticks, sizes.readouts);
  const std::int64_t trial = std::int64_t{ticks} * lanes;
  if (events) plan.worth = trial * sizes.rate_neurons;
  if (readout_events) plan.readout_worth = trial * sizes.readouts;
  if (events || readout_events) plan.transposed = std::int64_t{std::max(sizes.rate_neurons, sizes.readouts)} * lanes;
  if (facts.learning.firing_rate) plan.rate_errors = std::int64_t{sizes.rate_neurons} * lanes;
  if (sweeps) plan.errors_back = std::int64_t{sizes.rate_neurons} * lanes;
  if (sweeps && lanes > 1) plan.recalled = std::int64_t{sizes.readouts} * lanes;
}

/// Which phases are one: runs of ticks, a recurrence in one loop, neurons shared out.
void plan_fusions(const PlanFacts& facts, Plan& plan) {
  const LayerSizes& sizes = facts.topology.sizes;
  plan.ahead_ticks = ahead_ticks_of(facts, plan);
  plan.runs = ticks_run_together(facts, plan);
  plan.runs_forward = ticks_run_forward(facts, plan);
  if (!plan.runs) return;
  plan.recurrent = recurrent_projection(facts, plan);
  if (plan.recurrent) plan.errors_back *= 2;
  plan.compared = std::int64_t{facts.horizon.trial.window} * sizes.readouts;
  if (plan.tapes.epsilons.empty()) plan.tapes.epsilons = {facts.horizon.trial.ticks, 1, sizes.readouts, Use::kProducts};
}

/// What is under way on axons, and who of a layer speaks: as core/transport/axon_lines.h keeps
/// them.
std::int64_t line_bytes(const PlanFacts& facts, Layer layer, bool lists, int parts) {
  std::int64_t slots = 1;
  for (const Projection& projection : facts.topology.projections) {
    if (projection.source_layer == layer) slots = std::max<std::int64_t>(slots, projection.wait + 1);
  }
  const std::int64_t neurons = facts.topology.sizes.of(layer);
  std::int64_t bytes = 0;
  if (slots > 1) bytes += slots * neurons * facts.width.lanes * facts.width.scalar_bytes;
  if (lists) bytes += (slots + parts) * neurons * std::int64_t{sizeof(std::int32_t)};
  return bytes;
}

/// What rate neurons keep under a local rule: constants, traces, numbers of the payloads, reward.
std::int64_t cells_of_neurons(const PlanFacts& facts) {
  const LocalRule& local = *facts.learning.local;
  const std::int64_t n = facts.topology.sizes.rate_neurons;
  const std::int64_t traces =
      std::ranges::count_if(local.traces, [](const LocalTrace& trace) { return trace.at == TraceAt::kTarget; });
  const std::int64_t told = std::int64_t{2} * local.posts.scalars + local.posts.end_scalars;
  return n * (3 + facts.width.lanes * (traces + told + (local.has(Symbol::kReward) ? 1 : 0)));
}

void add_bytes(const PlanFacts& facts, Plan& plan) {
  const std::int64_t scalar = facts.width.scalar_bytes;
  const LayerSizes& sizes = facts.topology.sizes;
  for (std::size_t p = 0; p < plan.projections.size(); ++p) {
    const Projection& projection = facts.topology.projections[p];
    ProjectionPlan& own = plan.projections[p];
    own.bytes = scalar * (own.pre + own.trace + own.delta + own.decays + own.range_currents + own.traces.cells(scalar)) +
                // fan-in
                8 * (own.sent + own.splits) + std::int64_t{sizeof(std::int32_t)} * projection.target_size +
                (own.range_currents > 0 ? kLead : 0);
    if (own.copied) {
      own.bytes += projection.size() * (scalar + std::int64_t{sizeof(std::int32_t)}) +
                   8 * std::int64_t{facts.width.threads} * (projection.source_size + 1);
    }
    plan.bytes += own.bytes;
  }
  const TapePlan& tapes = plan.tapes;
  for (const TapeLayout& tape :
       {tapes.inputs, tapes.activities, tapes.gains, tapes.voltages, tapes.decays, tapes.coefficients, tapes.epsilons})
    plan.tape_bytes += scalar * tape.cells(scalar);
  // what neurons and readouts tell in a tick: decay, gain, signal
  const std::int64_t told = 3 * (std::int64_t{sizes.rate_neurons} + sizes.readouts);
  const std::int64_t cells = plan.errors_back + plan.worth + plan.readout_worth + 2 * plan.compared + plan.recalled +
                             plan.rate_errors + plan.tree + std::int64_t{3} * plan.transposed +
                             std::int64_t{plan.ahead_ticks} * sizes.rate_neurons + told * facts.width.lanes;
  if (facts.learning.local) plan.column_bytes = scalar * cells_of_neurons(facts);
  plan.column_bytes += scalar * cells + line_bytes(facts, Layer::kInput, plan.lists_speakers, 1) +
                       line_bytes(facts, Layer::kRate, plan.lists_speakers, facts.width.threads) +
                       kLead * (kPostColumns + (plan.ahead_ticks > 0 ? 1 : 0));
  plan.bytes += plan.tape_bytes + plan.column_bytes;
}

}  // namespace

std::string_view name(Sends sends) {
  switch (sends) {
    case Sends::kAhead: return "ahead";
    case Sends::kProduct: return "product";
    case Sends::kColumns: return "columns";
    case Sends::kEvents: return "events";
  }
  return "";
}

std::string_view name(Way way) {
  switch (way) {
    case Way::kStatic: return "static";
    case Way::kFused: return "fused";
    case Way::kLoop: return "loop";
    case Way::kDeferred: return "deferred";
    case Way::kShared: return "shared";
    case Way::kSummed: return "summed";
    case Way::kEvents: return "events";
    case Way::kLocal: return "local";
  }
  return "";
}

std::string_view name(Commits commits) {
  switch (commits) {
    case Commits::kNever: return "never";
    case Commits::kInPass: return "in pass";
    case Commits::kAtOnce: return "at once";
    case Commits::kSettled: return "settled";
  }
  return "";
}

Plan plan_of(const Topology& topology, const Learning& learning, const Horizon& horizon, RunWidth width) {
  const PlanFacts facts{topology, learning, rule(learning.kind), horizon, width};
  Plan plan;
  plan.width = width;
  plan.spikes = topology.has_spikes();
  plan.leaky_readouts = topology.has_leaky_readouts();
  for (const Projection& projection : topology.projections)
    plan.projections.push_back(plan_projection(facts, projection));
  plan.posts_to_each = std::ranges::any_of(
      plan.projections, [](const ProjectionPlan& p) { return p.learns == Way::kFused || p.learns == Way::kLoop; });
  plan.lists_speakers = lists_speakers(topology);
  plan.shared_out = shares_neurons_out(facts, plan);
  for (std::size_t p = 0; p < plan.projections.size(); ++p)
    split_among_threads(facts, topology.projections[p], plan.shared_out, plan.projections[p]);
  plan.tree = tree_cells(facts, plan);
  plan_tapes(facts, plan);
  plan_fusions(facts, plan);
  add_bytes(facts, plan);
  return plan;
}

}  // namespace locus
