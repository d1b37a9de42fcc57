#include "sim/run/train.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/protocol/declaration.h"
#include "core/transport/batched.h"
#include "core/transport/mailbox.h"
#include "sim/model/build.h"
#include "sim/place/place.h"
#include "sim/run/chip_record.h"
#include "sim/run/evaluation.h"
#include "sim/run/fingerprint.h"
#include "sim/run/offence.h"
#include "sim/run/pace.h"
#include "sim/run/rank.h"
#include "sim/run/rates.h"
#include "sim/run/recorder.h"
#include "sim/run/update.h"
#include "sim/run/weights.h"

namespace locus {
namespace {

constexpr std::int64_t kLargestRankedSide = 512;

void end(Outcome& outcome, Status status, std::string message) {
  outcome.status = status;
  outcome.message = std::move(message);
}

/// Tells whoever watches how far the rule has come. Returns whether it is to stop here.
template <class R>
bool tell(const Network<R>& network, Door& door, const RunOptions& options, const RunResult& done, const Outcome& outcome) {
  const bool stopping = options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed);
  if (!options.watch) return stopping;
  options.watch({.done = done, .present = &outcome, .ledger = &door.ledger(), .stopping = stopping, .state = [&] {
                   RuleState state = state_of(outcome);
                   state.weights = values_of(network);
                   state.commits = network.commits;
                   state.kept = kept_of(network);
                   note(door.ledger(), state);
                   if (door.traffic() != nullptr) state.traffic = door.traffic()->counts();
                   return state;
                 }});
  return stopping;
}

/// Measures the evaluation trials where it is time to; a run that goes on from a state may have
/// done so.
template <class R>
void evaluate(Evaluator<R>& evaluator, const Network<R>& network, const EvaluationSpec& evaluation, bool at_end,
              Outcome& outcome) {
  const bool done = !outcome.evaluations.empty() && outcome.evaluations.back().update == outcome.updates;
  if (done || !(at_end || outcome.updates % evaluation.every == 0)) return;
  outcome.evaluations.push_back({outcome.updates, evaluator.loss(network)});
}

/// The updates of one rule over one transport, from outcome.updates on.
template <class R, class T>
void train_over(T& transport, const Spec& spec, const Learning& learning, const RunOptions& options, Executor executor,
                const RunResult& done, const std::vector<ProjectionWeights>& before, Outcome& outcome) {
  const TrainingSpec& training = spec.training;
  const bool learns = rule(learning.kind).drive != Drive::kNothing;
  Updates<R, T> updates(transport, spec, learning);
  std::optional<Recorder<R, T>> recorder;
  if (options.look && !spec.records.empty()) {
    recorder.emplace(transport, spec, learning.kind, before, options.look);
    updates.observe([&](Tick now, const Network<R>&) { recorder->see_tick(outcome.updates, now); });
  }
  std::optional<Stopper> stopper;
  if (training.stop && learns) stopper.emplace(*training.stop);
  for (std::size_t k = 0; stopper && k < outcome.losses.size(); ++k) stopper->hear(outcome.losses[k]);
  std::optional<Evaluator<R>> evaluator;
  if (training.evaluation && learns) evaluator.emplace(spec, *transport.network().topology, executor);
  while (true) {
    const std::int64_t update = outcome.updates;
    const bool at_end = update == training.updates || (stopper && !stopper->reason().empty());
    if (evaluator) evaluate(*evaluator, transport.network(), *training.evaluation, at_end, outcome);
    const bool stop = tell(transport.network(), transport.door(), options, done, outcome);
    if (update == training.updates) return;
    if (stopper && !stopper->reason().empty()) {
      return end(outcome, Status::kCompleted,
                 fmt::format("stopped after {} of {} updates: {}", update, training.updates, stopper->reason()));
    }
    if (stop) {
      return end(outcome, Status::kInterrupted,
                 fmt::format("interrupted after {} of {} updates", update, training.updates));
    }
    double loss = 0;
    bool finite = false;  // every weight
    try {
      loss = updates.run(update);
      if (std::isfinite(loss)) finite = updates.commit();
    } catch (const LocalityBroken& broken) {
      transport.finish();
      return end(outcome, Status::kLocalityBroken,
                 describe(transport.network(), broken.offence(), outcome.rule, update, training.locality));
    }
    measure_rates(transport.network(), training, outcome.rates);
    if (learns && !std::isfinite(loss)) {
      return end(outcome, Status::kDiverged, fmt::format("diverged at update {}: the loss is not finite", update + 1));
    }
    if (learns) outcome.losses.push_back(loss);
    if (stopper) stopper->hear(loss);
    if (recorder) recorder->see_update(update);
    ++outcome.updates;
    if (!finite) {
      return end(outcome, Status::kDiverged, fmt::format("diverged at update {}: a weight is not finite", update + 1));
    }
  }
}

template <class R>
Outcome train_as(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec, const RunOptions& options,
                 Executor executor, const RunResult& done, const RuleState* from) {
  const TrialShape shape = trial_shape_of(spec.training);
  const Learning learning = learning_of(rule_spec, spec.training);
  Outcome outcome = new_outcome(rule_spec, learning);
  Network<R> network = build<R>(spec, topology, rule_spec, spec.training.batch);
  std::vector<ProjectionWeights> before;  // of what learns or is recorded
  if (rule(learning.kind).drive != Drive::kNothing || !spec.records.empty()) before = weights_of(network);
  Door door(permit_of(learning, spec.training.locality), sizeof(R));
  std::optional<ChipRecord> chip;
  if (spec.chip) chip.emplace(spec, topology, network.feedback, learning, door);
  if (from != nullptr) {
    outcome.updates = from->updates;
    outcome.losses = from->losses;
    outcome.rates = from->rates;
    outcome.evaluations = from->evaluations;
    set_values(from->weights, network);
    network.commits = from->commits;
    restore_kept(from->kept, network);
    restore(*from, shape.ticks, door.ledger());
    if (chip) chip->restore(*from->traffic);
  }
  if (options.transport == TransportKind::kMailbox) {
    Mailbox<R> transport(network, learning, place(topology, shards_for(topology)), executor, door);
    if (options.trace)
      transport.watch(make_tracer(*options.trace, shape.ticks, network, door, outcome.trace.emplace()));
    train_over<R>(transport, spec, learning, options, executor, done, before, outcome);
  } else {
    const Horizon horizon{.trial = shape,
                          .commit_every_tick = spec.training.commit == CommitWhen::kEveryTick,
                          .outputs_are_seen = options.look && records_outputs(spec)};
    Batched<R> transport(network, learning, horizon, executor, door);
    train_over<R>(transport, spec, learning, options, executor, done, before, outcome);
  }
  const ProtocolMemory memory = protocol_memory(learning, topology, shape, sizeof(R));
  door.ledger().set_memory(memory.history_bytes, memory.trace_bytes);
  outcome.ledger = door.ledger();
  if (chip) outcome.chip = chip->finish(outcome.ledger);
  outcome.weights = weights_of(network);
  const std::int64_t largest_side = options.rank_of_large ? std::numeric_limits<std::int64_t>::max() : kLargestRankedSide;
  for (std::size_t p = 0; p < before.size(); ++p) {
    if (!topology.projections[p].plastic || rule(learning.kind).drive == Drive::kNothing) continue;
    if (auto report = rank_of_change(before[p], outcome.weights[p], spec.precision, largest_side))
      outcome.ranks.push_back(std::move(*report));
  }
  outcome.fingerprint = fingerprint(outcome);
  return outcome;
}

}  // namespace

