#include "tests/support/random_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/model/bias.h"
#include "tests/support/model_text.h"
#include "tests/support/oracle.h"

namespace locus {
namespace {

double exact_value(Dice& dice) {
  const double sizes[] = {0.5, 1, 2};
  return (dice.chance(50) ? 1 : -1) * sizes[dice.between(0, 2)];
}

double draw(Dice& dice, bool exact) { return exact ? exact_value(dice) : dice.value(); }

DenseMatrix dense(int rows, int cols, int percent_zero, bool exact, Dice& dice) {
  DenseMatrix result{rows, cols, {}};
  for (int k = 0; k < rows * cols; ++k) result.values.push_back(dice.chance(percent_zero) ? 0.0 : draw(dice, exact));
  return result;
}

/// About two thirds of the entries, at least one, in any order; some of them store a zero.
SparseMatrix sparse(int rows, int cols, int percent_zero, bool exact, Dice& dice) {
  std::vector<std::pair<int, int>> places;
  for (int i = 0; i < rows; ++i) {
    for (int j = 0; j < cols; ++j) {
      places.insert(places.begin() + dice.between(0, static_cast<int>(places.size())), {i, j});
    }
  }
  SparseMatrix result{rows, cols, {}, {}, {}};
  for (const auto& [i, j] : places) {
    if (!result.row.empty() && dice.chance(33)) continue;
    result.row.push_back(i);
    result.col.push_back(j);
    result.values.push_back(dice.chance(percent_zero) ? 0.0 : draw(dice, exact));
  }
  return result;
}

int count(const Spec& spec, PopulationKind kind) {
  int neurons = 0;
  for (const PopulationSpec& population : spec.network.populations) {
    if (population.kind == kind) neurons += population.size;
  }
  return neurons;
}

/// R for every rate population with a plastic synapse, and sometimes for one without.
std::vector<FeedbackSpec> random_feedback(const Spec& spec, Dice& dice) {
  const int readouts = count(spec, PopulationKind::kReadout);
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
    if (is_sparse) feedback.weights = sparse(readouts, population.size, 10, false, dice);
    if (!is_sparse) feedback.weights = dense(readouts, population.size, 10, false, dice);
    result.push_back(feedback);
  }
  return result;
}

WeightsSpec odd_weights(int rows, int cols, Dice& dice) {
  if (dice.chance(10)) return ConstantWeights{dice.value()};
  if (dice.chance(50)) return sparse(rows, cols, 15, false, dice);
  return dense(rows, cols, 15, false, dice);
}

/// Gives every fourth rate population a leak for each neuron, at most the one that all had. It draws
/// from dice of its own, so that nothing else of a model depends on it.
void vary_leaks(Spec& spec, std::uint64_t seed) {
  Dice dice(seed ^ 0x1eaf);
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kRate || !dice.chance(25)) continue;
    std::vector<double> each;
    for (std::int32_t i = 0; i < population.size; ++i)
      each.push_back(population.leak.first() * dice.between(4, 16) / 16.0);
    population.leak = each;
  }
}

void add_odd_populations(Spec& spec, Dice& dice) {
  const std::pair<PopulationKind, int> wanted[] = {{PopulationKind::kInput, dice.between(1, 3)},
                                                   {PopulationKind::kRate, dice.between(1, 3)},
                                                   {PopulationKind::kReadout, dice.between(1, 2)}};
  auto& populations = spec.network.populations;
  for (const auto& [kind, many] : wanted) {
    for (int k = 0; k < many; ++k) {
      PopulationSpec population;
      population.kind = kind;
      population.size = dice.between(1, 3);
      if (kind == PopulationKind::kRate) {
        population.activation = static_cast<Activation>(dice.between(0, 3));
        population.leak = dice.chance(40) ? 1.0 : dice.between(1, 15) / 16.0;
      }
      populations.insert(populations.begin() + dice.between(0, static_cast<int>(populations.size())), population);
    }
  }
  for (std::size_t p = 0; p < populations.size(); ++p) populations[p].name = "p" + std::to_string(p);
}

