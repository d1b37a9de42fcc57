#include "tests/support/random_local.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/expression/local_rule.h"
#include "core/protocol/rule.h"
#include "sim/model/defaults.h"

namespace locus {
namespace {

class Writer {
 public:
  Writer(Dice& dice, bool spiking, std::string third) : dice_(dice) {
    names_ = {"pre", "weight", "decay", "dt", "c", "k"};
    of_target_ = {"activity", "current", "gain", "c", "decay"};
    const auto more = spiking ? std::vector<std::string>{"voltage", "spike", "drive"}
                              : std::vector<std::string>{"own_weight", "leak"};
    for (const std::string& name : more) of_target_.push_back(name);
    if (!third.empty()) of_target_.push_back(std::move(third));
    names_.insert(names_.end(), of_target_.begin(), of_target_.end());
  }

  std::string any(int depth) { return expression(names_, depth); }
  std::string of_target(int depth) { return expression(of_target_, depth); }
  std::string of_source(int depth) { return expression({"pre", "c", "k", "dt"}, depth); }
  void name_trace(const std::string& name, TraceAt at) {
    names_.push_back(name);
    if (at == TraceAt::kTarget) of_target_.push_back(name);
  }

 private:
  std::string expression(const std::vector<std::string>& names, int depth) {
    if (depth == 0 || dice_.chance(20)) {
      if (dice_.chance(15)) return std::to_string(dice_.between(1, 9)) + "/8";
      return names[static_cast<std::size_t>(dice_.between(0, static_cast<int>(names.size()) - 1))];
    }
    const std::string a = expression(names, depth - 1);
    const std::string b = expression(names, depth - 1);
    switch (dice_.between(0, 9)) {
      case 0:
      case 1: return "(" + a + " + " + b + ")";
      case 2: return "(" + a + " - " + b + ")";
      case 3: return "tanh(" + a + ")";
      case 4: return "min(" + a + ", " + b + ")";
      case 5: return "(" + a + ")/(2 + abs(" + b + "))";
      case 6: return "-" + a;
      default: return a + "*" + b;
    }
  }

  Dice& dice_;
  std::vector<std::string> names_;
  std::vector<std::string> of_target_;
};

}  // namespace

LocalText random_local(Dice& dice, bool spiking, LocalSignal signal, RewardFrom reward) {
  const std::string third = signal == LocalSignal::kNone ? "" : signal == LocalSignal::kReward ? "reward" : "signal";
  const bool errors = !third.empty() && (signal != LocalSignal::kReward || reward != RewardFrom::kTrials);
  Writer writer(dice, spiking, third);
  LocalText text;
  text.signal = signal;
  text.reward = reward;
  text.constants = {{"c", dice.between(1, 7) / 8.0}, {"k", -dice.between(1, 7) / 8.0}};
  // neurons tell something with errors alone
  if (!third.empty() && dice.chance(20)) {
    text.traces = {{"x", "c*x + pre", TraceAt::kSource}};
    text.changes = {{third + "*x/64", ChangeOn::kTick}, {"k*weight/64", ChangeOn::kTick}};
    if (spiking) text.changes.push_back({"gain*pre/64", ChangeOn::kTick});
    return text;
  }
  const int traces = dice.between(0, 4);
  for (int i = 0; i < traces; ++i) {
    TraceText trace{"t" + std::to_string(i), "", static_cast<TraceAt>(dice.between(0, 2))};
    const std::string next = trace.at == TraceAt::kSynapse  ? writer.any(2)
                             : trace.at == TraceAt::kSource ? writer.of_source(2)
                                                            : writer.of_target(2);
    trace.next = dice.chance(70) ? "c*" + trace.name + " + tanh(" + next + ")" : "tanh(" + next + ")";
    text.traces.push_back(trace);
    writer.name_trace(trace.name, trace.at);
  }
  const int changes = dice.between(1, 3);
  for (int i = 0; i < changes; ++i) {
    const auto on = dice.chance(20) ? ChangeOn::kEnd : static_cast<ChangeOn>(dice.between(0, errors ? 3 : 1));
    const bool possible = on != ChangeOn::kPostSpike || spiking;
    text.changes.push_back({"tanh(" + writer.any(2) + ")/64", possible ? on : ChangeOn::kTick});
  }
  if (!third.empty()) text.changes.push_back({third + "*pre/64", ChangeOn::kTick});
  if (spiking) text.changes.push_back({"gain*pre/64", ChangeOn::kTick});
  if (spiking && std::ranges::count(text.changes, ChangeOn::kEnd, &ChangeText::on) > 0)
    text.changes.push_back({"gain*pre/64", ChangeOn::kEnd});
  return text;
}

void add_rewards(Spec& spec, Dice& dice) {
  auto* const recorded = std::get_if<RecordedTask>(&spec.task);
  if (recorded == nullptr) return;
  for (RecordedTrial& trial : recorded->trials) {
    trial.reward = {rows_of(trial), 1, {}};
    for (std::int64_t tick = 0; tick < trial.reward.rows; ++tick)
      trial.reward.values.push_back(dice.between(1, 8) / 8.0 * (dice.chance(50) ? 1 : -1));
  }
}

RuleSpec random_local_rule(const Spec& spec, Dice& dice, LocalSignal signal, RewardFrom reward) {
  const bool spiking =
      std::ranges::any_of(spec.network.populations, [](const auto& population) { return population.lif.has_value(); });
  RuleSpec rule;
  rule.kind = local_kind(signal, reward);
  rule.name = "local";
  do {
    rule.local = random_local(dice, spiking, signal, reward);
  } while (!compile_local(rule.local).rule);
  if (signal == LocalSignal::kFeedback) rule.feedback = drawn_feedback(spec.network);
  return rule;
}

}  // namespace locus
