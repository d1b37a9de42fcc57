// Models with what is odd: several populations of any kind, projections beside each other, constant
// inputs, noise, biases, leaks that differ.
#include <algorithm>
#include <utility>

#include "sim/model/bias.h"
#include "tests/support/random_matrices.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

WeightsSpec odd_weights(int rows, int cols, Dice& dice) {
  if (dice.chance(10)) return ConstantWeights{dice.value()};
  if (dice.chance(50)) return random_sparse(rows, cols, 15, false, dice);
  return random_dense(rows, cols, 15, false, dice);
}

/// Gives every fourth rate population a leak for each neuron, at most the one that all had. It
/// draws from dice of its own, so that nothing else of a model depends on it.
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

/// Projections beside others of the same two populations. They are weak and learn slowly: where both
/// learn at full rate their sum moves twice as far, learning diverges, and rounding is all that
/// there is to compare (one weight of odd_86 moved by its last bit then changes the others by 4e-11).
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
    projection.learning_rate = 1.0 / 1024;
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
      recorded.input = random_sparse(ticks, neurons_of(spec, PopulationKind::kInput), 0, false, dice);
    else
      recorded.input = random_dense(ticks, neurons_of(spec, PopulationKind::kInput), silence, false, dice);
    recorded.target = random_dense(ticks, neurons_of(spec, PopulationKind::kReadout), 30, false, dice);
    task.trials.push_back(recorded);
  }
  spec.task = task;
  make_inputs_constant(spec, dice);
  add_noise_and_biases(spec, dice);
  spec.rules = every_rule(spec, dice);
  vary_leaks(spec, seed);
  return spec;
}
}  // namespace locus
