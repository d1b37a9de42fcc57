// A valid Spec with one field broken at random is refused with a fault that names a field, or it runs:
// nothing that a caller can fill in is a crash.
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/check.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

/// Every place of a Spec where a number, name, list or choice stands.
struct Places {
  std::vector<std::int32_t*> ints;
  std::vector<std::int64_t*> longs;
  std::vector<double*> numbers;
  std::vector<std::string*> names;
  std::vector<std::vector<double>*> lists;
  std::vector<std::vector<std::int32_t>*> indices;
  std::vector<bool*> truths;
  std::vector<std::function<void(int)>> choices;
  std::vector<std::function<void(Dice&)>> parts;  // one of several is taken away or doubled

  void add(std::int32_t& value) { ints.push_back(&value); }
  void add(std::int64_t& value) { longs.push_back(&value); }
  void add(double& value) { numbers.push_back(&value); }
  void add(std::string& value) { names.push_back(&value); }
  void add(std::vector<double>& value) {
    lists.push_back(&value);
    if (!value.empty()) numbers.push_back(&value[value.size() / 2]);
  }
  void add(std::vector<std::int32_t>& value) {
    indices.push_back(&value);
    if (!value.empty()) ints.push_back(&value[value.size() / 2]);
  }
  template <class T>
  void add(std::optional<T>& value) {
    if (value) add(*value);
  }
  template <class Enum>
  void add_choice(Enum& value) {
    choices.emplace_back([&value](int number) { value = static_cast<Enum>(number); });
  }
  template <class Part>
  void add_parts(std::vector<Part>& all) {
    parts.emplace_back([&all](Dice& dice) {
      if (all.empty()) return;
      const auto chosen = all.begin() + dice.between(0, static_cast<int>(all.size()) - 1);
      if (dice.chance(50)) {
        all.erase(chosen);
      } else {
        const Part copy = *chosen;
        all.push_back(copy);
      }
    });
  }
};

void visit(DenseMatrix& matrix, Places& places) {
  places.add(matrix.rows);
  places.add(matrix.cols);
  places.add(matrix.values);
}
void visit(SparseMatrix& matrix, Places& places) {
  places.add(matrix.rows);
  places.add(matrix.cols);
  places.add(matrix.row);
  places.add(matrix.col);
  places.add(matrix.values);
}
void visit(GaussianWeights& weights, Places& places) { places.add(weights.stddev); }
void visit(ConstantWeights& weights, Places& places) { places.add(weights.value); }
void visit(AlignedWeights& weights, Places& places) { places.add(weights.values); }
void visit(SparseRandomWeights& weights, Places& places) {
  places.add(weights.probability);
  places.add(weights.in_degree);
  places.add(weights.mean);
  places.add(weights.stddev);
  places.add(weights.rows);
  places.add(weights.cols);
  places.add(weights.synapses);
  places.truths.push_back(&weights.autapses);
}
void visit(WeightsSpec& weights, Places& places) {
  std::visit([&](auto& form) { visit(form, places); }, weights);
}

void visit(NetworkSpec& network, Places& places) {
  places.add_parts(network.populations);
  places.add_parts(network.projections);
  for (PopulationSpec& population : network.populations) {
    places.add(population.name);
    places.add_choice(population.kind);
    places.add(population.size);
    places.add_choice(population.activation);
    places.add(population.leak);
    places.add(population.initial);
    if (population.memory) places.add(population.memory->tau_m);
    if (!population.lif) continue;
    places.add_choice(population.lif->surrogate);
    for (double* number : {&population.lif->leak.tau_m, &population.lif->threshold, &population.lif->refractory,
                           &population.lif->adaptation_tau, &population.lif->adaptation, &population.lif->height,
                           &population.lif->width})
      places.add(*number);
  }
  for (ProjectionSpec& projection : network.projections) {
    places.add(projection.name);
    places.add(projection.source);
    places.add(projection.target);
    places.truths.push_back(&projection.plastic);
    places.truths.push_back(&projection.autapses);
    places.add(projection.learning_rate);
    places.add(projection.delay);
    visit(projection.weights, places);
  }
}

