#include "core/transport/batched.h"

#include <algorithm>

#include "core/base/product.h"

namespace locus {
namespace {

// Work below this stays on one thread, for waking another costs more than it saves. It does not
// depend on how many threads there are.
// synapses of a pass that learns: bound by memory
constexpr std::int64_t kWorthPass = std::int64_t{1} << 17;
constexpr std::int64_t kWorthColumn = std::int64_t{1} << 18;  // synapses of a product with one lane
// synapse-lanes of a product with several: a dozen a nanosecond and more
constexpr std::int64_t kWorthProduct = std::int64_t{1} << 20;
// bytes of weights, and as many of traces, that stay near
constexpr std::int64_t kNearPass = std::int64_t{1} << 16;
// ticks of which inputs' currents are one product, at least
constexpr std::int32_t kAhead = 32;
// and as many more as give that many currents, which a near cache holds
constexpr std::int32_t kAheadCells = 4096;
constexpr std::int32_t kPassRanges = 16;   // of sources, that threads share out; at most,
constexpr std::int32_t kPassSources = 64;  // and each of so many

/// Who is not silent is asked for over sparse synapses, and from and onto spiking neurons.
template <class R>
typename AxonLines<R>::Lists needs_lists(const Network<R>& network) {
  const bool sparse = std::ranges::any_of(network.projections(), [](const Projection& p) { return !p.dense; });
  return sparse || network.topology->has_spikes() ? AxonLines<R>::Lists::kYes : AxonLines<R>::Lists::kNo;
}

}  // namespace

template <class R>
Batched<R>::Batched(Network<R>& network, const Learning& learning, const Horizon& horizon, Executor executor, Door& door)
    : network_(network),
      learning_(learning),
      executor_(executor),
      door_(door),
      lanes_(network.lanes),
      trial_(horizon.trial),
      outputs_are_seen_(horizon.outputs_are_seen),
      leaky_readouts_(network.topology->has_leaky_readouts()),
      spikes_(network.topology->has_spikes()),
      blocks_(network.projections().size()),
      input_lines_(network, Layer::kInput, needs_lists(network)),
      rate_lines_(network, Layer::kRate, needs_lists(network), executor.threads) {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    const bool readout = network.projections()[p].target_layer == Layer::kReadout;
    (readout ? onto_readouts_ : onto_rate_).push_back(static_cast<std::int32_t>(p));
    choose_way(static_cast<std::int32_t>(p), horizon);
    each_hears_ = each_hears_ || blocks_[p].way == Way::kFused || blocks_[p].way == Way::kLoop;
  }
  share_neurons();
  const auto size = [&](std::int32_t neurons) {
    return static_cast<std::size_t>(neurons) * static_cast<std::size_t>(lanes_);
  };
  for (Column<R>* column : {&from_rate_.decay, &from_rate_.gain, &from_rate_.signal})
    column->assign(size(network.rate.size), R(0));
  from_readouts_.decay.assign(size(network.readouts.size), R(0));
  from_readouts_.gain.assign(size(network.readouts.size), R(1));
  from_readouts_.signal.assign(size(network.readouts.size), R(0));
  told_.assign(size(network.readouts.size), R(0));
  if (learning.optimizer.adam && rule(learning.kind).drive != Drive::kNothing) keep_moments(network);
  allocate_tapes();
  if (std::ranges::any_of(blocks_, [](const Block& block) { return block.ahead; })) {
    const std::int32_t most = std::min(std::max(kAhead, kAheadCells / network.rate.size), trial_.ticks);
    // one tick at a time adds up in the same order
    ahead_ticks_ = horizon.inputs_tick_by_tick ? 1 : most;
    ahead_.assign(static_cast<std::size_t>(ahead_ticks_) * static_cast<std::size_t>(network.rate.size), R(0));
  }
  runs_ = !horizon.inputs_tick_by_tick && can_run();
  if (!runs_) return;
  recurrent_ = recurrent();
  if (recurrent_ >= 0) errors_back_.resize(2 * errors_back_.size());
  const std::size_t window = static_cast<std::size_t>(trial_.window);
  for (Column<R>* column : {&compared_, &compared_errors_}) column->assign(window * size(network.readouts.size), R(0));
  if (epsilons_.empty()) epsilons_ = Tape<R>(trial_.ticks, 1, network.readouts.size);
}

