#include "tests/bench/program.h"

#include <cmath>
#include <string>

#include "core/base/random.h"

namespace locus::bench {
namespace {

NetworkSpec make_network(const Work& work, double gain) {
  NetworkSpec network;
  network.populations = {{"in", PopulationKind::kInput, work.inputs, Activation::kIdentity, 1},
                         {"rec", PopulationKind::kRate, work.units, work.activation, work.leak},
                         {"out", PopulationKind::kReadout, work.readouts, Activation::kIdentity, 1}};
  const auto gaussian = [](double scale, std::int32_t fan_in) {
    return GaussianWeights{scale / std::sqrt(static_cast<double>(fan_in))};
  };
  network.projections = {{"B", 0, 1, gaussian(1, work.inputs), true, {}},
                         {"W", 1, 1, gaussian(gain, work.units), true, {}},
                         {"A", 1, 2, gaussian(1, work.units), true, {}}};
  return network;
}

DenseMatrix drawn(std::int64_t rows, std::int64_t cols, const char* purpose, std::uint64_t trial) {
  DenseMatrix matrix{rows, cols, std::vector<double>(static_cast<std::size_t>(rows * cols))};
  fill_normal(random_key(1, purpose), trial, 0, 1, matrix.values);
  return matrix;
}

}  // namespace

Spec make_spec(const Work& work, const RuleSpec& rule, Precision precision) {
  Spec spec;
  spec.name = "bench";
  spec.seed = 1;
  spec.precision = precision;
  spec.network = make_network(work, work.gain);
  spec.training.loss = work.loss;
  spec.training.ticks = work.ticks;
  spec.training.batch = work.batch;
  spec.training.learning_rate = work.learning_rate;
  spec.training.commit = work.commit;
  if (work.teacher) {
    StudentTeacherTask task{make_network(work, work.gain)};
    for (ProjectionSpec& projection : task.teacher.projections) projection.name = "teacher-" + projection.name;
    spec.task = task;
  } else {
    RecordedTask task;
    for (std::int32_t k = 0; k < work.batch; ++k) {
      task.trials.push_back({drawn(work.ticks, work.inputs, "bench/input", static_cast<std::uint64_t>(k)),
                             drawn(work.ticks, work.readouts, "bench/target", static_cast<std::uint64_t>(k))});
    }
    spec.task = task;
  }
  spec.rules = {rule};
  if (locus::rule(rule.kind).signal == SignalSource::kFeedback) {
    spec.rules[0].feedback = {{1, GaussianWeights{1 / std::sqrt(static_cast<double>(work.readouts))}}};
  }
  return spec;
}

RuleSpec make_rule(RuleKind kind, std::int32_t depth, std::int32_t stride) {
  RuleSpec rule;
  rule.name = "rule";
  rule.kind = kind;
  rule.depth = depth;
  rule.stride = stride;
  return rule;
}

}  // namespace locus::bench
