#include "core/protocol/closed_form.h"

#include <algorithm>

#include "core/protocol/declaration.h"
#include "core/protocol/phase_table.h"
#include "core/protocol/sensitivity_pattern.h"

namespace locus {
namespace {

/// Similar wires of a phase, which have one message each, all at the same times.
struct Bundle {
  std::int64_t wires = 0;
  std::int32_t delay = 0;  // ticks
  std::int64_t awake = 0;  // number of those whose source begins a trial with an activity
  bool spikes = false;     // what they carry has one bit
};

std::int64_t awake_of(const Topology& topology, const Projection& projection, const TrialShape& trial) {
  if (projection.source_layer != Layer::kRate) return 0;
  if (trial.carries) return projection.size();
  const Population& source = topology.source_of(projection);
  if (source.awake.empty()) return 0;
  std::int64_t awake = 0;
  for (std::int32_t j = 0; j < projection.source_size; ++j) awake += source.is_awake(j) ? projection.fan_out(j) : 0;
  return awake;
}

/// A run, with what follows from its pattern of sensitivities, which is found once.
struct Facts {
  const Learning& learning;
  const Topology& topology;
  std::span<const Projection> feedback;
  const TrialShape& trial;
  SensitivityCounts sensitivities;
};

/// The counts of sensitivities, if the rule carries some.
SensitivityCounts sensitivities_of(const Learning& learning, const Topology& topology) {
  return rule(learning.kind).drive == Drive::kSensitivity ? sensitivity_counts(topology, learning) : SensitivityCounts{};
}

template <class Visit>
void each_bundle(const PhaseRow& row, const Facts& facts, Visit visit) {
  const auto& [learning, topology, feedback, trial, sensitivities] = facts;
  const LayerSizes& sizes = topology.sizes;
  switch (row.over) {
    case Over::kR:
      for (const Projection& projection : feedback) {
        if (row.plastic == Plastic::kAny || projection.plastic) visit(Bundle{projection.size()});
      }
      return;
    case Over::kAutapses: return visit(Bundle{std::ssize(topology.autapses)});
    case Over::kEachRate: return visit(Bundle{sizes.rate_neurons});
    case Over::kEachReadout: return visit(Bundle{sizes.readouts});
    case Over::kReadoutPairs: return visit(Bundle{std::int64_t{sizes.readouts} * (sizes.readouts - 1)});
    case Over::kForeignSynapses: return visit(Bundle{sensitivities.gathers});
    case Over::kB:
    case Over::kW:
    case Over::kA:
    case Over::kFromInputs:
    case Over::kOntoReadouts:
    case Over::kOntoRate:
    case Over::kEverySynapse: break;
  }
  for (const Projection& projection : topology.projections) {
    if (!carries(row, projection, topology.target_of(projection))) continue;
    const bool spikes = row.channel == Channel::kAxon && sends_spikes(topology, projection);
    visit(Bundle{projection.size(), projection.delay(), awake_of(topology, projection, trial), spikes});
  }
}

/// The sweeps of a trial: at multiples of the stride after the first error, and at T.
struct Sweeps {
  std::int32_t ticks;  // T
  Tick first_error;
  std::int32_t stride;
  std::int32_t depth;

  Sweeps(const Learning& learning, const TrialShape& trial)
      : ticks(trial.ticks), first_error(trial.first_error()), stride(learning.stride), depth(learning.depth) {}

