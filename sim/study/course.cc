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

// the same limit as for the ranks of a result without --rank
constexpr std::int64_t kLargestSide = 512;
// rows x columns x smaller side, summed over all decompositions of a rule
constexpr double kCostLimit = 2e9;

SeriesCounts counts_of(const Ledger& ledger) {
  SeriesCounts counts{
      .spatial = ledger.spatial_violations(), .temporal = ledger.temporal_violations(), .trials = ledger.trials()};
  for (const LedgerEntry& entry : ledger.entries())
    counts.messages[static_cast<std::size_t>(row(entry.channel).spatial)] += entry.tally.messages;
  return counts;
}

/// The bases of the teacher, with which the student is compared. The result is empty if the student
/// is not linear or its teacher has no modes.
std::optional<theory::Bases> teacher_bases(const Spec& spec, const std::vector<Weights>& weights) {
  try {
    matrices_of(spec.network, weights);
    std::optional<theory::AlignedNetwork> teacher = teacher_modes(spec);
    if (teacher && !teacher->modes.empty()) return std::move(teacher->bases);
  } catch (const UsageError&) {
    // The theory does not cover such a network, so it has no bases to be aligned with.
  }
  return std::nullopt;
}

theory::Matrix feedback_matrix(const Spec& spec, const RuleSpec& rule) {
  try {
    return exact_rule_of(spec, rule).feedback;
  } catch (const UsageError&) {  // a projection is sparse
    return {};
  }
}

/// The initial weights in the precision of the actors.
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

struct Course::State {
  explicit State(const Spec& model) : spec(model) {
    double cost = 0;
    for (const ProjectionSpec& projection : spec.network.projections) {
      const std::int64_t rows = spec.network.populations[static_cast<std::size_t>(projection.target)].size;
      const std::int64_t cols = spec.network.populations[static_cast<std::size_t>(projection.source)].size;
      const std::int64_t side = std::min(rows, cols);
      ranked.push_back(projection.plastic && !projection.is_bias && side <= kLargestSide);
      if (ranked.back()) cost += static_cast<double>(rows) * static_cast<double>(cols) * static_cast<double>(side);
    }
    const auto points = static_cast<std::int64_t>(std::clamp(kCostLimit / std::max(cost, 1.0), 1.0, double{kMostPoints}));
    interval = (spec.training.updates + points - 1) / points;
    const bool small = neurons(spec.network, PopulationKind::kRate) <= kLargestSide;
    with_weights = small || std::ranges::count(ranked, true) > 0;
    if (!with_weights) return;
    const std::vector<Weights> weights = first_weights(spec);
    for (std::size_t p = 0; p < weights.size(); ++p)
      initial_weights.push_back({spec.network.projections[p].name, weights[p]});
    if (small) bases = teacher_bases(spec, weights);
  }

  /// Takes over the points of an earlier part of the run, except for rules that the model lacks.
  void resume(std::vector<RuleSeries> from) {
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
    feedback = bases && learns ? feedback_matrix(spec, rule) : theory::Matrix();
  }

  void add(std::string_view tag, std::int64_t update, double value) {
    std::vector<Series>& all = rules.back().series;
    auto found = std::ranges::find(all, tag, &Series::tag);
    if (found == all.end()) found = all.insert(all.end(), {.tag = std::string(tag), .updates = {}, .values = {}});
    found->updates.push_back(update);
    found->values.push_back(value);
  }

  void sample_messages(std::int64_t update, const Ledger& ledger) {
    SeriesCounts& counted = rules.back().counted;
    const SeriesCounts now = counts_of(ledger);
    const auto trials = static_cast<double>(now.trials - counted.trials);
    if (trials <= 0) return;
    const auto per_trial = [&](std::int64_t count, std::int64_t earlier) {
      return static_cast<double>(count - earlier) / trials;
    };
    for (std::size_t k = 0; k < now.messages.size(); ++k) {
      if (now.messages[k] == 0) continue;
      add(fmt::format("messages/{}", name(static_cast<SpatialClass>(k))), update,
          per_trial(now.messages[k], counted.messages[k]));
    }
    add("violations/space", update, per_trial(now.spatial, counted.spatial));
    add("violations/time", update, per_trial(now.temporal, counted.temporal));
    counted = now;
  }

  void sample_weights(std::int64_t update, const std::vector<ProjectionWeights>& weights) {
    for (std::size_t p = 0; learns && p < initial_weights.size(); ++p) {
      if (!ranked[p]) continue;
      const auto report = rank_of_change(initial_weights[p], weights[p], spec.precision, kLargestSide);
      if (!report) continue;  // the weights are not finite
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

  /// Adds the last point of the newest rule, whose run has ended with `outcome`.
  void finish(const Outcome& outcome) {
    if (rules.back().last == outcome.updates) return;
    sample_messages(outcome.updates, outcome.ledger);
    if (with_weights) sample_weights(outcome.updates, outcome.weights);
    rules.back().last = outcome.updates;
  }

  const Spec& spec;
  std::vector<bool> ranked;                        // by projection: true if its rank is sampled
  bool with_weights = false;                       // true: samples include ranks or alignment
  std::int64_t interval = 1;                       // updates from sample to sample
  std::vector<ProjectionWeights> initial_weights;  // empty without with_weights
  std::optional<theory::Bases> bases;
  std::vector<RuleSeries> rules;  // the last one is the running rule
  // Of the running rule:
  theory::Matrix feedback;
  bool learns = false;
};

Course::Course(const Spec& spec, std::vector<RuleSeries> from) : state_(std::make_unique<State>(spec)) {
  state_->resume(std::move(from));
}
Course::~Course() = default;

void Course::observe(const Moment& moment) {
  State& state = *state_;
  const std::size_t ended = moment.done.outcomes.size();
  // rules that ended before the run was resumed count too
  while (state.rules.size() < ended + (moment.present != nullptr ? 1 : 0)) {
    const std::size_t next = state.rules.size();
    if (next > 0) state.finish(moment.done.outcomes[next - 1]);
    state.begin(state.spec.rules[next]);
  }
  if (moment.present == nullptr) return;
  const std::int64_t updates = moment.present->updates;
  const std::int64_t last = state.rules.back().last;
  if (last >= 0 && (updates % state.interval != 0 || updates == last)) return;
  state.sample_messages(updates, *moment.ledger);
  if (state.with_weights) state.sample_weights(updates, weights_with(moment.done.topology, moment.state().weights));
  state.rules.back().last = updates;
}

const std::vector<RuleSeries>& Course::series() const { return state_->rules; }

std::vector<RuleSeries> Course::end(const RunResult& result) {
  observe({.done = result, .state = {}});
  if (!result.outcomes.empty()) state_->finish(result.outcomes.back());
  return std::move(state_->rules);
}

}  // namespace locus
