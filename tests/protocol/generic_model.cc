#include "tests/protocol/generic_model.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "sim/model/bias.h"
#include "tests/support/random_local.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

/// The properties of a random model.
struct Features {
  bool spiking = false;
  bool memory = false;  // of readouts
  bool delays = false;
  bool awake = false;  // h_0 that is not 0, or carried states: no delays
};

class GenericModel {
 public:
  explicit GenericModel(std::uint64_t seed) : dice_(seed ^ 0x9e4e71c) {
    spec_.name = "generic_" + std::to_string(seed);
  }

  Spec draw() {
    features_.spiking = dice_.chance(30);
    features_.memory = dice_.chance(features_.spiking ? 60 : 15);
    features_.awake = dice_.chance(35);
    features_.delays = dice_.chance(50);
    spec_.training.ticks = dice_.between(1, 9);
    add_populations();
    add_projections();
    add_training();
    add_trials();
    add_rules();
    let_feedback_learn();
    return std::move(spec_);
  }

 private:
  void add_populations() {
    const std::pair<PopulationKind, int> wanted[] = {{PopulationKind::kInput, dice_.between(1, 2)},
                                                     {PopulationKind::kRate, dice_.between(1, 3)},
                                                     {PopulationKind::kReadout, dice_.between(1, 2)}};
    for (const auto& [kind, many] : wanted) {
      for (int k = 0; k < many; ++k) {
        PopulationSpec population;
        population.name = "p" + std::to_string(spec_.network.populations.size());
        population.kind = kind;
        population.size = dice_.between(1, 3);
        if (kind == PopulationKind::kInput && dice_.chance(25))
          population.constant = features_.spiking ? 1 : dice_.value();
        if (kind == PopulationKind::kRate) settle_neurons(population);
        if (kind == PopulationKind::kReadout && features_.memory && dice_.chance(70))
          population.memory = LeakSpec{dice_.between(2, 20) + 0.25, dice_.chance(50)};
        spec_.network.populations.push_back(std::move(population));
      }
    }
  }

  void settle_neurons(PopulationSpec& population) {
    if (features_.spiking) {  // each spikes in every tick, and psi is non-zero everywhere
      population.lif = LifSpec{.leak = {dice_.between(2, 30) + 0.5, dice_.chance(30)}, .threshold = 1e-3};
      population.lif->surrogate = Surrogate::kArctan;
      if (dice_.chance(50)) {
        population.lif->adaptation_tau = dice_.between(5, 50);
        population.lif->adaptation = 1e-9;
      }
      if (dice_.chance(50)) population.lif->current_tau = dice_.between(2, 12) + 0.25;
      population.lif->reset = static_cast<Reset>(dice_.between(0, 2));
      population.lif->cuts_reset_gradient = dice_.chance(30);
      population.lif->above = dice_.chance(30);
      return;
    }
    const Activation activations[] = {Activation::kIdentity, Activation::kTanh, Activation::kSigmoid};
    population.activation = activations[dice_.between(0, 2)];
    population.leak = dice_.chance(40) ? 1.0 : dice_.between(4, 15) / 16.0;
    if (dice_.chance(30)) {
      std::vector<double> leaks;
      for (std::int32_t i = 0; i < population.size; ++i) leaks.push_back(dice_.between(4, 16) / 16.0);
      population.leak = leaks;
    }
    if (!features_.awake || dice_.chance(30)) return;
    for (std::int32_t i = 0; i < population.size; ++i)
      population.initial.push_back(dice_.chance(33) ? 0 : dice_.value());
  }

