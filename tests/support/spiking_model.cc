#include "tests/support/spiking_model.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace locus {
namespace {

LifSpec odd_lif(Dice& dice) {
  LifSpec lif;
  lif.leak = {dice.between(2, 30) + 0.5, dice.chance(30)};
  const double threshold = dice.between(200, 900) / 1024.0 + 1e-5;
  lif.threshold = lif.leak.normalise_input ? threshold / 8 : threshold;
  lif.refractory = dice.chance(50) ? 0 : dice.between(1, 3);
  if (dice.chance(50)) {
    lif.adaptation_tau = dice.between(5, 50);
    lif.adaptation = dice.between(1, 30) / 64.0;
  }
  lif.surrogate = static_cast<Surrogate>(dice.between(0, 3));
  lif.height = dice.between(10, 60) / 64.0;
  lif.width = dice.between(20, 90) / 64.0;
  return lif;
}

DenseMatrix drawn(std::int64_t rows, std::int64_t cols, int percent_zero, Dice& dice) {
  DenseMatrix matrix{rows, cols, {}};
  for (std::int64_t k = 0; k < rows * cols; ++k) matrix.values.push_back(dice.chance(percent_zero) ? 0 : dice.value());
  return matrix;
}

SparseMatrix drawn_spikes(std::int64_t ticks, std::int64_t inputs, Dice& dice) {
  SparseMatrix matrix{ticks, inputs, {}, {}, {}};
  for (std::int32_t t = 0; t < ticks; ++t) {
    for (std::int32_t j = 0; j < inputs; ++j) {
      if (!dice.chance(35)) continue;
      matrix.row.push_back(t);
      matrix.col.push_back(j);
      matrix.values.push_back(1);
    }
  }
  return matrix;
}

std::int64_t neurons_of_kind(const Spec& spec, PopulationKind kind) {
  std::int64_t neurons = 0;
  for (const PopulationSpec& population : spec.network.populations)
    neurons += population.kind == kind && !population.constant ? population.size : 0;
  return neurons;
}

void add_trials(Spec& spec, int trials, Dice& dice) {
  RecordedTask task;
  for (int k = 0; k < trials; ++k) {
    RecordedTrial trial;
    const std::int64_t inputs = neurons_of_kind(spec, PopulationKind::kInput);
    if (dice.chance(70)) {
      trial.input = drawn_spikes(spec.training.ticks, inputs, dice);
    } else {
      trial.input = drawn(spec.training.ticks, inputs, 30, dice);
    }
    trial.target = drawn(spec.training.ticks, neurons_of_kind(spec, PopulationKind::kReadout), 20, dice);
    if (spec.training.loss == Loss::kCrossEntropy) {  // one class for each tick
      const std::int64_t readouts = trial.target.cols;
      std::ranges::fill(trial.target.values, 0.0);
      for (std::int64_t t = 0; t < trial.target.rows; ++t)
        trial.target.values[static_cast<std::size_t>(t * readouts + dice.between(0, static_cast<int>(readouts) - 1))] = 1;
    }
    task.trials.push_back(std::move(trial));
  }
  spec.task = std::move(task);
}

/// Every rule for spiking networks; those of e-prop once with its extra terms. Draws whether all
/// average over the window.
std::vector<RuleSpec> spiking_rules(Spec& spec, Dice& dice) {
  std::vector<RuleSpec> rules;
  for (RuleSpec& rule : every_rule(spec, dice)) {
    if (locus::rule(rule.kind).spiking.empty()) continue;
    const bool deep = rule.kind == RuleKind::kTbptt && rule.depth > 3 && rule.depth < spec.training.ticks;
    if (deep) continue;  // a few depths are enough
    rules.push_back(rule);
    if (rule.kind != RuleKind::kEprop && rule.kind != RuleKind::kEpropRandom) continue;
    rule.name += "_terms";
    rule.filter_tau = dice.between(1, 20);
    spec.training.average_over_window = dice.chance(50);  // of the last such rule
    rule.firing_rate = FiringRateSpec{static_cast<double>(dice.between(0, 400)), dice.between(1, 40) / 4.0};
    rules.push_back(rule);
  }
  return rules;
}

LifKind drawn_kind(Dice& dice) {
  LifKind kind;
  kind.current = dice.chance(50);
  kind.reset = static_cast<Reset>(dice.between(0, 2));
  kind.above = dice.chance(30);
  kind.integration = dice.chance(40) ? Integration::kEuler : Integration::kExact;
  kind.cut = dice.chance(30);
  kind.differ = dice.chance(50);
  return kind;
}

/// `base` times 3/4 .. 5/4, a number for each neuron.
PerNeuron around(double base, std::int32_t neurons, Dice& dice) {
  std::vector<double> each;
  for (std::int32_t i = 0; i < neurons; ++i) each.push_back(base * dice.between(48, 80) / 64.0);
  return each;
}

/// Under the cross-entropy the errors of a tick add up to 0. Over one weight to all readouts a
/// neuron's signal would be 0 but for rounding, and whether a POST is due would have no answer:
/// such weights get a step from readout to readout.
void tell_readouts_apart(NetworkSpec& network) {
  for (ProjectionSpec& projection : network.projections) {
    const PopulationSpec& target = network.populations[static_cast<std::size_t>(projection.target)];
    const auto* constant = std::get_if<ConstantWeights>(&projection.weights);
    if (constant == nullptr || target.kind != PopulationKind::kReadout) continue;
    const std::int64_t cols = network.populations[static_cast<std::size_t>(projection.source)].size;
    DenseMatrix matrix{target.size, cols, {}};
    for (std::int64_t k = 0; k < matrix.rows * cols; ++k)
      matrix.values.push_back(constant->value + static_cast<double>(k / cols) / 8);
    projection.weights = std::move(matrix);
  }
}

}  // namespace