void visit(std::vector<DrawnInputSpec>& inputs, Places& places) {
  places.add_parts(inputs);
  for (DrawnInputSpec& input : inputs) {
    places.add(input.population);
    if (auto* poisson = std::get_if<PoissonSpec>(&input.kind)) places.add(poisson->rate_hz);
    if (auto* noise = std::get_if<WhiteNoiseSpec>(&input.kind)) {
      places.add(noise->mean);
      places.add(noise->stddev);
    }
  }
}

void visit(TaskSpec& task, Places& places) {
  if (auto* recorded = std::get_if<RecordedTask>(&task)) {
    for (std::vector<RecordedTrial>* trials : {&recorded->trials, &recorded->evaluation_trials}) {
      places.add_parts(*trials);
      for (RecordedTrial& trial : *trials) {
        std::visit([&](auto& input) { visit(input, places); }, trial.input);
        visit(trial.target, places);
      }
    }
  } else if (auto* taught = std::get_if<StudentTeacherTask>(&task)) {
    visit(taught->teacher, places);
    visit(taught->inputs, places);
  } else {
    auto& drawn = std::get<DrawnTask>(task);
    visit(drawn.inputs, places);
    places.add(drawn.patterns);
    places.add_parts(drawn.targets);
    for (DrawnTargetSpec& target : drawn.targets) {
      if (auto* matrix = std::get_if<DenseMatrix>(&target)) visit(*matrix, places);
      if (auto* sines = std::get_if<SinesSpec>(&target)) places.add(sines->period_ms);
    }
  }
}

void visit(TrainingSpec& training, Places& places) {
  places.add_choice(training.loss);
  places.add_choice(training.commit);
  places.add_choice(training.locality);
  for (std::int32_t* number : {&training.ticks, &training.batch, &training.window, &training.warmup})
    places.add(*number);
  places.add(training.updates);
  places.add(training.learning_rate);
  places.add(training.dt);
  places.truths.push_back(&training.carry_state);
  if (training.optimizer.adam) places.add(training.optimizer.adam->beta1);
  if (training.optimizer.adam) places.add(training.optimizer.adam->epsilon);
  places.add(training.optimizer.weight_min);
  places.add(training.optimizer.element);
  places.add(training.optimizer.norm);
  if (training.schedule) {
    places.add(training.schedule->warmup);
    places.add_choice(training.schedule->decay);
    places.add(training.schedule->every);
    places.add(training.schedule->factor);
    places.add(training.schedule->last);
  }
  if (training.stop) {
    places.add(training.stop->loss_below);
    places.add(training.stop->patience);
    places.add(training.stop->mean_of);
  }
  if (training.evaluation) {
    places.add(training.evaluation->every);
    places.add(training.evaluation->trials);
  }
}

void visit(RecordSpec& record, Places& places) {
  places.add(record.name);
  places.add_choice(record.quantity);
  for (std::int32_t* number : {&record.of, &record.every_ticks, &record.first_tick, &record.last_tick})
    places.add(*number);
  for (std::int64_t* number : {&record.every_updates, &record.first_update, &record.last_update}) places.add(*number);
  places.add(record.trial);
}

Places places_of(Spec& spec) {
  Places places;
  places.add(spec.name);
  places.add_choice(spec.precision);
  visit(spec.network, places);
  visit(spec.task, places);
  visit(spec.training, places);
  places.add_parts(spec.rules);
  for (RuleSpec& rule : spec.rules) {
    places.add(rule.name);
    places.add_choice(rule.kind);
    places.add(rule.depth);
    places.add(rule.stride);
    places.add(rule.trace_decay);
    places.add(rule.filter_tau);
    places.add_parts(rule.feedback);
    for (FeedbackSpec& feedback : rule.feedback) {
      places.add(feedback.population);
      visit(feedback.weights, places);
    }
  }
  if (spec.chip) {
    for (std::int32_t* number : {&spec.chip->width, &spec.chip->height, &spec.chip->neurons_per_core})
      places.add(*number);
    places.add_choice(spec.chip->policy);
    places.add(spec.chip->cores);
    places.add(spec.chip->synapses_per_core);
    places.add(spec.chip->agent_core);
  }
  places.add_parts(spec.records);
  for (RecordSpec& record : spec.records) visit(record, places);
  return places;
}

