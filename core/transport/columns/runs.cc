#include "core/transport/columns/runs.h"

#include <algorithm>

#include "core/kernel/recurrence.h"
#include "core/protocol/phase_table.h"
#include "core/transport/columns/grains.h"
#include "core/transport/no_offence.h"

namespace locus {
namespace {

/// AXON and DENDRITE of the ticks of a run, over every projection.
template <class R>
void pass_sent(const Common<R>& common, Tick first, std::int32_t ticks) {
  for (ProjectionId p; p.value < std::ssize(common.plan.projections); ++p.value) {
    const Projection& projection = common.projection(p);
    if (projection.is_bias) continue;
    const PassagesOver& passages = common.passages(p);
    const std::int64_t messages = count_nonzero(common.said_from(projection, first, ticks)) * projection.target_size;
    common.door.pass(passages.axon, 0, messages, no_offence);
    common.door.pass(passages.dendrite, 0, messages, no_offence);
  }
}

}  // namespace

/// One population whose neurons hear of each other over one projection, and of nothing else that is
/// not known ahead: straight from one row of the tapes into the next. Everything is as in
/// tick_by_tick(), to the last bit.
template <class R>
void TickRuns<R>::in_one_loop(Common<R>& common, Ahead<R>& ahead, std::int32_t row, std::int32_t ticks) {
  RateLayer<R>& rate = common.network.rate;
  Tapes<R>& tapes = common.tapes;
  const Neurons& population = rate.populations.front();
  const Recurrence<R> recurrence{{common.weight(*common.plan.recurrent), rate.size, rate.size, rate.size},
                                 population.activation,
                                 static_cast<R>(population.leak),
                                 rate.own_weight.data()};
  const std::int32_t end = row + ticks;
  while (row < end) {
    RecurrentRows<R> rows;
    rows.current = ahead.currents(common, row);
    rows.before = tapes.activities.at(row, 0);
    rows.activity = tapes.activities.at(row + 1, 0);
    if (!tapes.gains.empty()) rows.gain = tapes.gains.at(row, 0);
    if (!tapes.decays.empty()) rows.decay = tapes.decays.at(row, 0);
    rows.one_gain = tapes.gains.repeats();
    rows.one_decay = tapes.decays.repeats();
    const std::int32_t together = std::min(ahead.rows_left(), end - row);
    locus::advance(recurrence, rows, together);
    ahead.use(together);
    row += together;
  }
  std::copy_n(tapes.activities.at(end, 0), rate.size, rate.activity.begin());
  if (!tapes.gains.empty()) std::copy_n(tapes.gains.at(end - 1, 0), rate.size, rate.gain.begin());
}

template <class R>
void TickRuns<R>::tick_by_tick(Common<R>& common, Ahead<R>& ahead, Tick first, Tick last) {
  for (Tick now = first; now <= last; ++now.value) {
    common.door.tick(now);
    R* current = ahead.currents(common, now.value - 1);  // in the place where they are known ahead
    for (const ProjectionId p : common.onto_rate) {
      if (common.plan_for(p).sends == Sends::kAhead) continue;
      const Projection& projection = common.projection(p);
      send_product(common, projection, common.weight(p), common.said_from(projection, now, 1).value,
                   current + projection.target_begin);
    }
    for (const Neurons& population : common.network.rate.populations) {
      const auto [begin, end] = common.cells_of(population);
      NeuronsClock<R>::step_population(common, population, begin, end, current);
    }
    common.tapes.keep(now.value - 1, common.network.rate, 0, common.network.rate.size);
    if (!common.tapes.decays.empty()) NeuronsClock<R>::note_decays(common, now.value - 1);
  }
}

template <class R>
void TickRuns<R>::advance(Common<R>& common, Ahead<R>& ahead, Tick first, Tick last) {
  const std::int32_t ticks = last.value + 1 - first.value;
  const std::int32_t row = first.value - 1;
  const std::int32_t m = common.network.inputs.size;
  if (!common.tapes.inputs.empty())
    std::copy_n(common.shown + std::ptrdiff_t{row} * m, std::ptrdiff_t{ticks} * m, common.tapes.inputs.at(row, 0));
  if (common.rule.drive == Drive::kOnline && common.rule.decay == DecaySource::kNeuron) tell_own_weights(common, ticks);
  if (common.plan.recurrent) {
    in_one_loop(common, ahead, row, ticks);
  } else {
    tick_by_tick(common, ahead, first, last);
  }
  common.activities_said.forget();
  common.door.tick(last);
  pass_sent(common, first, ticks);
}

template <class R>
void TickRuns<R>::pass_posts(const Common<R>& common, std::int32_t quiet, std::int32_t loud) const {
  for (const ProjectionId p : common.onto_rate) {
    const Projection& projection = common.projection(p);
    if (!projection.plastic || projection.is_bias) continue;
    // ticks without an error, where the synapse does not know its gain
    const bool known_gain = common.knows_gain(p);
    const std::int32_t ticks = known_gain ? loud : quiet + loud;
    common.door.pass(common.passages(p).post, 0, projection.size() * ticks, no_offence);
  }
}

/// Each tick by itself, so that sums are those of ticks that somebody looks at.
template <class R>
void TickRuns<R>::deliver(Common<R>& common, const phase::Comparisons<R>& comparisons) {
  const auto& [first, last, target, scale, weight] = comparisons;
  const std::int32_t ticks = last.value + 1 - first.value;
  const std::int32_t o = common.network.readouts.size;
  R* currents = outputs_.data() + in_window(common, first);
  std::fill_n(currents, std::ptrdiff_t{ticks} * o, R(0));
  for (const ProjectionId p : common.onto_readouts) {
    const Projection& a = common.projection(p);
    const auto send = common.plan_for(p).sums_grains ? &send_grains<R> : &send_product<R>;
    for (std::int32_t row = 0; row < ticks; ++row) {
      const R* activity = common.said_from(a, Tick{first.value + row}, 1).value;
      send(common, a, common.weight(p), activity, currents + std::ptrdiff_t{row} * o + a.target_begin);
    }
  }
  compare_cells(currents, target, scale, std::ptrdiff_t{ticks} * o, errors_.data() + in_window(common, first),
                common.tapes.epsilons.at(first.value - 1, 0));
  if (weight != nullptr) {
    weigh_cells(weight, scale, std::ptrdiff_t{ticks} * o, errors_.data() + in_window(common, first),
                common.tapes.epsilons.at(first.value - 1, 0));
  }
  pass_targets(common.door, std::int64_t{ticks} * o, weight);
  for (std::int32_t row = first.value - 1; row < last.value; ++row) common.tapes.reported.mark(row);
  report(common, first, ticks);
}

template <class R>
void TickRuns<R>::report(Common<R>& common, Tick first, std::int32_t ticks) {
  const Rule& rule = common.rule;
  Tapes<R>& tapes = common.tapes;
  const std::int32_t o = common.network.readouts.size;
  const std::int32_t n = common.network.rate.size;
  const R* epsilons = tapes.epsilons.at(first.value - 1, 0);
  const bool sweeps = rule.drive == Drive::kSweep;
  const bool answers = phase_table::kByWeights.holds(rule.signal);
  for (const ProjectionId p : common.onto_readouts) {
    const Projection& a = common.projection(p);
    const bool transports = answers && a.source_layer == Layer::kRate;
    if (a.is_bias || (!a.plastic && !transports)) continue;
    const RowsView<R> reported{epsilons + a.target_begin, ticks, a.target_size, o, 1};
    const std::int64_t messages = count_nonzero(reported) * a.source_size;
    common.door.pass(common.passages(p).post, 0, messages, no_offence);
    if (transports) common.door.pass(common.passages(p).transport, 0, messages, no_offence);
  }
  if (sweeps) return;  // the agent asks, tick by tick
  const bool heard = !tapes.signals.empty();
  for (std::int32_t row = 0; row < ticks; ++row) {
    const R* epsilon = epsilons + std::ptrdiff_t{row} * o;
    const Tick now{first.value + row};
    tapes.learnt.mark(now.value - 1);
    R* signal = heard ? tapes.signals.at(now.value - 1, 0) : nullptr;
    if (heard) std::fill_n(signal, n, R(0));
    if (answers) {
      if (heard) send_back(common, now, {Party::kRate, signal});
      continue;
    }
    for (std::size_t r = 0; r < common.network.feedback.size(); ++r) {
      const Projection& wires = common.network.feedback[r];
      const R* said = epsilon + wires.source_begin;
      pass<Phase::kFeedback>(common.door, 0, count_sent(common, wires, said), no_offence);
      if (heard)
        send_product(common, wires, common.network.feedback_synapses[r].weight.data(), said, signal + wires.target_begin);
    }
  }
}

template <class R>
void TickRuns<R>::send_back(Common<R>& common, Tick tick, const Answers<R>& answers) {
  const std::int32_t row = tick.value - 1;
  const R* epsilon = common.tapes.epsilons.at(row, 0);
  if (common.lanes > 1) {
    common.tapes.epsilons.zip(row, recalled_.data(), [](const R& kept, R& said) { said = kept; });
    epsilon = recalled_.data();
  }
  for (const ProjectionId p : common.onto_readouts) {
    if (common.projection(p).source_layer != Layer::kRate) continue;
    carry_errors_back(common, p, epsilon, answers.sums_of(common.network, p));
  }
}

template <class R>
void TickRuns<R>::tell_own_weights(const Common<R>& common, std::int32_t ticks) const {
  const Network<R>& network = common.network;
  const std::vector<Autapse>& autapses = network.topology->autapses;
  const std::int64_t messages = static_cast<std::int64_t>(autapses.size()) * common.lanes * ticks;
  pass<Phase::kOwnWeight>(common.door, 0, messages, no_offence);
  const RateCells<R> cells = common.rate_cells();
  NeuronId last{-1};
  for (const Autapse& autapse : autapses) {  // by neuron
    const R weight = common.synapses(autapse.projection).weight[autapse.synapse];
    const std::ptrdiff_t first = std::ptrdiff_t{autapse.neuron.value} * common.lanes;
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
      const RateNeuron<R> neuron = cells[static_cast<std::size_t>(first + lane)];
      if (autapse.neuron != last) on(neuron, OwnWeightBegin{});
      on(neuron, OwnWeight<R>{weight});
    }
    last = autapse.neuron;
  }
}

template class TickRuns<double>;
template class TickRuns<float>;

}  // namespace locus
