// The claims eprop-rank and rank-performance: a bound of one update, and what ranks say about
// losses.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "sim/run/spectrum.h"
#include "sim/study/claim.h"
#include "sim/study/student.h"

namespace locus {
namespace rank_bound_claims {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;

}  // namespace rank_bound_claims

/// With phi = identity and alpha = 1 the trace of a synapse onto neuron i decays by W_ii. Rows of
/// the change with the same W_ii have the same traces, and their signals are combinations of o
/// errors: the rows of one value have rank o at most.
Evidence measure_eprop_rank(const Effort& effort) {
  using namespace rank_bound_claims;
  Evidence evidence;
  Draws draws(1, "claim/eprop-rank");
  constexpr int kUnits = 12, kInputs = 12, kTicks = 12;
  const int nets = effort.full ? 10 : 3;
  int above = 0, tight = 0, cases = 0;
  double later = 0;
  Table table{.name = "ranks", .columns = {"readouts", "values", "rule", "bound", "expected", "sampled"}};
  for (const int readouts : {1, 2, 3}) {
    for (const int values : {1, 2, 3, 4}) {
      for (int net = 0; net < nets; ++net) {
        LinearNetwork student = draws.network(readouts, kUnits, kInputs, 1, 0.5);
        const LinearNetwork teacher = draws.network(readouts, kUnits, kInputs, 1, 0.6);
        for (int i = 0; i < kUnits; ++i) student.w(i, i) = 0.8 - 0.35 * (i % values);
        const Matrix feedback = draws.gaussian(readouts, kUnits, 0.5);
        for (const ExactRule& rule : {ExactRule{.kind = RuleKind::kEprop, .feedback = {}},
                                      ExactRule{.kind = RuleKind::kEpropRandom, .feedback = feedback}}) {
          const int bound = std::min(readouts * values, kUnits);
          const Matrix expected = theory::exact_update(student, teacher, rule, kTicks).delta.w;
          StudentTraining plan{.ticks = kTicks, .batch = 16, .updates = 1, .learning_rate = 1};
          plan.seed = static_cast<std::uint64_t>(net) + 1;
          const Matrix sampled = student.w - train_sampled(student, teacher, rule, plan).student.w;
          const int rank = spectrum_of(dense_matrix(expected)).rank;
          const int rank_of_sample = spectrum_of(dense_matrix(sampled)).rank;
          ++cases;
          above += rank > bound || rank_of_sample > bound ? 1 : 0;
          tight += rank_of_sample == bound ? 1 : 0;
          if (net == 0)
            table.rows.push_back({double(readouts), double(values), std::string(locus::rule(rule.kind).name),
                                  double(bound), double(rank), double(rank_of_sample)});
          if (readouts > 1 || values > 1) continue;
          // self-weights part as they learn, and with them the bound
          plan.updates = 20;
          plan.learning_rate = 0.01;
          later = std::max(
              later, double(spectrum_of_change(train_sampled(student, teacher, rule, plan).student.w, student.w).rank));
        }
      }
    }
  }
  evidence.at_most("updates of a rank above the bound, expected or sampled", above, 0);
  evidence.at_least("share of sampled updates that reach the bound", double(tight) / cases, 0.9);
  evidence.at_least("largest rank after 20 updates, o = 1, one value at the start (it is no bound of a run)", later, 2);
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"networks", fmt::format("n = 12, m = 12, o = 1, 2, 3; 1 to 4 values of W_ii, 0.8, 0.45, 0.1, -0.25; {} each", nets)},
      {"simulation", "T = 12, one update of 16 trials"},
      {"rank", "singular values above 1e-9 of the first"}};
  return evidence;
}

namespace rank_bound_claims {

/// Ranks of the values, from 0; equal ones share the mean of theirs.
std::vector<double> order_of(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t k) { return values[k]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t k = begin; k < end; ++k) ranks[order[k]] = double(begin + end - 1) / 2;
    begin = end;
  }
  return ranks;
}

/// Spearman's correlation; 0 where one list is constant.
double correlation(const std::vector<double>& one, const std::vector<double>& other) {
  const std::vector<double> x = order_of(one), y = order_of(other);
  const double centre = double(x.size() - 1) / 2;
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t k = 0; k < x.size(); ++k) {
    xx += (x[k] - centre) * (x[k] - centre);
    yy += (y[k] - centre) * (y[k] - centre);
    xy += (x[k] - centre) * (y[k] - centre);
  }
  return xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : 0;
}

}  // namespace rank_bound_claims

Evidence measure_rank_performance(const Effort& effort) {
  using namespace rank_bound_claims;
  Evidence evidence;
  constexpr int kSeeds = 20, kUnits = 12, kInputs = 3, kTicks = 20;
  constexpr double kEta = 0.02;
  const std::int64_t updates = effort.full ? 10000 : 1500;
  struct Runs {
    std::string name;
    ExactRule rule;
    std::vector<double> ranks = {};   // effective rank of the change of W
    std::vector<double> losses = {};  // last over first
  };
  std::vector<Runs> all = {{"bptt", {.kind = RuleKind::kBptt, .feedback = {}}},
                           {"eprop", {.kind = RuleKind::kEprop, .feedback = {}}},
                           {"tbptt:1", {.kind = RuleKind::kTbptt, .depth = 1, .feedback = {}}},
                           {"rflo", {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = {}}}};
  std::vector<double> ranks, losses;
  Table table{.name = "runs", .columns = {"rule", "seed", "effective_rank", "last_over_first"}};
  for (int seed = 1; seed <= kSeeds; ++seed) {
    Draws draws(static_cast<std::uint64_t>(seed), "claim/rank-order");
    const LinearNetwork student = draws.network(1, kUnits, kInputs, 0.2, 0.3);
    const LinearNetwork teacher = draws.network(1, kUnits, kInputs, 1, 0.6);
    const Matrix feedback = draws.gaussian(1, kUnits, 1 / std::sqrt(kUnits));
    for (Runs& runs : all) {
      if (rule(runs.rule.kind).signal == SignalSource::kFeedback) runs.rule.feedback = feedback;
      const auto trained = theory::exact_training(student, teacher, runs.rule, kTicks, kEta, updates);
      runs.ranks.push_back(spectrum_of_change(trained.student.w, student.w).effective_rank);
      runs.losses.push_back(trained.losses.back() / trained.losses.front());
      table.rows.push_back({runs.name, double(seed), runs.ranks.back(), runs.losses.back()});
    }
  }
  for (const Runs& runs : all) {
    ranks.insert(ranks.end(), runs.ranks.begin(), runs.ranks.end());
    losses.insert(losses.end(), runs.losses.begin(), runs.losses.end());
    evidence.report(runs.name + ": correlation of rank and last loss over its 20 runs",
                    correlation(runs.ranks, runs.losses));
  }
  // without a relation a correlation of N pairs has a standard deviation of 1 / sqrt(N - 1)
  evidence.at_most("all 80 runs: correlation of rank and last loss, in standard deviations of none",
                   correlation(ranks, losses) * std::sqrt(double(ranks.size() - 1)), -3);
  evidence.report("all 80 runs: correlation of rank and last loss", correlation(ranks, losses));
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"networks", "those of rank-order: o = 1, n = 12, m = 3, unaligned, seeds 1..20"},
      {"training", fmt::format("exact expectation, T = 20, eta 0.02, {} updates; rflo decay 0.5", updates)},
      {"correlation", "Spearman's, of the effective rank of dW and the last loss over the first"}};
  evidence.remark = "The correlation over all runs is one between rules; within a rule it says less (reported).";
  return evidence;
}

}  // namespace locus
