// The claims optimal-manifold and saddle-manifold: fixed points of rules in theory and simulation.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/alignment.h"
#include "sim/theory/fixed_point.h"

namespace locus {
namespace manifold_claims {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;
using theory::Mode;
using theory::ModeRule;

constexpr int kModes = 3;
constexpr int kTicks = 20;

double largest(const Mode& z) { return std::max({std::abs(z.a), std::abs(z.b), std::abs(z.w)}); }

double change(const LinearNetwork& from, const LinearNetwork& to) {
  return std::max({(from.a - to.a).cwiseAbs().maxCoeff(), (from.w - to.w).cwiseAbs().maxCoeff(),
                   (from.b - to.b).cwiseAbs().maxCoeff()});
}

std::vector<ModeRule> mode_rules(Draws& draws) {
  return {{.kind = RuleKind::kBptt},
          {.kind = RuleKind::kTbptt, .depth = 1},
          {.kind = RuleKind::kTbptt, .depth = 4},
          {.kind = RuleKind::kRflo, .feedback = draws.signed_between(0.2, 1.5), .decay = draws.uniform(-0.9, 0.9)},
          {.kind = RuleKind::kEprop},
          {.kind = RuleKind::kEpropRandom, .feedback = draws.signed_between(0.2, 1.5)}};
}

std::vector<ExactRule> matrix_rules(const Matrix& feedback) {
  return {{.kind = RuleKind::kBptt, .feedback = {}},
          {.kind = RuleKind::kTbptt, .depth = 1, .feedback = {}},
          {.kind = RuleKind::kTbptt, .depth = 4, .feedback = {}},
          {.kind = RuleKind::kRflo, .decay = 0.5, .feedback = feedback},
          {.kind = RuleKind::kEprop, .feedback = {}},
          {.kind = RuleKind::kEpropRandom, .feedback = feedback},
          {.kind = RuleKind::kRtrl, .feedback = {}}};
}

bool own_signal(const ExactRule& rule) { return rule.feedback.size() == 0; }

/// The growth rate of a mode next to the saddle, as an exponent per unit of time. It is measured
/// over three e-foldings, after another three in which the stable direction decays.
double growth_by_expectation(const Mode& teacher, double w, const ModeRule& rule, double predicted) {
  constexpr double kRate = 0.002;
  const auto updates = static_cast<std::int64_t>(3 / (predicted * kRate));
  const ExactRule exact = exact_rule(rule);
  const auto first = theory::exact_training(single({1e-6, 0, w}), single(teacher), exact, 100, kRate, updates);
  const auto second = theory::exact_training(first.student, single(teacher), exact, 100, kRate, updates);
  const auto size = [](const LinearNetwork& network) { return std::hypot(network.a(0, 0), network.b(0, 0)); };
  return std::log(size(second.student) / size(first.student)) / (static_cast<double>(updates) * kRate);
}

/// Changes of a network on the optimal manifold in the simulator. There are only a few updates,
/// because an optimum can be unstable (RFLO and random e-prop with a feedback of the wrong sign),
/// and rounding errors then grow by its eigenvalue in every update.
struct Rest {
  double moved = 0;  // the largest change of a weight under any rule
  double loss = 0;   // the largest loss
  // the smallest over the rules of the largest change in one update, with w 10% away from the
  // manifold
  double control = 1e300;
};

Rest at_rest(Draws& draws, const StudentTraining& plan) {
  const theory::Bases bases = draws.bases(kModes, kModes, kModes);
  std::vector<Mode> teacher, student, beside;
  for (int i = 0; i < kModes; ++i) {
    teacher.push_back(draws.mode(0.8));
    student.push_back(theory::optimum(teacher.back(), draws.signed_between(0.5, 1.5)));
    beside.push_back({student.back().a, student.back().b, 0.9 * student.back().w});
  }
  const LinearNetwork goal = theory::assemble(bases, teacher);
  const LinearNetwork on = theory::assemble(bases, student), off = theory::assemble(bases, beside);
  StudentTraining once = plan;
  once.updates = 1;
  Rest rest;
  for (const ExactRule& rule : matrix_rules(draws.gaussian(kModes, kModes, 0.6))) {
    const Trained trained = train_sampled(on, goal, rule, plan);
    rest.moved = std::max(rest.moved, change(on, trained.student));
    rest.loss = std::max(rest.loss, *std::ranges::max_element(trained.losses));
    rest.control = std::min(rest.control, change(off, train_sampled(off, goal, rule, once).student));
  }
  return rest;
}

void flows_at_origin(Draws& draws, int count, Evidence& evidence) {
  double own = 0, fixed = 1e300;
  for (int i = 0; i < count; ++i) {
    const Mode teacher = draws.mode(0.9);
    for (const ModeRule& rule : mode_rules(draws)) {
      const double flow = largest(theory::delta({0, 0, draws.uniform(-0.9, 0.9)}, teacher, rule));
      if (theory::signal_is_own(rule)) own = std::max(own, flow);
      if (!theory::signal_is_own(rule)) fixed = std::min(fixed, flow / std::abs(rule.feedback * teacher.a * teacher.b));
    }
  }
  evidence.at_most("largest flow at a = b = 0, own signal", own, 1e-12);
  // the ratio is at least 1 / |1 - lambda w*|, and |1 - lambda w*| <= 1.81
  evidence.at_least("smallest flow at a = b = 0, fixed feedback, over |feedback p*|", fixed, 0.5);
}

}  // namespace manifold_claims

Evidence measure_optimal_manifold(const Effort& effort) {
  using namespace manifold_claims;
  Evidence evidence;
  const int count = effort.full ? 20000 : 2000;
  Draws draws(1, "claim/optimal-manifold");
  double flow = 0;
  for (int i = 0; i < count; ++i) {
    const Mode teacher = draws.mode(0.9);
    const Mode z = theory::optimum(teacher, draws.signed_between(0.3, 2));
    for (const ModeRule& rule : mode_rules(draws))
      flow = std::max({flow, largest(theory::delta(z, teacher, rule)), theory::loss(z, teacher)});
  }
  evidence.at_most("largest flow on the manifold", flow, 1e-12);

  const int networks = effort.full ? 50 : 2;
  const StudentTraining plan = {.ticks = kTicks, .batch = 8, .updates = 3, .learning_rate = 0.05};
  double moved = 0, loss = 0, control = 1e300;
  for (int network = 0; network < networks; ++network) {
    const Rest rest = at_rest(draws, plan);
    moved = std::max(moved, rest.moved);
    loss = std::max(loss, rest.loss);
    control = std::min(control, rest.control);
  }
  evidence.at_most("simulated: largest change of a weight on it", moved, 1e-12);
  evidence.at_most("simulated: largest loss on it", loss, 1e-24);
  evidence.at_least("simulated: smallest change of any rule with w 10% off it, one update", control, 1e-4);
  evidence.parameters = {
      {"draws", fmt::format("{}", count)},
      {"rules", "bptt, tbptt:1, tbptt:4, rflo, eprop, eprop:random (flow and simulation); rtrl (simulation)"},
      {"simulation", fmt::format("{} networks of 3 modes, T = {}, batch 8, 3 updates, eta 0.05, seed 1", networks, kTicks)}};
  return evidence;
}

Evidence measure_saddle_manifold(const Effort& effort) {
  using namespace manifold_claims;
  Evidence evidence;
  const int count = effort.full ? 20000 : 2000;
  Draws draws(1, "claim/saddle-manifold");
  flows_at_origin(draws, count, evidence);

  const std::vector<Mode> modes = {{1.2, 0.9, 0.5}, {0.8, -0.7, -0.4}, {0.5, 0.6, 0.7}};
  const theory::Bases bases = draws.bases(kModes, kModes, kModes);
  const LinearNetwork teacher = theory::assemble(bases, modes);
  const LinearNetwork start = {Matrix::Zero(kModes, kModes), draws.gaussian(kModes, kModes, 0.3),
                               Matrix::Zero(kModes, kModes)};
  const StudentTraining plan = {.ticks = kTicks, .batch = 25, .updates = effort.full ? 4000 : 400, .learning_rate = 0.01};
  double still = 0, moving = 1e300;
  Trained at_saddle;
  for (const ExactRule& rule : matrix_rules(draws.gaussian(kModes, kModes, 0.6))) {
    StudentTraining here = plan;
    if (rule.kind != RuleKind::kBptt) here.updates = 3;
    const Trained trained = train_sampled(start, teacher, rule, here);
    const double moved = change(start, trained.student);
    if (own_signal(rule)) still = std::max(still, moved);
    if (!own_signal(rule)) moving = std::min(moving, moved);
    if (rule.kind == RuleKind::kBptt) at_saddle = trained;
  }
  evidence.at_most("simulated: largest change of a weight, own signal", still, 0);
  evidence.at_least("simulated: smallest change, fixed feedback, three updates", moving, 1e-3);

  double expected = 0;
  for (const Mode& mode : modes) expected += theory::saddle_loss(mode) * (1 - std::pow(mode.w, 2 * kTicks));
  double mean = 0, square = 0;
  const auto samples = static_cast<double>(at_saddle.losses.size());
  for (const double loss : at_saddle.losses) mean += loss / samples;
  for (const double loss : at_saddle.losses) square += (loss - mean) * (loss - mean) / (samples - 1);
  const double error = std::sqrt(square / samples);
  evidence.report("simulated: mean loss at a = b = 0", mean);
  evidence.report("predicted loss there", expected);
  evidence.at_most("|mean - predicted| in standard errors (false alarms: 1 in 10^5)", std::abs(mean - expected) / error,
                   4.5);

  double worst = 0;
  for (const ModeRule& rule : {ModeRule{.kind = RuleKind::kBptt}, ModeRule{.kind = RuleKind::kTbptt, .depth = 1},
                               ModeRule{.kind = RuleKind::kEprop}}) {
    const double predicted = (*theory::saddle_eigenvalues(modes[0], 0.3, rule))[2];
    worst = std::max(worst, std::abs(growth_by_expectation(modes[0], 0.3, rule, predicted) / predicted - 1));
  }
  evidence.at_most("growth next to the saddle against its eigenvalue, relative", worst, 0.01);

  const Mode unit = {1, 1, 0.5};
  const auto falls = [&](const ModeRule& rule) {
    const auto trained = theory::exact_training(single({0.6, -0.6, 0.2}), single(unit), exact_rule(rule), 60, 0.01, 1500);
    return trained.losses.back() / theory::saddle_loss(unit);
  };
  evidence.near("from a = -b: last loss of BPTT over the saddle's", falls({.kind = RuleKind::kBptt}), 1, 0.01);
  evidence.at_most("from a = -b: last loss of RFLO over the saddle's",
                   falls({.kind = RuleKind::kRflo, .feedback = 0.6, .decay = 0.5}), 0.1);
  evidence.parameters = {
      {"draws", fmt::format("{}", count)},
      {"teacher", "modes (1.2, 0.9, 0.5), (0.8, -0.7, -0.4), (0.5, 0.6, 0.7), bases drawn, seed 1"},
      {"simulation", fmt::format("T = {}, batch 25, {} updates, eta 0.01, seed 1", kTicks, plan.updates)},
      {"from a = -b",
       "exact expectation, (0.6, -0.6, 0.2), teacher (1, 1, 0.5), feedback 0.6, decay 0.5, T = 60, eta 0.01, 1500 updates"}};
  return evidence;
}

}  // namespace locus