void add_odd_projections(Spec& spec, Dice& dice) {
  const auto& populations = spec.network.populations;
  auto& projections = spec.network.projections;
  for (std::size_t source = 0; source < populations.size(); ++source) {
    for (std::size_t target = 0; target < populations.size(); ++target) {
      const PopulationKind from = populations[source].kind;
      const PopulationKind to = populations[target].kind;
      const bool allowed = from != PopulationKind::kReadout && to != PopulationKind::kInput;
      const bool direct = from == PopulationKind::kInput && to == PopulationKind::kReadout;
      if (!allowed || dice.chance(direct ? 60 : 25)) continue;
      ProjectionSpec projection;
      projection.name = populations[source].name + "_to_" + populations[target].name;
      projection.source = static_cast<std::int32_t>(source);
      projection.target = static_cast<std::int32_t>(target);
      projection.weights = odd_weights(populations[target].size, populations[source].size, dice);
      projection.plastic = dice.chance(75);
      if (dice.chance(30)) projection.learning_rate = dice.between(0, 3) / 16.0;
      projections.insert(projections.begin() + dice.between(0, static_cast<int>(projections.size())), projection);
    }
  }
}

/// Projections beside others of the same two populations, weak enough that networks do not grow.
void add_multapses(Spec& spec, Dice dice) {
  const auto& populations = spec.network.populations;
  auto& projections = spec.network.projections;
  for (std::size_t k = 0, size = projections.size(); k < size; ++k) {
    if (!dice.chance(20)) continue;
    ProjectionSpec projection = projections[k];
    projection.name += "_too";
    projection.weights = odd_weights(populations[static_cast<std::size_t>(projection.target)].size,
                                     populations[static_cast<std::size_t>(projection.source)].size, dice);
    if (auto* dense = std::get_if<DenseMatrix>(&projection.weights))
      for (double& value : dense->values) value /= 8;
    if (auto* sparse = std::get_if<SparseMatrix>(&projection.weights))
      for (double& value : sparse->values) value /= 8;
    if (auto* constant = std::get_if<ConstantWeights>(&projection.weights)) constant->value /= 8;
    projection.plastic = dice.chance(75);
    projection.learning_rate.reset();
    projections.push_back(std::move(projection));
  }
}

/// Takes the columns of the constant inputs out of a trial; `shown` says of each column whether it
/// stays.
void drop_columns(const std::vector<bool>& shown, std::variant<DenseMatrix, SparseMatrix>& input) {
  const auto stays = [&](std::int64_t column) { return shown[static_cast<std::size_t>(column)]; };
  if (auto* matrix = std::get_if<DenseMatrix>(&input)) {
    DenseMatrix kept{matrix->rows, std::ranges::count(shown, true), {}};
    for (std::int64_t k = 0; k < std::ssize(matrix->values); ++k) {
      if (stays(k % matrix->cols)) kept.values.push_back(matrix->values[static_cast<std::size_t>(k)]);
    }
    *matrix = std::move(kept);
    return;
  }
  const SparseMatrix matrix = std::get<SparseMatrix>(input);
  SparseMatrix kept{matrix.rows, std::ranges::count(shown, true), {}, {}, {}};
  for (std::size_t k = 0; k < matrix.values.size(); ++k) {
    if (!stays(matrix.col[k])) continue;
    kept.row.push_back(matrix.row[k]);
    kept.col.push_back(static_cast<std::int32_t>(std::count(shown.begin(), shown.begin() + matrix.col[k], true)));
    kept.values.push_back(matrix.values[k]);
  }
  input = std::move(kept);
}

/// Makes some inputs constant, also all of them, and takes their columns out of the trials.
void make_inputs_constant(Spec& spec, Dice& dice) {
  std::vector<bool> shown;  // by column
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind != PopulationKind::kInput) continue;
    if (dice.chance(30)) population.constant = dice.chance(20) ? 0 : dice.value();
    shown.insert(shown.end(), static_cast<std::size_t>(population.size), !population.constant);
  }
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) drop_columns(shown, trial.input);
}

