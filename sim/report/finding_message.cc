#include "sim/report/finding_message.h"

#include <limits>

#include <fmt/format.h>

#include "sim/report/digest_message.h"
#include "sim/report/message_writer.h"

namespace locus {
namespace {

constexpr double kNoRatio = std::numeric_limits<double>::quiet_NaN();

void fill(const LadderStep& from, v1::Finding::Step& to) {
  to.set_class_(std::string(name(from.step)));
  to.set_loss(from.loss);
  const LossRatio ratio = from.ratio.value_or(LossRatio{kNoRatio, kNoRatio, kNoRatio, 0});
  to.set_ratio(ratio.median);
  to.set_ratio_q25(ratio.q25);
  to.set_ratio_q75(ratio.q75);
  if (!from.rule) return;
  const Contender& rule = *from.rule;
  to.set_rule(rule.rule);
  to.set_kind(rule.kind);
  to.set_violations(rule.violations);
  to.set_messages(rule.messages);
  to.set_kept_bytes(rule.kept);
  if (rule.accuracy) to.set_accuracy(*rule.accuracy);
  if (rule.packets) to.set_packets(*rule.packets);
  if (rule.picojoules) to.set_picojoules(*rule.picojoules);
  if (rule.nanoseconds) to.set_nanoseconds(*rule.nanoseconds);
}

void fill(const Spread& from, v1::SweepSummary::Spread& to) {
  to.set_count(static_cast<std::int32_t>(from.count));
  to.set_mean(from.mean);
  to.set_sd(from.sd);
  to.set_sem(from.sem);
  to.set_q25(from.q25);
  to.set_median(from.median);
  to.set_q75(from.q75);
}

void fill(const SummaryLine& from, v1::SweepSummary::Line& to) {
  to.mutable_settings()->Add(from.settings.begin(), from.settings.end());
  to.set_rule(from.rule);
  to.set_kind(from.kind);
  to.set_seeds(from.seeds);
  to.set_completed(from.completed);
  fill(from.loss, *to.mutable_loss());
  fill(from.evaluation, *to.mutable_evaluation());
  fill(from.accuracy, *to.mutable_accuracy());
  fill(from.evaluation_accuracy, *to.mutable_evaluation_accuracy());
  to.set_messages(from.messages);
  to.set_violations(from.violations);
  to.set_kept_bytes(from.kept_bytes);
  to.mutable_means()->Add(from.means.begin(), from.means.end());
}

}  // namespace

v1::Finding message_of(const Finding& from) {
  v1::Finding to;
  to.set_headline(from.headline);
  to.mutable_caveats()->Add(from.caveats.begin(), from.caveats.end());
  for (const LadderStep& step : from.steps) fill(step, *to.add_steps());
  return to;
}

v1::Finding finding_in(const v1::Result& result) {
  Conditions conditions;
  conditions.given_feedback.assign(result.outline().given_feedback().begin(), result.outline().given_feedback().end());
  return message_of(finding_of(contenders_of(digests_in(result, 0), result.seed()), conditions));
}

v1::Finding finding_in(const RunResult& result, const v1::Result& message) {
  return message_of(finding_of(contenders_of(digests_of(result, message, 0), result.seed),
                               {.given_feedback = result.outline.given_feedback}));
}

v1::SweepSummary summary_message(const SweepResult& result, const ShownSettings& shown) {
  v1::SweepSummary summary;
  for (const DigestColumn& column : digest_columns()) summary.add_columns(column.name);
  for (const SummaryLine& line : summary_of(result)) fill(line, *summary.add_lines());
  for (const SummaryLine& line : summary_of(shown.part)) fill(line, *summary.add_chosen());
  summary.set_choice(std::string(name(shown.choice)));
  return summary;
}

std::string page_part(const std::string& name, const google::protobuf::Message& message) {
  return fmt::format(R"(,"{}":{})", name, text_of([&](Output& to) { write_json(message, JsonLayout::kOneLine, to); }));
}

}  // namespace locus