template <class R>
std::int64_t Batched<R>::tape_bytes() const {
  const std::int64_t neurons = network_.inputs.size + std::int64_t{4} * network_.rate.size + network_.readouts.size;
  return neurons * trial_.ticks * lanes_ * static_cast<std::int64_t>(sizeof(R));
}

template <class R>
void Batched<R>::choose_way(std::int32_t p, const Horizon& horizon) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  Block& block = blocks_[static_cast<std::size_t>(p)];
  const Rule& row = rule(learning_.kind);
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const Neurons* const population =
      &population_at(onto_rate ? network_.rate.populations : network_.readouts.populations, projection.target_begin);
  block.target = population;
  block.spiking = is_spiking(projection);
  if (onto_rate) {
    block.identity = !population->lif && population->activation == Activation::kIdentity;
    block.leak = static_cast<R>(population->leak);
    block.decay = learning_.trace_decay ? static_cast<R>(*learning_.trace_decay) : R(1) - block.leak;
  }
  block.fan_in.assign(static_cast<std::size_t>(projection.target_size), projection.dense ? projection.source_size : 0);
  for (const std::int32_t target : projection.target) ++block.fan_in[static_cast<std::size_t>(target)];

  // no tick changes the weights
  const bool kept = !projection.plastic || !horizon.commit_every_tick;
  const bool at_once = projection.source_layer == Layer::kInput && projection.wait == 0;
  block.ahead = at_once && projection.dense && lanes_ == 1 && kept && !population->lif;

  if (row.drive == Drive::kNothing || !projection.plastic) return;
  const bool sweeps = row.drive == Drive::kSweep;
  const auto trace_bytes = projection.size() * lanes_ * static_cast<std::int64_t>(sizeof(R));
  const bool plain = learning_.optimizer.plain();
  if (population->lif || population->leaky()) {
    block.way = Way::kEvents;
  } else if (row.drive == Drive::kSensitivity && onto_rate) {
    block.way = Way::kSummed;
  } else if (horizon.commit_every_tick && !sweeps) {
    block.way = plain ? Way::kFused : Way::kLoop;
  } else if (!sweeps && tape_bytes() > std::max(horizon.tape_floor, 2 * trace_bytes)) {
    block.way = Way::kLoop;
  } else if (onto_rate && !sweeps && block.identity && row.decay == DecaySource::kConstant) {
    block.way = Way::kShared;
  } else {
    block.way = Way::kDeferred;
  }

  const auto synapses = static_cast<std::size_t>(projection.size());
  const auto sources = static_cast<std::size_t>(projection.source_size) * static_cast<std::size_t>(lanes_);
  if (block.way == Way::kFused || block.way == Way::kLoop) block.pre.assign(sources, R(0));
  if (block.way == Way::kFused) block.trace.assign(synapses, R(0));
  if (block.way == Way::kFused && projection.dense && projection.size() >= kWorthPass) {
    const auto currents = static_cast<std::size_t>(projection.target_size) * std::size_t{kPassRanges};
    range_currents_.resize(std::max(range_currents_.size(), currents));
  }
  if (block.way == Way::kLoop) block.trace.assign(synapses * static_cast<std::size_t>(lanes_), R(0));
  if (block.way == Way::kShared) block.trace.assign(sources, R(0));
  const bool waits = block.way == Way::kLoop || block.way == Way::kSummed || block.way == Way::kEvents;
  if (waits || !plain) block.delta.assign(synapses, R(0));
  if (block.way == Way::kShared) block.traces = Tape<R>(trial_.window, lanes_, projection.source_size);
  if (sweeps && onto_rate) block.sent.assign(static_cast<std::size_t>(trial_.ticks) + 1, 0);
}

