// The claim learned-feedback: feedback that learns beside the readout is no cure for a start that
// points the wrong way, and its decay decides.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "sim/run/run.h"
#include "sim/study/claim.h"
#include "sim/study/student.h"
#include "sim/theory/trajectory.h"

namespace locus {
namespace learned_feedback_claims {

using theory::Mode;
using theory::ModeRule;

constexpr Mode kStart = {1, 1, 0.6};
constexpr Mode kTeacher = {1, 1, 0.7};
constexpr double kFeedback = -1;
constexpr double kEta = 0.01;
constexpr int kSampleTicks = 60;

ModeRule rflo_with(std::optional<double> decay) {
  return {.kind = RuleKind::kRflo, .feedback = kFeedback, .decay = 0.5, .learned = decay};
}

/// A sampled run up to a time, updates x eta.
struct Sampled {
  Mode mode;
  double feedback = kFeedback;
  bool completed = true;
};

Sampled sample(const ModeRule& rule, double time, int batch) {
  const StudentTraining plan = {
      .ticks = kSampleTicks, .batch = batch, .updates = std::llround(time / kEta), .learning_rate = kEta};
  RuleSpec learner = rule_spec(exact_rule(rule), "rflo");
  // a commit takes eta times the decay of a unit of time
  if (rule.learned) learner.feedback.front().learn = LearnSpec{*rule.learned * kEta};
  RunOptions options;
  options.threads = 1;
  const RunResult result = run(student_spec(single(kStart), single(kTeacher), plan, {learner}), options);
  const Outcome& outcome = result.outcomes.at(0);
  Sampled sampled = {mode_of(network_of(outcome)), kFeedback, outcome.status == Status::kCompleted};
  for (const ProjectionWeights& learned : outcome.feedback)
    sampled.feedback = std::get<DenseMatrix>(learned.matrix).values.front();
  return sampled;
}

}  // namespace learned_feedback_claims

Evidence measure_learned_feedback(const Effort& effort) {
  using namespace learned_feedback_claims;
  struct Setting {
    std::string name;
    std::optional<double> decay;
    bool survives;
  };
  const std::vector<Setting> settings = {
      {"fixed", {}, true}, {"decay 0", 0.0, false}, {"decay 0.01", 0.01, false}, {"decay 0.05", 0.05, true}};
  const int batch = effort.full ? 256 : 32;
  std::vector<double> times;
  for (int i = 0; i <= 400; ++i) times.push_back(i);
  Evidence evidence;
  Table table = {"trajectories", {"feedback", "source", "time", "a", "b", "w", "feedback_weight", "loss"}, {}};
  const auto add = [&](const std::string& name, const char* source, double time, const Mode& z, double feedback) {
    table.rows.push_back({name, std::string(source), time, z.a, z.b, z.w, feedback, theory::loss(z, kTeacher)});
  };
  double apart = 0;  // of a - R from what the decay leaves, in sampled runs
  for (const Setting& setting : settings) {
    const ModeRule rule = rflo_with(setting.decay);
    const theory::Trajectory path = theory::integrate(kStart, kTeacher, rule, times);
    add(setting.name, "theory", path.last_time, path.last, path.last_feedback);
    const bool left = path.ending == theory::Ending::kLeftDomain;
    if (setting.survives) {
      evidence.at_most("theory, " + setting.name + ": last loss", left ? 1e300 : theory::loss(path.last, kTeacher), 1e-4);
    } else {
      evidence.at_least("theory, " + setting.name + ": leaves |w| < 1 (1: yes)", left ? 1 : 0, 1);
      evidence.report("theory, " + setting.name + ": at updates x eta", path.last_time);
    }
    double largest = 0;  // |w|
    for (const double time : {1.0, 2.0, 3.0, 4.0, 6.0, 15.0}) {
      const Sampled sampled = sample(rule, time, batch);
      if (sampled.completed) add(setting.name, "simulation", time, sampled.mode, sampled.feedback);
      largest = std::max(largest, sampled.completed ? std::abs(sampled.mode.w) : 1e300);
      if (!sampled.completed || !setting.decay) continue;
      const double wanted = (kStart.a - kFeedback) * std::pow(1 - *setting.decay * kEta, std::llround(time / kEta));
      apart =
          std::max(apart, std::abs(sampled.mode.a - sampled.feedback - wanted) / std::max(1.0, std::abs(sampled.mode.a)));
    }
    if (setting.survives) {
      evidence.at_most("simulated, " + setting.name + ": largest |w|", largest, 0.999);
    } else if (*setting.decay == 0) {
      evidence.at_least("simulated, " + setting.name + ": largest |w|, or divergence", largest, 1);
    } else {
      evidence.report("simulated, " + setting.name + ": largest |w|", largest);
    }
  }
  evidence.at_most("simulated: a - feedback against what the decay leaves of it, relative", apart, 1e-10);
  evidence.remark =
      "With decay 0.01 the flow, which is that of T without end and eta towards 0, leaves |w| < 1; a sampled run of T = 60 need not.";
  evidence.tables.push_back(std::move(table));
  evidence.parameters = {
      {"setting",
       "RFLO, decay of traces 0.5; start (1, 1, 0.6), feedback -1, teacher (1, 1, 0.7); decay of a and feedback by updates x eta"},
      {"theory", "until updates x eta = 400"},
      {"simulation", fmt::format("T = {}, batch {}, eta {}, until updates x eta = 15, seed 1", kSampleTicks, batch, kEta)}};
  return evidence;
}

}  // namespace locus