LifKind lif_kind(int k) {
  LifKind kind;
  kind.current = k % 2 == 1;
  kind.reset = static_cast<Reset>(k / 2 % 3);
  kind.above = k / 6 % 2 == 1;
  kind.integration = static_cast<Integration>(k / 12 % 2);
  kind.differ = k / 24 % 2 == 1;
  kind.cut = k / 48 == 1;
  return kind;
}

void make_kind(PopulationSpec& population, const LifKind& kind, Dice& dice) {
  LifSpec& lif = *population.lif;
  const auto each = [&](PerNeuron& constant) {
    if (kind.differ && dice.chance(70)) constant = around(constant.first(), population.size, dice);
  };
  if (kind.current) lif.current_tau = dice.between(2, 12) + 0.25;
  lif.reset = kind.reset;
  lif.above = kind.above;
  lif.integration = kind.integration;
  lif.cuts_reset_gradient = kind.cut;
  if (kind.reset == Reset::kZero && dice.chance(60)) lif.reset_to = dice.between(-20, 10) / 64.0;
  if (dice.chance(50)) lif.rest = dice.between(-20, 20) / 64.0;
  for (PerNeuron* constant : {&lif.leak.tau_m, &lif.threshold, &lif.rest, &lif.reset_to}) each(*constant);
  if (lif.current_tau) each(*lif.current_tau);
  if (!lif.adapts()) return;
  each(lif.adaptation_tau);
  each(lif.adaptation);
}

