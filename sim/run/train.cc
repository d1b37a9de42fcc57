#include "sim/run/train.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/transport/batched.h"
#include "core/transport/mailbox.h"
#include "sim/model/build.h"
#include "sim/place/place.h"
#include "sim/run/chip_record.h"
#include "sim/run/fingerprint.h"
#include "sim/run/offence.h"
#include "sim/run/rank.h"
#include "sim/run/rates.h"
#include "sim/run/update.h"

namespace locus {
namespace {

constexpr std::int64_t kLargestRankedSide = 512;

Permit permit_of(const Learning& learning, Locality budget) {
  Permit permit{.channels = 0, .largest_lag = declared_lag(learning), .budget = budget};
  for (const Channel channel : rule(learning.kind).channels) permit.channels |= 1U << static_cast<unsigned>(channel);
  return permit;
}

/// The weights of every projection, in the form and order of the model file.
template <class R>
std::vector<ProjectionWeights> weights_of(const Network<R>& network) {
  std::vector<ProjectionWeights> all;
  for (const Projection<R>& projection : network.projections) {
    if (projection.hollow) {  // its diagonal is no synapse, and written as 0
      DenseMatrix matrix{projection.target_size, projection.source_size, {}};
      matrix.values.assign(static_cast<std::size_t>(matrix.rows * matrix.cols), 0);
      for (std::int32_t j = 0; j < projection.source_size; ++j) {
        for (std::int64_t k = projection.begin_of(j); k < projection.begin_of(j + 1); ++k)
          matrix.values[static_cast<std::size_t>(projection.target_of(k) * matrix.cols + j)] =
              static_cast<double>(projection.weight[static_cast<std::size_t>(k)]);
      }
      all.push_back({projection.name, std::move(matrix)});
      continue;
    }
    if (projection.dense) {
      DenseMatrix matrix{projection.target_size, projection.source_size, {}};
      matrix.values.reserve(projection.weight.size());
      for (std::int64_t i = 0; i < matrix.rows; ++i) {
        for (std::int64_t j = 0; j < matrix.cols; ++j) {
          matrix.values.push_back(static_cast<double>(projection.weight[static_cast<std::size_t>(j * matrix.rows + i)]));
        }
      }
      all.push_back({projection.name, std::move(matrix)});
      continue;
    }
    SparseMatrix matrix{projection.target_size, projection.source_size, {}, {}, {}};
    for (const std::int64_t synapse : projection.listed) {
      matrix.row.push_back(projection.target_of(synapse));
      matrix.col.push_back(projection.source_of(synapse));
      matrix.values.push_back(static_cast<double>(projection.weight[static_cast<std::size_t>(synapse)]));
    }
    all.push_back({projection.name, std::move(matrix)});
  }
  return all;
}

void end(Outcome& outcome, Status status, std::string message) {
  outcome.status = status;
  outcome.message = std::move(message);
}

/// The updates of one rule over one transport.
template <class R, class T>
void train_over(T& transport, const Spec& spec, const Learning& learning, const RunOptions& options,
                const RunResult& done, Outcome& outcome) {
  const TrainingSpec& training = spec.training;
  const bool learns = rule(learning.kind).drive != Drive::kNothing;
  Updates<R, T> updates(transport, spec, learning);
  for (std::int64_t update = 0; update < training.updates; ++update) {
    if (options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed)) {
      return end(outcome, Status::kInterrupted,
                 fmt::format("interrupted after {} of {} updates", update, training.updates));
    }
    double loss = 0;
    try {
      loss = updates.run(update);
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
    const bool finite = updates.commit();
    ++outcome.updates;
    if (!finite) {
      return end(outcome, Status::kDiverged, fmt::format("diverged at update {}: a weight is not finite", update + 1));
    }
    if (options.watch) options.watch(done, outcome, transport.door().ledger());
  }
}

template <class R>
Outcome train_as(const Spec& spec, const RuleSpec& rule_spec, const RunOptions& options, Executor executor,
                 const RunResult& done) {
  Outcome outcome;
  outcome.rule = rule_spec.name;
  outcome.kind = rule_spec.kind;
  const TrialShape shape = trial_shape_of(spec.training);
  const Learning learning = learning_of(rule_spec, spec.training);
  outcome.depth = learning.depth;
  outcome.stride = learning.stride;
  Network<R> network = build<R>(spec, rule_spec, spec.training.batch);
  const std::vector<ProjectionWeights> before = weights_of(network);
  Door door(permit_of(learning, spec.training.locality), sizeof(R));
  std::optional<ChipRecord> chip;
  if (spec.chip) chip.emplace(spec, rule_spec, learning, door);
  if (options.transport == TransportKind::kMailbox) {
    Mailbox<R> transport(network, learning, place(network, shards_for(network)), executor, door);
    if (options.trace)
      transport.watch(make_tracer(*options.trace, shape.ticks, network, door, outcome.trace.emplace()));
    train_over<R>(transport, spec, learning, options, done, outcome);
  } else {
    Batched<R> transport(network, learning, {shape, spec.training.commit == CommitWhen::kEveryTick}, executor, door);
    train_over<R>(transport, spec, learning, options, done, outcome);
  }
  const ProtocolMemory memory = protocol_memory(learning, shape_of(network), shape, sizeof(R));
  door.ledger().set_memory(memory.history_bytes, memory.trace_bytes);
  outcome.ledger = door.ledger();
  if (chip) outcome.chip = chip->finish(outcome.ledger);
  outcome.weights = weights_of(network);
  const std::int64_t largest_side = options.rank_of_large ? std::numeric_limits<std::int64_t>::max() : kLargestRankedSide;
  for (std::size_t p = 0; p < before.size(); ++p) {
    if (!network.projections[p].plastic || rule(learning.kind).drive == Drive::kNothing) continue;
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
  const bool whole = spec.kind == RuleKind::kBptt;
  learning.depth = whole || spec.depth == 0 ? ticks : std::min(spec.depth, ticks);
  learning.stride = whole ? ticks : std::min(spec.stride, ticks);
  return learning;
}

TrialShape trial_shape_of(const TrainingSpec& training) {
  return {training.ticks, window_of(training), training.loss == Loss::kCrossEntropy};
}

Outcome train(const Spec& spec, const RuleSpec& rule, const RunOptions& options, Executor executor, const RunResult& done) {
  return spec.precision == Precision::kFloat32 ? train_as<float>(spec, rule, options, executor, done)
                                               : train_as<double>(spec, rule, options, executor, done);
}

}  // namespace locus
