#include "sim/model/defaults.h"

#include <algorithm>
#include <cmath>

#include "sim/model/check_basics.h"
#include "sim/model/network_size.h"

namespace locus {

void spread_initial(PopulationSpec& population) {
  if (population.initial.size() != 1 || population.size < 1 || population.size > kMostNeurons) return;
  population.initial.assign(static_cast<std::size_t>(population.size), population.initial.front());
}

double stddev_of(double gain, double fan_in, const FieldPath& where, FaultList& faults) {
  if (!check_not_negative(gain, where.at("gain"), faults)) faults.silence(where.at("stddev"));
  return gain / std::sqrt(std::max(fan_in, 1.0));
}

double row_entries(const SparseRandomWeights& weights, std::int64_t cols) {
  return weights.probability ? *weights.probability * static_cast<double>(cols) : weights.in_degree;
}

WeightsSpec drawn_feedback_weights(const NetworkSpec& network) {
  const std::int64_t readouts = std::max<std::int64_t>(neurons(network, PopulationKind::kReadout), 1);
  return GaussianWeights{1 / std::sqrt(static_cast<double>(readouts))};
}

std::vector<FeedbackSpec> drawn_feedback(const NetworkSpec& network) {
  std::vector<FeedbackSpec> feedback;
  const WeightsSpec weights = drawn_feedback_weights(network);
  for (const std::int32_t population : populations_of(network, PopulationKind::kRate))
    feedback.push_back({population, weights});
  return feedback;
}

std::int64_t ticks_of(const RecordedTask& task) {
  if (task.trials.empty()) return 0;
  return rows_of(*std::ranges::max_element(task.trials, {}, [](const RecordedTrial& trial) { return rows_of(trial); }));
}

std::string default_name(const RecordSpec& record, const NetworkSpec& network) {
  const auto of = static_cast<std::size_t>(record.of);
  std::string text = is_of_projection(record.quantity) ? network.projections[of].name : network.populations[of].name;
  text += '-';
  for (const char letter : name(record.quantity)) text += letter == '_' ? '-' : static_cast<char>(letter - 'A' + 'a');
  if (record.evaluation) text += "-evaluation";
  return text;
}

}  // namespace locus
