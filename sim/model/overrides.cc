#include "sim/model/overrides.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/protocol/rule.h"
#include "sim/model/defaults.h"
#include "sim/model/draw_sparse.h"
#include "sim/model/errors.h"
#include "sim/model/fault_list.h"
#include "sim/model/requirements.h"
#include "sim/model/suggest.h"

namespace locus {
namespace {

constexpr std::int64_t kMostUpdates = std::numeric_limits<std::int32_t>::max();

[[noreturn]] void refuse(const std::string& typed, const std::string& why) {
  throw UsageError(fmt::format("rule {}: {}", shown(std::string_view(typed)), why));
}

std::vector<std::string> parts_of(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

template <class Number>
Number number_of(const std::string& part, Number low, Number high, const std::string& what, const std::string& typed,
                 const Rule& rule) {
  Number number = {};
  const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  const bool whole = error == std::errc() && end == part.data() + part.size();
  if (whole && number >= low && number <= high) return number;
  const bool bounded = high < std::numeric_limits<std::int32_t>::max();
  refuse(typed, fmt::format("{} is {}; must be {}; write {}", what, shown(std::string_view(part)),
                            bounded ? fmt::format("{} to {}", low, high) : fmt::format("a whole number, at least {}", low),
                            usage(rule)));
}

/// The rule whose short form stands at the front of what was typed, and how many parts it takes.
std::pair<RuleKind, std::size_t> kind_of(const std::vector<std::string>& parts, const std::string& typed,
                                         const std::vector<std::string>& names) {
  if (parts.size() > 1) {
    if (const auto kind = rule_named(parts[0] + ":" + parts[1])) return {*kind, 2};
  }
  if (const auto kind = rule_named(parts[0])) return {*kind, 1};
  refuse(typed, "is neither a rule of the model nor a short form; " + suggestion(parts[0], names));
}

std::vector<std::string> known_rules(const std::vector<RuleSpec>& rules) {
  std::vector<std::string> names;
  for (const RuleSpec& rule : rules) names.push_back(rule.name);
  for (const Rule& rule : kRules) {
    if (std::ranges::find(names, rule.name) == names.end()) names.emplace_back(rule.name);
  }
  return names;
}

void take(const Argument& argument, const std::string& part, const std::string& typed, RuleSpec& spec) {
  constexpr std::int32_t kMostTicks = std::numeric_limits<std::int32_t>::max();
  const Rule& row = rule(spec.kind);
  const std::string what(name(argument.what));
  switch (argument.what) {
    case Argument::What::kDepth: spec.depth = number_of<std::int32_t>(part, 1, kMostTicks, what, typed, row); break;
    case Argument::What::kStride: spec.stride = number_of<std::int32_t>(part, 1, kMostTicks, what, typed, row); break;
    case Argument::What::kReach: spec.reach = number_of<std::int32_t>(part, 1, kMostTicks, what, typed, row); break;
    case Argument::What::kPaths: spec.paths = number_of<std::int32_t>(part, 0, kMostTicks, what, typed, row); break;
    case Argument::What::kTraceDecay: spec.trace_decay = number_of<double>(part, 0, 1, what, typed, row); break;
  }
}

RuleSpec short_form(const std::string& typed, const NetworkSpec& network, const std::vector<std::string>& names) {
  const std::vector<std::string> parts = parts_of(typed);
  const auto [kind, taken] = kind_of(parts, typed, names);
  const Rule& row = rule(kind);
  RuleSpec spec;
  spec.name = typed;
  spec.kind = kind;
  std::size_t next = taken;
  for (const Argument& argument : row.arguments) {
    if (next == parts.size() && argument.required) {
      refuse(typed, fmt::format("needs a {}; write {}", name(argument.what), usage(row)));
    }
    if (next < parts.size()) take(argument, parts[next++], typed, spec);
  }
  if (next < parts.size()) {
    // "eprop:rnadom"
    const std::string near = nearest(fmt::format("{}:{}", row.name, parts[next]), names);
    const std::string meant =
        near.find(':') == std::string::npos ? "write " + usage(row) : fmt::format("did you mean \"{}\"?", near);
    refuse(typed, fmt::format("{} is one word too many; {}", shown(std::string_view(parts[next])), meant));
  }
  if (row.signal == SignalSource::kFeedback) spec.feedback = drawn_feedback(network);
  return spec;
}

/// A rule of the command line may need what the model's own rules did not.
void check_can_run(const RuleSpec& rule, const Spec& spec) {
  if (const std::string lack = not_offered(rule.kind, spec.network); !lack.empty())
    refuse(rule.name, "is not offered in a network with " + lack);
  if (const std::string wrong = unfit_restriction(rule.kind, spec); !wrong.empty()) refuse(rule.name, wrong);
  if (!learns(rule.kind)) return;
  for (const Lack& lack : lacks(spec.network, spec.task, spec.training, rule)) {
    switch (lack.need) {
      case Need::kReadout: refuse(rule.name, "learns, and the model has no readout population");
      case Need::kTarget:
        refuse(rule.name, lack.index < 0 ? "learns, and the model's task has no targets"
                                         : fmt::format("learns, and trial {} of the model has no target", lack.index));
      case Need::kReward: refuse(rule.name, "learns from rewards, and no trial of the model has any");
      case Need::kLearningRate: refuse(rule.name, "learns, and the model has no training.learning_rate");
    }
  }
}

}  // namespace

RuleSpec short_form(const std::string& typed, const NetworkSpec& network, const std::vector<RuleSpec>& own) {
  return short_form(typed, network, known_rules(own));
}

void apply(const Overrides& overrides, Spec& spec) {
  if (overrides.updates && (*overrides.updates < 1 || *overrides.updates > kMostUpdates)) {
    throw UsageError(fmt::format("updates is {}; must be 1 to {}", *overrides.updates, kMostUpdates));
  }
  if (overrides.updates) spec.training.updates = *overrides.updates;
  if (overrides.seed) {
    spec.seed = *overrides.seed;
    settle_sparse(spec);
  }
  if (overrides.locality) spec.training.locality = *overrides.locality;
  const std::vector<std::string> names = known_rules(spec.rules);
  std::vector<RuleSpec> chosen;
  for (const std::string& typed : overrides.rules) {
    const auto same = [&](const RuleSpec& rule) { return rule.name == typed; };
    if (std::any_of(chosen.begin(), chosen.end(), same)) refuse(typed, "is given twice");
    const auto own = std::find_if(spec.rules.begin(), spec.rules.end(), same);
    chosen.push_back(own != spec.rules.end() ? *own : short_form(typed, spec.network, names));
    check_can_run(chosen.back(), spec);
  }
  if (!overrides.rules.empty()) spec.rules = std::move(chosen);
  if (spec.rules.empty())
    throw UsageError(
        fmt::format("model {} names no rules; name some, such as bptt or rflo", shown(std::string_view(spec.name))));
}

}  // namespace locus
