#include "sim/model/read_drawn.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "sim/model/matrices.h"
#include "sim/model/network_size.h"
#include "sim/model/read_spiking.h"
#include "sim/model/suggest.h"

namespace locus {
namespace {

constexpr std::int32_t kMostPatterns = 1'000'000;

/// The input population that a message is about, or a fault.
std::optional<std::int32_t> input_population(const std::string& named, const NetworkSpec& network,
                                             const FieldPath& where, FaultList& faults) {
  const std::vector<std::int32_t> inputs = populations_of(network, PopulationKind::kInput);
  if (named.empty()) {
    if (inputs.size() == 1) return inputs[0];
    faults.error(where.at("population"), "is missing",
                 fmt::format("must be given where there are {} input populations", inputs.size()));
    return std::nullopt;
  }
  std::vector<std::string> names;
  for (const std::int32_t input : inputs) {
    names.push_back(network.populations[static_cast<std::size_t>(input)].name);
    if (names.back() == named) return input;
  }
  faults.error(where.at("population"), "is " + shown(std::string_view(named)) + ", which is no input population",
               faults.may_suggest() ? suggestion(named, names) : "");
  return std::nullopt;
}

PoissonSpec read_poisson(const v1::DrawnInput::Poisson& message, const PopulationSpec& population, double dt,
                         const FieldPath& where, FaultList& faults) {
  PoissonSpec poisson = {{message.rate_hz().begin(), message.rate_hz().end()}};
  const FieldPath field = where.at("rate_hz");
  if (poisson.rate_hz.empty()) {
    faults.error(field, "is missing", "must be given, at least 0");
  } else if (poisson.rate_hz.size() > 1 && std::ssize(poisson.rate_hz) != population.size && population.size > 0) {
    faults.error(field, fmt::format("has {} numbers", poisson.rate_hz.size()),
                 fmt::format("must have 1, or {}, the size of population {}", population.size,
                             shown(std::string_view(population.name))));
  }
  const double most = 1000 / dt;  // Hz
  for (std::size_t k = 0; k < poisson.rate_hz.size() && std::isfinite(most); ++k) {
    const double rate = poisson.rate_hz[k];
    if (rate >= 0 && rate * dt <= 1000) continue;
    faults.error(where.at("rate_hz", static_cast<int>(k)), "is " + shown(rate),
                 fmt::format("must be 0 to {} Hz, one spike in each tick of training.dt_ms", shown(most)));
    break;  // one a field: more of them tell no more
  }
  return poisson;
}

WhiteNoiseSpec read_white_noise(const v1::DrawnInput::WhiteNoise& message, const FieldPath& where, FaultList& faults) {
  WhiteNoiseSpec noise;
  if (message.has_mean()) noise.mean = message.mean();
  if (message.has_stddev()) noise.stddev = message.stddev();
  if (!std::isfinite(noise.mean)) faults.error(where.at("mean"), "is " + shown(noise.mean), "must be finite");
  if (!(std::isfinite(noise.stddev) && noise.stddev >= 0))
    faults.error(where.at("stddev"), "is " + shown(noise.stddev), "must be finite and at least 0");
  return noise;
}

SinesSpec read_sines(const v1::DrawnTarget::Sines& message, const FieldPath& where, FaultList& faults) {
  SinesSpec sines = {{message.period_ms().begin(), message.period_ms().end()}};
  if (sines.period_ms.empty()) faults.error(where.at("period_ms"), "is missing", "must be given, above 0");
  for (std::size_t k = 0; k < sines.period_ms.size(); ++k) {
    if (std::isfinite(sines.period_ms[k]) && sines.period_ms[k] > 0) continue;
    faults.error(where.at("period_ms", static_cast<int>(k)), "is " + shown(sines.period_ms[k]),
                 "must be above 0 and finite");
  }
  return sines;
}

DrawnTargetSpec read_target(v1::DrawnTarget& message, const MatrixShape& shape, std::int64_t patterns,
                            const FieldPath& where, Reading& reading) {
  const bool known = shape.cols != kUnknown && shape.cols > 0;
  switch (message.kind_case()) {
    case v1::DrawnTarget::kMatrix: return read_dense(*message.mutable_matrix(), shape, where.at("matrix"), reading);
    case v1::DrawnTarget::kClass:
      if (known && check_range(message.class_(), 0, shape.cols - 1, where.at("class"), reading.faults) &&
          reading.count(shape.rows, shape.cols, where.at("class"))) {
        return target_of_class(message.class_(), shape.rows, shape.cols);
      }
      return DenseMatrix{};
    case v1::DrawnTarget::kSines:
      if (known) reading.count(patterns * shape.rows, shape.cols, where.at("sines"));
      return read_sines(message.sines(), where.at("sines"), reading.faults);
    case v1::DrawnTarget::KIND_NOT_SET: break;
  }
  reading.faults.missing_choice(where, "kind", "is empty", "must have one of matrix, class, sines");
  return DenseMatrix{};
}

}  // namespace

std::vector<DrawnInputSpec> read_drawn_inputs(const DrawnInputMessages& messages, const NetworkSpec& network,
                                              const FieldPath& where, const TrainingSpec& training, FaultList& faults) {
  std::vector<DrawnInputSpec> inputs;
  std::set<std::int32_t> seen;
  for (int i = 0; i < messages.size(); ++i) {
    const v1::DrawnInput& message = messages[i];
    const FieldPath field = where.at("inputs", i);
    const std::optional<std::int32_t> index = input_population(message.population(), network, field, faults);
    if (!index) return inputs;
    const PopulationSpec& population = network.populations[static_cast<std::size_t>(*index)];
    if (!seen.insert(*index).second) {
      faults.error(field, "is the second one for population " + shown(std::string_view(population.name)),
                   "must be one a population");
    }
    switch (message.kind_case()) {
      case v1::DrawnInput::kPoisson:
        inputs.push_back({*index, read_poisson(message.poisson(), population, training.dt, field.at("poisson"), faults)});
        break;
      case v1::DrawnInput::kWhiteNoise:
        inputs.push_back({*index, read_white_noise(message.white_noise(), field.at("white_noise"), faults)});
        break;
      case v1::DrawnInput::KIND_NOT_SET:
        faults.missing_choice(field, "kind", "has no kind", "must have one of poisson, white_noise");
        break;
    }
  }
  for (const std::int32_t index : populations_of(network, PopulationKind::kInput)) {
    if (seen.contains(index)) continue;
    const std::string& name = network.populations[static_cast<std::size_t>(index)].name;
    faults.error(where, "has no inputs for input population " + shown(std::string_view(name)),
                 "each input population must have one");
  }
  return inputs;
}

DrawnTask read_drawn(v1::Drawn& message, const NetworkSpec& network, const FieldPath& where,
                     const TrainingSpec& training, Reading& reading) {
  DrawnTask task;
  if (training.ticks == 0) {
    reading.faults.error(FieldPath().at("training").at("ticks"), "is missing", "must be given for drawn inputs");
    // they are there, whatever they are
    task.targets.resize(static_cast<std::size_t>(message.targets_size()));
    return task;
  }
  task.inputs = read_drawn_inputs(message.inputs(), network, where, training, reading.faults);
  if (message.has_patterns() && check_range(message.patterns(), 1, kMostPatterns, where.at("patterns"), reading.faults))
    task.patterns = message.patterns();
  const std::int64_t patterns = std::max(task.patterns, 1);
  const int count = message.targets_size();
  if (count > 1 && count != task.patterns) {
    reading.faults.error(where.at("targets"), fmt::format("are {}", count),
                         task.patterns > 0
                             ? fmt::format("must be 1 for all trials, or {}, one for each pattern", task.patterns)
                             : "must be 1 for all trials, since no patterns are given");
  }
  const MatrixShape shape = {training.ticks, known_neurons(network, PopulationKind::kReadout), "training.ticks",
                             "the number of readouts"};
  for (int i = 0; i < count; ++i) {
    task.targets.push_back(
        read_target(*message.mutable_targets(i), shape, count > 1 ? 1 : patterns, where.at("targets", i), reading));
    message.mutable_targets(i)->Clear();
  }
  return task;
}

}  // namespace locus