template <class R>
void Batched<R>::allocate_tapes() {
  const Rule& row = rule(learning_.kind);
  const std::int32_t ticks = trial_.ticks;
  const auto has = [&](const std::vector<std::int32_t>& projections, Way way) {
    return std::ranges::any_of(projections,
                               [&](std::int32_t p) { return blocks_[static_cast<std::size_t>(p)].way == way; });
  };
  learnt_ = Rows(ticks);
  reported_ = Rows(ticks);
  const bool sweeps = row.drive == Drive::kSweep;
  const bool events = has(onto_rate_, Way::kEvents);
  const bool deferred = has(onto_rate_, Way::kDeferred) || events;
  const bool readout_events = has(onto_readouts_, Way::kEvents);
  const bool readouts = has(onto_readouts_, Way::kDeferred) || readout_events;
  const auto of_trial = [&](std::int32_t neurons) {
    return static_cast<std::size_t>(ticks) * static_cast<std::size_t>(lanes_) * static_cast<std::size_t>(neurons);
  };
  if (events) taught_.assign(of_trial(network_.rate.size), R(0));
  if (readout_events) taught_readouts_.assign(of_trial(network_.readouts.size), R(0));
  back_.resize(static_cast<std::size_t>(std::max(network_.rate.size, network_.readouts.size)) *
               static_cast<std::size_t>(events || readout_events ? lanes_ : 0));
  if (learning_.firing_rate) rate_errors_.assign(network_.rate.signal.size(), R(0));
  if (deferred || sweeps) inputs_ = Tape<R>(ticks, lanes_, network_.inputs.size);
  // Without a bend in phi every tick has the same gains, and with weights that wait for the end of
  // the batch the same decays.
  const bool straight = std::ranges::all_of(network_.rate.populations, [](const Neurons& population) {
    return !population.lif && population.activation == Activation::kIdentity;
  });
  const auto recall = straight ? Tape<R>::For::kConstant : Tape<R>::For::kRecall;
  once_ = sweeps && !straight && !spikes_ && learning_.depth <= learning_.stride && ticks % learning_.stride == 0;
  if (deferred || sweeps) gains_ = Tape<R>(ticks, lanes_, network_.rate.size, once_ ? Tape<R>::For::kProducts : recall);
  if (deferred || sweeps || readouts) activities_ = Tape<R>(ticks + 1, lanes_, network_.rate.size);
  if ((deferred || sweeps || has(onto_rate_, Way::kShared)) && !once_)
    coefficients_ = Tape<R>(ticks, lanes_, network_.rate.size);
  if (deferred && row.decay == DecaySource::kNeuron) decays_ = Tape<R>(ticks, lanes_, network_.rate.size, recall);
  if (readouts || (sweeps && lanes_ > 1)) epsilons_ = Tape<R>(ticks, lanes_, network_.readouts.size);
  if (sweeps && lanes_ > 1) recalled_.assign(network_.readouts.epsilon.size(), R(0));
  if (sweeps) errors_back_.assign(network_.rate.signal.size(), R(0));
}

template <class R>
TaughtSynapse<R> Batched<R>::synapse(ProjectionId id, SynapseId index, Lane) {
  const auto p = static_cast<std::size_t>(id.value);
  Block& block = blocks_[p];
  CHECK(block.way == Way::kSummed, "only synapses that are told their change are handled one by one");
  const auto k = static_cast<std::size_t>(index.value);
  return {network_.synapses[p].weight[k], block.delta[k]};  // the lanes' changes are one sum
}

template <class R>
R Batched<R>::behind(ProjectionId id, SynapseId index, Lane lane) const {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(id.value)];
  return source_activity(projection)[std::ptrdiff_t{projection.source_of(index.value)} * lanes_ + lane.value];
}

template <class R>
const R* Batched<R>::source_activity(const Projection& projection) const {
  return lines_of(projection).sent(projection.wait) + std::ptrdiff_t{projection.source_begin} * lanes_;
}

template <class R>
R* Batched<R>::target_current(const Projection& projection) {
  Column<R>& layer = projection.target_layer == Layer::kRate ? network_.rate.current : network_.readouts.current;
  return layer.data() + std::ptrdiff_t{projection.target_begin} * lanes_;
}

template <class R>
int Batched<R>::chunks_of(std::int64_t work, std::int32_t width, std::int32_t chunk) const {
  return work < (lanes_ == 1 ? kWorthColumn : kWorthProduct) ? 1 : (width + chunk - 1) / chunk;
}

