#include "tests/support/optimizers.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/support/random_model.h"

namespace locus {
namespace {

/// Calls change(weight) for each weight that a model gives.
void each_weight(WeightsSpec& weights, const std::function<double(double)>& change) {
  if (auto* dense = std::get_if<DenseMatrix>(&weights))
    std::ranges::transform(dense->values, dense->values.begin(), change);
  if (auto* sparse = std::get_if<SparseMatrix>(&weights))
    std::ranges::transform(sparse->values, sparse->values.begin(), change);
  if (auto* constant = std::get_if<ConstantWeights>(&weights)) constant->value = change(constant->value);
}

/// Limits of a projection of its own, some of the time; a sign is given to its weights too.
void constrain(ProjectionSpec& projection, Dice& dice) {
  if (dice.chance(40)) {
    projection.limits.sign = dice.chance(50) ? 1 : -1;
    const int sign = projection.limits.sign;
    each_weight(projection.weights, [sign](double weight) { return sign * std::abs(weight); });
  }
  if (dice.chance(15)) projection.limits.min = -0.75;
  if (dice.chance(15)) projection.limits.max = 0.875;
  if (dice.chance(15)) projection.limits.decay = dice.between(0, 4) / 16.0;
}

Optimizer odd_optimizer(Dice& dice) {
  Optimizer optimizer;
  if (dice.chance(60)) optimizer.momentum = dice.between(0, 15) / 16.0;
  if (!optimizer.momentum && dice.chance(50)) optimizer.adam = Optimizer::Adam{0.75, 0.9375, 0.0078125};
  if (dice.chance(50)) optimizer.weight_decay = dice.between(0, 8) / 16.0;
  if (dice.chance(25)) optimizer.weight_min = -1;
  if (dice.chance(25)) optimizer.weight_max = 1;
  if (dice.chance(15)) (dice.chance(50) ? optimizer.norm : optimizer.element) = 0.125;
  return optimizer;
}

bool is_spiking(const Spec& spec) {
  return std::ranges::any_of(spec.network.populations, [](const PopulationSpec& p) { return p.lif.has_value(); });
}

}  // namespace

Spec with_optimizers(Spec spec, std::uint64_t seed) {
  Dice dice(seed ^ 0x0b713);
  spec.training.optimizer = odd_optimizer(dice);
  for (ProjectionSpec& projection : spec.network.projections) {
    constrain(projection, dice);
    // with weights of one sign activity would grow from tick to tick, and rounding with it
    if (!is_spiking(spec)) each_weight(projection.weights, [](double weight) { return 0.375 * weight; });
  }
  for (RuleSpec& rule : spec.rules) {
    if (rule.kind == RuleKind::kNone) continue;
    if (dice.chance(40)) rule.learning_rate = dice.between(0, 8) / 64.0;
    if (dice.chance(40)) rule.optimizer = odd_optimizer(dice);
  }
  return spec;
}

}  // namespace locus