/// Noise of some populations, and biases of some others.
void add_noise_and_biases(Spec& spec, Dice& dice) {
  const auto count = static_cast<std::int32_t>(spec.network.populations.size());
  for (std::int32_t p = 0; p < count; ++p) {
    PopulationSpec& population = spec.network.populations[static_cast<std::size_t>(p)];
    if (population.kind == PopulationKind::kRate && dice.chance(25))
      population.noise = NoiseSpec{dice.between(0, 8) / 16.0, dice.chance(50)};
    if (population.kind == PopulationKind::kInput || !dice.chance(45)) continue;
    BiasSpec bias;
    for (int k = dice.chance(30) ? 1 : population.size; k > 0; --k)
      bias.value.push_back(dice.chance(10) ? 0 : dice.value());
    bias.plastic = dice.chance(75);
    if (dice.chance(30)) bias.learning_rate = dice.between(0, 3) / 16.0;
    add_bias(spec.network, p, bias);
  }
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
    if (style.sparse) return sparse(rows, cols, 20, style.exact, dice);
    return dense(rows, cols, style.exact ? 10 : 0, style.exact, dice);
  };
  Spec spec;
  spec.name = "small_" + std::to_string(seed);
  spec.network.populations = {{"in", PopulationKind::kInput, shape.inputs, Activation::kIdentity, 1},
                              {"rec", PopulationKind::kRate, shape.units, style.activation, style.leak},
                              {"out", PopulationKind::kReadout, shape.readouts, Activation::kIdentity, 1}};
  spec.network.projections = {{"B", 0, 1, weights(shape.units, shape.inputs), style.plastic_b, std::nullopt},
                              {"W", 1, 1, weights(shape.units, shape.units), style.plastic_w, std::nullopt},
                              {"A", 1, 2, weights(shape.readouts, shape.units), style.plastic_a, std::nullopt}};
  const DenseMatrix input = dense(shape.ticks, shape.inputs, style.exact ? 25 : 0, style.exact, dice);
  const DenseMatrix target = dense(shape.ticks, shape.readouts, style.exact ? 25 : 0, style.exact, dice);
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

Spec odd_model(std::uint64_t seed) {
  Dice dice(seed);
  Spec spec;
  spec.name = "odd_" + std::to_string(seed);
  add_odd_populations(spec, dice);
  add_odd_projections(spec, dice);
  add_multapses(spec, Dice(seed ^ 0x3a17));
  spec.training.loss = dice.chance(50) ? Loss::kFinal : Loss::kSequence;
  spec.training.ticks = dice.between(1, 7);
  spec.training.updates = dice.between(1, 3);
  spec.training.batch = dice.chance(50) ? 1 : dice.between(2, 4);
  if (spec.training.batch == 1 && dice.chance(60)) spec.training.commit = CommitWhen::kEveryTick;
  spec.training.learning_rate = dice.between(1, 4) / 32.0;
  const int ticks = spec.training.ticks;
  RecordedTask task;
  for (int trial = dice.between(1, 4); trial > 0; --trial) {
    const int silence = 30 * dice.between(0, 2);
    RecordedTrial recorded;
    if (dice.chance(30))
      recorded.input = sparse(ticks, count(spec, PopulationKind::kInput), 0, false, dice);
    else
      recorded.input = dense(ticks, count(spec, PopulationKind::kInput), silence, false, dice);
    recorded.target = dense(ticks, count(spec, PopulationKind::kReadout), 30, false, dice);
    task.trials.push_back(recorded);
  }
  spec.task = task;
  make_inputs_constant(spec, dice);
  add_noise_and_biases(spec, dice);
  spec.rules = every_rule(spec, dice);
  vary_leaks(spec, seed);
  return spec;
}

Spec wide_model(std::int32_t units, const Style& style, CommitWhen commit, std::int32_t batch) {
  constexpr std::int32_t kInputs = 20, kReadouts = 5, kTicks = 6;
  Dice dice(77);
  const auto drawn = [&dice](std::int32_t rows, std::int32_t cols, double scale) {
    DenseMatrix matrix = dense(rows, cols, 0, false, dice);
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

Spec with_uneven_trials(Spec spec, std::uint64_t seed) {
  Dice dice(seed ^ 0x1e57);
  for (PopulationSpec& population : spec.network.populations) {
    if (population.activation == Activation::kSigmoid) population.activation = Activation::kTanh;
    population.initial.clear();
  }
  spec.training.carry_state = false;
  const auto cut = [](DenseMatrix& matrix, std::int64_t rows) {
    if (matrix.rows == 0) return;
    matrix.rows = rows;
    matrix.values.resize(static_cast<std::size_t>(rows * matrix.cols));
  };
  for (RecordedTrial& trial : std::get<RecordedTask>(spec.task).trials) {
    const std::int64_t readouts = trial.target.cols;
    if (dice.chance(40) && spec.training.loss != Loss::kCrossEntropy) {
      trial.label = dice.between(0, static_cast<int>(readouts) - 1);
      trial.target = {};
    }
    const std::int64_t rows = dice.chance(60) ? dice.between(1, spec.training.ticks) : spec.training.ticks;
    if (auto* dense = std::get_if<DenseMatrix>(&trial.input)) {
      cut(*dense, rows);
    } else {
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
    cut(trial.target, rows);
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
  std::erase_if(spec.rules, [](const RuleSpec& rule) { return rule.kind == RuleKind::kRtrl; });
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