  /// The number of sweeps that end after `tick`; only these can have a stage of lag `tick`.
  std::int64_t after(std::int64_t tick) const {
    if (tick >= ticks) return 0;
    const std::int64_t before = std::max<std::int64_t>(tick, first_error.value - 1);
    return ticks / stride - before / stride + (ticks % stride != 0 ? 1 : 0);
  }
};

/// The messages of a bundle at the stage of this lag, over all sweeps of a trial.
std::int64_t messages_back(When when, const Bundle& bundle, const Sweeps& sweeps, std::int32_t lag) {
  const std::int64_t sent = std::int64_t{lag} + bundle.delay;  // before the sweep
  switch (when) {
    case When::kRecall:  // activities since tick 1; h_0 belongs to tick 0
      return bundle.wires * sweeps.after(sent) +
             (bundle.delay > 0 ? bundle.awake * (sweeps.after(sent - 1) - sweeps.after(sent)) : 0);
    case When::kTellBack: return sent < sweeps.depth ? bundle.wires * sweeps.after(sent) : 0;
    case When::kStage: return bundle.wires * sweeps.after(lag);
    case When::kTick:
    case When::kArrival:
    case When::kLaterTick:
    case When::kError:
    case When::kTrialEnd:
    case When::kCommit: break;
  }
  return 0;
}

std::int64_t commits_of(const Learning& learning, const TrialShape& trial) {
  if (!trial.commits_every_tick) return 1;
  if (rule(learning.kind).drive != Drive::kSweep) return trial.ticks;
  return Sweeps(learning, trial).after(0);
}

/// The messages of a bundle in a trial, for phases that revisit nothing.
std::int64_t messages_of(When when, const Bundle& bundle, const Learning& learning, const TrialShape& trial) {
  const std::int64_t ticks = trial.ticks;
  switch (when) {
    case When::kTick: return bundle.wires * ticks;
    case When::kArrival:  // h_0 belongs to tick 0 and arrives in tick `delay`
      return bundle.wires * std::max<std::int64_t>(ticks - bundle.delay, 0) +
             (bundle.delay > 0 && bundle.delay <= ticks ? bundle.awake : 0);
    case When::kLaterTick: return bundle.wires * (ticks - 1);
    case When::kError: return bundle.wires * trial.window;
    case When::kTrialEnd: return bundle.wires;
    case When::kCommit: return bundle.wires * commits_of(learning, trial);
    case When::kStage:
    case When::kRecall:
    case When::kTellBack: break;
  }
  return 0;
}

/// The traces that neurons keep under a local rule: sources of plastic synapses onto rate neurons,
/// each once a projection, and their targets once, in scalars.
std::int64_t traces_of_neurons(const LocalRule& local, const Topology& topology) {
  std::int64_t sources = 0;
  std::int64_t targets = 0;
  for (const Population& population : topology.populations) {
    bool learns = false;
    for (const Projection& projection : topology.projections) {
      const bool onto = projection.plastic && projection.target_layer == Layer::kRate &&
                        population.layer == Layer::kRate && projection.target_begin == population.begin;
      if (!onto) continue;
      learns = true;
      sources += projection.source_size;
    }
    targets += learns ? population.size : 0;
  }
  return sources * local.states(TraceAt::kSource) + targets * local.states(TraceAt::kTarget);
}

/// The activities that rate neurons filter for learned feedback, as readouts with memory do.
std::int64_t filtered_for_feedback(const Learning& learning, const Topology& topology) {
  if (!topology.has_leaky_readouts()) return 0;
  std::int64_t neurons = 0;
  for (const LearnedFeedback& learned : learning.learned_feedback)
    neurons += topology.populations[learned.population].size;
  return neurons;
}

/// The state of synapses between ticks, in scalars, and of neurons under a local rule or beside
/// learned feedback.
std::int64_t traces_of(const Learning& learning, const Topology& topology, const SensitivityCounts& sensitivities) {
  const Rule& row = rule(learning.kind);
  if (row.drive == Drive::kNothing) return 0;
  std::int64_t scalars = learning.local ? traces_of_neurons(*learning.local, topology) : sensitivities.kept;
  if (row.drive == Drive::kFactors) scalars += count_plus(topology.sizes.rate_neurons, plastic_onto_rate(topology));
  scalars += filtered_for_feedback(learning, topology);
  for (const Projection& projection : topology.projections)
    scalars += traces_of_synapse(learning, topology, projection) * projection.size();
  return scalars;
}

/// Those of the traces that are kept in few bits.
std::int64_t narrow_traces_of(const Learning& learning, const Topology& topology) {
  std::int64_t narrow = 0;
  for (const Projection& projection : topology.projections) {
    if (rounds_traces(learning, projection))
      narrow += traces_of_synapse(learning, topology, projection) * projection.size();
  }
  return narrow;
}

/// Numbers that are kept: scalars, and spikes of one bit.
struct KeptNumbers {
  std::int64_t scalars = 0;
  std::int64_t spikes = 0;

