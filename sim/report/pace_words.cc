#include "sim/report/pace_words.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/protocol/rule.h"
#include "sim/model/pace_of.h"
#include "sim/report/text.h"

namespace locus {
namespace {

std::string_view word_of(ScheduleSpec::Decay decay) {
  switch (decay) {
    case ScheduleSpec::Decay::kNone: return "constant";
    case ScheduleSpec::Decay::kStep: return "step";
    case ScheduleSpec::Decay::kExponential: return "exponential";
    case ScheduleSpec::Decay::kCosine: return "cosine";
    case ScheduleSpec::Decay::kLinear: return "linear";
  }
  return "";
}

std::string schedule_words(const ScheduleSpec& schedule) {
  const std::string warmup = schedule.warmup > 0 ? fmt::format(", warm-up {}", schedule.warmup) : "";
  return fmt::format("{} schedule{}", word_of(schedule.decay), warmup);
}

bool has_own_pace(const RuleSpec& rule) { return rule.learning_rate || rule.optimizer || rule.schedule; }

}  // namespace

std::string optimizer_words(const Optimizer& optimizer) {
  std::string words = optimizer.adam       ? "Adam"
                      : optimizer.momentum ? fmt::format("momentum {:.4g}", *optimizer.momentum)
                                           : "gradient descent";
  if (optimizer.weight_decay != 0) words += fmt::format(", weight decay {:.4g}", optimizer.weight_decay);
  if (optimizer.weight_min) words += fmt::format(", weights from {:.4g}", *optimizer.weight_min);
  if (optimizer.weight_max) words += fmt::format(", weights to {:.4g}", *optimizer.weight_max);
  if (optimizer.element) words += fmt::format(", changes to {:.4g}", *optimizer.element);
  if (optimizer.norm) words += fmt::format(", norm to {:.4g}", *optimizer.norm);
  return words;
}

std::string paces_of(const Spec& spec) {
  if (std::ranges::none_of(spec.rules, has_own_pace)) return "";
  std::string text;
  for (const RuleSpec& rule : spec.rules) {
    if (locus::rule(rule.kind).drive == Drive::kNothing) continue;
    text += fmt::format("{} {}", text.empty() ? "learning rates:" : ";", shorten(rule.name, 32));
    const std::optional<double> rate = rule.learning_rate ? rule.learning_rate : spec.training.learning_rate;
    if (rate) text += fmt::format(" {:.4g}", *rate);
    if (rule.optimizer) text += fmt::format("{}{}", rate ? ", " : " ", optimizer_words(*rule.optimizer));
    if (rule.schedule) text += ", " + schedule_words(*rule.schedule);
  }
  return text;
}

}  // namespace locus
