#include "sim/report/finding.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/report/spread.h"
#include "sim/report/text.h"

namespace locus {
namespace {

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();
// losses within this factor count as equal where there is one seed
constexpr double kTie = 1.05;
// of the start; lower losses are rounding, and count as equal
constexpr double kRounding = 1e-12;
constexpr std::size_t kRuleColumns = 40;  // of a rule's name in a sentence

/// The loss, or the highest loss that is nothing but rounding.
double level(double loss, double start) {
  return std::isfinite(start) ? std::max(loss, kRounding * std::abs(start)) : loss;
}

double level(const Contender& rule) { return level(rule.loss, rule.start); }

template <class Value>
std::optional<double> averaged(const std::vector<SeedDigest>& runs, Value value) {
  double sum = 0;
  for (const SeedDigest& run : runs) {
    const std::optional<double> one = value(*run.digest);
    if (!one) return std::nullopt;
    sum += *one;
  }
  return sum / static_cast<double>(runs.size());
}

template <class Value>
double median(const std::vector<SeedDigest>& runs, Value value) {
  std::vector<double> numbers;
  for (const SeedDigest& run : runs) numbers.push_back(value(*run.digest));
  return quantile(std::move(numbers), 0.5);
}

StepClass class_of(const Contender& rule) {
  if (rule.temporal > 0) return StepClass::kPast;
  return rule.spatial > 0 ? StepClass::kWires : StepClass::kLocal;
}

}  // namespace

std::string_view name(Choice choice) {
  switch (choice) {
    case Choice::kGiven: return "given";
    case Choice::kShown: return "shown";
    case Choice::kHeldOut: return "held out";
  }
  return "";
}

std::string_view name(StepClass step) {
  switch (step) {
    case StepClass::kPast: return "past";
    case StepClass::kWires: return "wires";
    case StepClass::kLocal: return "local";
    case StepClass::kNothing: return "nothing";
  }
  return "";
}

Contender contender_of(const std::vector<SeedDigest>& runs) {
  const Digest& first = *runs.front().digest;
  Contender rule{.rule = first.rule, .kind = first.kind};
  rule.loss = median(runs, [](const Digest& one) { return one.last; });
  rule.start = median(runs, [](const Digest& one) { return one.first; });
  for (const SeedDigest& run : runs) rule.by_seed.emplace_back(run.seed, run.digest->last);
  const auto mean = [&](auto value) {
    return averaged(runs, [&](const Digest& one) { return std::optional<double>(value(one)); }).value();
  };
  rule.spatial = mean([](const Digest& one) { return one.spatial; });
  rule.temporal = mean([](const Digest& one) { return one.temporal; });
  rule.violations = mean([](const Digest& one) { return one.violations; });
  rule.messages = mean([](const Digest& one) { return one.messages; });
  rule.kept = mean([](const Digest& one) { return static_cast<double>(one.history_bytes + one.trace_bytes); });
  if (std::ranges::all_of(runs, [](const SeedDigest& run) { return run.digest->accuracy.has_value(); }))
    rule.accuracy = median(runs, [](const Digest& one) { return one.accuracy.value(); });
  rule.packets =
      averaged(runs, [](const Digest& one) { return one.chip ? std::optional(one.chip->packets) : std::nullopt; });
  rule.picojoules = averaged(runs, [](const Digest& one) { return one.chip ? one.chip->picojoules : std::nullopt; });
  rule.nanoseconds = averaged(runs, [](const Digest& one) { return one.chip ? one.chip->nanoseconds : std::nullopt; });
  return rule;
}

LossRatio ratio_of(const Contender& rule, const Contender& reference) {
  std::vector<double> ratios;
  for (const auto& [seed, loss] : rule.by_seed) {
    const auto same = std::ranges::find(reference.by_seed, seed, &std::pair<std::uint64_t, double>::first);
    if (same == reference.by_seed.end()) continue;
    const double below = level(same->second, reference.start);
    if (below > 0) ratios.push_back(level(loss, rule.start) / below);
  }
  const int seeds = static_cast<int>(ratios.size());
  if (seeds < 2) return {level(rule) / level(reference), kNoNumber, kNoNumber, seeds};
  return {quantile(ratios, 0.5), quantile(ratios, 0.25), quantile(ratios, 0.75), seeds};
}

bool ties(const LossRatio& ratio) {
  if (std::isfinite(ratio.q25) && std::isfinite(ratio.q75)) return ratio.q25 <= 1 && ratio.q75 >= 1;
  return ratio.median < kTie && ratio.median > 1 / kTie;
}

namespace {

/// The contender with the lowest loss; of equal ones the one with fewer violations, then with fewer
/// messages. Null without contenders.
const Contender* lowest(const std::vector<const Contender*>& rules) {
  constexpr double kSame = 1 + 1e-6;  // losses within this factor are the same but for rounding
  if (rules.empty()) return nullptr;
  const auto losses = [](const Contender* rule) { return level(*rule); };
  const double least = level(**std::ranges::min_element(rules, {}, losses));
  const Contender* found = nullptr;
  for (const Contender* const rule : rules) {
    if (level(*rule) > least * kSame) continue;
    const bool cheaper =
        found == nullptr || std::pair(rule->violations, rule->messages) < std::pair(found->violations, found->messages);
    if (cheaper) found = rule;
  }
  return found;
}

std::vector<const Contender*> learners(const std::vector<Contender>& rules) {
  std::vector<const Contender*> made;
  for (const Contender& rule : rules) {
    if (std::isfinite(rule.loss)) made.push_back(&rule);
  }
  return made;
}

}  // namespace

std::vector<LadderStep> ladder(const std::vector<Contender>& rules) {
  std::vector<LadderStep> steps;
  for (const StepClass held : {StepClass::kPast, StepClass::kWires, StepClass::kLocal}) {
    std::vector<const Contender*> own = learners(rules);
    std::erase_if(own, [&](const Contender* rule) { return class_of(*rule) != held; });
    const Contender* const best = lowest(own);
    if (best == nullptr) continue;
    LadderStep step{.step = held, .rule = *best, .loss = best->loss};
    if (!steps.empty()) step.ratio = ratio_of(*best, *steps.front().rule);
    steps.push_back(std::move(step));
  }
  if (steps.empty()) return steps;
  const Contender& top = *steps.front().rule;
  if (std::isfinite(top.start) && level(top) > 0) {
    LadderStep nothing{.step = StepClass::kNothing, .loss = top.start};
    nothing.ratio = LossRatio{top.start / level(top), kNoNumber, kNoNumber, 1};
    steps.push_back(std::move(nothing));
  }
  return steps;
}

namespace {

constexpr double kWithin = 0.1;      // of the best loss, for the cheapest rule
constexpr double kNoChange = 0.01;   // relative; a loss that moved less has not been learnt
constexpr double kPrintable = 1e12;  // larger factors are told as "more than"

std::string spelled(const Contender& rule) { return shorten(rule.rule, kRuleColumns); }

/// "1.21", "more than 1e+12"; "1.00" of what is 1 but for rounding, and of 1.
std::string factor(double ratio) {
  if (std::abs(ratio - 1) < 0.005) return "1.00";
  return ratio > kPrintable ? fmt::format("more than {:.0e}", kPrintable) : human_factor(ratio);
}

/// "a median loss of 0.03147 over 5 seeds, 12x below its start".
std::string loss_words(const Contender& rule) {
  const std::size_t seeds = rule.by_seed.size();
  std::string text = fmt::format("a {}loss of {}", seeds > 1 ? "median " : "", human_loss(rule.loss));
  if (seeds > 1) text += fmt::format(" over {} seeds", seeds);
  const bool rounding = std::isfinite(rule.start) && rule.loss <= kRounding * std::abs(rule.start);
  if (rounding) return text + " (nothing but rounding of its start)";
  if (rule.accuracy) text += fmt::format(" and an accuracy of {:.1f} %", 100 * *rule.accuracy);
  return text;
}

std::string breaks(const Contender& rule) {
  if (rule.violations == 0) return "no message that breaks locality";
  return fmt::format("{} messages a trial that break locality", human(rule.violations));
}

std::string cheapest(const std::vector<const Contender*>& rules, const Contender& best) {
  std::vector<const Contender*> near = rules;
  std::erase_if(near, [&](const Contender* rule) { return level(*rule) > level(best) * (1 + kWithin); });
  const auto cheaper = [](const Contender* a, const Contender* b) {
    if (a->violations != b->violations) return a->violations < b->violations;
    return a->messages != b->messages ? a->messages < b->messages : level(*a) < level(*b);
  };
  const Contender& cheap = **std::ranges::min_element(near, cheaper);
  const int within = static_cast<int>(100 * kWithin);
  if (&cheap == &best) {
    const char* const verb = rules.size() == 1 ? "ends" : "ends lowest,";
    std::string text = fmt::format("{} {} at {}, with {}", spelled(best), verb, loss_words(best), breaks(best));
    if (rules.size() > 1 && best.violations > 0)
      text += fmt::format("; no rule with fewer comes within {} % of it", within);
    return text + ".";
  }
  const std::string than =
      cheap.violations == best.violations
          ? fmt::format("{} messages a trial against {}", human(cheap.messages), human(best.messages))
          : fmt::format("{}, against {} of {}", breaks(cheap), human(best.violations), spelled(best));
  return fmt::format("{} is the cheapest rule within {} % of the lowest {}loss, {} ({}): it sends {}.", spelled(cheap),
                     within, best.by_seed.size() > 1 ? "median " : "", human_loss(best.loss), spelled(best), than);
}

/// "costs 1.5 times the loss (eprop; quartiles 1.2 to 1.9)".
std::string price(const LadderStep& step) {
  const LossRatio& found = *step.ratio;
  const std::string who = spelled(*step.rule);
  const bool several = std::isfinite(found.q25);
  const std::string range = several ? fmt::format("quartiles {} to {}", factor(found.q25), factor(found.q75)) : "";
  if (ties(found)) {
    return fmt::format("costs nothing that {} ({}: {} times the loss{}{})", several ? "the seeds show" : "this seed shows",
                       who, factor(found.median), several ? ", " : "", range);
  }
  const std::string brackets = several ? fmt::format(" ({})", range) : "";
  if (found.median < 1)
    return fmt::format("costs nothing: {} ends at {} times the loss{}", who, factor(found.median), brackets);
  return fmt::format("costs {} times the loss ({}{}{})", factor(found.median), who, several ? "; " : "", range);
}

std::string on_steps(const std::vector<LadderStep>& steps) {
  std::string said;
  std::string tail;
  for (std::size_t k = 1; k < steps.size(); ++k) {
    const LadderStep& step = steps[k];
    if (step.step == StepClass::kNothing) {
      tail = fmt::format("; at the start the loss is {} times that", factor(step.ratio->median));
      continue;
    }
    const bool from_past = steps.front().step == StepClass::kPast;
    const char* const given_up = step.step == StepClass::kWires ? "messages back in time"
                                 : k > 1                        ? "non-local wires as well"
                                 : from_past                    ? "messages back in time and non-local wires"
                                                                : "non-local wires";
    said += fmt::format("{}giving up {} {}", said.empty() ? "" : "; ", given_up, price(step));
  }
  if (said.empty()) return "";
  return fmt::format(" Beside {}, {}{}.", spelled(*steps.front().rule), said, tail);
}

std::string headline_of(const std::vector<Contender>& rules, const std::vector<LadderStep>& steps) {
  const std::vector<const Contender*> learnt = learners(rules);
  const Contender* const best = lowest(learnt);
  if (best == nullptr) return "";
  // a start that is not known says nothing
  if (best->loss >= (1 - kNoChange) * best->start) {
    if (learnt.size() > 1) return "No rule lowered the loss by as much as 1 %.";
    return fmt::format("{} did not lower the loss by as much as 1 %.", spelled(*best));
  }
  return cheapest(learnt, *best) + on_steps(steps);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t k = 0; k < words.size(); ++k)
    text += (k == 0 ? "" : k + 1 == words.size() ? " and " : ", ") + words[k];
  return text;
}

std::vector<std::string> caveats_of(const std::vector<Contender>& rules, const Conditions& conditions) {
  constexpr int kFew = 5;
  std::vector<std::string> made;
  for (const Incomplete& one : conditions.incomplete) {
    made.push_back(fmt::format("{} completed under {} of {} seeds; its figures are those of {}, which flatters it.",
                               shorten(one.rule, kRuleColumns), one.completed, one.seeds,
                               one.completed == 1 ? "this one" : fmt::format("these {}", one.completed)));
  }
  if (rules.size() > 1 && conditions.seeds < 2)
    made.push_back(
        "One seed: another may order the rules otherwise. `locus sweep MODEL --seeds 5` compares them with error bars.");
  if (rules.size() > 1 && conditions.seeds > 1 && conditions.seeds < kFew)
    made.push_back(fmt::format("{} seeds: quartiles over so few say little.", conditions.seeds));
  const char* const by = conditions.by_accuracy ? "accuracy" : "loss";
  if (conditions.choice == Choice::kShown)
    made.push_back(
        "Each rule stands at the setting that does best among those shown, which flatters it. `--best` lets other seeds choose.");
  if (conditions.choice == Choice::kHeldOut)
    made.push_back(fmt::format(
        "Each rule stands at its best setting, chosen by the {} of evaluation trials under {} {}, "
        "which are not among those shown.",
        by, conditions.choosing_seeds.size() == 1 ? "seed" : "seeds", fmt::join(conditions.choosing_seeds, ", ")));
  std::vector<std::string> given;
  for (const Contender& rule : rules) {
    if (std::ranges::find(conditions.given_feedback, rule.rule) != conditions.given_feedback.end())
      given.push_back(spelled(rule));
  }
  if (!given.empty())
    made.push_back(
        fmt::format("The feedback of {} is given by the model, not drawn: feedback that is aligned with the task "
                    "can do better than feedback drawn at random.",
                    joined(given)));
  return made;
}

}  // namespace

Finding finding_of(const std::vector<Contender>& rules, const Conditions& conditions) {
  Finding finding;
  finding.steps = ladder(rules);
  finding.headline = headline_of(rules, finding.steps);
  if (!finding.headline.empty()) finding.caveats = caveats_of(rules, conditions);
  return finding;
}

std::vector<Contender> contenders_of(const std::vector<Digest>& digests, std::uint64_t seed) {
  std::vector<Contender> rules;
  for (const Digest& digest : digests) {
    if (digest.status != name(Status::kCompleted) || !std::isfinite(digest.last)) continue;
    rules.push_back(contender_of({{seed, &digest}}));
  }
  return rules;
}

Finding finding_of(const RunResult& result) {
  Conditions conditions;
  conditions.given_feedback = result.outline.given_feedback;
  return finding_of(contenders_of(digests_of(result, 0), result.seed), conditions);
}

}  // namespace locus
