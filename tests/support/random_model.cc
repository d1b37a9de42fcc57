#include "tests/support/random_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/model/bias.h"
#include "tests/support/model_text.h"
#include "tests/support/oracle.h"
#include "tests/support/random_matrices.h"

namespace locus {
namespace {

/// R for every rate population with a plastic synapse, and sometimes for one without.
std::vector<FeedbackSpec> random_feedback(const Spec& spec, Dice& dice) {
  const int readouts = neurons_of(spec, PopulationKind::kReadout);
  std::vector<FeedbackSpec> result;
  for (std::size_t p = 0; p < spec.network.populations.size(); ++p) {
    const PopulationSpec& population = spec.network.populations[p];
    if (population.kind != PopulationKind::kRate) continue;
    bool needed = dice.chance(50);
    for (const ProjectionSpec& projection : spec.network.projections) {
      needed = needed || (projection.target == static_cast<std::int32_t>(p) && projection.plastic);
    }
    if (!needed) continue;
    const bool is_sparse = dice.chance(33);
    FeedbackSpec feedback{static_cast<std::int32_t>(p), {}};
    if (is_sparse) feedback.weights = random_sparse(readouts, population.size, 10, false, dice);
    if (!is_sparse) feedback.weights = random_dense(readouts, population.size, 10, false, dice);
    result.push_back(feedback);
  }
  return result;
}

}  // namespace

std::uint64_t Dice::bits() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111ebULL;
  return mixed ^ (mixed >> 31U);
}

int Dice::between(int low, int high) {
  const auto span = static_cast<std::uint64_t>(high - low + 1);
  return low + static_cast<int>((bits() >> 33U) % span);
}

bool Dice::chance(int percent) { return between(0, 99) < percent; }

double Dice::value() { return (chance(50) ? 1 : -1) * between(128, 1152) / 1024.0; }

Spec small_model(const Shape& shape, const Style& style, std::uint64_t seed) {
  Dice dice(seed);
  const auto weights = [&](int rows, int cols) -> WeightsSpec {
    if (style.sparse) return random_sparse(rows, cols, 20, style.exact, dice);
    return random_dense(rows, cols, style.exact ? 10 : 0, style.exact, dice);
  };
  Spec spec;
  spec.name = "small_" + std::to_string(seed);
  spec.network.populations = {{"in", PopulationKind::kInput, shape.inputs, Activation::kIdentity, 1},
                              {"rec", PopulationKind::kRate, shape.units, style.activation, style.leak},
                              {"out", PopulationKind::kReadout, shape.readouts, Activation::kIdentity, 1}};
  spec.network.projections = {{"B", 0, 1, weights(shape.units, shape.inputs), style.plastic_b, std::nullopt},
                              {"W", 1, 1, weights(shape.units, shape.units), style.plastic_w, std::nullopt},
                              {"A", 1, 2, weights(shape.readouts, shape.units), style.plastic_a, std::nullopt}};
  const DenseMatrix input = random_dense(shape.ticks, shape.inputs, style.exact ? 25 : 0, style.exact, dice);
  const DenseMatrix target = random_dense(shape.ticks, shape.readouts, style.exact ? 25 : 0, style.exact, dice);
  spec.task = RecordedTask{{RecordedTrial{input, target}}};
  spec.training.loss = style.loss;
  spec.training.ticks = shape.ticks;
  spec.training.learning_rate = 1;
  spec.rules = every_rule(spec, dice);
  return spec;
}

Spec smooth_model(const Shape& shape, const Style& style, std::uint64_t seed) {
  // about ten times the change of a current by the differences of oracle.h
  constexpr double kAway = 0.03;
  RuleSpec bptt = rule_spec(RuleKind::kBptt);
  const auto learns = [](const std::vector<double>& delta) {
    return std::ranges::any_of(delta, [](double change) { return std::abs(change) > 1e-3; });
  };
  for (;; seed += 1000) {
    Spec spec = small_model(shape, style, seed);
    const oracle::Answer answer = oracle::solve(spec, bptt);
    if (answer.nearest_kink > kAway && std::ranges::all_of(answer.delta, learns)) return spec;
  }
}

