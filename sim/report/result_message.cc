#include "sim/report/result_message.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "core/base/check.h"
#include "core/protocol/rule.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/network_size.h"
#include "sim/report/chip_message.h"
#include "sim/report/comparison_message.h"
#include "sim/report/narrow_message.h"
#include "sim/report/progress.h"
#include "sim/report/version.h"

namespace locus {
namespace {

std::int32_t narrow(std::int64_t number) {
  return static_cast<std::int32_t>(std::min<std::int64_t>(number, std::numeric_limits<std::int32_t>::max()));
}

/// The schema has the program's names of enumerators; a missing name is a defect.
template <class Enum, class Parse>
Enum spelled(std::string_view name, Parse&& parse) {
  Enum value = {};
  CHECK(parse(std::string(name), &value), "the schema knows every enumerator");
  return value;
}

void fill(const DenseMatrix& from, LentLists& lists, v1::ProjectionWeights& to) {
  v1::Matrix& matrix = *to.mutable_matrix();
  matrix.set_rows(narrow(from.rows));
  matrix.set_cols(narrow(from.cols));
  lists.add(matrix, v1::Matrix::kValuesFieldNumber, std::span(from.values));
}

void fill(const SparseMatrix& from, LentLists& lists, v1::ProjectionWeights& to) {
  v1::SparseMatrix& sparse = *to.mutable_sparse();
  sparse.set_rows(narrow(from.rows));
  sparse.set_cols(narrow(from.cols));
  lists.add(sparse, v1::SparseMatrix::kRowFieldNumber, std::span(from.row));
  lists.add(sparse, v1::SparseMatrix::kColFieldNumber, std::span(from.col));
  lists.add(sparse, v1::SparseMatrix::kValuesFieldNumber, std::span(from.values));
}

void lend_curves(const Outcome& from, LentLists& lists, const v1::Run& to) {
  lists.add(to, v1::Run::kLossesFieldNumber, std::span(from.losses));
  const auto fill_one = [&from](std::size_t k, google::protobuf::Message& message) {
    fill(from.evaluations[k], dynamic_cast<v1::Run::Evaluation&>(message));
  };
  lists.add(to, v1::Run::kAccuraciesFieldNumber, std::span(from.accuracies));
  lists.add(to, v1::Run::kEvaluationsFieldNumber, LentMessages{from.evaluations.size(), fill_one});
  lend(from.comparisons, lists, to);
}

std::string upper(std::string_view word) {
  std::string letters(word);
  std::ranges::transform(letters, letters.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return letters;
}

void fill(const ScheduleSpec& from, v1::Schedule& to) {
  to.set_warmup(narrow(from.warmup));
  switch (from.decay) {
    case ScheduleSpec::Decay::kNone: break;
    case ScheduleSpec::Decay::kStep:
      to.mutable_step()->set_every(narrow(from.every));
      to.mutable_step()->set_factor(from.factor);
      break;
    case ScheduleSpec::Decay::kExponential: to.mutable_exponential()->set_factor(from.factor); break;
    case ScheduleSpec::Decay::kCosine: to.mutable_cosine()->set_last(from.last); break;
    case ScheduleSpec::Decay::kLinear: to.mutable_linear()->set_last(from.last); break;
  }
}

void fill(const StopSpec& from, v1::Stop& to) {
  if (from.loss_below) to.set_loss_below(*from.loss_below);
  if (from.patience) to.set_patience(narrow(*from.patience));
  if (from.patience) to.set_improvement(from.improvement);
  to.set_mean_of(narrow(from.mean_of));
}

void fill(const Optimizer& from, v1::Training::Optimizer& to) {
  if (from.momentum) to.mutable_sgd()->set_momentum(*from.momentum);
  if (from.adam) {
    to.mutable_adam()->set_beta1(from.adam->beta1);
    to.mutable_adam()->set_beta2(from.adam->beta2);
    to.mutable_adam()->set_epsilon(from.adam->epsilon);
  }
  if (from.weight_min) to.set_weight_min(*from.weight_min);
  if (from.weight_max) to.set_weight_max(*from.weight_max);
  if (from.weight_decay != 0) to.set_weight_decay(from.weight_decay);
}

void fill(const Optimizer& from, v1::Clip& to) {
  if (from.element) to.set_element(*from.element);
  if (from.norm) to.set_global_norm(*from.norm);
}

void fill(const TrainingSpec& from, v1::Training& to) {
  to.set_loss(spelled<v1::Training::Loss>(name(from.loss), v1::Training::Loss_Parse));
  to.set_ticks(from.ticks);
  if (from.warmup > 0) {
    to.set_warmup_ticks(from.warmup);
  } else if (from.loss == Loss::kSum || from.loss == Loss::kCrossEntropy) {
    to.set_window(window_of(from));
  }
  if (from.carry_state) to.set_carry_state(true);
  if (from.average_over_window) to.set_average_over_window(true);
  if (from.evaluation) to.mutable_evaluation()->set_every(narrow(from.evaluation->every));
  if (from.evaluation) to.mutable_evaluation()->set_trials(narrow(from.evaluation->trials));
  if (from.dt != 1) to.set_dt_ms(from.dt);
  const Optimizer& optimizer = from.optimizer;
  if (optimizer.moves_all()) fill(optimizer, *to.mutable_optimizer());
  if (optimizer.element || optimizer.norm) fill(optimizer, *to.mutable_clip());
  to.set_batch(from.batch);
  to.set_updates(narrow(from.updates));
  if (from.learning_rate) to.set_learning_rate(*from.learning_rate);
  to.set_commit(from.commit == CommitWhen::kEndOfBatch ? v1::Training::END_OF_BATCH : v1::Training::EVERY_TICK);
  to.set_locality(spelled<v1::Training::Locality>(upper(name(from.locality)), v1::Training::Locality_Parse));
  fill_narrow(from, to);
  if (from.schedule) fill(*from.schedule, *to.mutable_schedule());
  if (from.stop) fill(*from.stop, *to.mutable_stop());
}

/// One number where all neurons have the same.
void fill(const PerNeuron& from, google::protobuf::RepeatedField<double>& to) {
  if (from.varies()) {
    to.Add(from.values.begin(), from.values.end());
  } else {
    to.Add(from.first());
  }
}

void fill(const IntegerState& from, v1::IntegerState& to) {
  to.set_bits(from.bits);
  to.set_leak_bits(from.leak_bits);
  to.set_rounding(from.rounding == LeakRounding::kStochastic ? v1::IntegerState::STOCHASTIC : v1::IntegerState::DOWN);
  if (!from.registers) return;
  v1::IntegerState::Registers& registers = *to.mutable_registers();
  registers.mutable_seed()->Add(from.registers->seeds.begin(), from.registers->seeds.end());
  registers.set_length(from.registers->length);
  registers.set_tap(from.registers->tap);
  registers.set_first_tick(from.registers->first_tick);
}

void fill(const LifSpec& from, v1::Population::Lif& to) {
  using Lif = v1::Population::Lif;
  fill(from.leak.tau_m, *to.mutable_tau_m());
  fill(from.threshold, *to.mutable_threshold());
  to.set_refractory(from.refractory);
  to.set_normalise_input(from.leak.normalise_input);
  to.mutable_surrogate()->set_kind(spelled<Lif::Surrogate::Kind>(name(from.surrogate), Lif::Surrogate::Kind_Parse));
  to.mutable_surrogate()->set_height(from.height);
  to.mutable_surrogate()->set_width(from.width);
  if (from.current_tau) fill(*from.current_tau, *to.mutable_current()->mutable_tau());
  to.set_reset(spelled<Lif::Reset>(name(from.reset), Lif::Reset_Parse));
  if (from.reset == Reset::kZero) fill(from.reset_to, *to.mutable_reset_to());
  if (from.rest != 0) fill(from.rest, *to.mutable_rest());
  to.set_above(from.above);
  to.set_integration(from.integration == Integration::kEuler ? Lif::EULER : Lif::EXACT);
  to.set_reset_gradient(from.cuts_reset_gradient ? Lif::CUT : Lif::KEEP);
  if (from.integer) fill(*from.integer, *to.mutable_integer());
  if (from.adaptation_tau == 0) return;
  fill(from.adaptation_tau, *to.mutable_adaptation()->mutable_tau());
  fill(from.adaptation, *to.mutable_adaptation()->mutable_beta());
}

void fill(const WeightLimits& from, v1::Outline::Projection& to) {
  if (from.sign > 0) to.set_sign(v1::Projection::NON_NEGATIVE);
  if (from.sign < 0) to.set_sign(v1::Projection::NON_POSITIVE);
  if (from.min) to.set_weight_min(*from.min);
  if (from.max) to.set_weight_max(*from.max);
  if (from.decay) to.set_weight_decay(*from.decay);
}

void fill(const Outline& from, v1::Outline& to) {
  for (const PopulationSpec& population : from.populations) {
    if (population.is_unit) continue;
    v1::Outline::Population& written = *to.add_populations();
    written.set_name(population.name);
    written.set_kind(std::string(name(population.kind)));
    written.set_size(population.size);
    if (population.constant) written.set_constant(*population.constant);
    if (population.noise) {
      written.mutable_noise()->set_stddev(population.noise->stddev);
      written.mutable_noise()->set_on(population.noise->on_activity ? v1::Population::Noise::ACTIVITY
                                                                    : v1::Population::Noise::CURRENT);
    }
    if (population.memory) {
      written.mutable_readout()->set_tau_m(population.memory->tau_m);
      written.mutable_readout()->set_normalise_input(population.memory->normalise_input);
    }
    if (population.lif) fill(*population.lif, *written.mutable_lif());
    if (population.kind != PopulationKind::kRate || population.lif) continue;
    written.set_activation(
        spelled<v1::Population::Rate::Activation>(name(population.activation), v1::Population::Rate::Activation_Parse));
    if (population.leak.varies()) {
      fill(population.leak, *written.mutable_leaks());
    } else {
      written.set_leak(population.leak.first());
    }
  }
  for (const ProjectionOutline& projection : from.projections) {
    v1::Outline::Projection& written = *to.add_projections();
    written.set_name(projection.name);
    written.set_source(from.populations[static_cast<std::size_t>(projection.source)].name);
    written.set_target(from.populations[static_cast<std::size_t>(projection.target)].name);
    written.set_synapses(projection.synapses);
    written.set_plastic(projection.plastic);
    written.set_learning_rate(projection.learning_rate);
    written.set_has_own_rate(projection.has_own_rate);
    written.set_delay(projection.delay);
    fill(projection.limits, written);
  }
  to.set_task(from.task);
  for (const RecordSpec& record : from.records) {
    v1::RecordedFile& written = *to.add_recordings();
    const auto of = static_cast<std::size_t>(record.of);
    written.set_name(record.name);
    written.set_quantity(std::string(name(record.quantity)));
    written.set_of(is_of_projection(record.quantity) ? from.projections[of].name : from.populations[of].name);
    written.set_is_array(!record.protobuf);
    written.set_evaluation(record.evaluation);
    if (!is_of_ticks(record.quantity)) continue;
    written.set_first_tick(record.first_tick);
    written.set_every_ticks(record.every_ticks);
  }
  to.mutable_given_feedback()->Add(from.given_feedback.begin(), from.given_feedback.end());
  fill(from.training, *to.mutable_training());
}

/// `files`: of the weights; null where they are in the message.
void fill_weights(const Outcome& from, const std::vector<std::string>* files, LentLists& lists, v1::Run& to) {
  for (std::size_t p = 0; p < from.weights.size(); ++p) {
    v1::ProjectionWeights& weights = *to.add_weights();
    weights.set_projection(from.weights[p].projection);
    if (files != nullptr) {
      weights.set_file((*files)[p]);
    } else {
      std::visit([&](const auto& matrix) { fill(matrix, lists, weights); }, from.weights[p].matrix);
    }
  }
}

/// The accuracy of the last updates, and what the trials of them and of the last evaluation chose.
/// `updates`: of the whole run.
void fill_accuracy(const Outcome& from, std::int64_t updates, v1::Run& to) {
  if (!from.accuracies.empty()) {
    to.set_accuracy(last_accuracy(from.accuracies, window_of(updates)));
    fill(last_of(from.confusions, window_of(updates)), *to.mutable_confusion());
  }
  if (!from.evaluation_confusion.empty()) fill(from.evaluation_confusion, *to.mutable_evaluation_confusion());
}

/// `ledger`: the outcome's, or that of the running rule so far. Curves are lent by the caller.
void fill(const Outcome& from, const Ledger& ledger, const CostSpec* cost, std::int64_t updates, v1::Run& to) {
  fill_accuracy(from, updates, to);
  to.set_rule(from.rule);
  to.set_status(status_of(from.status));
  to.set_updates(narrow(from.updates));
  fill(ledger, *to.mutable_ledger());
  for (const RankReport& rank : from.ranks) fill(rank, *to.add_rank());
  for (const RankOmission& omission : from.rank_omissions) fill(omission, *to.add_rank_omissions());
  for (const PopulationRate& rate : from.rates) {
    v1::Run::Rate& written = *to.add_rates();
    written.set_population(rate.population);
    written.set_first_hz(rate.first);
    written.set_last_hz(rate.last);
  }
  to.set_fingerprint(from.fingerprint);
  to.set_message(from.message);
  to.set_kind(std::string(rule(from.kind).name));
  to.set_depth(from.depth);
  to.set_stride(from.stride);
  if (takes(rule(from.kind), Argument::What::kReach)) to.set_reach(from.restriction.reach);
  if (takes(rule(from.kind), Argument::What::kPaths)) to.set_paths(from.restriction.paths);
  if (from.chip) fill(from, *from.chip, cost, *to.mutable_chip());
  if (from.learning_rate) to.set_learning_rate(*from.learning_rate);
  if (from.schedule) fill(*from.schedule, *to.mutable_schedule());
  if (!from.optimizer) return;
  fill(*from.optimizer, *to.mutable_optimizer());
  if (from.optimizer->element || from.optimizer->norm) fill(*from.optimizer, *to.mutable_clip());
}

}  // namespace

void fill(const Ledger& from, v1::Ledger& to) {
  to.set_trials(from.trials());
  to.set_ticks(from.ticks());
  for (const LedgerEntry& entry : from.entries()) {
    v1::Ledger::Entry& written = *to.add_entries();
    written.set_channel(spelled<v1::Ledger::Channel>(name(entry.channel), v1::Ledger::Channel_Parse));
    written.set_lag(entry.lag);
    written.set_messages(entry.tally.messages);
    written.set_scalars(entry.tally.scalars);
    if (entry.tally.spikes > 0) written.set_spikes(entry.tally.spikes);
    written.set_bytes(from.bytes(entry));
    if (from.is_core_local(entry.channel)) written.set_core_local(true);
  }
  to.set_messages(from.messages());
  to.set_spatial_violations(from.spatial_violations());
  if (from.core_local() > 0) to.set_core_local(from.core_local());
  to.set_temporal_violations(from.temporal_violations());
  to.set_violations(from.violations());
  to.set_max_lag(from.max_lag());
  to.set_mean_lag(from.mean_lag());
  to.set_stalled_ticks(from.stalled_ticks());
  to.set_history_bytes(from.history_bytes());
  to.set_trace_bytes(from.trace_bytes());
}

void fill(const RankReport& from, v1::Rank& to) {
  to.set_projection(from.projection);
  to.mutable_singular_values()->Add(from.singular_values.begin(), from.singular_values.end());
  to.set_rank(from.rank);
  to.set_effective_rank(from.effective_rank);
  to.set_tolerance(from.tolerance);
}

void fill(const RankOmission& from, v1::RankOmission& to) {
  to.set_projection(from.projection);
  to.set_reason(from.reason);
}

void fill(const SettingsChange& from, v1::SettingsChange& to) {
  to.mutable_settings()->Add(from.settings.begin(), from.settings.end());
  to.set_updates(from.updates.value_or(0));
  for (const auto& [rule, update] : from.at) {
    v1::SettingsChange::Place& place = *to.add_at();
    place.set_rule(rule);
    place.set_update(update);
  }
}

void fill(const Evaluation& from, v1::Run::Evaluation& to) {
  to.set_update(narrow(from.update));
  to.set_loss(from.loss);
  if (from.accuracy) to.set_accuracy(*from.accuracy);
}

void fill(const Confusion& from, v1::Confusion& to) {
  for (const ConfusionCell& cell : from) {
    v1::Confusion::Cell& written = *to.add_cells();
    written.set_actual(cell.actual);
    written.set_predicted(cell.predicted);
    written.set_trials(cell.trials);
  }
}

Confusion confusion_of(const v1::Confusion& message) {
  Confusion confusion;
  for (const v1::Confusion::Cell& cell : message.cells())
    confusion.push_back({cell.actual(), cell.predicted(), cell.trials()});
  return confusion;
}

void fill_without_curves(const Outcome& present, const Ledger& ledger, std::int64_t updates, v1::Run& to) {
  fill(present, ledger, nullptr, updates, to);
}

void check_size(const v1::Result& message, const LentLists& lists, const std::filesystem::path& file) {
  if (wire_size(message, lists) > kLargestMessage)
    throw FileError(file.string() + ": the result is larger than one protobuf message can be (2 GiB)");
}

v1::Run::Status status_of(Status status) { return spelled<v1::Run::Status>(name(status), v1::Run::Status_Parse); }

v1::Result result_message(const RunResult& result, LentLists& lists, Extent extent,
                          const std::vector<std::vector<std::string>>& files) {
  v1::Result message;
  message.set_model(result.model);
  message.set_model_sha256(result.model_sha256);
  message.set_version(std::string(version()));
  message.set_commit(std::string(commit()));
  message.set_seed(result.seed);
  message.set_schema(message.GetDescriptor()->full_name());
  const CostSpec* const cost = result.chip && result.chip->cost ? &*result.chip->cost : nullptr;
  fill(result.outline, *message.mutable_outline());
  message.set_precision(std::string(name(result.precision)));
  message.mutable_settings()->Add(result.settings.begin(), result.settings.end());
  for (const SettingsChange& change : result.changes) fill(change, *message.add_changes());
  fill(result.provenance, *message.mutable_provenance());
  for (std::size_t r = 0; r < result.outcomes.size(); ++r) {
    const Outcome& outcome = result.outcomes[r];
    v1::Run& run = *message.add_runs();
    fill(outcome, outcome.ledger, cost, result.outline.training.updates, run);
    if (extent != Extent::kWithoutCurves) lend_curves(outcome, lists, run);
    if (extent == Extent::kWhole) fill_weights(outcome, files.empty() ? nullptr : &files[r], lists, run);
  }
  if (result.chip) fill_chip(result, message);
  return message;
}

}  // namespace locus
