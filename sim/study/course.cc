#include "sim/study/course.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/protocol/rule.h"
#include "sim/model/errors.h"
#include "sim/model/network_size.h"
#include "sim/model/realise.h"
#include "sim/run/rank.h"
#include "sim/run/weights.h"
#include "sim/study/linear_model.h"
#include "sim/theory/alignment.h"

namespace locus {
namespace {

constexpr std::int64_t kLargestSide = 512;  // as of the ranks of a result without --rank
// rows x columns x smaller side, summed over the decompositions of a rule
constexpr double kDearest = 2e9;

SeriesCounts counts_of(const Ledger& ledger) {
  SeriesCounts counts{
      .spatial = ledger.spatial_violations(), .temporal = ledger.temporal_violations(), .trials = ledger.trials()};
  for (const LedgerEntry& entry : ledger.entries())
    counts.messages[static_cast<std::size_t>(row(entry.channel).spatial)] += entry.tally.messages;
  return counts;
}

/// What a student is held against: its teacher's bases. None where it is not linear or its teacher
/// has no modes.
std::optional<theory::Bases> bases_to_hold_against(const Spec& spec, const std::vector<Weights>& weights) {
  try {
    matrices_of(spec.network, weights);
    std::optional<theory::AlignedNetwork> teacher = teacher_modes(spec);
    if (teacher && !teacher->modes.empty()) return std::move(teacher->bases);
  } catch (const UsageError&) {
    // The theory does not cover such a network, so it has no bases to be aligned with.
  }
  return std::nullopt;
}

theory::Matrix feedback_of(const Spec& spec, const RuleSpec& rule) {
  try {
    return exact_rule_of(spec, rule).feedback;
  } catch (const UsageError&) {  // sparse
    return {};
  }
}

/// As the actors of this precision hold them.
std::vector<Weights> first_weights(const Spec& spec) {
  std::vector<Weights> weights = network_weights(spec);
  if (spec.precision == Precision::kFloat64) return weights;
  for (Weights& one : weights) {
    std::visit(
        [](auto& matrix) {
          for (double& value : matrix.values) value = static_cast<double>(static_cast<float>(value));
        },
        one);
  }
  return weights;
}

}  // namespace

struct Course::Sight {
  explicit Sight(const Spec& model) : spec(model) {
    double cost = 0;
    for (const ProjectionSpec& projection : spec.network.projections) {
      const std::int64_t rows = spec.network.populations[static_cast<std::size_t>(projection.target)].size;
      const std::int64_t cols = spec.network.populations[static_cast<std::size_t>(projection.source)].size;
      const std::int64_t side = std::min(rows, cols);
      ranked.push_back(projection.plastic && side <= kLargestSide);
      if (ranked.back()) cost += static_cast<double>(rows) * static_cast<double>(cols) * static_cast<double>(side);
    }
    const auto points = static_cast<std::int64_t>(std::clamp(kDearest / std::max(cost, 1.0), 1.0, double{kMostPoints}));
    stretch = (spec.training.updates + points - 1) / points;
    const bool small = neurons(spec.network, PopulationKind::kRate) <= kLargestSide;
    looks_at_weights = small || std::ranges::count(ranked, true) > 0;
    if (!looks_at_weights) return;
    const std::vector<Weights> weights = first_weights(spec);
    for (std::size_t p = 0; p < weights.size(); ++p) before.push_back({spec.network.projections[p].name, weights[p]});
    if (small) bases = bases_to_hold_against(spec, weights);
  }

  /// Takes up what was seen before; of rules that the model does not have, nothing.
  void go_on(std::vector<RuleSeries> from) {
    for (std::size_t r = 0; r < from.size() && r < spec.rules.size() && from[r].rule == spec.rules[r].name; ++r)
      rules.push_back(std::move(from[r]));
    if (!rules.empty()) prepare(spec.rules[rules.size() - 1]);
  }

  void begin(const RuleSpec& rule) {
    rules.push_back({.rule = rule.name, .series = {}, .last = -1, .counted = {}});
    prepare(rule);
  }

  void prepare(const RuleSpec& rule) {
    learns = locus::rule(rule.kind).drive != Drive::kNothing;
    feedback = bases && learns ? feedback_of(spec, rule) : theory::Matrix();
  }

