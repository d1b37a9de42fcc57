// A valid Spec with one field broken at random is refused with a fault that names a field, or it
// runs: nothing that a caller can fill in is a crash.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/model/check.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/network_size.h"
#include "sim/run/run.h"
#include "tests/properties/spec_places.h"
#include "tests/support/random_model.h"
#include "tests/support/spiking_model.h"

namespace locus {
namespace {

template <class T>
T& any_of(std::vector<T>& all, Dice& dice) {
  return all[static_cast<std::size_t>(dice.between(0, static_cast<int>(all.size()) - 1))];
}

template <class Integer>
Integer odd_integer(Integer value, Dice& dice) {
  const Integer values[] = {-1,
                            0,
                            1,
                            value + 1,
                            value - 1,
                            1 << 20,
                            std::numeric_limits<Integer>::max(),
                            std::numeric_limits<Integer>::min()};
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
  if (dice.chance(50))
    spec.training.schedule = ScheduleSpec{.warmup = 1, .decay = ScheduleSpec::Decay::kStep, .factor = 0.5};
  if (dice.chance(50)) spec.training.stop = StopSpec{.loss_below = 1e-9, .patience = 100};
  if (dice.chance(30)) spec.training.optimizer.adam = Optimizer::Adam();
  if (dice.chance(30)) spec.training.optimizer.element = 1;
  if (dice.chance(30)) spec.training.optimizer.weight_decay = 0.5;
  if (dice.chance(30)) spec.training.optimizer.momentum = 0.5;
  if (spec.training.optimizer.momentum) spec.training.optimizer.adam.reset();
  if (dice.chance(30)) spec.network.projections.back().limits = {.sign = 0, .min = -1, .max = 2, .decay = 0.5};
  for (RuleSpec& rule : spec.rules) {
    if (rule.kind == RuleKind::kNone || !dice.chance(20)) continue;
    rule.learning_rate = 0.0625;
    rule.optimizer = Optimizer{.adam = Optimizer::Adam()};
    rule.schedule = ScheduleSpec{.warmup = 1};
  }
  if (dice.chance(50)) {
    const std::int64_t neurons =
        locus::neurons(spec.network, PopulationKind::kRate) + locus::neurons(spec.network, PopulationKind::kReadout);
    spec.chip = ChipSpec{.width = 2, .height = 2, .neurons_per_core = static_cast<std::int32_t>(neurons)};
  }
  if (dice.chance(50)) {
    spec.records.push_back({.name = "w", .quantity = Quantity::kWeights});
    spec.records.push_back({.name = "a", .quantity = Quantity::kActivity, .last_tick = spec.training.ticks});
    spec.records[1].of = static_cast<std::int32_t>(
        std::ranges::find(spec.network.populations, PopulationKind::kRate, &PopulationSpec::kind) -
        spec.network.populations.begin());
  }
  if (dice.chance(30)) {
    spec.compare = CompareSpec{1, {}, dice.between(1, 2), dice.chance(30)};
    const auto learner =
        std::ranges::find_if(spec.rules, [](const RuleSpec& one) { return rule(one.kind).drive != Drive::kNothing; });
    if (dice.chance(50) && learner != spec.rules.end()) spec.compare->rules = {*learner};
  }
  for (ProjectionSpec& projection : spec.network.projections) {
    if (!projection.autapses || projection.is_bias) continue;
    if (dice.chance(15)) projection.weights = GaussianWeights{0.5};
    if (dice.chance(15)) projection.weights = SparseRandomWeights{.probability = 0.5, .mean = 0.25};
    if (dice.chance(15)) projection.weights = SparseRandomWeights{.in_degree = 1, .stddev = 0.25};
  }
  if (auto* recorded = std::get_if<RecordedTask>(&spec.task); recorded != nullptr && dice.chance(40)) {
    recorded->evaluation_trials = {recorded->trials[0]};
    spec.training.evaluation = EvaluationSpec{};
  }
  if (dice.chance(20)) {
    spec.training.wires = {
        {.channel = Channel::kFeedback, .grid = Grid{4, 1, Rounding::kStochastic}, .drop = 0.25, .delay = 0}};
    spec.training.synapses.weight = Grid{6, 4, Rounding::kStochastic};
  }
}

/// The tasks of the literature that fit the network's sizes and the ticks.
std::vector<SyntheticKind> fitting_tasks(const Spec& spec) {
  const auto inputs = static_cast<std::int32_t>(shown_inputs(spec.network));
  const auto readouts = static_cast<std::int32_t>(neurons(spec.network, PopulationKind::kReadout));
  const std::int32_t more = spec.training.ticks - 3;  // ticks than the shortest trials have
  std::vector<SyntheticKind> tasks;
  if (inputs == readouts) tasks.emplace_back(FlipFlopTask{.bits = inputs});
  if (inputs == 1 && readouts == 1) tasks.emplace_back(MackeyGlassTask{.tau = 2, .horizon = 1, .starts = 5});
  if (inputs == 2 && readouts == 2) tasks.emplace_back(AddTask{.first_lag = 1, .second_lag = 2, .coin = true});
  if (more < 0) return tasks;
  if (inputs == 2 && readouts <= 2) tasks.emplace_back(DelayedXorTask{more, 1, 0, 0, 1});
  if (inputs == readouts + 1 && readouts > 1) tasks.emplace_back(CopyTask{readouts, 1, more});
  if (inputs == 3 && readouts <= 2) tasks.emplace_back(DelayedMatchTask{2, 0, 1, more, 1, 1});
  if (inputs == 4 && readouts <= 2) tasks.emplace_back(EvidenceTask{1, 1, 1, more, 1, 0.7, 1});
  if (inputs == 2 && readouts == 1 && more > 0) tasks.emplace_back(ReadySetGoTask{1, 1, 1, more, 1, 1});
  return tasks;
}

void draw_task(Spec& spec, Dice& dice) {
  if (const std::vector<SyntheticKind> fitting = fitting_tasks(spec); !fitting.empty() && dice.chance(60)) {
    const auto which = static_cast<std::size_t>(dice.between(0, static_cast<int>(fitting.size()) - 1));
    spec.task = SyntheticTask{fitting[which], dice.chance(30) ? 2 : 0};
    return;
  }
  std::vector<DrawnInputSpec> inputs;
  for (const std::int32_t population : populations_of(spec.network, PopulationKind::kInput)) {
    if (!spec.network.populations[static_cast<std::size_t>(population)].constant)
      inputs.push_back({population, WhiteNoiseSpec{}});
  }
  if (dice.chance(50)) {
    spec.task = DrawnTask{inputs, 2, {SinesSpec{{3, 5}}}};
  } else {
    spec.task = StudentTeacherTask{spec.network, inputs};
    for (ProjectionSpec& projection : std::get<StudentTeacherTask>(spec.task).teacher.projections)
      projection.delay.reset();
    for (PopulationSpec& population : std::get<StudentTeacherTask>(spec.task).teacher.populations)
      population.noise.reset();
  }
}

/// A valid Spec with some of everything, and few rules.
Spec whole(std::uint64_t seed) {
  Dice dice(seed ^ 0xb40ce);
  Spec spec = dice.chance(25) ? odd_spiking_model(seed) : odd_model(seed);
  add_parts(spec, dice);
  if (dice.chance(40)) draw_task(spec, dice);
  if (dice.chance(30) && !spec.chip) spec = with_delays(spec, seed);
  while (spec.rules.size() > 2)
    spec.rules.erase(spec.rules.begin() + dice.between(0, static_cast<int>(spec.rules.size()) - 1));
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
  const auto* synthetic = std::get_if<SyntheticTask>(&spec.task);
  const std::int64_t patterns = drawn != nullptr ? drawn->patterns : synthetic != nullptr ? synthetic->patterns : 0;
  const std::int64_t compared = spec.compare ? spec.compare->batches : 0;
  const std::int64_t held_out = spec.training.evaluation ? spec.training.evaluation->trials : 0;
  return neurons < 1000 && spec.training.ticks < 100 && spec.training.batch < 100 && spec.training.updates < 100 &&
         patterns < 100 && held_out < 100 && compared < 100;
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
