#include "sim/model/teacher_of.h"

#include <algorithm>
#include <cmath>

#include "sim/model/check_basics.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

std::int32_t size_of(const NetworkSpec& network, PopulationKind kind) {
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(known_neurons(network, kind), 1, kMostNeurons));
}

}  // namespace

StudentTeacherTask teacher_of(const MimicTask& task, const NetworkSpec& student, double dt) {
  const std::int32_t inputs = size_of(student, PopulationKind::kInput);
  const std::int32_t readouts = size_of(student, PopulationKind::kReadout);
  const auto scaled = [](double gain, std::int32_t fan_in) {
    return GaussianWeights{gain / std::sqrt(static_cast<double>(fan_in))};
  };
  StudentTeacherTask taught;
  taught.mimic = task;
  taught.teacher.populations = {
      {.name = "in", .kind = PopulationKind::kInput, .size = inputs},
      {.name = "rec", .kind = PopulationKind::kRate, .size = task.size, .activation = task.activation, .leak = task.leak},
      {.name = "out", .kind = PopulationKind::kReadout, .size = readouts}};
  taught.teacher.projections = {{.name = "B", .source = 0, .target = 1, .weights = scaled(1, inputs)},
                                {.name = "W", .source = 1, .target = 1, .weights = scaled(task.gain, task.size)},
                                {.name = "A", .source = 1, .target = 2, .weights = scaled(1, task.size)}};
  const double rate = dt > 0 ? task.probability * 1000 / dt : 0;
  for (const std::int32_t population : populations_of(student, PopulationKind::kInput))
    taught.inputs.push_back({population, PoissonSpec{{std::min(rate, 1000 / dt)}}});
  return taught;
}

}  // namespace locus
