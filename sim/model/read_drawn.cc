#include "sim/model/read_drawn.h"

#include "sim/model/matrices.h"
#include "sim/model/names.h"

namespace locus {
namespace {

SinesSpec read_sines(const v1::DrawnTarget::Sines& message) {
  return {{message.period_ms().begin(), message.period_ms().end()}};
}

DrawnTargetSpec read_target(v1::DrawnTarget& message, const FieldPath& where, Reading& reading) {
  switch (message.kind_case()) {
    case v1::DrawnTarget::kMatrix: return read_dense(*message.mutable_matrix(), where.at("matrix"), reading);
    case v1::DrawnTarget::kSines: return read_sines(message.sines());
    case v1::DrawnTarget::kClass: return ClassSpec{message.class_()};
    case v1::DrawnTarget::KIND_NOT_SET: break;
  }
  reading.faults.missing_choice(where, "kind", "is empty", "must have one of matrix, class, sines");
  return DenseMatrix{};
}

}  // namespace

std::vector<DrawnInputSpec> read_drawn_inputs(const DrawnInputMessages& messages, const NetworkSpec& network,
                                              const FieldPath& where, FaultList& faults) {
  const PopulationNames names(network, PopulationKind::kInput);
  std::vector<DrawnInputSpec> inputs;
  for (int i = 0; i < messages.size(); ++i) {
    const v1::DrawnInput& message = messages[i];
    const FieldPath field = where.at("inputs", i);
    DrawnInputSpec& input = inputs.emplace_back();
    input.population = names.find(message.population(), field.at("population"), faults);
    switch (message.kind_case()) {
      case v1::DrawnInput::kPoisson:
        input.kind = PoissonSpec{{message.poisson().rate_hz().begin(), message.poisson().rate_hz().end()}};
        break;
      case v1::DrawnInput::kWhiteNoise: {
        auto& noise = input.kind.emplace<WhiteNoiseSpec>();
        if (message.white_noise().has_mean()) noise.mean = message.white_noise().mean();
        if (message.white_noise().has_stddev()) noise.stddev = message.white_noise().stddev();
        break;
      }
      case v1::DrawnInput::KIND_NOT_SET:
        faults.missing_choice(field, "kind", "has no kind", "must have one of poisson, white_noise");
        break;
    }
  }
  return inputs;
}

DrawnTask read_drawn(v1::Drawn& message, const NetworkSpec& network, const FieldPath& where, Reading& reading) {
  DrawnTask task;
  task.inputs = read_drawn_inputs(message.inputs(), network, where, reading.faults);
  task.patterns = message.patterns();
  // in a Spec: each trial is drawn anew
  if (message.has_patterns() && message.patterns() == 0)
    check_range(message.patterns(), 1, kMostPatterns, where.at("patterns"), reading.faults);
  for (int i = 0; i < message.targets_size(); ++i) {
    task.targets.push_back(read_target(*message.mutable_targets(i), where.at("targets", i), reading));
    message.mutable_targets(i)->Clear();
  }
  return task;
}

}  // namespace locus