Spec wide_model(std::int32_t units, const Style& style, CommitWhen commit, std::int32_t batch) {
  constexpr std::int32_t kInputs = 20, kReadouts = 5, kTicks = 6;
  Dice dice(77);
  const auto drawn = [&dice](std::int32_t rows, std::int32_t cols, double scale) {
    DenseMatrix matrix = random_dense(rows, cols, 0, false, dice);
    for (double& value : matrix.values) value *= scale;
    return matrix;
  };
  const double small = 1.0 / units;
  Spec spec;
  spec.name = "wide";
  spec.network.populations = {{"in", PopulationKind::kInput, kInputs, Activation::kIdentity, 1},
                              {"rec", PopulationKind::kRate, units, style.activation, style.leak},
                              {"other", PopulationKind::kRate, units, Activation::kTanh, 1},
                              {"out", PopulationKind::kReadout, kReadouts, Activation::kIdentity, 1}};
  SparseMatrix some{units, units, {}, {}, {}};
  for (std::int32_t i = 0; i < units; ++i) {
    for (std::int32_t j = i % 3; j < units; j += 3 + i % 5) {
      some.row.push_back(i);
      some.col.push_back(j);
      some.values.push_back(2 * small * dice.value());
    }
  }
  spec.network.projections = {{"B", 0, 1, drawn(units, kInputs, 0.25), true, std::nullopt},
                              {"W", 1, 1, drawn(units, units, small), true, std::nullopt},
                              {"across", 1, 2, some, true, std::nullopt},
                              {"back", 2, 1, some, false, std::nullopt},
                              {"A", 1, 3, drawn(kReadouts, units, 0.125), true, std::nullopt},
                              {"A2", 2, 3, drawn(kReadouts, units, 0.125), true, std::nullopt}};
  RecordedTask task;
  for (int trial = 0; trial < 3; ++trial)
    task.trials.push_back({drawn(kTicks, kInputs, 1), drawn(kTicks, kReadouts, 1)});
  spec.task = task;
  spec.training.loss = style.loss;
  spec.training.ticks = kTicks;
  spec.training.batch = batch;
  spec.training.updates = 2;
  spec.training.learning_rate = 0.01;
  spec.training.commit = commit;
  const std::vector<FeedbackSpec> feedback = {{1, drawn(kReadouts, units, 0.5)}, {2, drawn(kReadouts, units, 0.5)}};
  spec.rules = {rule_spec(RuleKind::kBptt), truncated(3, 2), rule_spec(RuleKind::kRflo, feedback, 0.5),
                rule_spec(RuleKind::kEprop), rule_spec(RuleKind::kEpropRandom, feedback)};
  return spec;
}

namespace {

void cut_to(DenseMatrix& matrix, std::int64_t rows) {
  if (matrix.rows == 0) return;
  matrix.rows = rows;
  matrix.values.resize(static_cast<std::size_t>(rows * matrix.cols));
}

/// The first rows of a trial.
void cut_to(RecordedTrial& trial, std::int64_t rows) {
  cut_to(trial.target, rows);
  cut_to(trial.mask, rows);
  if (auto* dense = std::get_if<DenseMatrix>(&trial.input)) return cut_to(*dense, rows);
  auto& sparse = std::get<SparseMatrix>(trial.input);
  SparseMatrix kept = {rows, sparse.cols, {}, {}, {}};
  for (std::size_t k = 0; k < sparse.values.size(); ++k) {
    if (sparse.row[k] >= rows) continue;
    kept.row.push_back(sparse.row[k]);
    kept.col.push_back(sparse.col[k]);
    kept.values.push_back(sparse.values[k]);
  }
  sparse = kept;
}

}  // namespace

Spec with_late_trials(Spec spec, std::uint64_t seed) {
  Dice dice(seed ^ 0x1a7e);
  spec.training.carry_state = false;
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kRate || population.lif || !dice.chance(40)) continue;
    population.initial.clear();
    for (std::int32_t i = 0; i < population.size; ++i) population.initial.push_back(dice.chance(20) ? 0 : dice.value());
  }
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials)
    cut_to(trial, dice.chance(60) ? dice.between(1, spec.training.ticks) : spec.training.ticks);
  return spec;
}

Spec with_uneven_trials(Spec spec, std::uint64_t seed) {
  Dice dice(seed ^ 0x1e57);
  spec = with_late_trials(std::move(spec), seed);
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) {
    const std::int64_t readouts = trial.target.cols;
    const std::int64_t rows = rows_of(trial);
    if (dice.chance(40) && spec.training.loss != Loss::kCrossEntropy) {
      trial.label = dice.between(0, static_cast<int>(readouts) - 1);
      trial.target = {};
    }
    if (dice.chance(50)) continue;
    const bool alike = dice.chance(30) || spec.training.loss == Loss::kCrossEntropy;
    trial.mask = {rows, alike ? 1 : readouts, {}};
    for (std::int64_t k = 0; k < trial.mask.rows * trial.mask.cols; ++k)
      trial.mask.values.push_back(dice.chance(40) ? 0 : dice.chance(50) ? 1 : dice.between(1, 8) / 4.0);
  }
  return spec;
}