template <class T>
T& any_of(std::vector<T>& all, Dice& dice) {
  return all[static_cast<std::size_t>(dice.between(0, static_cast<int>(all.size()) - 1))];
}

template <class Integer>
Integer odd_integer(Integer value, Dice& dice) {
  const Integer values[] = {-1, 0, 1, value + 1, value - 1, 1 << 20, std::numeric_limits<Integer>::max(), std::numeric_limits<Integer>::min()};
  return values[dice.between(0, 7)];
}

double odd_number(double value, Dice& dice) {
  const double values[] = {std::nan(""), HUGE_VAL, -HUGE_VAL, -1, 0, -value, 1e300, -1e-300, value + 1};
  return values[dice.between(0, 8)];
}

template <class List>
void change_length(List& list, Dice& dice) {
  switch (dice.between(0, 2)) {
    case 0: list.clear(); break;
    case 1: list.push_back(list.empty() ? typename List::value_type{1} : list.back()); break;
    default:
      if (!list.empty()) list.pop_back();
  }
}

void break_one(Spec& spec, Dice& dice) {
  Places places = places_of(spec);
  switch (dice.between(0, 8)) {
    case 0: {
      std::int32_t& value = *any_of(places.ints, dice);
      const std::int32_t bounded = std::clamp(value, -1000, 1000);
      value = odd_integer(bounded, dice);
      break;
    }
    case 1: {
      std::int64_t& value = *any_of(places.longs, dice);
      value = odd_integer(std::clamp<std::int64_t>(value, -1000, 1000), dice);
      break;
    }
    case 2: {
      double& value = *any_of(places.numbers, dice);
      value = odd_number(value, dice);
      break;
    }
    case 3: {
      std::string& name = *any_of(places.names, dice);
      const std::string names[] = {"", std::string(1000, 'x'), "a\tb", *any_of(places.names, dice)};
      name = names[dice.between(0, 3)];
      break;
    }
    case 4: change_length(*any_of(places.lists, dice), dice); break;
    case 5:
      if (!places.indices.empty()) change_length(*any_of(places.indices, dice), dice);
      break;
    case 6: {
      bool& truth = *any_of(places.truths, dice);
      truth = !truth;
      break;
    }
    case 7: any_of(places.choices, dice)(dice.between(-1, 9)); break;
    default: any_of(places.parts, dice)(dice); break;
  }
}

void add_parts(Spec& spec, Dice& dice) {
  if (dice.chance(50)) spec.training.schedule = ScheduleSpec{.warmup = 1, .decay = ScheduleSpec::Decay::kStep, .factor = 0.5};
  if (dice.chance(50)) spec.training.stop = StopSpec{.loss_below = 1e-9, .patience = 100};
  if (dice.chance(30)) spec.training.optimizer.adam = Optimizer::Adam();
  if (dice.chance(30)) spec.training.optimizer.element = 1;
  if (dice.chance(50)) {
    const std::int64_t neurons = locus::neurons(spec.network, PopulationKind::kRate) + locus::neurons(spec.network, PopulationKind::kReadout);
    spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons)};
  }
  if (dice.chance(50)) {
    spec.records.push_back({.name = "w", .quantity = Quantity::kWeights});
    spec.records.push_back({.name = "a", .quantity = Quantity::kActivity, .last_tick = spec.training.ticks});
    spec.records[1].of = static_cast<std::int32_t>(
        std::ranges::find(spec.network.populations, PopulationKind::kRate, &PopulationSpec::kind) - spec.network.populations.begin());
  }
  for (ProjectionSpec& projection : spec.network.projections) {
    if (dice.chance(15)) projection.weights = GaussianWeights{0.5};
    if (dice.chance(15)) projection.weights = SparseRandomWeights{.probability = 0.5, .mean = 0.25};
    if (dice.chance(15)) projection.weights = SparseRandomWeights{.in_degree = 1, .stddev = 0.25};
  }
  if (auto* recorded = std::get_if<RecordedTask>(&spec.task); recorded != nullptr && dice.chance(40)) {
    recorded->evaluation_trials = {recorded->trials[0]};
    spec.training.evaluation = EvaluationSpec{};
  }
}

