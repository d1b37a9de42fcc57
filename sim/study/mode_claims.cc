// The claims modes-decouple and unaligned: learning mode by mode, each mode by its own ODE.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/alignment.h"
#include "sim/theory/trajectory.h"

namespace locus {
namespace mode_claims {

using theory::Bases;
using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;
using theory::Mode;
using theory::ModeRule;

double distance(const Mode& x, const Mode& y) {
  return std::max({std::abs(x.a - y.a), std::abs(x.b - y.b), std::abs(x.w - y.w)});
}

struct Aligned {
  std::vector<Mode> start, teacher;
  std::vector<double> feedback;  // a-hat of each mode
};

const Aligned& three_modes() {
  static const Aligned modes = {{{0.4, 0.3, 0.1}, {0.3, 0.5, -0.1}, {0.5, 0.3, 0.2}},
                                {{1.2, 1.0, 0.6}, {0.9, 0.8, -0.5}, {0.7, 0.9, 0.3}},
                                {0.8, 0.6, 1.0}};
  return modes;
}

constexpr double kEnd = 6;  // updates x eta
constexpr int kTicks = 80;

ExactRule matrix_rule(const ModeRule& rule, const Bases& bases) {
  ExactRule result = {.kind = rule.kind, .depth = rule.depth, .decay = rule.decay, .feedback = {}};
  if (theory::signal_is_own(rule)) return result;
  result.feedback = Matrix::Zero(bases.u.rows(), bases.p.rows());
  for (std::size_t i = 0; i < three_modes().feedback.size(); ++i) {
    const auto k = static_cast<Eigen::Index>(i);
    result.feedback += three_modes().feedback[i] * bases.u.col(k) * bases.p.col(k).transpose();
  }
  return result;
}

/// The modes at the end of their ODEs.
std::vector<Mode> by_theory(const ModeRule& rule) {
  std::vector<Mode> modes;
  for (std::size_t i = 0; i < 3; ++i) {
    ModeRule own = rule;
    own.feedback = three_modes().feedback[i];
    modes.push_back(
        theory::integrate(three_modes().start[i], three_modes().teacher[i], own, std::vector<double>{kEnd}).mode.at(0));
  }
  return modes;
}

struct Departure {
  double coupling = 0;  // the largest entry off the diagonal at the end
  double distance = 0;  // largest distance between a mode and its ODE at the end
};

Departure departure(const LinearNetwork& trained, const Bases& bases, const std::vector<Mode>& expected) {
  Departure result = {theory::largest_coupling(trained, bases), 0};
  const std::vector<Mode> found = theory::diagonal_in(trained, bases);
  for (std::size_t i = 0; i < expected.size(); ++i)
    result.distance = std::max(result.distance, distance(found[i], expected[i]));
  return result;
}

Departure by_expectation(const ModeRule& rule, const Bases& bases, double eta) {
  const auto trained = theory::exact_training(theory::assemble(bases, three_modes().start),
                                              theory::assemble(bases, three_modes().teacher), matrix_rule(rule, bases),
                                              kTicks, eta, static_cast<std::int64_t>(std::lround(kEnd / eta)));
  return departure(trained.student, bases, by_theory(rule));
}

Departure by_samples(const ModeRule& rule, const Bases& bases, int batch, std::uint64_t seed) {
  constexpr double kEta = 0.01;
  const Trained trained = train_sampled(
      theory::assemble(bases, three_modes().start), theory::assemble(bases, three_modes().teacher),
      matrix_rule(rule, bases),
      {.ticks = 20, .batch = batch, .updates = std::lround(kEnd / kEta), .learning_rate = kEta, .seed = seed});
  return departure(trained.student, bases, by_theory(rule));
}

}  // namespace mode_claims

Evidence measure_modes_decouple(const Effort& effort) {
  using namespace mode_claims;
  Evidence evidence;
  Draws draws(1, "claim/modes-decouple");
  const Bases bases = draws.bases(3, 3, 3);
  const Bases own = {bases.u, Matrix::Identity(3, 3), bases.v};
  const std::vector<ModeRule> rules = {{.kind = RuleKind::kBptt},
                                       {.kind = RuleKind::kTbptt, .depth = 1},
                                       {.kind = RuleKind::kTbptt, .depth = 3},
                                       {.kind = RuleKind::kRflo, .decay = 0.5}};
  double coupling = 0, gap = 0, order = 0;
  for (const ModeRule& rule : rules) {
    const Departure coarse = by_expectation(rule, bases, 0.004);
    const Departure fine = by_expectation(rule, bases, 0.002);
    coupling = std::max({coupling, coarse.coupling, fine.coupling});
    gap = std::max(gap, fine.distance);
    order = std::max(order, std::abs(coarse.distance / fine.distance - 2));
  }
  evidence.at_most("expectation: largest coupling between modes (bptt, tbptt:1, tbptt:3, rflo)", coupling, 1e-12);
  evidence.at_most("expectation: largest distance of a mode from its ODE, eta 0.002", gap, 0.01);
  evidence.at_most("halving eta halves that distance: |ratio - 2|", order, 0.1);
  const ModeRule eprop = {.kind = RuleKind::kEprop};
  evidence.at_most("eprop, P = I: coupling", by_expectation(eprop, own, 0.002).coupling, 1e-12);
  evidence.at_most("eprop, P = I: distance from the ODE", by_expectation(eprop, own, 0.002).distance, 0.01);
  evidence.at_least("eprop, P drawn: coupling", by_expectation(eprop, bases, 0.002).coupling, 1e-3);

  const int repeats = effort.full ? 16 : 4;
  double few = 0, many = 0, worst = 0;
  Table table = {"sampled", {"rule", "batch", "seed", "coupling", "distance"}, {}};
  for (const ModeRule& rule : {rules[0], rules[1], rules[3]}) {
    for (int repeat = 0; repeat < repeats; ++repeat) {
      for (const int batch : {32, 512}) {
        const Departure found = by_samples(rule, bases, batch, 1 + static_cast<std::uint64_t>(repeat));
        (batch == 32 ? few : many) += found.coupling * found.coupling;
        if (batch == 512) worst = std::max(worst, found.distance);
        table.rows.push_back({std::string(locus::rule(rule.kind).name), double(batch), double(repeat + 1),
                              found.coupling, found.distance});
      }
    }
  }
  evidence.near("simulated: coupling at batch 32 over that at batch 512 (noise: 4)", std::sqrt(few / many), 4, 1.5);
  evidence.at_most("simulated, batch 512: largest distance of a mode from its ODE", worst, 0.1);
  evidence.report("simulated, batch 512: coupling, root mean square", std::sqrt(many / (3.0 * repeats)));
  evidence.tables.push_back(std::move(table));
  evidence.remark =
      "Sampled updates have parts off the diagonal that only their mean has not: the coupling of a sampled run is noise and falls as 1/sqrt(batch).";
  evidence.parameters = {
      {"modes",
       "(0.4, 0.3, 0.1), (0.3, 0.5, -0.1), (0.5, 0.3, 0.2) towards (1.2, 1, 0.6), (0.9, 0.8, -0.5), (0.7, 0.9, 0.3); feedback 0.8, 0.6, 1; "
       "decay 0.5; bases drawn, seed 1"},
      {"expectation", "T = 80, until updates x eta = 6, eta 0.004 and 0.002"},
      {"simulation", fmt::format("T = 20, eta 0.01, 600 updates, seeds 1..{}", repeats)}};
  return evidence;
}

namespace mode_claims {

/// A teacher of 4 modes and a small student of 8 neurons that has no relation to its bases.
struct Unaligned {
  Bases bases;
  std::vector<Mode> teacher;
  LinearNetwork goal, student;
  Matrix feedback;
};

Unaligned unaligned(std::uint64_t seed) {
  Draws draws(seed, "claim/unaligned");
  Unaligned result;
  result.bases = draws.bases(4, 4, 4);
  result.teacher = {{1.6, 1.4, 0.6}, {1.3, 1.1, -0.5}, {0.9, 0.8, 0.4}, {0.6, 0.6, -0.3}};
  result.goal = theory::assemble(result.bases, result.teacher);
  result.student = {draws.gaussian(4, 8, 0.03), draws.gaussian(8, 8, 0.03), draws.gaussian(8, 4, 0.03)};
  result.feedback = draws.gaussian(4, 8, 0.5);
  return result;
}

struct Course {
  std::vector<double> time;
  std::vector<theory::Alignment> alignment;
  std::vector<std::vector<Mode>> modes;
};

/// The largest |ab - ab of the ODE| / p* and |w - w of the ODE| of one mode, from the time when it
/// has learnt a tenth of its p*.
double departure_from_ode(const Course& course, std::size_t mode, const Mode& teacher, ModeRule rule,
                          const Unaligned& setting, const std::vector<double>& feedback, Table& table,
                          const std::string& name) {
  const double goal = teacher.a * teacher.b;
  std::size_t first = 0;
  while (first < course.time.size() &&
         std::abs(course.modes[first][mode].a * course.modes[first][mode].b) < 0.1 * std::abs(goal))
    ++first;
  if (first == course.time.size()) return 1e300;
  rule.feedback = feedback.empty() ? 0 : feedback[first * setting.teacher.size() + mode];
  std::vector<double> times;
  for (std::size_t i = first; i < course.time.size(); ++i) times.push_back(course.time[i] - course.time[first]);
  const theory::Trajectory path = theory::integrate(course.modes[first][mode], teacher, rule, times);
  if (path.ending != theory::Ending::kInTime) return 1e300;
  double worst = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    const Mode& is = course.modes[first + i][mode];
    const Mode& told = path.mode[i];
    worst = std::max({worst, std::abs(is.a * is.b - told.a * told.b) / std::abs(goal), std::abs(is.w - told.w)});
    table.rows.push_back({name, double(mode + 1), course.time[first + i], is.a * is.b, told.a * told.b, is.w, told.w});
  }
  return worst;
}

}  // namespace mode_claims