template <class R>
void Batched<R>::begin_trial(const R* inputs) {
  shown_ = inputs;
  input_lines_.clear();
  rate_lines_.clear();
  const TrialBegin begin{network_.carries};
  const Column<R>& initial = network_.rate.initial;
  for (std::size_t cell = 0; cell < network_.rate.activity.size(); ++cell) {
    on(neuron(cell), begin);
    if (!begin.carried && !initial.empty())
      on(neuron(cell), Initial<R>{initial[cell / static_cast<std::size_t>(lanes_)]});
  }
  each_spiking([&](std::size_t cell, const Neurons&) { on(spiking(cell), begin); });
  for (std::size_t cell = 0; cell < network_.readouts.output.size(); ++cell) {
    on(readout(cell), begin);
    on(readout(cell), Silence{});  // while they are idle nobody tells them so
  }
  rate_said_ = kUncounted;
  rate_lines_.enter();  // h_0, which W carries in tick 1
  if (!activities_.empty()) activities_.write(0, network_.rate.activity.data());
  for (Block& block : blocks_) {
    CHECK(block.pending == Learn::kNothing, "a trial began before the last one was finished");
    block.heard = Learn::kNothing;
    std::ranges::fill(block.pre, R(0));
    std::ranges::fill(block.trace, R(0));
    std::ranges::fill(block.seen, Seen{});
  }
}

template <class R>
void Batched<R>::tick(Tick now) {
  door_.tick(now);
  const R* input = shown_ + static_cast<std::size_t>(now.value - 1) * network_.inputs.activity.size();
  std::copy_n(input, network_.inputs.activity.size(), network_.inputs.activity.begin());
  input_lines_.enter();
  if (!inputs_.empty()) inputs_.write(now.value - 1, input);
  if (!shared_out_) silence(0, network_.rate.current.size());
  if (!ahead_.empty()) std::copy_n(currents_ahead(now.value - 1), network_.rate.size, network_.rate.current.begin());
  errors_said_ = kUncounted;
  readouts_idle_ = !outputs_are_seen_ && !leaky_readouts_ && !trial_.has_error(now.value);
  if (readouts_idle_) return;
  for (std::size_t cell = 0; cell < network_.readouts.output.size(); ++cell) on(readout(cell), Silence{});
}

template <class R>
void Batched<R>::axons(ProjectionId id) {
  const std::int32_t p = id.value;
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  Block& block = blocks_[static_cast<std::size_t>(p)];
  const R* activity = source_activity(projection);
  // the synapses of active sources, one by one
  const bool events = lanes_ == 1 && !projection.dense;
  const std::int64_t messages = events ? count_active(projection) : count_axons(projection, activity);
  const auto no_offence = []() -> Endpoints { CHECK(false, "AXON and DENDRITE of lag 0 break no budget"); };
  pass_axons(door_, projection.source_layer, 0, messages, no_offence);
  const Stream stream = axon_stream(projection.source_layer, projection.target_layer, false);
  record_sources(door_.traffic(), stream, 0, projection, activity, lanes_);
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const std::int64_t scalars = scalars_of(rule(learning_.kind), Channel::kDendrite, onto_rate);
  pass_dendrites(door_, projection.target_layer, messages, scalars, no_offence);
  const bool idle = !onto_rate && readouts_idle_;
  if (!block.sent.empty()) block.sent[static_cast<std::size_t>(door_.now().value)] = messages;

  if (block.ahead) {  // they came with the tick
  } else if (block.pending != Learn::kNothing) {
    run_pass(p, block.pending, true);
    block.pending = Learn::kNothing;
  } else if (onto_rate && shared_out_) {
    under_way_.push_back({p, messages});
  } else if (!idle && events) {
    send_to_targets(projection, weight_of(p), block, messages, target_current(projection));
  } else if (!idle && block.spiking) {
    send_events(projection, weight_of(p), activity, target_current(projection));
  } else if (!idle) {
    send_product(projection, weight_of(p), activity, target_current(projection));
  }
  if (block.way == Way::kShared) drift_shared(block, {activity, 1, projection.source_size * lanes_});
  if (!block.pre.empty()) std::copy_n(activity, block.pre.size(), block.pre.begin());
}

template <class R>
PassColumns<R> Batched<R>::pass_columns_of(std::int32_t p) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  Block& block = blocks_[static_cast<std::size_t>(p)];
  const bool onto_rate = projection.target_layer == Layer::kRate;
  const PostColumns& post = onto_rate ? from_rate_ : from_readouts_;
  PassColumns<R> c;
  c.sources = projection.source_size;
  c.targets = projection.target_size;
  c.weight = network_.synapses[static_cast<std::size_t>(p)].weight.data();
  c.trace = block.trace.data();
  c.pre = block.pre.data();
  c.activity = source_activity(projection);
  c.decay = onto_rate && rule(learning_.kind).decay == DecaySource::kNeuron ? post.decay.data() + projection.target_begin
                                                                            : nullptr;
  c.gain = post.gain.data() + projection.target_begin;
  c.signal = post.signal.data() + projection.target_begin;
  c.current = target_current(projection);
  c.constant_decay = onto_rate ? block.decay : R(0);
  c.constant_gain = block.leak;
  c.rate = block.pending_rate;
  c.offset = projection.offset.data();
  c.target = projection.target.data();
  return c;
}