void draw_task(Spec& spec, Dice& dice) {
  std::vector<DrawnInputSpec> inputs;
  for (const std::int32_t population : populations_of(spec.network, PopulationKind::kInput))
    inputs.push_back({population, WhiteNoiseSpec{}});
  if (dice.chance(50)) {
    spec.task = DrawnTask{inputs, 2, {SinesSpec{{3, 5}}}};
  } else {
    spec.task = StudentTeacherTask{spec.network, inputs};
    for (ProjectionSpec& projection : std::get<StudentTeacherTask>(spec.task).teacher.projections) projection.delay.reset();
  }
}

/// A valid Spec with some of everything, and few rules.
Spec whole(std::uint64_t seed) {
  Dice dice(seed ^ 0xb40ce);
  Spec spec = dice.chance(25) ? odd_spiking_model(seed) : odd_model(seed);
  add_parts(spec, dice);
  if (dice.chance(40)) draw_task(spec, dice);
  if (dice.chance(30) && !spec.chip) spec = with_delays(spec, seed);
  while (spec.rules.size() > 2) spec.rules.erase(spec.rules.begin() + dice.between(0, static_cast<int>(spec.rules.size()) - 1));
  settle_sparse(spec);
  return spec;
}

/// What takes no memory or time to speak of.
bool is_small(const Spec& spec) {
  std::int64_t neurons = 0;
  for (const PopulationSpec& population : spec.network.populations) neurons += population.size;
  if (const auto* taught = std::get_if<StudentTeacherTask>(&spec.task)) {
    for (const PopulationSpec& population : taught->teacher.populations) neurons += population.size;
  }
  const auto* drawn = std::get_if<DrawnTask>(&spec.task);
  const std::int64_t patterns = drawn != nullptr ? drawn->patterns : 0;
  const std::int64_t held_out = spec.training.evaluation ? spec.training.evaluation->trials : 0;
  return neurons < 1000 && spec.training.ticks < 100 && spec.training.batch < 100 && spec.training.updates < 100 &&
         patterns < 100 && held_out < 100;
}

TEST(BrokenSpec, WholeOnesAreValid) {
  for (std::uint64_t seed = 0; seed < 100; ++seed)
    ASSERT_FALSE(has_error(check(whole(seed)))) << ModelError(check(whole(seed))).what() << '\n' << seed;
}

TEST(BrokenSpec, IsRefusedByItsFieldOrRuns) {
  int refused = 0;
  int ran = 0;
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    SCOPED_TRACE(seed);
    Spec spec = whole(seed % 500);
    Dice dice(seed);
    break_one(spec, dice);
    const std::vector<Fault> faults = check(spec);
    if (has_error(faults)) {
      ++refused;
      for (const Fault& fault : faults) EXPECT_FALSE(fault.field.empty() || fault.what.empty()) << describe(fault);
      EXPECT_THROW(run(spec, {.threads = 1}), ModelError);
    } else if (is_small(spec)) {
      ++ran;
      EXPECT_NO_THROW(run(spec, {.threads = 1}));
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(ran, 500);
}

}  // namespace
}  // namespace locus
