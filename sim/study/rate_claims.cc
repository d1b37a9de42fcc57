// The claims rates and detour: the speed at which a rule reaches an optimum, and which optimum.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/fixed_point.h"
#include "sim/theory/trajectory.h"

namespace locus {
namespace rate_claims {

using theory::Linearisation;
using theory::Mode;
using theory::ModeRule;

struct NamedRule {
  std::string name;
  ModeRule rule;
};

Table rates_along(const Mode& teacher, const std::vector<NamedRule>& rules) {
  Table table = {"rates", {"rule", "s", "trace", "determinant", "re1", "im1", "re2", "im2", "rate"}, {}};
  for (const NamedRule& named : rules) {
    for (int i = -120; i <= 120; ++i) {
      if (std::abs(i) < 6) continue;
      const double s = 0.025 * i;
      const Linearisation line = theory::linearise(teacher, s, named.rule);
      table.rows.push_back({named.name, s, line.trace, line.determinant, line.eigenvalues[1].real(),
                            line.eigenvalues[1].imag(), line.eigenvalues[2].real(), line.eigenvalues[2].imag(), line.rate});
    }
  }
  return table;
}

/// The rate at which training by the exact expectation returns, divided by the predicted rate.
double measured_over_predicted(const Mode& teacher, double s, const ModeRule& rule) {
  const Linearisation line = theory::linearise(teacher, s, rule);
  const double eta = 0.002 / line.rate;
  const Mode optimum = theory::optimum(teacher, s);
  const auto early = theory::exact_training(single({optimum.a + 1e-4, optimum.b - 2e-4, optimum.w + 1e-4}),
                                            single(teacher), exact_rule(rule), 80, eta, 2500);
  const auto late = theory::exact_training(early.student, single(teacher), exact_rule(rule), 80, eta, 1000);
  const double fall =
      distance_to_optimum(mode_of(early.student), teacher) / distance_to_optimum(mode_of(late.student), teacher);
  return std::log(fall) / (1000 * eta) / line.rate;
}

}  // namespace rate_claims

Evidence measure_rates(const Effort& effort) {
  using namespace rate_claims;
  Evidence evidence;
  Draws draws(1, "claim/rates");
  const int count = effort.full ? 20000 : 2000;
  const ModeRule bptt = {.kind = RuleKind::kBptt};
  const ModeRule one = {.kind = RuleKind::kTbptt, .depth = 1};
  double lowest = 1e300;  // the lowest rate(s) / rate(sqrt|p*|) of BPTT
  double slower = 0;
  for (int i = 0; i < count; ++i) {
    const Mode teacher = draws.mode(0.95);
    const double balanced = theory::linearise(teacher, std::sqrt(std::abs(teacher.a * teacher.b)), bptt).rate;
    lowest = std::min(lowest, theory::linearise(teacher, draws.signed_between(0.05, 5), bptt).rate / balanced);
    const double s = draws.signed_between(0.2, 3);
    const ModeRule rflo = {
        .kind = RuleKind::kRflo, .feedback = std::copysign(draws.uniform(0.1, 1), s), .decay = draws.uniform(0, 0.95)};
    slower += theory::linearise(teacher, s, rflo).rate < theory::linearise(teacher, s, bptt).rate ? 1.0 / count : 0;
  }
  evidence.at_least("BPTT: smallest rate(s) / rate(sqrt|p*|)", lowest, 1 - 1e-9);
  evidence.at_least("share of optima where RFLO (feedback of s's sign) is slower than BPTT", slower, 0.5);

  Table gap = {"truncation", {"w*", "bptt", "tbptt1", "relative_gap"}, {}};
  bool shrinks = true;
  double before = 1e300, smallest = 0;
  for (const double w : {0.8, 0.4, 0.2, 0.1, 0.05, 0.025}) {
    const Mode teacher = {1.1, 0.9, w};
    double worst = 0;
    for (const double s : {0.4, 0.7, 1.0, 1.5, 2.5}) {
      const double full = theory::linearise(teacher, s, bptt).rate;
      worst = std::max(worst, std::abs(theory::linearise(teacher, s, one).rate / full - 1));
    }
    const double at_balance = std::sqrt(0.99);
    gap.rows.push_back({w, theory::linearise(teacher, at_balance, bptt).rate,
                        theory::linearise(teacher, at_balance, one).rate, worst});
    shrinks = shrinks && worst < before;
    before = smallest = worst;
  }
  evidence.at_least("tBPTT(1) nears BPTT at every halving of |w*| (1: yes)", shrinks ? 1 : 0, 1);
  evidence.at_most("their largest relative gap at w* = 0.025", smallest, 0.01);

  const Mode teacher = {1, 1, 0.6};
  double worst = 0;
  for (const ModeRule& rule : {bptt, one, ModeRule{.kind = RuleKind::kRflo, .feedback = 1, .decay = 0.5},
                               ModeRule{.kind = RuleKind::kEpropRandom, .feedback = 1}}) {
    for (const double s : {0.7, 1.6}) worst = std::max(worst, std::abs(measured_over_predicted(teacher, s, rule) - 1));
  }
  evidence.at_most("training on the expectation: measured rate against predicted, relative", worst, 0.02);
  const Mode figure = {1, 1, 0.7};
  evidence.tables = {rates_along(figure, {{"bptt", bptt},
                                          {"tbptt:1", one},
                                          {"rflo", {.kind = RuleKind::kRflo, .feedback = 1, .decay = 0.5}},
                                          {"eprop:random", {.kind = RuleKind::kEpropRandom, .feedback = 1}}}),
                     std::move(gap)};
  evidence.parameters = {
      {"draws",
       fmt::format("{}, |w*| <= 0.95, |s| in [0.05, 5]; RFLO: |s| in [0.2, 3], |feedback| in [0.1, 1], decay in [0, 0.95]",
                   count)},
      {"measured", "teacher (1, 1, 0.6), s 0.7 and 1.6, feedback 1, decay 0.5, T = 80, eta 0.002 / rate, start 2e-4 off"},
      {"rates.csv", "teacher (1, 1, 0.7), feedback 1, decay 0.5"}};
  return evidence;
}

Evidence measure_detour(const Effort& effort) {
  using namespace rate_claims;
  Evidence evidence;
  const Mode start = {1, 1, 0.6}, teacher = {1, 1, 0.7};
  constexpr double kEnd = 15;
  constexpr double kEta = 0.01;
  constexpr int kParts = 150;
  constexpr int kTicks = 60;
  const std::vector<NamedRule> rules = {{"bptt", {.kind = RuleKind::kBptt}},
                                        {"rflo", {.kind = RuleKind::kRflo, .feedback = -1, .decay = 0.5}}};
  std::vector<double> times;
  for (int i = 0; i <= kParts; ++i) times.push_back(kEnd * i / kParts);
  Table table = {"trajectories", {"rule", "source", "time", "a", "b", "w", "loss"}, {}};
  const auto add = [&](const std::string& rule, const char* source, double time, const Mode& z) {
    table.rows.push_back({rule, std::string(source), time, z.a, z.b, z.w, theory::loss(z, teacher)});
  };
  std::vector<Mode> by_theory, by_samples;
  std::vector<double> highest;
  for (const NamedRule& named : rules) {
    const theory::Trajectory path = theory::integrate(start, teacher, named.rule, times);
    for (std::size_t i = 0; i < path.mode.size(); ++i) add(named.name, "theory", path.time[i], path.mode[i]);
    by_theory.push_back(path.ending == theory::Ending::kInTime ? path.mode.back() : Mode{});
    const StudentTraining plan = {.ticks = kTicks,
                                  .batch = effort.full ? 256 : 32,
                                  .updates = static_cast<std::int64_t>(kEnd / kEta / kParts),
                                  .learning_rate = kEta};
    double top = 0;
    const Trained trained = train_in_parts(
        single(start), single(teacher), exact_rule(named.rule), plan, kParts, [&](int part, const auto& network) {
          add(named.name, "simulation", times[static_cast<std::size_t>(part)], mode_of(network));
          top = std::max(top, theory::exact_loss(network, single(teacher), kTicks));
        });
    by_samples.push_back(mode_of(trained.student));
    highest.push_back(top);
  }
  evidence.near("theory: BPTT ends at w", by_theory[0].w, 0.7, 1e-3);
  evidence.at_least("theory: BPTT ends on the near branch, a", by_theory[0].a, 0.9);
  evidence.near("theory: RFLO ends on the opposite branch, a", by_theory[1].a, -0.502, 2e-3);
  evidence.near("theory: RFLO ends at b", by_theory[1].b, -1.993, 5e-3);
  evidence.near("theory: RFLO ends at w", by_theory[1].w, 0.7, 1e-3);
  evidence.at_least("simulated: BPTT ends on the near branch, a", by_samples[0].a, 0.9);
  evidence.near("simulated: RFLO ends at a", by_samples[1].a, -0.502, 0.1);
  evidence.near("simulated: RFLO ends at b", by_samples[1].b, -1.993, 0.2);
  evidence.near("simulated: RFLO ends at w", by_samples[1].w, 0.7, 0.02);
  evidence.at_least("simulated: highest expected loss of RFLO on its way", highest[1], 1.5);
  evidence.at_most("simulated: highest expected loss of BPTT", highest[0], theory::loss(start, teacher) * 1.1);
  const theory::Trajectory lost =
      theory::integrate(start, teacher, {.kind = RuleKind::kRflo, .feedback = -1, .decay = 0}, times);
  evidence.at_least("with decay 0 the flow leaves |w| < 1 (1: yes)", lost.ending == theory::Ending::kLeftDomain ? 1 : 0, 1);
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"theory", "start (1, 1, 0.6), teacher (1, 1, 0.7), feedback -1, decay 0.5, until updates x eta = 15"},
      {"simulation",
       fmt::format("T = {}, batch {}, eta {}, 1500 updates, seeds 1..{}", kTicks, effort.full ? 256 : 32, kEta, kParts)}};
  return evidence;
}

}  // namespace locus
