// The claim sequence-loss: the closed forms where every tick has an error.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/reduction.h"

namespace locus {
namespace sequence_claims {

using theory::ExactRule;
using theory::ExactTrial;
using theory::LinearNetwork;
using theory::Matrix;

constexpr int kTicks = 10;

std::vector<double> flat(const LinearNetwork& network) {
  std::vector<double> all;
  for (const Matrix* one : {&network.a, &network.w, &network.b})
    all.insert(all.end(), one->data(), one->data() + one->size());
  return all;
}

/// The largest difference of the mean of `batches` sampled updates from the expected one, in
/// standard errors of the mean.
double largest_deviation(const LinearNetwork& student, const LinearNetwork& teacher, const ExactRule& rule, int batches) {
  StudentTraining plan = {.ticks = kTicks, .batch = 64, .updates = 1, .learning_rate = 1};
  plan.loss = Loss::kSequence;
  const std::vector<double> expected =
      flat(theory::exact_update(student, teacher, rule, ExactTrial::sequence(kTicks)).delta);
  const std::vector<double> before = flat(student);
  std::vector<double> sum(expected.size(), 0), squares(expected.size(), 0);
  for (int b = 0; b < batches; ++b) {
    plan.seed = static_cast<std::uint64_t>(b) + 1;
    const std::vector<double> after = flat(train_sampled(student, teacher, rule, plan).student);
    for (std::size_t k = 0; k < sum.size(); ++k) {
      const double change = before[k] - after[k];
      sum[k] += change;
      squares[k] += change * change;
    }
  }
  double largest = 0;
  for (std::size_t k = 0; k < sum.size(); ++k) {
    const double mean = sum[k] / batches;
    const double variance = (squares[k] / batches - mean * mean) * batches / (batches - 1);
    largest = std::max(largest, std::abs(mean - expected[k]) / std::sqrt(variance / batches));
  }
  return largest;
}

}  // namespace sequence_claims

Evidence measure_sequence_loss(const Effort& effort) {
  using namespace sequence_claims;
  Evidence evidence;
  const int batches = effort.full ? 400 : 100;
  Draws draws(1, "claim/sequence-loss");
  const LinearNetwork student = draws.network(2, 5, 3, 0.5, 0.6), teacher = draws.network(2, 4, 3, 1, 0.6);
  const Matrix feedback = draws.gaussian(2, 5, 0.5);
  const std::vector<std::pair<const char*, ExactRule>> rules = {
      {"bptt", {.kind = RuleKind::kBptt, .feedback = {}}},
      {"tbptt:2", {.kind = RuleKind::kTbptt, .depth = 2, .feedback = {}}},
      {"rflo", {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = feedback}},
      {"eprop", {.kind = RuleKind::kEprop, .feedback = {}}},
      {"eprop:random", {.kind = RuleKind::kEpropRandom, .feedback = feedback}},
      {"rtrl", {.kind = RuleKind::kRtrl, .feedback = {}}}};
  double largest = 0;
  Table table{.name = "updates", .columns = {"rule", "standard_errors"}};
  for (const auto& [name, rule] : rules) {
    const double deviation = largest_deviation(student, teacher, rule, batches);
    table.rows.push_back({std::string(name), deviation});
    largest = std::max(largest, deviation);
  }
  // Of some 300 entries the largest is about 3.3 standard errors off.
  evidence.at_most("largest of the entries of a mean update, in standard errors off", largest, 5);

  LinearNetwork start = draws.network(2, 30, 3, 0.3, 0);
  start.w.setZero();
  const Matrix wide = draws.gaussian(2, 30, 0.2);
  const ExactTrial sequence = ExactTrial::sequence(kTicks);
  const auto exact = theory::exact_training(start, teacher, {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = wide},
                                            sequence, 0.02, 300);
  const auto overlaps = theory::train_overlaps(start, teacher, wide, 0.5, sequence, 0.02, 300);
  double apart = exact.losses.size() == overlaps.losses.size() ? 0 : std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < std::min(exact.losses.size(), overlaps.losses.size()); ++k)
    apart = std::max(apart, std::abs(exact.losses[k] - overlaps.losses[k]) / exact.losses.front());
  evidence.at_most("overlaps of RFLO: largest difference of losses, over the first", apart, 1e-11);

  // v_k = 1 - k / T: the sequence loss nears the final one as 1 / T, and so do its modes.
  const auto distance = [&](int ticks) {
    return theory::exact_loss(student, teacher, ticks) - theory::exact_loss(student, teacher, ExactTrial::sequence(ticks));
  };
  evidence.near("distance of the two losses at T = 200 over that at T = 400", distance(200) / distance(400), 2, 1e-3);
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"networks", "n = 5, m = 3, o = 2 and a teacher of 4; overlaps: n = 30 without recurrent weights"},
      {"simulation", fmt::format("T = {}, {} updates of 64 trials of each rule from the same weights", kTicks, batches)}};
  return evidence;
}

}  // namespace locus