  /// Every rate population receives the first inputs at once, so that every neuron is active in
  /// every tick.
  void add_projections() {
    const auto& populations = spec_.network.populations;
    for (std::size_t source = 0; source < populations.size(); ++source) {
      for (std::size_t target = 0; target < populations.size(); ++target) {
        const PopulationKind from = populations[source].kind;
        const PopulationKind to = populations[target].kind;
        const bool wakes = source == 0 && to == PopulationKind::kRate;
        const bool allowed = from != PopulationKind::kReadout && to != PopulationKind::kInput;
        const bool direct = from == PopulationKind::kInput && to == PopulationKind::kReadout;
        if (!allowed || (!wakes && dice_.chance(direct ? 60 : 25))) continue;
        ProjectionSpec projection;
        projection.name = populations[source].name + "_to_" + populations[target].name;
        projection.source = static_cast<std::int32_t>(source);
        projection.target = static_cast<std::int32_t>(target);
        projection.plastic = dice_.chance(70);
        projection.weights = weights_of(populations[target], populations[source], wakes);
        const bool dense = std::holds_alternative<DenseMatrix>(projection.weights);
        projection.autapses = source != target || !dense || dice_.chance(60);
        const int least = from == PopulationKind::kRate && to == PopulationKind::kRate ? 1 : 0;
        if (features_.delays && !wakes && dice_.chance(60) && !features_.awake)
          projection.delay = std::min(least + dice_.between(0, 4), spec_.training.ticks);
        ProjectionSpec beside = projection;  // a second one between the same populations
        beside.name += "_too";
        spec_.network.projections.push_back(std::move(projection));
        if (dice_.chance(15)) spec_.network.projections.push_back(std::move(beside));
      }
    }
    const auto count = static_cast<std::int32_t>(populations.size());
    for (std::int32_t p = 0; p < count; ++p) {
      const PopulationSpec& population = populations[static_cast<std::size_t>(p)];
      if (population.kind == PopulationKind::kInput || !dice_.chance(40)) continue;
      add_bias(spec_.network, p, {.value = {weight_onto(population)}, .plastic = dice_.chance(70)});
    }
  }

  double weight_onto(const PopulationSpec& target) {
    const double value = dice_.value();
    return target.lif ? 1 + std::abs(value) : value;
  }

  WeightsSpec weights_of(const PopulationSpec& target, const PopulationSpec& source, bool dense) {
    if (dense || dice_.chance(60)) {
      DenseMatrix matrix{target.size, source.size, {}};
      for (std::int32_t k = 0; k < target.size * source.size; ++k) matrix.values.push_back(weight_onto(target));
      return matrix;
    }
    SparseMatrix matrix{target.size, source.size, {}, {}, {}};
    for (std::int32_t i = 0; i < target.size; ++i) {
      for (std::int32_t j = 0; j < source.size; ++j) {
        if (!matrix.row.empty() && dice_.chance(40)) continue;
        matrix.row.push_back(i);
        matrix.col.push_back(j);
        matrix.values.push_back(weight_onto(target));
      }
    }
    return matrix;
  }

  std::int64_t neurons(PopulationKind kind) const {
    std::int64_t sum = 0;
    for (const PopulationSpec& population : spec_.network.populations)
      sum += population.kind == kind && !population.constant ? population.size : 0;
    return sum;
  }

  void add_training() {
    TrainingSpec& training = spec_.training;
    training.loss = static_cast<Loss>(dice_.between(0, 3));
    if (training.loss == Loss::kCrossEntropy && neurons(PopulationKind::kReadout) < 2) training.loss = Loss::kSum;
    const bool windowed = training.loss == Loss::kSum || training.loss == Loss::kCrossEntropy;
    if (windowed && dice_.chance(60)) {
      training.window = dice_.between(1, training.ticks);
    } else if (training.loss != Loss::kFinal && dice_.chance(30)) {
      training.warmup = dice_.between(0, training.ticks - 1);
    }
    training.learning_rate = 1.0 / 4096;
    training.batch = dice_.chance(50) ? 1 : dice_.between(2, 3);
    const bool plain = !features_.spiking && !features_.memory;
    if (training.batch == 1 && plain && dice_.chance(50)) training.commit = CommitWhen::kEveryTick;
    training.carry_state = features_.awake && dice_.chance(60);
    training.updates = training.carry_state ? dice_.between(2, 3) : dice_.between(1, 2);
    if (dice_.chance(30)) training.optimizer.norm = 0.25;
    if (dice_.chance(20)) training.optimizer.adam = Optimizer::Adam{};
  }

