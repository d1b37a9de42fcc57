#include "sim/model/synthetic.h"

#include <cmath>
#include <type_traits>

#include <fmt/format.h>

#include "sim/model/limits.h"
#include "sim/model/spec.h"

namespace locus {
namespace {

static_assert(WholeRange().high == kLongestTrial);

template <class Number>
bool is_allowed(const Number& value, const WholeRange& range) {
  return value >= range.low && value <= range.high;
}
bool is_allowed(double value, const RealRange& range) {
  return (range.above ? value > range.low : value >= range.low) && value <= range.high;
}
template <class Value>
bool is_allowed(const Value&, const AnyValue&) {
  return true;
}

template <class Kind>
std::string words(const Kind& task) {
  std::string text;
  Kind::fields(task, [&](std::string_view field, const auto& value, const auto&) {
    using Value = std::decay_t<decltype(value)>;
    std::string shown;
    if constexpr (std::is_same_v<Value, bool>) {
      if (!value) return;
    } else if constexpr (std::is_same_v<Value, Activation>) {
      shown = fmt::format(" {}", name(value));
    } else if constexpr (std::is_same_v<Value, double>) {
      shown = fmt::format(" {:.4g}", value);
    } else {
      shown = fmt::format(" {}", value);
    }
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", field, shown);
  });
  return text;
}

}  // namespace

TrialForm ReadySetGoTask::form() const {
  const auto produced = static_cast<std::int64_t>(std::ceil(gain * longest));
  return {.inputs = 2, .readouts = 1, .ticks = std::int64_t{onset_ticks} + longest + produced + after_ticks};
}

std::optional<FieldConflict> ReadySetGoTask::conflict(std::int64_t, double) const {
  if (longest < shortest)
    return FieldConflict{"longest", fmt::format("is {}", longest), fmt::format("must be at least shortest, {}", shortest)};
  if (pulse_ticks > shortest)
    return FieldConflict{"pulse_ticks", fmt::format("is {}", pulse_ticks),
                         fmt::format("must be at most shortest, {}", shortest)};
  return std::nullopt;
}

std::optional<FieldConflict> EvidenceTask::conflict(std::int64_t, double dt) const {
  if (cues % 2 == 0) return FieldConflict{"cues", fmt::format("is {}", cues), "must be odd, so that one side has more"};
  if (rates || !(dt > 0)) return std::nullopt;
  for (const auto& [field, rate] : {std::pair{"rate_hz", rate_hz}, std::pair{"background_hz", background_hz}}) {
    if (rate * dt > 1000)
      return FieldConflict{field, fmt::format("is {}", rate),
                           fmt::format("must be at most {:.6g} Hz, one spike in each tick of training.dt_ms", 1000 / dt)};
  }
  return std::nullopt;
}

std::optional<FieldConflict> MackeyGlassTask::conflict(std::int64_t ticks, double) const {
  constexpr std::int64_t kMost = 200'000;  // units of time, of the part for learning
  const std::int64_t units = (std::int64_t{starts} + ticks + horizon) * step;
  if (units <= kMost) return std::nullopt;
  return FieldConflict{"starts", fmt::format("is {}", starts),
                       fmt::format("(starts + ticks + horizon) * step must be at most {}, and is {}", kMost, units)};
}

std::string_view name(const SyntheticTask& task) {
  return std::visit([](const auto& kind) { return std::decay_t<decltype(kind)>::kName; }, task.kind);
}

TrialForm form_of(const SyntheticTask& task) {
  return std::visit([](const auto& kind) { return kind.form(); }, task.kind);
}

bool has_good_fields(const SyntheticTask& task) {
  bool good = true;
  std::visit(
      [&](const auto& kind) {
        kind.fields(kind, [&](std::string_view, const auto& value, const auto& range) {
          good = good && is_allowed(value, range);
        });
      },
      task.kind);
  return good;
}

bool has_choices(const SyntheticTask& task) { return has_good_fields(task) && form_of(task).may_be_signed; }

std::string words_of(const SyntheticTask& task) {
  return std::visit([](const auto& kind) { return words(kind); }, task.kind);
}

std::string words_of(const MimicTask& task) { return words(task); }

void fill_in(const SyntheticTask& task, bool answer_is_open, TrainingSpec& training) {
  if (!has_good_fields(task)) return;
  const TrialForm form = form_of(task);
  if (training.ticks == 0 && form.ticks <= kLongestTrial) training.ticks = static_cast<std::int32_t>(form.ticks);
  if (!answer_is_open || training.loss == Loss::kFinal || form.answer == 0 || form.answer > training.ticks) return;
  training.warmup = training.ticks - static_cast<std::int32_t>(form.answer);
}

}  // namespace locus