/// One lane, dense and large: the sources in ranges, each with currents of its own, which are added
/// up in the order of the ranges. Threads take ranges, which changes no sum. A range's synapses
/// stand together: no thread reads ahead into what another one writes.
template <class R>
template <Learn kLearn, bool kOwnDecay, bool kSend>
void Batched<R>::pass_shared_out(const PassColumns<R>& c) {
  const int ranges = std::clamp(c.sources / kPassSources, 1, kPassRanges);
  const auto begin = [&](int range) {  // by fours, as columns go
    return range == ranges ? c.sources : c.sources / 4 * range / ranges * 4;
  };
  const std::size_t apart = static_cast<std::size_t>(c.targets);
  const int chunks = std::min(executor_.threads, ranges);
  executor_(chunks, [&](int chunk) {
    const int last = ranges * (chunk + 1) / chunks;
    for (int range = ranges * chunk / chunks; range < last; ++range) {
      PassColumns<R> own = c;
      own.current = range_currents_.data() + static_cast<std::size_t>(range) * apart;
      if constexpr (kSend) std::fill_n(own.current, apart, R(0));
      pass_dense<kLearn, kOwnDecay, kSend>(own, begin(range), begin(range + 1));
    }
  });
  if constexpr (!kSend) return;
  for (int range = 0; range < ranges; ++range) {
    const R* from = range_currents_.data() + static_cast<std::size_t>(range) * apart;
    for (std::size_t i = 0; i < apart; ++i) c.current[i] += from[i];
  }
}

/// One lane. Chooses the pass once.
template <class R>
void Batched<R>::run_pass(std::int32_t p, Learn learn, bool send) {
  const Projection& projection = network_.projections()[static_cast<std::size_t>(p)];
  const PassColumns<R> c = pass_columns_of(p);
  const auto run = [&]<Learn kLearn, bool kOwnDecay, bool kSend>() {
    if (!projection.dense) return pass_sparse<kLearn, kOwnDecay, kSend>(c);
    if (projection.size() * std::int64_t{sizeof(R)} <= kNearPass) return pass_near<kLearn, kOwnDecay, kSend>(c);
    if (projection.size() < kWorthPass) return pass_dense<kLearn, kOwnDecay, kSend>(c, 0, c.sources);
    pass_shared_out<kLearn, kOwnDecay, kSend>(c);
  };
  const auto with_learning = [&]<bool kSend>() {
    const bool own_decay = c.decay != nullptr;
    if (learn == Learn::kDrift) return run.template operator()<Learn::kDrift, false, kSend>();
    if (learn == Learn::kPost && own_decay) return run.template operator()<Learn::kPost, true, kSend>();
    if (learn == Learn::kPost) return run.template operator()<Learn::kPost, false, kSend>();
    if constexpr (kSend) run.template operator()<Learn::kNothing, false, true>();
  };
  if (send) {
    with_learning.template operator()<true>();
  } else {
    with_learning.template operator()<false>();
  }
}

template <class R>
void Batched<R>::step_readouts() {
  if (readouts_idle_) return;
  for (const Neurons& population : network_.readouts.populations) {
    const std::size_t first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
    const std::size_t last = first + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
    const Leaky<R> clock{static_cast<R>(population.decay), static_cast<R>(population.gain)};
    for (std::size_t cell = first; cell < last; ++cell) step(readout(cell), clock);
  }
}

template <class R>
void Batched<R>::finish() {
  for (std::size_t p = 0; p < blocks_.size(); ++p) {
    if (blocks_[p].pending == Learn::kPost) run_pass(static_cast<std::int32_t>(p), Learn::kPost, false);
    blocks_[p].pending = Learn::kNothing;
  }
}

template class Batched<double>;
template class Batched<float>;

}  // namespace locus