Learning learning_of(const RuleSpec& spec, const TrainingSpec& training) {
  const std::int32_t ticks = training.ticks;
  Learning learning{.kind = spec.kind, .depth = 0, .stride = 0, .trace_decay = spec.trace_decay};
  learning.optimizer = training.optimizer;
  learning.average_over_window = spec.average_over_window;
  learning.filter = decay_of(spec.filter_tau, training.dt);
  if (spec.firing_rate)
    learning.firing_rate = {spec.firing_rate->target_hz / 1000 * training.dt, spec.firing_rate->strength, ticks};
  if (rule(spec.kind).drive != Drive::kSweep) return learning;
  const bool whole = !takes(rule(spec.kind), Argument::What::kDepth);
  learning.depth = whole || spec.depth == 0 ? ticks : std::min(spec.depth, ticks);
  learning.stride = whole ? ticks : std::min(spec.stride, ticks);
  return learning;
}

TrialShape trial_shape_of(const TrainingSpec& training) {
  return {.ticks = training.ticks,
          .window = window_of(training),
          .classes = training.loss == Loss::kCrossEntropy,
          .carries = training.carry_state,
          .commits = training.commit == CommitWhen::kEveryTick};
}

Outcome new_outcome(const RuleSpec& rule, const Learning& learning) {
  Outcome outcome;
  outcome.rule = rule.name;
  outcome.kind = rule.kind;
  outcome.depth = learning.depth;
  outcome.stride = learning.stride;
  return outcome;
}

Outcome train(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
              Executor executor, const RunResult& done, const RuleState* from) {
  return spec.precision == Precision::kFloat32 ? train_as<float>(spec, topology, rule, options, executor, done, from)
                                               : train_as<double>(spec, topology, rule, options, executor, done, from);
}

}  // namespace locus