Spec odd_spiking_model(std::uint64_t seed) {
  Spec spec = odd_model(seed);
  Dice dice(seed ^ 0x5b1ce5);
  spec.name = "odd_spiking_" + std::to_string(seed);
  for (PopulationSpec& population : spec.network.populations) {
    if (population.kind == PopulationKind::kRate) {
      population.activation = Activation::kIdentity;
      population.leak = 1;
      population.lif = odd_lif(dice);
      population.size += dice.between(0, 3);
      if (dice.chance(50)) make_kind(population, drawn_kind(dice), dice);
      if (population.noise) population.noise->on_activity = false;
    } else if (population.kind == PopulationKind::kReadout && dice.chance(60)) {
      population.memory = LeakSpec{dice.between(2, 20) + 0.25, dice.chance(50)};
    }
  }
  for (ProjectionSpec& projection : spec.network.projections) {
    const PopulationSpec& source = spec.network.populations[static_cast<std::size_t>(projection.source)];
    const PopulationSpec& target = spec.network.populations[static_cast<std::size_t>(projection.target)];
    if (auto* sparse = std::get_if<SparseMatrix>(&projection.weights)) {
      sparse->rows = target.size;
      sparse->cols = source.size;
    }
    if (!std::holds_alternative<DenseMatrix>(projection.weights)) continue;
    projection.weights = drawn(target.size, source.size, 10, dice);
    if (projection.source == projection.target) projection.autapses = dice.chance(50);
  }
  TrainingSpec& training = spec.training;
  training.commit = CommitWhen::kEndOfBatch;
  training.ticks = dice.between(3, 14);
  training.dt = dice.chance(50) ? 1 : 0.5;
  training.loss = static_cast<Loss>(dice.between(0, 3));
  if (training.loss == Loss::kCrossEntropy && neurons_of_kind(spec, PopulationKind::kReadout) < 2)
    training.loss = Loss::kSum;  // cross-entropy needs two classes
  if (training.loss == Loss::kCrossEntropy) tell_readouts_apart(spec.network);
  const bool has_window = training.loss == Loss::kSum || training.loss == Loss::kCrossEntropy;
  if (has_window && dice.chance(60)) training.window = dice.between(1, training.ticks);
  if (dice.chance(40)) training.optimizer.adam = Optimizer::Adam{0.75, 0.9375, 0.0078125};
  if (dice.chance(30)) training.optimizer.weight_min = -1;
  if (dice.chance(30)) training.optimizer.weight_max = 1;
  add_trials(spec, dice.between(1, 3), dice);
  spec.rules = spiking_rules(spec, dice);
  return spec;
}

Spec small_spiking_model(std::uint64_t seed) {
  Dice dice(seed);
  Spec spec;
  spec.name = "small_spiking_" + std::to_string(seed);
  PopulationSpec lif{"lif", PopulationKind::kRate, 3, Activation::kIdentity, 1, odd_lif(dice), {}};
  lif.lif->adaptation = 0;
  lif.lif->adaptation_tau = 0;
  PopulationSpec alif{"alif", PopulationKind::kRate, 3, Activation::kIdentity, 1, odd_lif(dice), {}};
  alif.lif->adaptation = 0.25;
  alif.lif->adaptation_tau = 20;
  PopulationSpec out{"out", PopulationKind::kReadout, 2, Activation::kIdentity, 1, {}, LeakSpec{10, dice.chance(50)}};
  spec.network.populations = {{"in", PopulationKind::kInput, 3, Activation::kIdentity, 1, {}, {}}, lif, alif, out};
  const auto connect = [&](std::int32_t source, std::int32_t target) {
    const auto rows = spec.network.populations[static_cast<std::size_t>(target)].size;
    const auto cols = spec.network.populations[static_cast<std::size_t>(source)].size;
    ProjectionSpec projection;
    projection.name = std::to_string(source) + "_to_" + std::to_string(target);
    projection.source = source;
    projection.target = target;
    projection.weights = drawn(rows, cols, 0, dice);
    projection.autapses = source != target;
    spec.network.projections.push_back(std::move(projection));
  };
  for (const auto& [source, target] : {std::pair{0, 1}, {0, 2}, {1, 1}, {1, 2}, {2, 1}, {2, 2}, {1, 3}, {2, 3}}) {
    connect(source, target);
  }
  spec.training.loss = Loss::kSum;
  spec.training.ticks = 20;
  spec.training.learning_rate = 1;
  add_trials(spec, 1, dice);
  return spec;
}

Spec small_spiking_model(std::uint64_t seed, const LifKind& kind) {
  Spec spec = small_spiking_model(seed);
  Dice dice(seed ^ 0x1f);
  for (PopulationSpec& population : spec.network.populations) {
    if (population.lif) make_kind(population, kind, dice);
  }
  return spec;
}

}  // namespace locus