  void add(KeptNumbers other, std::int64_t times = 1) {
    scalars += other.scalars * times;
    spikes += other.spikes * times;
  }
};

/// The activities of a population's neurons in one tick: spikes, or scalars.
KeptNumbers activity_of(const Population& population) {
  return population.layer == Layer::kRate && population.spiking ? KeptNumbers{0, population.size}
                                                                : KeptNumbers{population.size, 0};
}

/// The activities on the axons of a layer's neurons: for each neuron its longest additional delay.
KeptNumbers kept_under_way(const Topology& topology, Layer layer) {
  KeptNumbers kept;
  for (const Population& population : topology.populations) {
    if (population.layer == layer) kept.add(activity_of(population), longest_wait(topology, population));
  }
  return kept;
}

}  // namespace

std::int64_t traces_of_synapse(const Learning& learning, const Topology& topology, const Projection& projection) {
  const Rule& row = rule(learning.kind);
  if (row.drive == Drive::kNothing || !projection.plastic) return 0;
  const Population& target = topology.target_of(projection);
  if (target.layer == Layer::kReadout) return target.leaky ? 1 : 0;
  if (learning.local) return learning.local->states(TraceAt::kSynapse);
  if (row.drive != Drive::kOnline) return 0;
  // e-prop also has the low-passed trace, and one for adaptation; a synaptic current is filtered
  // once more
  const bool eligible = row.decay == DecaySource::kNeuron && target.spiking;
  return 1 + (eligible ? 1 : 0) + (eligible && target.adapting ? 1 : 0) + (target.has_current ? 1 : 0);
}

std::int64_t plastic_onto_rate(const Topology& topology) {
  std::int64_t synapses = 0;
  for (const Projection& projection : topology.projections) {
    if (projection.plastic && projection.target_layer == Layer::kRate) synapses += projection.size();
  }
  return synapses;
}

std::int64_t longest_wait(const Topology& topology, const Population& population) {
  std::int64_t longest = 0;
  for (const Projection& projection : topology.projections) {
    if (projection.source_layer == population.layer && projection.source_begin == population.begin)
      longest = std::max<std::int64_t>(longest, projection.wait);
  }
  return longest;
}

std::int64_t under_way(const Topology& topology, Layer layer) {
  const KeptNumbers kept = kept_under_way(topology, layer);
  return kept.scalars + kept.spikes;
}

void set_scalar_bits(const Learning& learning, Ledger& ledger) {
  for (const NarrowWires& wires : learning.wires) {
    if (wires.grid) ledger.set_scalar_bits(wires.channel, wires.grid->bits);
  }
}

namespace {

void add_phase(const PhaseRow& row, const Facts& facts, Ledger& ledger) {
  const Learning& learning = facts.learning;
  const TrialShape& trial = facts.trial;
  if (row.scalars == kSensitivities) {
    const SensitivityCounts& counts = facts.sensitivities;
    const std::int64_t times = messages_of(row.when, Bundle{1}, learning, trial);
    const std::int64_t messages = count_times(counts.influences, times);
    if (messages > 0) ledger.add(row.channel, 0, {messages, count_times(counts.influence_scalars, times)});
    return;
  }
  const std::int64_t scalars = row.scalars == kPayload      ? posts_of(learning).scalars
                               : row.scalars == kEndPayload ? posts_of(learning).end_scalars
                                                            : row.scalars;
  const auto add = [&](const Bundle& bundle, std::int32_t lag, std::int64_t messages) {
    const std::int64_t all = count_times(messages, scalars);
    if (messages > 0) ledger.add(row.channel, lag, {messages, all, bundle.spikes ? all : 0});
  };
  each_bundle(row, facts, [&](const Bundle& bundle) {
    if (!row.revisits()) return add(bundle, 0, messages_of(row.when, bundle, learning, trial));
    const Sweeps sweeps(learning, trial);
    for (std::int32_t lag = 0; lag < learning.depth; ++lag)
      add(bundle, lag, messages_back(row.when, bundle, sweeps, lag));
  });
}

ProtocolMemory memory_of(const Facts& facts, int scalar_bytes) {
  const auto& [learning, topology, feedback, trial, sensitivities] = facts;
  const std::int64_t scalar_bits = std::int64_t{8} * scalar_bytes;
  const KeptNumbers from_rate = kept_under_way(topology, Layer::kRate);
  KeptNumbers history = kept_under_way(topology, Layer::kInput);
  history.add(from_rate);
  if (rule(learning.kind).drive == Drive::kSweep) {
    for (const Population& population : topology.populations) {
      if (population.layer == Layer::kRate) history.add(activity_of(population), learning.depth);
      const bool curved = population.layer == Layer::kRate && !population.constant_gain;
      // spiking neurons may also recall the voltage before their reset
      history.scalars +=
          std::int64_t{learning.depth} * population.size * ((curved ? 1 : 0) + (population.recalls_voltage ? 1 : 0));
    }
    history.scalars += std::int64_t{learning.depth} * topology.input_neurons();
    history.scalars += std::int64_t{topology.sizes.rate_neurons} * (std::min(learning.stride, trial.window) - 1);
    history.scalars += from_rate.scalars + from_rate.spikes;  // of adjoints, which are no spikes
  }
  const std::int64_t trace_bits = learning.synapses.trace ? learning.synapses.trace->bits : scalar_bits;
  const std::int64_t narrow = narrow_traces_of(learning, topology);
  const std::int64_t wide = traces_of(learning, topology, sensitivities) - narrow;
  return {whole_bytes(count_plus(count_times(scalar_bits, history.scalars), history.spikes)),
          whole_bytes(count_plus(count_times(scalar_bits, wide), count_times(trace_bits, narrow)))};
}

}  // namespace

void add_phase(const PhaseRow& row, const Learning& learning, const Topology& topology,
               std::span<const Projection> feedback, const TrialShape& trial, Ledger& ledger) {
  add_phase(row, Facts{learning, topology, feedback, trial, sensitivities_of(learning, topology)}, ledger);
}

ProtocolMemory protocol_memory(const Learning& learning, const Topology& topology, const TrialShape& trial,
                               int scalar_bytes) {
  return memory_of(Facts{learning, topology, {}, trial, sensitivities_of(learning, topology)}, scalar_bytes);
}

Ledger closed_form(const Learning& learning, const Topology& topology, std::span<const Projection> feedback,
                   const TrialShape& trial, int scalar_bytes) {
  Ledger ledger(scalar_bytes);
  ledger.add_trials(1, trial.ticks);
  ledger.keep_on_cores(core_local_channels(rule(learning.kind)));
  set_scalar_bits(learning, ledger);
  const Facts facts{learning, topology, feedback, trial, sensitivities_of(learning, topology)};
  const ProtocolMemory memory = memory_of(facts, scalar_bytes);
  ledger.set_memory(memory.history_bytes, memory.trace_bytes);
  const Selection selection = selection_of(learning, trial);
  for (const PhaseRow& row : kPhaseTable) {
    if (selection.selects(row)) add_phase(row, facts, ledger);
  }
  if (selection.drive == Drive::kSweep) {
    for (std::int32_t lag = 1; lag < learning.depth; ++lag)
      ledger.add_stalled_ticks(Sweeps(learning, trial).after(lag));
  }
  return ledger;
}

}  // namespace locus
