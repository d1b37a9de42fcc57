// The remarks of a comparison in words. Every figure comes from the result, and there is no
// sentence without figures for it.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "core/protocol/closed_form.h"
#include "core/protocol/rule.h"
#include "core/protocol/stream.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/report/comparison.h"
#include "sim/report/finding.h"
#include "sim/report/text.h"

namespace locus {
namespace {

constexpr std::size_t kName = 32;  // columns of a rule's name in a sentence
std::string listed(const std::vector<std::string>& names) {
  if (names.size() > 4) return fmt::format("{} rules", names.size());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

/// The history of a sweep may be smaller than the traces of an online rule (for T < n); this remark
/// says so, because few readers would see it.
std::optional<std::string> on_memory(const RunResult& result) {
  const Outcome* sweep = nullptr;   // the one with the largest history
  const Outcome* online = nullptr;  // the one with the smallest traces
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.status != Status::kCompleted || outcome.losses.empty()) continue;
    const Ledger& ledger = outcome.ledger;
    const bool sweeps = rule(outcome.kind).drive == Drive::kSweep;
    if (sweeps && ledger.history_bytes() > 0 &&
        (sweep == nullptr || ledger.history_bytes() > sweep->ledger.history_bytes()))
      sweep = &outcome;
    if (ledger.trace_bytes() > 0 && (online == nullptr || ledger.trace_bytes() < online->ledger.trace_bytes()))
      online = &outcome;
  }
  if (sweep == nullptr || online == nullptr || sweep->ledger.history_bytes() >= online->ledger.trace_bytes())
    return std::nullopt;
  return fmt::format("Online is not smaller here: {} keeps {} of history, {} {} of traces.",
                     shorten(sweep->rule, kName), human_bytes(static_cast<double>(sweep->ledger.history_bytes())),
                     shorten(online->rule, kName), human_bytes(static_cast<double>(online->ledger.trace_bytes())));
}

/// True if the messages of learning in a trial grow with its number of ticks; compares the closed
/// forms of T and 2 T.
bool learning_grows(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec) {
  const auto feedback = feedback_of(topology, rule_spec);
  const Learning placed = learning_of(spec, topology, rule_spec);
  const auto learning = [&](std::int32_t ticks) {
    TrainingSpec training = spec.training;
    training.ticks = ticks;
    const TrialShape trial = trial_shape_of(training, trial_shape_of(spec).weighted);
    Learning learnt = learning_of(rule_spec, training);
    learnt.restriction = placed.restriction;
    const Ledger ledger = closed_form(learnt, topology, feedback, trial, 8);
    std::int64_t leaving = 0;
    for (const ChannelRow& row : kChannelTable) leaving += leaves_core(row.channel) ? ledger.messages(row.channel) : 0;
    return leaving - closed_form({}, topology, feedback, trial, 8).messages(Channel::kAxon);
  };
  return learning(2 * spec.training.ticks) > learning(spec.training.ticks);
}

/// The rules whose learning takes more packets the longer a trial is; empty without a chip.
std::optional<std::string> on_growth(const Spec& spec, const RunResult& result) {
  if (!result.chip) return std::nullopt;
  std::vector<std::string> growing;
  std::vector<std::string> constant;
  for (const Outcome& outcome : result.outcomes) {
    const auto rule_spec = std::ranges::find(spec.rules, outcome.rule, &RuleSpec::name);
    if (rule_spec == spec.rules.end() || rule(outcome.kind).drive == Drive::kNothing) continue;
    (learning_grows(spec, result.topology, *rule_spec) ? growing : constant).push_back(shorten(outcome.rule, kName));
  }
  if (growing.empty() && constant.empty()) return std::nullopt;
  if (growing.empty())
    return fmt::format("On the chip, learning costs the same however long a trial is, under {}.", listed(constant));
  if (constant.empty())
    return fmt::format("On the chip, learning costs more the longer a trial is, under {}.", listed(growing));
  return fmt::format("On the chip, learning costs more the longer a trial is under {}; it costs the same under {}.",
                     listed(growing), listed(constant));
}

/// The projections whose singular values are missing although they learn, with the reasons.
std::vector<std::string> on_ranks(const RunResult& result) {
  // by reason, then by projection
  std::map<std::string, std::map<std::string, std::vector<std::string>>> rules;
  for (const Outcome& outcome : result.outcomes) {
    for (const RankOmission& omission : outcome.rank_omissions)
      rules[omission.reason][shorten(omission.projection, kName)].push_back(shorten(outcome.rule, kName));
  }
  rules.erase("is not plastic");
  std::vector<std::string> sentences;
  for (const auto& [reason, projections] : rules) {
    for (const auto& [projection, names] : projections)
      sentences.push_back(
          fmt::format("Singular values of {} are left out under {}: {}.", projection, listed(names), reason));
  }
  return sentences;
}

/// "The run went on with training.learning_rate=0.01 after bptt 10, rflo 4 updates."
std::string on_change(const SettingsChange& change) {
  std::vector<std::string> what = change.settings;
  if (change.updates) what.push_back(fmt::format("{} updates", *change.updates));
  std::string after;
  for (const auto& [rule, update] : change.at)
    after += fmt::format("{}{} {}", after.empty() ? "" : ", ", shorten(rule, kName), update);
  return fmt::format("The run went on with {} after these updates: {}.", fmt::join(what, ", "),
                     after.empty() ? "none" : after);
}

}  // namespace

std::vector<std::string> remarks(const Spec& spec, const RunResult& result) {
  if (result.outcomes.empty()) return {"No rule was run."};
  const Finding finding = finding_of(result);
  std::vector<std::string> sentences;
  if (!finding.headline.empty()) sentences.push_back(finding.headline);
  sentences.insert(sentences.end(), finding.caveats.begin(), finding.caveats.end());
  if (const auto memory = on_memory(result)) sentences.push_back(*memory);
  if (const auto growth = on_growth(spec, result)) sentences.push_back(*growth);
  for (const SettingsChange& change : result.changes) sentences.push_back(on_change(change));
  for (std::string& sentence : on_ranks(result)) sentences.push_back(std::move(sentence));
  std::vector<std::string> broken;
  for (const Outcome& outcome : result.outcomes) {
    const std::string rule = shorten(outcome.rule, kName);
    if (outcome.status == Status::kLocalityBroken) broken.push_back(rule);
    if (outcome.status != Status::kLocalityBroken && !outcome.message.empty())
      sentences.push_back(fmt::format("{}: {}", rule, outcome.message));
  }
  if (!broken.empty()) {
    sentences.push_back(
        fmt::format("The {} locality budget was broken by {}.", name(spec.training.locality), listed(broken)));
  }
  if (sentences.empty()) {
    const auto learns = [](const Outcome& outcome) { return rule(outcome.kind).drive != Drive::kNothing; };
    sentences.push_back(std::ranges::any_of(result.outcomes, learns)
                            ? "No rule compared outputs with targets: there are no losses."
                            : "Nothing was learnt: every rule only ran the network forward.");
  }
  return sentences;
}

}  // namespace locus
