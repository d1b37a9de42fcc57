#include "sim/cli/progress.h"

#include <ostream>
#include <utility>

#include <fmt/format.h>

#include "sim/report/text.h"

namespace locus {
namespace {

constexpr auto kBetween = std::chrono::milliseconds(200);
constexpr std::size_t kColumns = kTextWidth - 1;  // a full line would make some terminals scroll
constexpr std::size_t kLongestName = 20;

/// "12 s", "3 min", "2 h 5 min", "4 d 3 h"
std::string human_time(double seconds) {
  if (!(seconds < 1e9)) return "very long";
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 100 * 60) return fmt::format("{} min", (whole + 30) / 60);
  if (whole < 48 * 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
  return fmt::format("{} d {} h", whole / 86400, whole % 86400 / 3600);
}

/// "rflo 0.12"; empty if the rule learns nothing.
std::string last_loss(const Outcome& outcome) {
  if (outcome.losses.empty()) return "";
  return fmt::format("{} {}", shorten(outcome.rule, kLongestName), human_loss(outcome.losses.back()));
}

}  // namespace

ProgressLine::ProgressLine(std::ostream& terminal, bool shown, std::function<Clock::time_point()> now)
    : terminal_(terminal), enabled_(shown), now_(std::move(now)), last_(now_()) {}

void ProgressLine::show(const std::string& text) {
  // ESC [ K: erase to the end of the line
  terminal_ << "\r" << head(text, kColumns) << "\x1b[K" << std::flush;
  visible_ = true;
  last_ = now_();
}

void ProgressLine::clear() {
  if (visible_) terminal_ << "\r\x1b[K" << std::flush;
  visible_ = false;
}

void ProgressLine::say(const std::string& what) {
  if (enabled_) show(what);
}

std::string ProgressLine::describe(const Moment& moment, const Spec& spec, double seconds) const {
  const Outcome& present = *moment.present;
  const auto updates = static_cast<double>(spec.training.updates);
  const double done = static_cast<double>(moment.done.outcomes.size()) * updates + static_cast<double>(present.updates);
  const double all = static_cast<double>(spec.rules.size()) * updates;
  std::string text = fmt::format("{:3.0f}% {} {}/{}", std::min(99.0, 100 * done / all),
                                 shorten(present.rule, kLongestName), present.updates, spec.training.updates);
  const auto made = static_cast<double>(present.updates - first_update_);
  if (seconds > 0 && made > 0) {
    const double rate = made / seconds;
    text += fmt::format("  {} updates/s  {} messages/s  {} left", human(rate),
                        human(static_cast<double>(moment.ledger->messages() - first_messages_) / seconds),
                        human_time((all - done) / rate));
  }
  const auto add = [&](const Outcome& outcome) {
    const std::string loss = last_loss(outcome);
    const std::string_view before = text.find("loss:") == std::string::npos ? "  loss: " : ", ";
    if (!loss.empty() && width(text) + before.size() + width(loss) <= kColumns) text += std::string(before) + loss;
  };
  add(present);
  for (auto outcome = moment.done.outcomes.rbegin(); outcome != moment.done.outcomes.rend(); ++outcome) add(*outcome);
  return text;
}

void ProgressLine::observe(const Moment& moment, const Spec& spec) {
  if (!enabled_) return;
  if (moment.builds != nullptr) {
    show(fmt::format("building {} ({} of {})", shorten(moment.builds->name, kLongestName),
                     moment.done.outcomes.size() + 1, spec.rules.size()));
    return;
  }
  if (moment.present == nullptr) return;
  if (rule_ != moment.done.outcomes.size()) {
    rule_ = moment.done.outcomes.size();
    rule_start_ = now_();
    first_update_ = moment.present->updates;
    first_messages_ = moment.ledger->messages();
  } else if (now_() - last_ < kBetween) {
    return;
  }
  show(describe(moment, spec, std::chrono::duration<double>(now_() - rule_start_).count()));
}

}  // namespace locus
