// What stands out of a comparison, in words. Every figure comes from the result; a sentence that the figures do not carry is not said.
#include <algorithm>
#include <cmath>
#include <optional>

#include <fmt/format.h>

#include "core/rule/rule.h"
#include "sim/report/comparison.h"
#include "sim/report/text.h"

namespace locus {
namespace {

constexpr std::size_t kName = 32;   // columns of a rule's name in a sentence
constexpr double kTie = 1e-6;       // relative; losses closer than this are called equal
constexpr double kNoChange = 0.01;  // relative; a loss that moved less has not been learnt

/// One rule that ran to its end, with a loss.
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

std::string fold(const Progress& progress) {
  return progress.last == 0 ? "to 0" : fmt::format("{}x", human(progress.first / progress.last));
}

std::string of_one(const Candidate& only) {
  const std::string learnt = only.learnt() ? fmt::format("lowered the loss {} ", fold(only.progress))
                                           : "did not lower the loss by as much as 1 % ";
  const std::string cost = fmt::format("at {} messages a trial; ", human(only.messages()));
  const std::string local = only.local() ? "none of them violates locality in space or time."
                                         : fmt::format("{} of them violate locality.", human(only.violations()));
  return only.rule() + " " + learnt + cost + local;
}

/// Who learnt best. `best` is the lowest that learnt at all.
std::string on_learning(const std::vector<Candidate>& candidates, const std::optional<Candidate>& best) {
  if (!best) return "No rule lowered the loss by as much as 1 %.";
  std::vector<std::string> lowest;
  for (const Candidate& candidate : candidates) {
    if (candidate.progress.last <= best->progress.last * (1 + kTie)) lowest.push_back(candidate.rule());
  }
  return fmt::format("{} ended lowest, at {} ({} below {} start).", listed(lowest), human_loss(best->progress.last),
                     fold(best->progress), lowest.size() == 1 ? "its" : "their");
}

/// Who did without a violation, and what that cost in loss and messages beside the best.
std::string on_locality(const std::vector<Candidate>& candidates, const std::optional<Candidate>& best) {
  std::vector<std::string> names;
  const Candidate* champion = nullptr;  // the lowest loss among those without a violation
  const Candidate* nearest = nullptr;   // the fewest violations
  for (const Candidate& candidate : candidates) {
    if (nearest == nullptr || candidate.violations() < nearest->violations()) nearest = &candidate;
    if (!candidate.local()) continue;
    names.push_back(candidate.rule());
    if (champion == nullptr || candidate.progress.last < champion->progress.last) champion = &candidate;
  }
  if (champion == nullptr)
    return fmt::format("No rule was free of violations; fewest: {}, {} a trial.", nearest->rule(),
                       human(nearest->violations()));
  const std::string who = fmt::format("Without any violation: {}", listed(names));
  if (!champion->learnt()) return who + fmt::format(", which did not lower the loss by as much as 1 %.");
  if (champion->progress.last <= best->progress.last * (1 + kTie))
    return who + fmt::format("; {} is as low as any.", champion->rule());
  const double loss = champion->progress.last / best->progress.last;
  const double messages = champion->messages() / best->messages();
  return who + fmt::format("; {} ended at {}, {}the lowest loss, with {}x the messages of {}.",
                           names.size() == 1 ? "it" : champion->rule(), human_loss(champion->progress.last),
                           best->progress.last == 0 ? "above " : human(loss) + "x ", human(messages), best->rule());
}

/// A sweep's history may be smaller than an online rule's traces (where T < n); a reader should not have to find that out alone.
std::optional<std::string> on_memory(const std::vector<Candidate>& candidates) {
  const Candidate* sweep = nullptr;   // the largest history
  const Candidate* online = nullptr;  // the smallest traces
  for (const Candidate& candidate : candidates) {
    const Ledger& ledger = candidate.outcome->ledger;
    if (ledger.history_bytes() > 0 && (sweep == nullptr || ledger.history_bytes() > sweep->outcome->ledger.history_bytes()))
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

}  // namespace

std::vector<std::string> remarks(const Spec& spec, const RunResult& result) {
  if (result.outcomes.empty()) return {"No rule was run."};
  std::vector<Candidate> candidates;
  std::optional<Candidate> best;
  for (const Outcome& outcome : result.outcomes) {
    const Candidate candidate{&outcome, progress_of(outcome, window_of(spec.training.updates))};
    if (outcome.status != Status::kCompleted || !std::isfinite(candidate.progress.last)) continue;
    candidates.push_back(candidate);
    if (candidate.learnt() && (!best || candidate.progress.last < best->progress.last)) best = candidate;
  }

  std::vector<std::string> said;
  if (candidates.size() == 1) {
    said.push_back(of_one(candidates.front()));
  } else if (!candidates.empty()) {
    said.push_back(on_learning(candidates, best) + " " + on_locality(candidates, best));
    if (const auto memory = on_memory(candidates)) said.push_back(*memory);
  }
  for (const Outcome& outcome : result.outcomes) {
    if (outcome.status == Status::kCompleted) continue;
    const bool names_itself = outcome.status == Status::kLocalityBroken;
    said.push_back(names_itself ? outcome.message : fmt::format("{}: {}", shorten(outcome.rule, kName), outcome.message));
  }
  if (said.empty()) said.push_back("Nothing was learnt: every rule only ran the network forward.");
  return said;
}

}  // namespace locus
