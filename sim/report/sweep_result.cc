#include "sim/report/sweep_result.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>

#include <fmt/format.h>

#include "core/base/level.h"
#include "core/protocol/rule.h"
#include "locus/v1/sweep.pb.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/checksum.h"
#include "sim/report/comparison.h"
#include "sim/report/output.h"
#include "sim/report/read_result.h"
#include "sim/report/report.h"
#include "sim/report/result_message.h"
#include "sim/report/version.h"
#include "sim/report/write.h"

namespace locus {
namespace {

double mean_of(std::span<const double> numbers) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

Digest digest_of(const v1::Run& run, std::span<const double> losses, std::int64_t window) {
  const v1::Ledger& ledger = run.ledger();
  const auto per_trial = [&](std::int64_t count) {
    return static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(1, ledger.trials()));
  };
  const auto span = static_cast<std::size_t>(std::min<std::int64_t>(window, std::ssize(losses)));
  return {.rule = run.rule(),
          .kind = run.kind(),
          .status = v1::Run::Status_Name(run.status()),
          .message = run.message(),
          .fingerprint = run.fingerprint(),
          .first = mean_of(losses.first(span)),
          .last = mean_of(losses.last(span)),
          .messages = per_trial(ledger.messages()),
          .spatial = per_trial(ledger.spatial_violations()),
          .temporal = per_trial(ledger.temporal_violations()),
          .violations = per_trial(ledger.violations()),
          .stalled = per_trial(ledger.stalled_ticks()),
          .max_lag = ledger.max_lag(),
          .history_bytes = ledger.history_bytes(),
          .trace_bytes = ledger.trace_bytes()};
}

std::vector<Digest> digests_of(const v1::Result& result) {
  const std::int64_t window = window_of(result.outline().training().updates());
  std::vector<Digest> digests;
  for (const v1::Run& run : result.runs())
    digests.push_back(digest_of(run, {run.losses().data(), static_cast<std::size_t>(run.losses_size())}, window));
  return digests;
}

void fill(const Digest& from, v1::Digest& to) {
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
}

v1::Sweep message_of(const SweepResult& result) {
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
    for (const Digest& digest : member.rules) fill(digest, *written.add_rules());
  }
  sweep.mutable_notes()->Add(result.notes.begin(), result.notes.end());
  return sweep;
}

/// The columns of the axes: "training.learning_rate,".
std::string headings(const SweepResult& result) {
  std::string text;
  for (const SweepAxis& axis : result.axes) text += csv_cell(axis.path) + ",";
  return text;
}

std::string cells(const std::vector<std::string>& settings) {
  std::string text;
  for (const std::string& setting : settings) text += csv_cell(setting.substr(setting.find('=') + 1)) + ",";
  return text;
}

}  // namespace

std::vector<Digest> digests_of(const RunResult& result) {
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWithoutCurves);
  const std::int64_t window = window_of(message.outline().training().updates());
  std::vector<Digest> digests;
  for (std::size_t r = 0; r < result.outcomes.size(); ++r)
    digests.push_back(digest_of(message.runs(static_cast<int>(r)), result.outcomes[r].losses, window));
  return digests;
}

void write_member(const RunResult& result, const std::filesystem::path& file) {
  LentLists lists;
  v1::Result message = result_message(result, lists);
  message.set_checksum(checksum_of(message, lists));
  check_size(message, lists, file);
  write_whole(file, [&](Output& to) { write_wire(message, lists, to); });
}

std::optional<std::vector<Digest>> read_member(const std::filesystem::path& file, const Provenance& provenance) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
  try {
    const v1::Result result = read_result(file);
    const bool same = !result.checksum().empty() && result.provenance().sha256() == provenance.sha256 &&
                      result.provenance().level() == provenance.level && result.version() == version() &&
                      result.commit() == commit();
    if (!same) return std::nullopt;
    return digests_of(result);
  } catch (const ModelError&) {
    // another file with its name, or one that was changed: the member runs again and replaces it
    return std::nullopt;
  }
}

std::string members_csv(const SweepResult& result) {
  std::string text =
      headings(result) +
      "seed,rule,status,first,last,messages,spatial,temporal,violations,max_lag,stalled,history_bytes,trace_bytes,fingerprint\n";
  for (const SweepMember& member : result.members) {
    const std::string begins = cells(member.settings) + fmt::format("{},", member.seed);
    if (!member.failure.empty()) text += begins + ",FAILED,,,,,,,,,,,\n";
    for (const Digest& d : member.rules) {
      text += fmt::format("{}{},{},{},{},{},{},{},{},{},{},{},{},{}\n", begins, csv_cell(d.rule), d.status, d.first,
                          d.last, d.messages, d.spatial, d.temporal, d.violations, d.max_lag, d.stalled,
                          d.history_bytes, d.trace_bytes, d.fingerprint);
    }
  }
  return text;
}

std::string summary_csv(const SweepResult& result) {
  std::string text = headings(result) + "rule,seeds,completed,mean,q25,median,q75,messages,violations\n";
  for (const SummaryLine& line : summary_of(result)) {
    text += fmt::format("{}{},{},{},{},{},{},{},{},{}\n", cells(line.settings), csv_cell(line.rule), line.seeds,
                        line.completed, line.mean, line.q25, line.median, line.q75, line.messages, line.violations);
  }
  return text;
}

void write_sweep(const SweepResult& result, const std::filesystem::path& folder) {
  const v1::Sweep message = message_of(result);
  write_file_whole(folder / "members.csv", members_csv(result));
  write_file_whole(folder / "summary.csv", summary_csv(result));
  write_whole(folder / "report.html", [&](Output& to) {
    write_data_page(
        result.model, "sweep", [&](Output& json) { write_json(message, JsonLayout::kOneLine, json); }, to);
  });
  write_whole(folder / "sweep.json", [&](Output& to) { write_json(message, JsonLayout::kLines, to); });
}

}  // namespace locus
