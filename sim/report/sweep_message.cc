#include "sim/report/sweep_message.h"

#include <algorithm>
#include <system_error>

#include <google/protobuf/util/json_util.h>

#include "core/base/level.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/checksum.h"
#include "sim/report/version.h"
#include "sim/report/visible_strings.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

void fill_digest(const Digest& from, v1::Digest& to) {
  to.set_rule(from.rule);
  to.set_kind(from.kind);
  to.set_status(from.status);
  to.set_message(from.message);
  to.set_fingerprint(from.fingerprint);
  to.set_first(from.first);
  to.set_last(from.last);
  to.set_messages(from.messages);
  to.set_spatial_violations(from.spatial);
  to.set_temporal_violations(from.temporal);
  to.set_violations(from.violations);
  to.set_stalled_ticks(from.stalled);
  to.set_max_lag(from.max_lag);
  to.set_history_bytes(from.history_bytes);
  to.set_trace_bytes(from.trace_bytes);
  if (from.evaluation) to.set_evaluation(*from.evaluation);
  if (from.accuracy) to.set_accuracy(*from.accuracy);
  if (from.evaluation_accuracy) to.set_evaluation_accuracy(*from.evaluation_accuracy);
  if (from.rank) to.set_rank(*from.rank);
  if (from.effective_rank) to.set_effective_rank(*from.effective_rank);
  if (!from.chip) return;
  v1::ChipDigest& chip = *to.mutable_chip();
  chip.set_packets(from.chip->packets);
  chip.set_learning_packets(from.chip->learning_packets);
  chip.set_hops(from.chip->hops);
  chip.set_busiest_link(from.chip->busiest_link);
  if (from.chip->picojoules) chip.set_picojoules(*from.chip->picojoules);
  if (from.chip->nanoseconds) chip.set_nanoseconds(*from.chip->nanoseconds);
}

/// The value of a field with presence.
template <class Value>
std::optional<Value> optional(bool has, Value value) {
  return has ? std::optional(value) : std::nullopt;
}

/// Without curves.
Digest digest_of(const v1::Digest& from) {
  Digest to{.rule = from.rule(),
            .kind = from.kind(),
            .status = from.status(),
            .message = from.message(),
            .fingerprint = from.fingerprint(),
            .first = from.first(),
            .last = from.last(),
            .messages = from.messages(),
            .spatial = from.spatial_violations(),
            .temporal = from.temporal_violations(),
            .violations = from.violations(),
            .stalled = from.stalled_ticks(),
            .max_lag = from.max_lag(),
            .history_bytes = from.history_bytes(),
            .trace_bytes = from.trace_bytes(),
            .evaluation = optional(from.has_evaluation(), from.evaluation()),
            .accuracy = optional(from.has_accuracy(), from.accuracy()),
            .evaluation_accuracy = optional(from.has_evaluation_accuracy(), from.evaluation_accuracy()),
            .rank = optional(from.has_rank(), from.rank()),
            .effective_rank = optional(from.has_effective_rank(), from.effective_rank())};
  if (!from.has_chip()) return to;
  const v1::ChipDigest& chip = from.chip();
  to.chip = ChipDigest{.packets = chip.packets(),
                       .learning_packets = chip.learning_packets(),
                       .hops = chip.hops(),
                       .busiest_link = chip.busiest_link(),
                       .picojoules = optional(chip.has_picojoules(), chip.picojoules()),
                       .nanoseconds = optional(chip.has_nanoseconds(), chip.nanoseconds())};
  return to;
}

BestSettings best_settings_of(const v1::Best& from) {
  BestSettings best{.choosing_seeds = {from.choosing_seeds().begin(), from.choosing_seeds().end()},
                    .reporting_seeds = {from.reporting_seeds().begin(), from.reporting_seeds().end()},
                    .rules = {},
                    .by = from.by_accuracy() ? Criterion::kAccuracy : Criterion::kLoss};
  for (const v1::Best::Choice& choice : from.rules())
    best.rules.push_back(
        {choice.rule(), {choice.settings().begin(), choice.settings().end()}, choice.reason(), choice.chosen_by()});
  return best;
}

void fill_curve(const SweepCurve& from, v1::Curve& to) {
  to.mutable_settings()->Add(from.settings.begin(), from.settings.end());
  to.set_rule(from.rule);
  to.set_evaluation(from.evaluation);
  to.set_accuracy(from.accuracy);
  to.set_stretch(from.stretch);
  for (const std::int64_t update : from.update) to.add_update(static_cast<std::int32_t>(update));
  for (const Spread& point : from.points) {
    to.add_seeds(static_cast<std::int32_t>(point.count));
    to.add_mean(point.mean);
    to.add_sd(point.sd);
    to.add_sem(point.sem);
    to.add_q25(point.q25);
    to.add_median(point.median);
    to.add_q75(point.q75);
  }
}

void fill_best(const SweepResult& result, v1::Best& to) {
  const BestSettings& best = *result.best;
  to.set_by_accuracy(best.by == Criterion::kAccuracy);
  to.mutable_choosing_seeds()->Add(best.choosing_seeds.begin(), best.choosing_seeds.end());
  to.mutable_reporting_seeds()->Add(best.reporting_seeds.begin(), best.reporting_seeds.end());
  const std::vector<SweepCurve> curves = curves_of(reported(result, best));
  for (const BestChoice& choice : best.rules) {
    v1::Best::Choice& written = *to.add_rules();
    written.set_rule(choice.rule);
    written.mutable_settings()->Add(choice.settings.begin(), choice.settings.end());
    written.set_reason(choice.reason);
    written.set_chosen_by(choice.chosen_by);
    for (const SweepCurve& curve : curves) {
      if (curve.rule == choice.rule) fill_curve(curve, *written.add_curves());
    }
  }
}

