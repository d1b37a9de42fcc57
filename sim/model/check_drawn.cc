#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "sim/model/check_matrices.h"
#include "sim/model/checks.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

void check_poisson(const PoissonSpec& poisson, const PopulationSpec& population, double dt, const FieldPath& where,
                   FaultList& faults) {
  const FieldPath field = where.at("rate_hz");
  if (poisson.rate_hz.empty()) {
    faults.error(field, "is missing", "must be given, at least 0");
  } else if (poisson.rate_hz.size() > 1 && std::ssize(poisson.rate_hz) != population.size && population.size > 0) {
    faults.error(field, fmt::format("has {} numbers", poisson.rate_hz.size()),
                 fmt::format("must have 1, or {}, the size of population {}", population.size,
                             shown(std::string_view(population.name))));
  }
  const double most = 1000 / dt;  // Hz
  if (!(std::isfinite(most) && most > 0)) return;
  for (std::size_t k = 0; k < poisson.rate_hz.size(); ++k) {
    const double rate = poisson.rate_hz[k];
    if (rate >= 0 && rate * dt <= 1000) continue;
    faults.error(where.at("rate_hz", static_cast<int>(k)), "is " + shown(rate),
                 fmt::format("must be 0 to {} Hz, one spike in each tick of training.dt_ms", shown(most)));
    break;  // one a field: more of them tell no more
  }
}

void check_white_noise(const WhiteNoiseSpec& noise, const FieldPath& where, FaultList& faults) {
  check_finite(noise.mean, where.at("mean"), faults);
  check_not_negative(noise.stddev, where.at("stddev"), faults);
}

void check_sines(const SinesSpec& sines, const FieldPath& where, FaultList& faults) {
  if (sines.period_ms.empty()) faults.error(where.at("period_ms"), "is missing", "must be given, above 0");
  for (std::size_t k = 0; k < sines.period_ms.size(); ++k)
    check_positive(sines.period_ms[k], where.at("period_ms", static_cast<int>(k)), faults);
}

void check_target(const DrawnTargetSpec& target, const MatrixShape& shape, std::int64_t patterns,
                  const FieldPath& where, Checking& checking) {
  if (checking.faults.is_silenced(where.at("kind"))) return;  // a reader found none
  if (const auto* matrix = std::get_if<DenseMatrix>(&target)) {
    check_matrix(*matrix, shape, where.at("matrix"), checking.budget, checking.faults);
    return;
  }
  if (const auto* chosen = std::get_if<ClassSpec>(&target)) {
    if (shape.cols > 0) check_range(chosen->label, 0, shape.cols - 1, where.at("class"), checking.faults);
    return;
  }
  if (shape.rows != kUnknown)
    checking.budget.take(patterns * shape.rows, shape.cols, where.at("sines"), checking.faults);
  check_sines(std::get<SinesSpec>(target), where.at("sines"), checking.faults);
}

/// A fault unless `population` is an input population of the network.
bool check_input_population(const NetworkSpec& network, std::int32_t population, const FieldPath& field, FaultList& faults) {
  if (!check_index(population, network.populations.size(), "population", field, faults)) return false;
  if (!is_known(network, population)) return false;  // told already
  const PopulationSpec& chosen = network.populations[static_cast<std::size_t>(population)];
  if (chosen.kind == PopulationKind::kInput && chosen.constant) {
    faults.error(field, "is " + shown(std::string_view(chosen.name)) + ", whose inputs are constant",
                 "must be an input population that is not constant");
    return false;
  }
  if (chosen.kind == PopulationKind::kInput) return true;
  faults.error(field,
               "is " + shown(std::string_view(network.populations[static_cast<std::size_t>(population)].name)) +
                   ", which is no input population",
               "");
  return false;
}

}  // namespace

void check_drawn_inputs(const std::vector<DrawnInputSpec>& inputs, const FieldPath& where, Checking& checking) {
  const NetworkSpec& network = checking.spec.network;
  FaultList& faults = checking.faults;
  std::set<std::int32_t> seen;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const DrawnInputSpec& input = inputs[i];
    const FieldPath field = where.at("inputs", static_cast<int>(i));
    if (!check_input_population(network, input.population, field.at("population"), faults)) return;
    const PopulationSpec& population = network.populations[static_cast<std::size_t>(input.population)];
    if (!seen.insert(input.population).second)
      faults.error(field, "is the second one for population " + shown(std::string_view(population.name)),
                   "must be one a population");
    if (faults.is_silenced(field.at("kind"))) continue;  // a reader found none
    if (const auto* poisson = std::get_if<PoissonSpec>(&input.kind)) {
      check_poisson(*poisson, population, checking.spec.training.dt, field.at("poisson"), faults);
    } else {
      check_white_noise(std::get<WhiteNoiseSpec>(input.kind), field.at("white_noise"), faults);
    }
  }
  for (const std::int32_t index : populations_of(network, PopulationKind::kInput)) {
    if (seen.contains(index) || network.populations[static_cast<std::size_t>(index)].constant) continue;
    const std::string& name = network.populations[static_cast<std::size_t>(index)].name;
    faults.error(where, "has no inputs for input population " + shown(std::string_view(name)),
                 "each input population that is not constant must have one");
  }
}

void check_drawn(const DrawnTask& task, const FieldPath& where, Checking& checking) {
  check_drawn_inputs(task.inputs, where, checking);
  if (task.patterns != 0) check_range(task.patterns, 1, kMostPatterns, where.at("patterns"), checking.faults);
  const std::int64_t patterns = std::clamp<std::int64_t>(task.patterns, 1, kMostPatterns);
  const std::int64_t count = std::ssize(task.targets);
  if (count > 1 && count != task.patterns) {
    checking.faults.error(where.at("targets"), fmt::format("are {}", count),
                          task.patterns > 0
                              ? fmt::format("must be 1 for all trials, or {}, one for each pattern", task.patterns)
                              : "must be 1 for all trials, since no patterns are given");
  }
  const MatrixShape shape = {known_ticks(checking.spec.training),
                             known_neurons(checking.spec.network, PopulationKind::kReadout), "training.ticks",
                             "the number of readouts"};
  for (std::size_t i = 0; i < task.targets.size(); ++i)
    check_target(task.targets[i], shape, count > 1 ? 1 : patterns, where.at("targets", static_cast<int>(i)), checking);
}

}  // namespace locus
