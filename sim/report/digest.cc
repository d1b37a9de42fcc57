#include "sim/report/digest.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <set>

#include "sim/model/errors.h"
#include "sim/report/checksum.h"
#include "sim/report/comparison.h"
#include "sim/report/read_result.h"
#include "sim/report/result_message.h"
#include "sim/report/version.h"
#include "sim/report/write.h"

namespace locus {
namespace {

double mean_of(std::span<const double> numbers) {
  if (numbers.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

std::set<std::string> recurrent_projections(const v1::Outline& outline) {
  std::set<std::string> rates;
  for (const auto& population : outline.populations()) {
    if (population.kind() == "rate") rates.insert(population.name());
  }
  std::set<std::string> names;
  for (const auto& projection : outline.projections()) {
    if (rates.contains(projection.source()) && rates.contains(projection.target())) names.insert(projection.name());
  }
  return names;
}

ChipDigest chip_digest_of(const v1::ChipRun& chip, double trials) {
  ChipDigest digest{.packets = static_cast<double>(chip.packets()) / trials,
                    .learning_packets = static_cast<double>(chip.packets() - chip.forward_packets()) / trials,
                    .hops = static_cast<double>(chip.hops()) / trials,
                    .busiest_link = static_cast<double>(chip.busiest_link().packets()) / trials,
                    .picojoules = {},
                    .nanoseconds = {}};
  if (chip.has_energy()) {
    digest.picojoules = chip.energy().picojoules() / trials;
    digest.nanoseconds = chip.energy().nanoseconds() / trials;
  }
  return digest;
}

/// What follows from the model for all of its rules.
struct ModelFacts {
  std::int64_t updates = 0;  // that each rule was to make
  std::int64_t points = 0;   // of a curve
  std::set<std::string> recurrent;
};

ModelFacts facts_of(const v1::Result& result, std::int64_t points) {
  return {.updates = result.outline().training().updates(),
          .points = points,
          .recurrent = recurrent_projections(result.outline())};
}

Digest digest_of(const v1::Run& run, std::span<const double> losses, std::vector<Evaluation> evaluations,
                 const ModelFacts& facts) {
  const v1::Ledger& ledger = run.ledger();
  const auto trials = static_cast<double>(std::max<std::int64_t>(1, ledger.trials()));
  const auto per_trial = [&](std::int64_t count) { return static_cast<double>(count) / trials; };
  const auto span = static_cast<std::size_t>(std::min<std::int64_t>(window_of(facts.updates), std::ssize(losses)));
  Digest digest{.rule = run.rule(),
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
                .trace_bytes = ledger.trace_bytes(),
                .curve = curve_of(losses, facts.updates, facts.points),
                .stretch = stretch_of(facts.updates, facts.points)};
  if (!evaluations.empty()) digest.evaluation = evaluations.back().loss;
  digest.evaluations = std::move(evaluations);
  for (const v1::Rank& rank : run.rank()) {
    if (!facts.recurrent.contains(rank.projection()) || (digest.rank && rank.rank() <= *digest.rank)) continue;
    digest.rank = rank.rank();
    digest.effective_rank = rank.effective_rank();
  }
  if (run.has_chip()) digest.chip = chip_digest_of(run.chip(), trials);
  return digest;
}

std::vector<Digest> digests_in(const v1::Result& result, std::int64_t points) {
  const ModelFacts facts = facts_of(result, points);
  std::vector<Digest> digests;
  for (const v1::Run& run : result.runs()) {
    std::vector<Evaluation> evaluations;
    for (const auto& evaluation : run.evaluations()) evaluations.push_back({evaluation.update(), evaluation.loss()});
    digests.push_back(digest_of(run, {run.losses().data(), static_cast<std::size_t>(run.losses_size())},
                                std::move(evaluations), facts));
  }
  return digests;
}

}  // namespace

std::int32_t stretch_of(std::int64_t updates, std::int64_t points) {
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, (updates + points - 1) / points));
}

std::vector<double> curve_of(std::span<const double> losses, std::int64_t updates, std::int64_t points) {
  const auto stretch = static_cast<std::size_t>(stretch_of(updates, points));
  std::vector<double> curve;
  curve.reserve((losses.size() + stretch - 1) / stretch);
  for (std::size_t from = 0; from < losses.size(); from += stretch)
    curve.push_back(mean_of(losses.subspan(from, std::min(stretch, losses.size() - from))));
  return curve;
}

std::vector<Digest> digests_of(const RunResult& result, std::int64_t points) {
  LentLists lists;
  const v1::Result message = result_message(result, lists, Extent::kWithoutCurves);
  const ModelFacts facts = facts_of(message, points);
  std::vector<Digest> digests;
  for (std::size_t r = 0; r < result.outcomes.size(); ++r) {
    const Outcome& outcome = result.outcomes[r];
    digests.push_back(digest_of(message.runs(static_cast<int>(r)), outcome.losses, outcome.evaluations, facts));
  }
  return digests;
}

void write_member(const RunResult& result, const std::filesystem::path& file) {
  LentLists lists;
  v1::Result message = result_message(result, lists);
  message.set_checksum(checksum_of(message, lists));
  check_size(message, lists, file);
  write_whole(file, [&](Output& to) { write_wire(message, lists, to); });
}

std::optional<std::vector<Digest>> read_member(const std::filesystem::path& file, const Provenance& provenance,
                                               std::int64_t points) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
  try {
    const v1::Result result = read_result(file);
    const bool same = !result.checksum().empty() && result.provenance().sha256() == provenance.sha256 &&
                      result.provenance().level() == provenance.level && result.version() == version() &&
                      result.commit() == commit();
    if (!same) return std::nullopt;
    return digests_in(result, points);
  } catch (const ModelError&) {
    // another file with its name, or one that was changed: the member runs again and replaces it
    return std::nullopt;
  }
}

}  // namespace locus