  /// Inputs are never 0, and targets never equal outputs.
  void add_trials() {
    RecordedTrial trial;
    DenseMatrix input{spec_.training.ticks, neurons(PopulationKind::kInput), {}};
    for (std::int64_t k = 0; k < input.rows * input.cols; ++k)
      input.values.push_back(features_.spiking ? 1 : dice_.value());
    trial.target = {spec_.training.ticks, neurons(PopulationKind::kReadout), {}};
    for (std::int64_t k = 0; k < trial.target.rows * trial.target.cols; ++k)
      trial.target.values.push_back(0.25 + 1.0 / 3072 + std::abs(dice_.value()));
    trial.input = std::move(input);
    if (dice_.chance(25)) {  // none is 0, so that every target is sent
      trial.mask = {spec_.training.ticks, 1, {}};
      for (std::int32_t tick = 0; tick < spec_.training.ticks; ++tick)
        trial.mask.values.push_back(dice_.between(1, 8) / 4.0);
    }
    spec_.task = RecordedTask{{std::move(trial)}};
  }

  void add_rules() {
    const bool late = std::ranges::any_of(spec_.network.projections, [](const auto& p) { return p.delay.has_value(); });
    for (RuleSpec& rule : every_rule(spec_, dice_)) {
      const Rule& row = locus::rule(rule.kind);
      if (tells_changes(row.drive) && (late || features_.spiking || features_.memory)) continue;
      spec_.rules.push_back(rule);
      if (!features_.spiking || row.decay != DecaySource::kNeuron) continue;
      rule.name += "_rates";
      rule.filter_tau = dice_.between(0, 20);
      rule.firing_rate = FiringRateSpec{dice_.between(1, 400) + 0.5, dice_.between(1, 40) / 64.0};
      spec_.rules.push_back(rule);
    }
    for (const auto& [signal, reward] : kThirdFactors) {
      RuleSpec rule = random_local_rule(spec_, dice_, signal, reward);
      rule.name += std::to_string(static_cast<int>(signal)) + std::to_string(static_cast<int>(reward));
      spec_.rules.push_back(std::move(rule));
    }
    add_rewards(spec_, dice_);
  }

  /// Some feedback learns, where a model may have that.
  void let_feedback_learn() {
    if (spec_.training.optimizer.norm) return;
    std::vector<const PopulationSpec*> readouts;
    for (const PopulationSpec& population : spec_.network.populations) {
      if (population.kind == PopulationKind::kReadout) readouts.push_back(&population);
    }
    if (std::ranges::any_of(readouts, [&](const auto* one) { return one->memory != readouts.front()->memory; })) return;
    for (RuleSpec& rule : spec_.rules) {
      for (FeedbackSpec& feedback : rule.feedback) {
        bool plastic = false, delayed = false;
        for (const ProjectionSpec& projection : spec_.network.projections) {
          const auto onto = static_cast<std::size_t>(projection.target);
          if (projection.source != feedback.population || spec_.network.populations[onto].kind != PopulationKind::kReadout)
            continue;
          plastic = plastic || projection.plastic;
          delayed = delayed || projection.delay.value_or(0) > 0;
        }
        if (plastic && !delayed && dice_.chance(60)) feedback.learn = LearnSpec{dice_.between(0, 8) / 64.0};
      }
    }
  }

  Spec spec_;
  Dice dice_;
  Features features_;
};

}  // namespace

Spec generic_model(std::uint64_t seed) { return GenericModel(seed).draw(); }

}  // namespace locus
