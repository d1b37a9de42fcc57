#include "sim/model/requirements.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/model/check_basics.h"
#include "sim/model/network_size.h"

namespace locus {

bool has_row(RuleKind kind) { return kind <= kLastRuleKind; }

std::string_view field_of(RuleKind kind) {
  const std::string_view name = rule(kind).name;
  return name.substr(0, name.find(':'));
}

static bool gives_rewards(const TaskSpec& task) {
  if (const auto* supplied = std::get_if<SuppliedTask>(&task)) return supplied->has_rewards;
  const auto* recorded = std::get_if<RecordedTask>(&task);
  const auto rewarded = [](const RecordedTrial& trial) { return trial.reward.rows > 0; };
  return recorded != nullptr && std::ranges::any_of(recorded->trials, rewarded);
}

std::vector<Lack> lacks(const NetworkSpec& network, const TaskSpec& task, const TrainingSpec& training,
                        const RuleSpec& rule) {
  std::vector<Lack> found;
  const bool errors = has_losses(locus::rule(rule.kind));
  if (errors && populations_of(network, PopulationKind::kReadout).empty()) found.push_back({Need::kReadout, -1});
  if (const auto* recorded = std::get_if<RecordedTask>(&task); errors && recorded != nullptr) {
    const bool some_have = std::ranges::any_of(recorded->trials, has_target);
    for (std::size_t i = 0; i < recorded->trials.size(); ++i) {
      if (has_target(recorded->trials[i])) continue;
      found.push_back({Need::kTarget, static_cast<std::int32_t>(i)});
      if (!some_have) break;  // one tells of all
    }
  }
  if (const auto* drawn = std::get_if<DrawnTask>(&task); errors && drawn != nullptr && drawn->targets.empty())
    found.push_back({Need::kTarget, -1});
  if (locus::rule(rule.kind).signal == SignalSource::kReward && !gives_rewards(task))
    found.push_back({Need::kReward, -1});
  if (training.learning_rate || rule.learning_rate) return found;
  for (std::size_t i = 0; i < network.projections.size(); ++i) {
    if (!network.projections[i].plastic || network.projections[i].learning_rate) continue;
    found.push_back({Need::kLearningRate, static_cast<std::int32_t>(i)});
    break;
  }
  return found;
}

std::string unlike_rate(const NetworkSpec& network) {
  if (has_spikes(network)) return "spiking populations";
  return has_memory(network) ? "readouts with memory" : "";
}

std::string not_offered(RuleKind kind, const NetworkSpec& network) {
  if (!rule(kind).spiking.empty() || !learns(kind)) return "";
  const bool late = std::ranges::any_of(network.projections, [&](const ProjectionSpec& projection) {
    return has_known_ends(network, projection) && wait_of(network, projection) > 0;
  });
  const std::string lack = unlike_rate(network);
  return lack.empty() && late ? "delays" : lack;
}

std::string unfit_restriction(RuleKind kind, const Spec& spec) {
  const Keeps keeps = rule(kind).keeps;
  if (keeps == Keeps::kAll) return "";
  if (keeps == Keeps::kCore && !spec.chip)
    return "needs a chip, whose placement says which neurons share a core; the model has none";
  // the neurons that reach each other are a bit for each pair
  const std::int64_t most = keeps == Keeps::kReach ? 4096 : 65536;
  const std::int64_t neurons = known_neurons(spec.network, PopulationKind::kRate);
  if (neurons <= most) return "";
  return fmt::format("is for at most {} rate neurons; the model has {}", most, neurons);
}

std::int32_t latest_answer(const NetworkSpec& network, const TrainingSpec& training) {
  std::int32_t latest = 0;
  for (const ProjectionSpec& projection : network.projections) {
    if (!has_known_ends(network, projection)) continue;
    if (kind_of(network, projection.source) != PopulationKind::kRate) continue;
    if (kind_of(network, projection.target) != PopulationKind::kReadout) continue;
    const std::int32_t wait = wait_of(network, projection);
    if (wait < training.ticks)
      latest = std::max(latest, wait);  // otherwise nothing of it arrives, and no error goes back
  }
  return latest;
}

bool loses_errors(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training) {
  if (!takes(locus::rule(rule.kind), Argument::What::kDepth) || rule.depth == 0 || rule.depth >= training.ticks)
    return false;
  return std::min({rule.stride, training.ticks, window_of(training)}) + latest_answer(network, training) > rule.depth;
}

std::string why_lost(const RuleSpec& rule, const NetworkSpec& network, const TrainingSpec& training) {
  const std::int32_t latest = latest_answer(network, training);
  if (latest == 0) return fmt::format("stride {} is more than depth {}", rule.stride, rule.depth);
  return fmt::format("depth {} is less than {} ticks of errors a sweep and a delay of {} onto readouts", rule.depth,
                     std::min({rule.stride, training.ticks, window_of(training)}), latest);
}

}  // namespace locus
