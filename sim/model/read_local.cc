#include "sim/model/read_local.h"

namespace locus {

LocalText read_local(const v1::Rule::Local& message, const FieldPath& where, FaultList& faults) {
  LocalText text;
  for (int i = 0; i < message.constant_size(); ++i) {
    const v1::Rule::Local::Constant& constant = message.constant(i);
    if (!constant.has_value()) faults.refuse(where.at("constant", i).at("value"), "is missing", "must be given");
    text.constants.push_back({constant.name(), constant.value()});
  }
  for (int i = 0; i < message.trace_size(); ++i) {
    const v1::Rule::Local::Trace& trace = message.trace(i);
    TraceText read = {trace.name(), trace.next(), TraceAt::kSynapse};
    switch (trace.at()) {
      case v1::Rule::Local::Trace::SYNAPSE: break;
      case v1::Rule::Local::Trace::SOURCE: read.at = TraceAt::kSource; break;
      case v1::Rule::Local::Trace::TARGET: read.at = TraceAt::kTarget; break;
      default: break;  // check_form (parse.cc) names a number that no value has
    }
    text.traces.push_back(std::move(read));
  }
  const auto add = [&](const auto& changes, ChangeOn on) {
    for (const std::string& change : changes) text.changes.push_back({change, on});
  };
  add(message.change(), ChangeOn::kTick);
  add(message.change_on_pre_spike(), ChangeOn::kPreSpike);
  add(message.change_on_post_spike(), ChangeOn::kPostSpike);
  add(message.change_on_error(), ChangeOn::kError);
  add(message.change_on_end(), ChangeOn::kEnd);
  switch (message.signal()) {
    case v1::Rule::Local::NONE: break;
    case v1::Rule::Local::FEEDBACK: text.signal = LocalSignal::kFeedback; break;
    case v1::Rule::Local::SYMMETRIC: text.signal = LocalSignal::kSymmetric; break;
    case v1::Rule::Local::REWARD: text.signal = LocalSignal::kReward; break;
    default: break;
  }
  switch (message.reward()) {
    case v1::Rule::Local::TRIALS: break;
    case v1::Rule::Local::TICK_LOSS: text.reward = RewardFrom::kTickLoss; break;
    case v1::Rule::Local::TRIAL_LOSS: text.reward = RewardFrom::kTrialLoss; break;
    default: break;
  }
  return text;
}

}  // namespace locus