Evidence measure_unaligned(const Effort& effort) {
  using namespace mode_claims;
  Evidence evidence;
  constexpr double kEta = 0.01;
  constexpr int kParts = 100;
  constexpr int kUpdates = 10;  // of one part
  const Unaligned setting = unaligned(1);
  Table alignment = {"alignment", {"rule", "source", "time", "input", "recurrent", "output", "feedback"}, {}};
  Table modes = {"modes", {"rule", "mode", "time", "p", "p_ode", "w", "w_ode"}, {}};
  const std::vector<std::pair<std::string, ModeRule>> rules = {{"bptt", {.kind = RuleKind::kBptt}},
                                                               {"tbptt:1", {.kind = RuleKind::kTbptt, .depth = 1}},
                                                               {"rflo", {.kind = RuleKind::kRflo, .decay = 0.5}}};
  for (const auto& [name, rule] : rules) {
    const bool fixed = !theory::signal_is_own(rule);
    const ExactRule exact = {
        .kind = rule.kind, .depth = rule.depth, .decay = rule.decay, .feedback = fixed ? setting.feedback : Matrix()};
    Course course;
    std::vector<double> feedback;
    const auto record = [&, &rule_name = name](int part, const LinearNetwork& network, const char* source) {
      const theory::Alignment now = theory::alignment_with(network, setting.bases, exact.feedback);
      alignment.rows.push_back(
          {rule_name, std::string(source), part * kUpdates * kEta, now.input, now.recurrent, now.output, now.feedback});
      return now;
    };
    LinearNetwork network = setting.student;
    for (int part = 0; part <= kParts; ++part) {
      course.alignment.push_back(record(part, network, "expectation"));
      course.time.push_back(part * kUpdates * kEta);
      course.modes.push_back(theory::modes_within(network, setting.bases));
      LinearNetwork reads = network;
      if (fixed) reads.a = setting.feedback;
      for (const Mode& mode : theory::modes_within(reads, setting.bases)) feedback.push_back(mode.a);
      network = theory::exact_training(network, setting.goal, exact, 40, kEta, kUpdates).student;
    }
    evidence.at_most(name + ": mean alignment at first", course.alignment.front().mean(), 0.6);
    evidence.at_least(name + ": mean alignment at last", course.alignment.back().mean(), 0.95);
    for (std::size_t mode = 0; mode < 2; ++mode) {
      const double worst = departure_from_ode(course, mode, setting.teacher[mode], rule, setting,
                                              fixed ? feedback : std::vector<double>(), modes, name);
      const std::string what = fmt::format("{}: mode {} from its ODE, largest of |dp/p*| and |dw|", name, mode + 1);
      if (fixed) evidence.report(what, worst);
      if (!fixed) evidence.at_most(what, worst, 0.1);
    }
    const StudentTraining plan = {.ticks = 40, .batch = effort.full ? 256 : 32, .updates = kUpdates, .learning_rate = kEta};
    theory::Alignment last;
    train_in_parts(setting.student, setting.goal, exact, plan, kParts,
                   [&](int part, const LinearNetwork& at) { last = record(part, at, "simulation"); });
    evidence.at_least(name + ", simulated: mean alignment at last", last.mean(), 0.95);
  }
  evidence.tables = {std::move(alignment), std::move(modes)};
  evidence.parameters = {
      {"teacher", "modes (1.6, 1.4, 0.6), (1.3, 1.1, -0.5), (0.9, 0.8, 0.4), (0.6, 0.6, -0.3), bases drawn, seed 1"},
      {"student", "n = 8, all entries N(0, 0.03^2); rflo: feedback N(0, 0.25), decay 0.5"},
      {"training", fmt::format("T = 40, eta 0.01, 1000 updates; simulated with batch {}", effort.full ? 256 : 32)},
      {"ODE", "from when a mode has p = 0.1 p*, at the (a, b, w) it has then"}};
  return evidence;
}

}  // namespace locus
