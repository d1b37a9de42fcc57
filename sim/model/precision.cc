#include "sim/model/precision.h"

#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "sim/model/bias.h"
#include "sim/model/check_basics.h"

namespace locus {
namespace {

constexpr double kLargest = std::numeric_limits<float>::max();

void check(std::span<const double> values, const FieldPath& where, FaultList& faults) {
  for (const double value : values) {
    if (!(std::abs(value) > kLargest)) continue;
    faults.error(where, "holds " + shown(value),
                 "must be at most " + shown(kLargest) + " in magnitude, since precision is FLOAT32");
    return;  // one a field: more of them tell no more
  }
}

void check(double value, const FieldPath& where, FaultList& faults) { check(std::span(&value, 1), where, faults); }

struct CheckWeights {
  const FieldPath& where;
  FaultList& faults;

  void operator()(const GaussianWeights& weights) const { check(weights.stddev, where, faults); }
  void operator()(const ConstantWeights& weights) const { check(weights.value, where, faults); }
  void operator()(const SparseRandomWeights& weights) const {
    check(std::array{weights.mean, weights.stddev}, where, faults);
  }
  void operator()(const auto& weights) const { check(weights.values, where, faults); }
};

void check_rules(const Spec& spec, FaultList& faults) {
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const FieldPath rule = FieldPath().at("rules", static_cast<int>(i));
    for (const FeedbackSpec& feedback : spec.rules[i].feedback)
      std::visit(CheckWeights{rule, faults}, feedback.weights);
  }
}

void check_drawn(const DrawnTask& drawn, FaultList& faults) {
  const FieldPath root = FieldPath().at("task").at("drawn");
  for (std::size_t i = 0; i < drawn.inputs.size(); ++i) {
    const auto* noise = std::get_if<WhiteNoiseSpec>(&drawn.inputs[i].kind);
    if (noise == nullptr) continue;
    check(std::array{noise->mean, noise->stddev}, root.at("inputs", static_cast<int>(i)).at("white_noise"), faults);
  }
  for (std::size_t i = 0; i < drawn.targets.size(); ++i) {
    const auto* matrix = std::get_if<DenseMatrix>(&drawn.targets[i]);
    if (matrix != nullptr) check(matrix->values, root.at("targets", static_cast<int>(i)).at("matrix"), faults);
  }
}

}  // namespace

void check_float32(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  for (std::size_t i = 0; i < spec.network.populations.size(); ++i) {
    const PopulationSpec& population = spec.network.populations[i];
    const FieldPath own = root.at("network").at("populations", static_cast<int>(i));
    check(population.initial, own.at("rate").at("initial"), faults);
    check(population.constant.value_or(0), own.at("input").at("constant"), faults);
    if (population.noise) check(population.noise->stddev, own.at("noise").at("stddev"), faults);
    const std::optional<LifSpec>& lif = population.lif;
    if (!lif) continue;
    const FieldPath where = root.at("network").at("populations", static_cast<int>(i)).at("lif");
    check(lif->threshold.values, where.at("threshold"), faults);
    check(lif->adaptation.values, where.at("adaptation"), faults);
    check(lif->reset_to.values, where.at("reset_to"), faults);
    check(lif->rest.values, where.at("rest"), faults);
    check(std::array{lif->height, lif->width}, where.at("surrogate"), faults);
  }
  for (std::size_t k = 0; k < spec.network.projections.size(); ++k) {
    const ProjectionSpec& projection = spec.network.projections[k];
    const FieldPath where = projection.is_bias && has_known_ends(spec.network, projection)
                                ? bias_field(spec.network, projection, root.at("network"))
                                : root.at("network").at("projections", static_cast<int>(k));
    std::visit(CheckWeights{where.at(projection.is_bias ? "value" : "weights"), faults}, projection.weights);
    check(projection.learning_rate.value_or(0), where.at("learning_rate"), faults);
  }
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    check(spec.rules[i].learning_rate.value_or(0), root.at("rules", static_cast<int>(i)).at("learning_rate"), faults);
  }
  check(spec.training.learning_rate.value_or(0), root.at("training").at("learning_rate"), faults);
  check_rules(spec, faults);
  if (const auto* drawn = std::get_if<DrawnTask>(&spec.task)) check_drawn(*drawn, faults);
  const auto* recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded == nullptr) return;
  for (std::size_t k = 0; k < recorded->trials.size(); ++k) {
    const FieldPath where = root.at("task").at("recorded").at("trials", static_cast<int>(k));
    std::visit([&](const auto& input) { check(input.values, where, faults); }, recorded->trials[k].input);
    check(recorded->trials[k].target.values, where.at("target"), faults);
    check(recorded->trials[k].mask.values, where.at("mask"), faults);
    check(recorded->trials[k].reward.values, where.at("reward"), faults);
  }
}

}  // namespace locus