  void add(std::string_view tag, std::int64_t update, double value) {
    std::vector<Series>& all = rules.back().series;
    auto found = std::ranges::find(all, tag, &Series::tag);
    if (found == all.end()) found = all.insert(all.end(), {.tag = std::string(tag), .updates = {}, .values = {}});
    found->updates.push_back(update);
    found->values.push_back(value);
  }

  void look_at_messages(std::int64_t update, const Ledger& ledger) {
    SeriesCounts& counted = rules.back().counted;
    const SeriesCounts now = counts_of(ledger);
    const auto trials = static_cast<double>(now.trials - counted.trials);
    if (trials <= 0) return;
    const auto a_trial = [&](std::int64_t count, std::int64_t earlier) {
      return static_cast<double>(count - earlier) / trials;
    };
    for (std::size_t k = 0; k < now.messages.size(); ++k) {
      if (now.messages[k] == 0) continue;
      add(fmt::format("messages/{}", name(static_cast<SpatialClass>(k))), update,
          a_trial(now.messages[k], counted.messages[k]));
    }
    add("violations/space", update, a_trial(now.spatial, counted.spatial));
    add("violations/time", update, a_trial(now.temporal, counted.temporal));
    counted = now;
  }

  void look_at_weights(std::int64_t update, const std::vector<ProjectionWeights>& weights) {
    for (std::size_t p = 0; learns && p < before.size(); ++p) {
      if (!ranked[p]) continue;
      const auto report = rank_of_change(before[p], weights[p], spec.precision, kLargestSide);
      if (!report) continue;  // not finite
      add("rank/" + report->projection, update, report->rank);
      add("effective_rank/" + report->projection, update, report->effective_rank);
    }
    if (!bases) return;
    std::vector<Weights> matrices;
    for (const ProjectionWeights& one : weights) matrices.push_back(one.matrix);
    const theory::LinearNetwork student = matrices_of(spec.network, matrices);
    if (!student.a.allFinite() || !student.w.allFinite() || !student.b.allFinite()) return;
    const theory::Alignment found = theory::alignment_with(student, *bases, feedback);
    add("alignment", update, found.mean());
    add("alignment/input", update, found.input);
    add("alignment/recurrent", update, found.recurrent);
    add("alignment/output", update, found.output);
    if (feedback.size() > 0) add("alignment/feedback", update, found.feedback);
  }

  /// The last point of the newest rule, which has ended so.
  void close(const Outcome& outcome) {
    if (rules.back().last == outcome.updates) return;
    look_at_messages(outcome.updates, outcome.ledger);
    if (looks_at_weights) look_at_weights(outcome.updates, outcome.weights);
    rules.back().last = outcome.updates;
  }

  const Spec& spec;
  std::vector<bool> ranked;  // by projection
  bool looks_at_weights = false;
  std::int64_t stretch = 1;               // updates from look to look
  std::vector<ProjectionWeights> before;  // where weights are looked at
  std::optional<theory::Bases> bases;
  std::vector<RuleSeries> rules;  // the last of them is the one that runs
  // Of that one:
  theory::Matrix feedback;
  bool learns = false;
};

Course::Course(const Spec& spec, std::vector<RuleSeries> from) : sight_(std::make_unique<Sight>(spec)) {
  sight_->go_on(std::move(from));
}
Course::~Course() = default;

void Course::see(const Moment& moment) {
  Sight& sight = *sight_;
  const std::size_t ended = moment.done.outcomes.size();
  // rules that ended before a run was resumed, too
  while (sight.rules.size() < ended + (moment.present != nullptr ? 1 : 0)) {
    const std::size_t next = sight.rules.size();
    if (next > 0) sight.close(moment.done.outcomes[next - 1]);
    sight.begin(sight.spec.rules[next]);
  }
  if (moment.present == nullptr) return;
  const std::int64_t updates = moment.present->updates;
  const std::int64_t last = sight.rules.back().last;
  if (last >= 0 && (updates % sight.stretch != 0 || updates == last)) return;
  sight.look_at_messages(updates, *moment.ledger);
  if (sight.looks_at_weights)
    sight.look_at_weights(updates, weights_with(moment.done.topology, moment.state().weights));
  sight.rules.back().last = updates;
}

const std::vector<RuleSeries>& Course::seen() const { return sight_->rules; }

std::vector<RuleSeries> Course::end(const RunResult& result) {
  see({.done = result, .state = {}});
  if (!result.outcomes.empty()) sight_->close(result.outcomes.back());
  return std::move(sight_->rules);
}

}  // namespace locus