/// The message in the bytes of a file; empty if they are none, or one of another kind.
std::optional<v1::Sweep> sweep_in(const std::string& bytes, bool is_json) {
  v1::Sweep sweep;
  const bool parsed =
      is_json ? google::protobuf::util::JsonStringToMessage(bytes, &sweep).ok() : sweep.ParseFromString(bytes);
  if (!parsed || sweep.schema() != sweep.GetDescriptor()->full_name()) return std::nullopt;
  return sweep;
}

}  // namespace

v1::Sweep sweep_message(const SweepResult& result, const std::vector<SweepCurve>& curves, bool pages) {
  v1::Sweep sweep;
  sweep.set_model(result.model);
  sweep.set_model_sha256(result.model_sha256);
  sweep.set_version(std::string(version()));
  sweep.set_commit(std::string(commit()));
  sweep.set_schema(sweep.GetDescriptor()->full_name());
  sweep.set_level(std::string(level()));
  for (const SweepAxis& axis : result.axes) {
    v1::Sweep::Axis& written = *sweep.add_axes();
    written.set_path(axis.path);
    written.mutable_values()->Add(axis.values.begin(), axis.values.end());
  }
  for (const SweepMember& member : result.members) {
    v1::Sweep::Member& written = *sweep.add_members();
    written.mutable_settings()->Add(member.settings.begin(), member.settings.end());
    written.set_seed(member.seed);
    written.set_failure(member.failure);
    written.set_file(member.file);
    written.mutable_recordings()->Add(member.recordings.begin(), member.recordings.end());
    if (pages && !member.rules.empty()) written.set_page(member_page(member.file));
    for (const Digest& digest : member.rules) fill_digest(digest, *written.add_rules());
  }
  for (const SweepCurve& curve : curves) fill_curve(curve, *sweep.add_curves());
  if (result.best) fill_best(result, *sweep.mutable_best());
  sweep.mutable_given_feedback()->Add(result.given_feedback.begin(), result.given_feedback.end());
  sweep.mutable_notes()->Add(result.notes.begin(), result.notes.end());
  sweep.set_checksum(checksum_of(sweep));
  return sweep;
}

SweepResult sweep_result_of(const v1::Sweep& from) {
  SweepResult result{.model = from.model(),
                     .model_sha256 = from.model_sha256(),
                     .axes = {},
                     .members = {},
                     .notes = {from.notes().begin(), from.notes().end()},
                     .given_feedback = {from.given_feedback().begin(), from.given_feedback().end()}};
  for (const v1::Sweep::Axis& axis : from.axes())
    result.axes.push_back({axis.path(), {axis.values().begin(), axis.values().end()}});
  for (const v1::Sweep::Member& member : from.members()) {
    SweepMember& kept = result.members.emplace_back();
    kept.settings.assign(member.settings().begin(), member.settings().end());
    kept.seed = member.seed();
    kept.failure = member.failure();
    for (const v1::Digest& digest : member.rules()) kept.rules.push_back(digest_of(digest));
    kept.file = member.file();
    kept.recordings.assign(member.recordings().begin(), member.recordings().end());
  }
  if (from.has_best()) result.best = best_settings_of(from.best());
  return result;
}

fs::path sweep_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return path;
  return fs::exists(path / "sweep.binpb", error) ? path / "sweep.binpb" : path / "sweep.json";
}

bool is_sweep(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    const auto has = [&](const char* name) { return fs::exists(path / name, error); };
    return !has("result.binpb") && !has("result.json") && (has("sweep.binpb") || has("sweep.json"));
  }
  if (!fs::is_regular_file(path, error)) return false;
  const std::string bytes = read_file(path);
  // the name of the schema stands in both forms; most files are done here
  if (bytes.find(v1::Sweep::descriptor()->full_name()) == std::string::npos) return false;
  return sweep_in(bytes, path.extension() == ".json").has_value();
}

v1::Sweep read_sweep(const fs::path& path) {
  const fs::path file = sweep_file(path);
  std::optional<v1::Sweep> sweep = sweep_in(read_file(file), file.extension() == ".json");
  if (!sweep)
    throw ModelError({{.file = file.string(),
                       .what = "is no sweep",
                       .allowed = "must be the sweep.binpb or sweep.json of `locus sweep --out`"}});
  if (!sweep->checksum().empty() && sweep->checksum() != checksum_of(*sweep)) {
    throw ModelError({{.file = file.string(),
                       .what = "is a sweep that was changed after it was written",
                       .allowed = "its checksum is not that of its values"}});
  }
  if (std::string hidden = invisible_string(*sweep); !hidden.empty())
    throw ModelError({{.file = file.string(), .what = "holds a sweep whose " + hidden, .allowed = visible_text()}});
  return *std::move(sweep);
}

std::string member_page(const std::string& file) {
  constexpr std::string_view kFolder = "members/";
  constexpr std::string_view kResult = "/result.binpb";
  constexpr std::size_t kKey = 16;  // hex digits
  if (file.size() != kFolder.size() + kKey + kResult.size()) return "";
  if (!file.starts_with(kFolder) || !file.ends_with(kResult)) return "";
  const std::string key = file.substr(kFolder.size(), kKey);
  if (key.find_first_not_of("0123456789abcdef") != std::string::npos) return "";
  return std::string(kFolder) + key + "/report.html";
}

}  // namespace locus
