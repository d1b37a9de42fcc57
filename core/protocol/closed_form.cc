#include "core/protocol/closed_form.h"

#include <algorithm>

namespace locus {
namespace {

/// Adds single messages of `scalars` scalars each.
void put(Ledger& ledger, Channel channel, std::int32_t lag, std::int64_t messages, std::int64_t scalars) {
  if (messages > 0) ledger.add(channel, lag, {messages, count_times(messages, scalars)});
}

void put_forward(Ledger& ledger, const Rule& rule, const NetworkShape& shape, std::int64_t ticks) {
  std::int64_t onto_rate = ticks * shape.input_synapses + (ticks - 1) * shape.recurrent_synapses + shape.awake_recurrent;
  std::int64_t onto_readouts = ticks * shape.readout_synapses;
  for (const LateSynapses& late : shape.late) {  // what is under way at the end arrives nowhere
    const std::int64_t lost = late.synapses * (std::min<std::int64_t>(late.delay, ticks) - (late.recurrent ? 1 : 0));
    (late.readout ? onto_readouts : onto_rate) -= lost;
  }
  put(ledger, Channel::kAxon, 0, onto_rate + onto_readouts, 1);
  put(ledger, Channel::kDendrite, 0, onto_rate, scalars_of(rule, Channel::kDendrite, true));
  put(ledger, Channel::kDendrite, 0, onto_readouts, 1);
}

/// How many sweeps end after tick `lag`, and so revisit with this lag: those at multiples of the
/// stride by which there was an error, and at T.
std::int64_t sweeps_after(const Learning& learning, const TrialShape& trial, std::int32_t lag) {
  if (lag >= trial.ticks) return 0;
  const std::int32_t before = std::max(lag, trial.ticks - trial.window);
  return trial.ticks / learning.stride - before / learning.stride + (trial.ticks % learning.stride != 0 ? 1 : 0);
}

/// How many sweeps make TRANSPORT of this lag over a recurrent synapse of this delay: those that
/// come to the tick it goes to.
std::int64_t sweeps_telling(const Learning& learning, const TrialShape& trial, std::int32_t lag, std::int32_t delay) {
  return lag + delay < learning.depth ? sweeps_after(learning, trial, lag + delay) : 0;
}

void put_sweeps(Ledger& ledger, const Learning& learning, const NetworkShape& shape, const TrialShape& trial) {
  const std::int64_t static_recurrent = shape.recurrent_synapses - shape.plastic_recurrent;
  for (std::int32_t lag = 0; lag < learning.depth; ++lag) {
    const std::int64_t visits = sweeps_after(learning, trial, lag);
    // not s = 1: where h_0 = 0 it was never sent
    const std::int64_t recalling = sweeps_after(learning, trial, lag + 1);
    const std::int64_t telling = sweeps_telling(learning, trial, lag, 1);
    std::int64_t replayed = visits * shape.plastic_input + recalling * shape.plastic_recurrent;
    replayed += (visits - recalling) * shape.awake_plastic;  // s = 1, where h_0 is not 0
    std::int64_t told = telling * shape.recurrent_synapses;
    std::int64_t static_told = telling * static_recurrent;
    for (const LateSynapses& late : shape.late) {
      if (late.readout) continue;
      replayed -= late.plastic * ((late.recurrent ? recalling : visits) - sweeps_after(learning, trial, lag + late.delay));
      if (!late.recurrent) continue;
      const std::int64_t missed = telling - sweeps_telling(learning, trial, lag, late.delay);
      told -= late.synapses * missed;
      static_told -= (late.synapses - late.plastic) * missed;
    }
    put(ledger, Channel::kAdjoint, lag, visits * shape.rate_neurons, 1);
    put(ledger, Channel::kAxon, lag, replayed, 1);
    put(ledger, Channel::kPost, lag, visits * shape.plastic() + static_told, 2);
    put(ledger, Channel::kTransport, lag, told, 1);
    if (lag > 0) ledger.add_stalled_ticks(visits);
  }
}

void put_online(Ledger& ledger, const Rule& rule, const NetworkShape& shape, std::int64_t ticks, std::int64_t errors) {
  put(ledger, Channel::kPost, 0, ticks * shape.plastic_onto_spiking, kSpikingPostScalars);
  if (rule.decay == DecaySource::kNeuron) {
    put(ledger, Channel::kDendrite, 0, ticks * shape.autapses, 1);
    put(ledger, Channel::kPost, 0, ticks * (shape.plastic() - shape.plastic_onto_spiking), rule.post_scalars);
  } else {
    const std::int64_t onto_identity = shape.plastic() - shape.plastic_onto_curved;
    const std::int64_t onto_curved = shape.plastic_onto_curved - shape.plastic_onto_spiking;
    put(ledger, Channel::kPost, 0, ticks * onto_curved + errors * onto_identity, rule.post_scalars);
  }
}

void put_sensitivities(Ledger& ledger, const NetworkShape& shape, std::int64_t ticks, std::int64_t errors) {
  put(ledger, Channel::kInfluence, 0, (ticks - 1) * shape.recurrent_synapses, shape.plastic());
  put(ledger, Channel::kPost, 0, errors * shape.plastic(), 2);
  put(ledger, Channel::kGather, 0, errors * (shape.rate_neurons - 1) * shape.plastic(), 1);
}

/// CLIP: two messages for each plastic synapse at every commit.
void put_clips(Ledger& ledger, const Learning& learning, const NetworkShape& shape, const TrialShape& trial) {
  if (!learning.optimizer.norm) return;
  std::int64_t commits = trial.commits ? trial.ticks : 1;
  if (trial.commits && rule(learning.kind).drive == Drive::kSweep) {
    commits = 0;
    for (std::int32_t tick = 1; tick <= trial.ticks; ++tick) commits += sweep_due(learning, trial, tick) ? 1 : 0;
  }
  put(ledger, Channel::kClip, 0, commits * 2 * (shape.plastic() + shape.plastic_readout), 1);
}

}  // namespace

NetworkShape shape_of(const Topology& topology, const std::vector<Projection>& feedback) {
  NetworkShape shape;
  shape.inputs = topology.sizes.inputs;
  shape.rate_neurons = topology.sizes.rate_neurons;
  shape.readouts = topology.sizes.readouts;
  shape.autapses = static_cast<std::int64_t>(topology.autapses.size());
  Indexed<std::int32_t> longest(topology.populations.size(), 0);  // wait of what each sends
  for (const Projection& projection : topology.projections) {
    const Population& source = topology.source_of(projection);
    const Population& target = topology.target_of(projection);
    const std::int64_t plastic = projection.plastic ? projection.size() : 0;
    const bool recurrent = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate;
    const bool onto_readouts = projection.target_layer == Layer::kReadout;
    std::int32_t& wait = longest[projection.source_population];
    wait = std::max(wait, projection.wait);
    if (projection.wait > 0)
      shape.late.push_back({recurrent, onto_readouts, projection.size(), plastic, projection.delay()});
    if (onto_readouts) {
      shape.readout_synapses += projection.size();
      shape.plastic_readout += plastic;
      if (target.leaky) shape.plastic_onto_leaky += plastic;
      continue;
    }
    (recurrent ? shape.recurrent_synapses : shape.input_synapses) += projection.size();
    (recurrent ? shape.plastic_recurrent : shape.plastic_input) += plastic;
    for (std::int32_t j = 0; recurrent && j < source.size; ++j) {
      if (!source.is_awake(j)) continue;
      shape.awake_recurrent += projection.fan_out(j);
      shape.awake_plastic += projection.plastic ? projection.fan_out(j) : 0;
    }
    if (!target.constant_gain) shape.plastic_onto_curved += plastic;
    if (target.spiking) shape.plastic_onto_spiking += plastic;
    if (target.adapting) shape.plastic_onto_adapting += plastic;
  }
  for (std::size_t p = 0; p < topology.populations.size(); ++p) {
    const Population& population = topology.populations[p];
    const bool rate = population.layer == Layer::kRate;
    shape.curved_neurons += rate && !population.constant_gain ? population.size : 0;
    shape.under_way += std::int64_t{longest[p]} * population.size;
    shape.under_way_from_rate += rate ? std::int64_t{longest[p]} * population.size : 0;
  }
  for (const Projection& projection : feedback) shape.feedback_synapses += projection.size();
  return shape;
}

bool sweep_due(const Learning& learning, const TrialShape& trial, std::int32_t tick) {
  if (rule(learning.kind).drive != Drive::kSweep) return false;
  return tick == trial.ticks || (trial.has_error(tick) && tick % learning.stride == 0);
}

ProtocolMemory protocol_memory(const Learning& learning, const NetworkShape& shape, const TrialShape& trial,
                               int scalar_bytes) {
  ProtocolMemory memory;
  memory.history_bytes = scalar_bytes * shape.under_way;
  switch (rule(learning.kind).drive) {
    case Drive::kNothing: break;
    case Drive::kOnline:
      memory.trace_bytes = scalar_bytes * shape.plastic();
      // e-prop: the low-passed trace, and what adapts
      if (rule(learning.kind).decay == DecaySource::kNeuron)
        memory.trace_bytes += scalar_bytes * (shape.plastic_onto_spiking + shape.plastic_onto_adapting);
      break;
    case Drive::kSensitivity: memory.trace_bytes = scalar_bytes * shape.rate_neurons * shape.plastic(); break;
    case Drive::kSweep:
      memory.history_bytes +=
          scalar_bytes * std::int64_t{learning.depth} * (shape.inputs + shape.rate_neurons + shape.curved_neurons);
      memory.history_bytes += scalar_bytes * shape.rate_neurons * (std::min(learning.stride, trial.window) - 1);
      memory.history_bytes += scalar_bytes * shape.under_way_from_rate;
      break;
  }
  if (rule(learning.kind).drive != Drive::kNothing) memory.trace_bytes += scalar_bytes * shape.plastic_onto_leaky;
  return memory;
}

Ledger closed_form(const Learning& learning, const NetworkShape& given, const TrialShape& trial, int scalar_bytes) {
  NetworkShape shape = given;
  if (trial.carries) {
    shape.awake_recurrent = shape.recurrent_synapses;
    shape.awake_plastic = shape.plastic_recurrent;
  }
  const Rule& row = rule(learning.kind);
  Ledger ledger(scalar_bytes);
  ledger.add_trials(1, trial.ticks);
  put_forward(ledger, row, shape, trial.ticks);
  const ProtocolMemory memory = protocol_memory(learning, shape, trial, scalar_bytes);
  ledger.set_memory(memory.history_bytes, memory.trace_bytes);
  if (row.drive == Drive::kNothing) return ledger;

  const std::int64_t errors = trial.window;
  const bool weights_travel = row.signal != SignalSource::kFeedback;
  put(ledger, Channel::kTarget, 0, errors * shape.readouts, 1);
  if (trial.classes) put(ledger, Channel::kNorm, 0, errors * shape.readouts * (shape.readouts - 1), 1);
  put(ledger, Channel::kPost, 0, errors * (weights_travel ? shape.readout_synapses : shape.plastic_readout), 2);
  if (weights_travel) {
    put(ledger, Channel::kTransport, 0, errors * shape.readout_synapses, 1);
  } else {
    put(ledger, Channel::kFeedback, 0, errors * shape.feedback_synapses, 1);
  }

  switch (row.drive) {
    case Drive::kNothing: break;
    case Drive::kOnline:
      put_online(ledger, row, shape, trial.ticks, errors);
      if (learning.firing_rate) put(ledger, Channel::kPost, 0, shape.plastic_onto_spiking, 1);
      break;
    case Drive::kSensitivity: put_sensitivities(ledger, shape, trial.ticks, errors); break;
    case Drive::kSweep: put_sweeps(ledger, learning, shape, trial); break;
  }
  put_clips(ledger, learning, shape, trial);
  return ledger;
}

}  // namespace locus