Spec with_delays(Spec spec, std::uint64_t seed) {
  Dice dice(seed ^ 0xde1a7);
  for (ProjectionSpec& projection : spec.network.projections) {
    if (projection.is_bias) continue;
    const auto kind = [&](std::int32_t p) { return spec.network.populations[static_cast<std::size_t>(p)].kind; };
    const int least = kind(projection.source) == PopulationKind::kRate && kind(projection.target) == PopulationKind::kRate;
    if (dice.chance(75)) projection.delay = std::min(least + dice.between(0, 4), spec.training.ticks);
  }
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return tells_changes(locus::rule(rule.kind).drive); });
  return spec;
}

RuleSpec rule_spec(RuleKind kind, std::vector<FeedbackSpec> feedback, std::optional<double> trace_decay) {
  RuleSpec result;
  result.kind = kind;
  result.name = std::string(rule(kind).name);
  result.trace_decay = trace_decay;
  result.feedback = std::move(feedback);
  return result;
}

RuleSpec truncated(std::int32_t depth, std::int32_t stride) {
  RuleSpec result = rule_spec(RuleKind::kTbptt);
  result.depth = depth;
  result.stride = stride;
  result.name += "_" + std::to_string(depth) + "_" + std::to_string(stride);
  return result;
}

RuleSpec restricted(RuleKind kind, std::int32_t number) {
  RuleSpec result = rule_spec(kind);
  (kind == RuleKind::kRtrlReach ? result.reach : result.paths) = number;
  std::ranges::replace(result.name, ':', '_');
  result.name += "_" + std::to_string(number);
  return result;
}

Restriction some_restriction(std::int32_t neurons) {
  Restriction some{.reach = 2, .paths = 1, .seed = 7};
  for (std::int32_t i = 0; i < neurons; ++i) some.cores.push_back(i / 3);
  return some;
}

Spec with_cores(Spec spec, std::uint64_t seed) {
  const auto carries = [](const RuleSpec& rule) { return locus::rule(rule.kind).drive == Drive::kSensitivity; };
  if (std::ranges::none_of(spec.rules, carries)) return spec;
  Dice dice(seed ^ 0xc04e5);
  spec.chip = ChipSpec{};
  spec.chip->width = 3;
  spec.chip->policy = PlacementPolicy::kExplicit;
  const std::int32_t neurons = neurons_of(spec, PopulationKind::kRate) + neurons_of(spec, PopulationKind::kReadout);
  spec.chip->neurons_per_core = neurons;
  for (std::int32_t i = 0; i < neurons; ++i) spec.chip->cores.push_back(dice.between(0, 2));
  spec.rules.push_back(rule_spec(RuleKind::kRtrlCore));
  return spec;
}

std::vector<RuleSpec> every_rule(const Spec& spec, Dice& dice) {
  const std::int32_t ticks = spec.training.ticks;
  std::vector<RuleSpec> result;
  for (const Rule& row : kRules) {
    RuleSpec entry = rule_spec(row.kind);
    if (row.kind == RuleKind::kTbptt) {
      for (std::int32_t depth = 1; depth <= ticks + 1; ++depth) {
        for (const std::int32_t stride : {1, depth + 1}) result.push_back(truncated(depth, stride));
      }
      if (ticks > 3) result.push_back(truncated(3, 2));
      result.push_back(truncated(0, 2));  // 0: the whole trial
      continue;
    }
    if (row.keeps == Keeps::kCore && !spec.chip) continue;
    if (row.keeps == Keeps::kReach) {
      result.push_back(restricted(RuleKind::kRtrlReach, 2));
      continue;
    }
    if (row.keeps == Keeps::kPaths) {
      result.push_back(restricted(RuleKind::kRtrlPaths, 1));
      continue;
    }
    if (row.signal == SignalSource::kFeedback) entry.feedback = random_feedback(spec, dice);
    if (row.kind == RuleKind::kRflo) {
      result.push_back(entry);
      entry.trace_decay = dice.between(0, 15) / 16.0;
      entry.name += "_decay";
    }
    result.push_back(entry);
  }
  return result;
}

std::string describe(const Spec& spec) { return "the model, for `locus run`:\n" + model_text(spec); }

Spec model_on_two_cores() {
  Spec spec = small_model({2, 2, 1, 1}, {}, 4);
  spec.rules = {rule_spec(RuleKind::kBptt)};
  spec.chip = ChipSpec{};
  spec.chip->width = 2;
  spec.chip->neurons_per_core = 2;
  spec.chip->policy = PlacementPolicy::kExplicit;
  spec.chip->cores = {0, 1, 1};
  return spec;
}

}  // namespace locus
