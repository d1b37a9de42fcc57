// The remarks of a comparison in words. Every figure comes from the result, and there is no
// sentence without figures for it.
#include <algorithm>
#include <cmath>
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
#include "sim/report/text.h"

namespace locus {
namespace {

constexpr std::size_t kName = 32;  // columns of a rule's name in a sentence
// relative to the lower loss; a smaller difference counts as equal
constexpr double kTie = 1e-6;
// relative to the start; lower losses count as equal, because they are rounding
constexpr double kRounding = 1e-12;
constexpr double kNoChange = 0.01;  // relative; a loss that moved less has not been learnt

/// One rule that ran to its end and has a loss.
struct Candidate {
  const Outcome* outcome;
  Progress progress;
  std::string rule() const { return shorten(outcome->rule, kName); }
  bool learnt() const { return progress.last < (1 - kNoChange) * progress.first; }
  bool local() const { return outcome->ledger.violations() == 0; }
  double per_trial(std::int64_t total) const {
    return static_cast<double>(total) / static_cast<double>(outcome->ledger.trials());
  }
  double messages() const { return per_trial(outcome->ledger.messages()); }
  double violations() const { return per_trial(outcome->ledger.violations()); }
};

std::string listed(const std::vector<std::string>& names) {
  if (names.size() > 4) return fmt::format("{} rules", names.size());
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

/// "13.7x below its start"; for a loss that is rounding, only the words for that.
std::string below_start(const Progress& progress, std::string_view whose) {
  if (progress.last <= kRounding * progress.first) return fmt::format("nothing but rounding of {} start", whose);
  return fmt::format("{}x below {} start", human_factor(progress.first / progress.last), whose);
}

std::string of_one(const Candidate& only) {
  const std::string learnt = only.learnt() ? fmt::format("ended at a loss of {} ({})", human_loss(only.progress.last),
                                                         below_start(only.progress, "its"))
                                           : "did not lower the loss by as much as 1 %";
  const std::string local = only.local() ? "none of them violates locality in space or time"
                                         : fmt::format("{} of them violate locality", human(only.violations()));
  return fmt::format("{} {}, with {} messages a trial; {}.", only.rule(), learnt, human(only.messages()), local);
}

bool ties(const Candidate& candidate, const Candidate& best) {
  return candidate.progress.last <= best.progress.last * (1 + kTie) + kRounding * best.progress.first;
}

/// The candidate with the lowest loss, or null. Among equal losses it is the one with the fewest
/// messages, which makes a fair comparison.
template <class Predicate>
const Candidate* lowest(const std::vector<Candidate>& candidates, Predicate&& counts) {
  const Candidate* found = nullptr;
  for (const Candidate& candidate : candidates) {
    if (counts(candidate) && (found == nullptr || candidate.progress.last < found->progress.last)) found = &candidate;
  }
  if (found == nullptr) return nullptr;
  const Candidate& best = *found;
  for (const Candidate& candidate : candidates) {
    if (counts(candidate) && ties(candidate, best) && candidate.messages() < found->messages()) found = &candidate;
  }
  return found;
}

template <class Predicate>
std::vector<std::string> names_of(const std::vector<Candidate>& candidates, Predicate&& counts) {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) {
    if (counts(candidate)) names.push_back(candidate.rule());
  }
  return names;
}

/// "bptt ended at 0.02177, 1.28x the lowest loss, with 1.66x the messages of eprop:random".
std::string beside(const Candidate& other, const Candidate& best) {
  const bool rounding = best.progress.last <= kRounding * best.progress.first;
  const std::string loss =
      rounding ? "" : fmt::format(", {}x the lowest loss,", human_factor(other.progress.last / best.progress.last));
  return fmt::format("{} ended at {}{} with {}x the messages of {}", other.rule(), human_loss(other.progress.last),
                     loss, human_factor(other.messages() / best.messages()), best.rule());
}

/// For a lowest loss without a violation: its rules, and the rules with violations that reach it
/// too.
std::string best_is_local(const std::vector<Candidate>& candidates, const Candidate& best) {
  const auto names = names_of(candidates, [&](const Candidate& c) { return c.local() && ties(c, best); });
  const auto besides = names_of(candidates, [&](const Candidate& c) { return !c.local() && ties(c, best); });
  std::string text =
      fmt::format("{} ended lowest, at {} ({}), without any violation{}.", listed(names),
                  human_loss(best.progress.last), below_start(best.progress, names.size() == 1 ? "its" : "their"),
                  besides.empty() ? "" : "; so did " + listed(besides) + ", with violations");
  const Candidate* const other = lowest(candidates, [](const Candidate& c) { return !c.local(); });
  if (other != nullptr && besides.empty())
    text += fmt::format(" Of the rules with violations, {}.", beside(*other, best));
  return text;
}

/// For a lowest loss with violations: the best rule without them, and its costs.
std::string best_is_not_local(const std::vector<Candidate>& candidates, const Candidate& best) {
  const auto lowest_names = names_of(candidates, [&](const Candidate& c) { return ties(c, best); });
  std::string text = fmt::format("{} ended lowest, at {} ({}).", listed(lowest_names), human_loss(best.progress.last),
                                 below_start(best.progress, lowest_names.size() == 1 ? "its" : "their"));
  const auto names = names_of(candidates, [](const Candidate& c) { return c.local(); });
  if (names.empty()) {
    const auto fewer = [](const Candidate& a, const Candidate& b) { return a.violations() < b.violations(); };
    const Candidate& fewest = *std::ranges::min_element(candidates, fewer);
    return text + fmt::format(" No rule was free of violations; fewest: {}, {} a trial.", fewest.rule(),
                              human(fewest.violations()));
  }
  const Candidate& champion = *lowest(candidates, [](const Candidate& c) { return c.local(); });
  const std::string reached =
      champion.learnt() ? beside(champion, best) : champion.rule() + " did not lower the loss by as much as 1 %";
  if (names.size() == 1) return text + fmt::format(" Without any violation, {}.", reached);
  return text + fmt::format(" Without any violation: {}; {}.", listed(names), reached);
}

std::string of_several(const std::vector<Candidate>& candidates) {
  const Candidate* const best = lowest(candidates, [](const Candidate& c) { return c.learnt(); });
  if (best == nullptr) return "No rule lowered the loss by as much as 1 %.";
  const Candidate* const local = lowest(candidates, [&](const Candidate& c) { return c.local() && ties(c, *best); });
  return local != nullptr ? best_is_local(candidates, *local) : best_is_not_local(candidates, *best);
}

/// The history of a sweep may be smaller than the traces of an online rule (for T < n); this remark
/// says so, because few readers would see it.
std::optional<std::string> on_memory(const std::vector<Candidate>& candidates) {
  const Candidate* sweep = nullptr;   // the one with the largest history
  const Candidate* online = nullptr;  // the one with the smallest traces
  for (const Candidate& candidate : candidates) {
    const Ledger& ledger = candidate.outcome->ledger;
    const bool sweeps = rule(candidate.outcome->kind).drive == Drive::kSweep;
    if (sweeps && ledger.history_bytes() > 0 &&
        (sweep == nullptr || ledger.history_bytes() > sweep->outcome->ledger.history_bytes()))
      sweep = &candidate;
    if (ledger.trace_bytes() > 0 && (online == nullptr || ledger.trace_bytes() < online->outcome->ledger.trace_bytes()))
      online = &candidate;
  }
  if (sweep == nullptr || online == nullptr ||
      sweep->outcome->ledger.history_bytes() >= online->outcome->ledger.trace_bytes())
    return std::nullopt;
  return fmt::format("Online is not smaller here: {} keeps {} of history, {} {} of traces.", sweep->rule(),
                     human_bytes(static_cast<double>(sweep->outcome->ledger.history_bytes())), online->rule(),
                     human_bytes(static_cast<double>(online->outcome->ledger.trace_bytes())));
}

/// True if the messages of learning in a trial grow with its number of ticks; compares the closed
/// forms of T and 2 T.
bool learning_grows(const Spec& spec, const Topology& topology, const RuleSpec& rule_spec) {
  const auto feedback = feedback_of(topology, rule_spec);
  const auto learning = [&](std::int32_t ticks) {
    TrainingSpec training = spec.training;
    training.ticks = ticks;
    const TrialShape trial = trial_shape_of(training, trial_shape_of(spec).weighted);
    Learning learnt = learning_of(rule_spec, training);
    restrict_to(spec, topology, learnt);
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
  std::vector<Candidate> candidates;
  for (const Outcome& outcome : result.outcomes) {
    const Candidate candidate{&outcome, progress_of(outcome, window_of(spec.training.updates))};
    if (outcome.status != Status::kCompleted || !std::isfinite(candidate.progress.last)) continue;
    candidates.push_back(candidate);
  }

  std::vector<std::string> sentences;
  if (candidates.size() == 1) {
    sentences.push_back(of_one(candidates.front()));
  } else if (!candidates.empty()) {
    sentences.push_back(of_several(candidates));
    if (const auto memory = on_memory(candidates)) sentences.push_back(*memory);
  }
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
