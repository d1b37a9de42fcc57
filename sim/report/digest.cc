#include "sim/report/digest.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "sim/model/errors.h"
#include "sim/report/checksum.h"
#include "sim/report/digest_message.h"
#include "sim/report/progress.h"
#include "sim/report/read_result.h"
#include "sim/report/result_message.h"
#include "sim/report/version.h"
#include "sim/report/write.h"

namespace locus {
namespace {

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
  std::int64_t points = 0;   // of a curve; 0: without curves
  std::set<std::string> recurrent;
};

ModelFacts facts_of(const v1::Result& result, std::int64_t points) {
  return {.updates = result.outline().training().updates(),
          .points = points,
          .recurrent = recurrent_projections(result.outline())};
}

/// The lists of a run, which a message may not hold itself.
struct Lists {
  std::span<const double> losses;
  std::span<const double> accuracies;
  std::vector<Evaluation> evaluations;
};

/// What grows with the updates, and its end.
void take_lists(Lists&& lists, const ModelFacts& facts, Digest& digest) {
  const std::int64_t window = window_of(facts.updates);
  const Progress progress = progress_of(lists.losses, window);
  digest.first = progress.first;
  digest.last = progress.last;
  const double accuracy = last_accuracy(lists.accuracies, window);
  if (!std::isnan(accuracy)) digest.accuracy = accuracy;
  if (!lists.evaluations.empty()) {
    digest.evaluation = lists.evaluations.back().loss;
    digest.evaluation_accuracy = lists.evaluations.back().accuracy;
  }
  if (facts.points == 0) return;
  digest.curve = curve_of(lists.losses, facts.updates, facts.points);
  digest.accuracy_curve = curve_of(lists.accuracies, facts.updates, facts.points);
  digest.stretch = stretch_of(facts.updates, facts.points);
  digest.evaluations = std::move(lists.evaluations);
}

Digest digest_of(const v1::Run& run, Lists&& lists, const ModelFacts& facts) {
  const v1::Ledger& ledger = run.ledger();
  const auto trials = static_cast<double>(std::max<std::int64_t>(1, ledger.trials()));
  const auto per_trial = [&](std::int64_t count) { return static_cast<double>(count) / trials; };
  Digest digest{.rule = run.rule(),
                .kind = run.kind(),
                .status = v1::Run::Status_Name(run.status()),
                .message = run.message(),
                .fingerprint = run.fingerprint(),
                .messages = per_trial(ledger.messages()),
                .spatial = per_trial(ledger.spatial_violations()),
                .temporal = per_trial(ledger.temporal_violations()),
                .violations = per_trial(ledger.violations()),
                .stalled = per_trial(ledger.stalled_ticks()),
                .max_lag = ledger.max_lag(),
                .history_bytes = ledger.history_bytes(),
                .trace_bytes = ledger.trace_bytes()};
  take_lists(std::move(lists), facts, digest);
  for (const v1::Rank& rank : run.rank()) {
    if (!facts.recurrent.contains(rank.projection()) || (digest.rank && rank.rank() <= *digest.rank)) continue;
    digest.rank = rank.rank();
    digest.effective_rank = rank.effective_rank();
  }
  if (run.has_chip()) digest.chip = chip_digest_of(run.chip(), trials);
  return digest;
}

std::span<const double> numbers_of(const google::protobuf::RepeatedField<double>& field) {
  return {field.data(), static_cast<std::size_t>(field.size())};
}

}  // namespace

std::vector<Digest> digests_in(const v1::Result& result, std::int64_t points) {
  const ModelFacts facts = facts_of(result, points);
  std::vector<Digest> digests;
  for (const v1::Run& run : result.runs()) {
    Lists lists{numbers_of(run.losses()), numbers_of(run.accuracies()), {}};
    for (const auto& one : run.evaluations()) {
      Evaluation& evaluation = lists.evaluations.emplace_back();
      evaluation.update = one.update();
      evaluation.loss = one.loss();
      if (one.has_accuracy()) evaluation.accuracy = one.accuracy();
    }
    digests.push_back(digest_of(run, std::move(lists), facts));
  }
  return digests;
}

std::int32_t stretch_of(std::int64_t updates, std::int64_t points) {
  return static_cast<std::int32_t>(std::max<std::int64_t>(1, (updates + points - 1) / points));
}

std::vector<double> curve_of(std::span<const double> numbers, std::int64_t updates, std::int64_t points) {
  const auto stretch = static_cast<std::size_t>(stretch_of(updates, points));
  std::vector<double> curve;
  curve.reserve((numbers.size() + stretch - 1) / stretch);
  for (std::size_t from = 0; from < numbers.size(); from += stretch)
    curve.push_back(mean_of_known(numbers.subspan(from, std::min(stretch, numbers.size() - from))));
  return curve;
}

std::vector<Digest> digests_of(const RunResult& result, std::int64_t points) {
  LentLists lists;
  return digests_of(result, result_message(result, lists, Extent::kWithoutCurves), points);
}

std::vector<Digest> digests_of(const RunResult& result, const v1::Result& message, std::int64_t points) {
  const ModelFacts facts = facts_of(message, points);
  std::vector<Digest> digests;
  for (std::size_t r = 0; r < result.outcomes.size(); ++r) {
    const Outcome& outcome = result.outcomes[r];
    digests.push_back(
        digest_of(message.runs(static_cast<int>(r)), {outcome.losses, outcome.accuracies, outcome.evaluations}, facts));
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
