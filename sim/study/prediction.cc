#include "sim/study/prediction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "sim/model/realise.h"
#include "sim/run/run.h"
#include "sim/study/linear_model.h"
#include "sim/study/student.h"

namespace locus {
namespace {

using theory::ExactRule;
using theory::LinearNetwork;
using theory::Matrix;
using theory::Mode;
using theory::ModeRule;

// for each of them the simulation runs again from the start
constexpr std::int64_t kCheckpoints = 5;

/// The mode's rule. The feedback of the mode is the entry of the feedback matrix between u_i and
/// the hidden direction of the mode.
ModeRule mode_rule(const ExactRule& rule, const theory::Bases& bases, std::size_t mode) {
  ModeRule result = {.kind = rule.kind, .depth = rule.depth, .feedback = 0, .decay = rule.decay};
  const auto i = static_cast<Eigen::Index>(mode);
  if (rule.feedback.size() > 0) result.feedback = bases.u.col(i).dot(rule.feedback * bases.p.col(i));
  return result;
}

std::string why_modes_couple(const ExactRule& rule, const LinearModel& model, const theory::Bases& bases,
                             bool student_aligned) {
  if (!student_aligned)
    return "the student does not lie in the teacher's bases: modes are its diagonal there, at the start";
  const bool diagonal = locus::rule(rule.kind).decay == DecaySource::kNeuron;
  if (diagonal && !is_signed_permutation(bases.p))
    return "e-prop sees the diagonal of W in the neurons' basis: modes couple unless P is the identity";
  if (rule.feedback.size() > 0) {
    LinearNetwork reads = model.student;
    reads.a = rule.feedback;
    if (!lies_in(reads, bases)) return "the feedback does not lie in the teacher's bases";
  }
  return "";
}

/// The largest stable eta. |1 + eta l| < 1 for both eigenvalues l means eta < -2 Re l / |l|^2.
double largest_eta(const theory::Linearisation& line) {
  double bound = std::numeric_limits<double>::infinity();
  for (std::size_t i = 1; i < 3; ++i)
    bound = std::min(bound, -2 * line.eigenvalues[i].real() / std::norm(line.eigenvalues[i]));
  return bound;
}

/// Times of a prediction, updates x eta, and who may end it.
struct FlowTimes {
  std::vector<double> times;  // of the checkpoints
  double limit = 0;           // end of the ODEs
  const std::atomic<bool>* interrupt = nullptr;
};

/// Follows the ODE of one mode: its losses at the checkpoints, and its limit. A flow that is too
/// long to be followed to its end has the limit that it has come to.
std::vector<double> follow(ModePrediction& mode, const Mode& teacher, const FlowTimes& horizon) {
  std::vector<double> losses;
  const theory::Trajectory path =
      theory::integrate(mode.start, teacher, mode.rule, horizon.times, 1e-10, horizon.interrupt);
  mode.ending_at_checkpoints = path.ending;
  for (const Mode& z : path.mode) losses.push_back(theory::loss(z, teacher));
  if (!path.mode.empty()) mode.last = path.mode.back();
  const theory::Trajectory whole =
      theory::integrate(mode.start, teacher, mode.rule, std::vector<double>{horizon.limit}, 1e-9, horizon.interrupt);
  mode.ending = whole.ending;
  if (whole.ending != theory::Ending::kInTime && whole.ending != theory::Ending::kTooLong) return losses;
  mode.limit = whole.last;
  mode.limit_loss = theory::loss(mode.limit, teacher);
  if (mode.limit.a == 0) return losses;
  const theory::Linearisation line = theory::linearise(teacher, mode.limit.a, mode.rule);
  mode.limit_rate = line.rate;
  if (line.stable) mode.largest_eta = largest_eta(line);
  return losses;
}

void predict_modes(RulePrediction& result, const LinearModel& model, const theory::Bases& bases, const ExactRule& rule,
                   const FlowTimes& horizon, std::optional<double> at) {
  const std::vector<Mode> start = theory::diagonal_in(model.student, bases);
  result.mode_losses.assign(horizon.times.size(), 0);
  for (std::size_t i = 0; i < model.modes.size(); ++i) {
    const Mode& teacher = model.modes[i];
    ModePrediction& mode = result.modes.emplace_back();
    mode.rule = mode_rule(rule, bases, i);
    mode.optimum = theory::linearise(teacher, at.value_or(teacher.a), mode.rule);
    mode.saddle = theory::saddle_eigenvalues(teacher, teacher.w, mode.rule);
    mode.start = start[i];
    const std::vector<double> losses = follow(mode, teacher, horizon);
    result.mode_losses.resize(std::min(result.mode_losses.size(), losses.size()));
    for (std::size_t k = 0; k < result.mode_losses.size(); ++k) result.mode_losses[k] += losses[k];
  }
}

/// Records the modes of a trained network, in the bases of the teacher if the network is aligned
/// with them, otherwise along its own inputs.
void note_modes(RulePrediction& result, const LinearModel& model, const theory::Bases& bases, bool aligned,
                const LinearNetwork& trained, Mode ModePrediction::*where) {
  if (model.modes.empty()) return;  // there are no bases either
  const std::vector<Mode> modes =
      aligned ? theory::diagonal_in(trained, bases) : theory::modes_within(trained, model.bases);
  for (std::size_t i = 0; i < result.modes.size(); ++i) result.modes[i].*where = modes[i];
}

bool is_set(const std::atomic<bool>* interrupt) {
  return interrupt != nullptr && interrupt->load(std::memory_order_relaxed);
}

LinearNetwork train_expected(RulePrediction& result, const Spec& spec, const LinearModel& model, const ExactRule& rule,
                             const std::vector<std::int64_t>& checkpoints, const std::atomic<bool>* interrupt) {
  constexpr std::int64_t kUpdatesAtOnce = 200;  // whose losses are kept
  LinearNetwork student = model.student;
  result.expected_losses = {theory::exact_loss(student, model.teacher, spec.training.ticks)};
  for (std::size_t k = 1; k < checkpoints.size(); ++k) {
    double loss = result.expected_losses.back();
    for (std::int64_t update = checkpoints[k - 1]; update < checkpoints[k]; update += kUpdatesAtOnce) {
      auto part = theory::exact_training(student, model.teacher, rule, spec.training.ticks,
                                         spec.training.learning_rate.value_or(0),
                                         std::min(kUpdatesAtOnce, checkpoints[k] - update), interrupt);
      student = std::move(part.student);
      result.expectation_interrupted = part.interrupted;
      if (part.interrupted) return student;
      result.expectation_diverged = part.diverged;
      if (part.diverged) return student;
      loss = part.losses.back();
    }
    result.expected_losses.push_back(loss);
  }
  return student;
}

/// Runs the model itself up to each checkpoint in turn, with its own weights, noise and seed. A run
/// is a pure function of these, so a shorter run is the beginning of a longer one.
std::optional<LinearNetwork> train_simulated(RulePrediction& result, const Spec& spec, const LinearModel& model,
                                             std::size_t rule, const std::vector<std::int64_t>& checkpoints,
                                             const std::atomic<bool>* interrupt) {
  Spec one = spec;
  one.rules = {spec.rules[rule]};
  result.simulated_losses = {theory::exact_loss(model.student, model.teacher, spec.training.ticks)};
  std::optional<LinearNetwork> last;
  for (std::size_t k = 1; k < checkpoints.size(); ++k) {
    one.training.updates = checkpoints[k];
    RunOptions options;
    options.interrupt = interrupt;
    const RunResult run_result = run(one, options);
    const Outcome& outcome = run_result.outcomes.at(0);
    result.simulation_status = std::string(name(outcome.status));
    if (outcome.status != Status::kCompleted) break;
    std::vector<Weights> weights;
    for (const ProjectionWeights& projection : outcome.weights) weights.push_back(projection.matrix);
    last = matrices_of(spec.network, weights);
    result.simulated_losses.push_back(theory::exact_loss(*last, model.teacher, spec.training.ticks));
  }
  return last;
}

}  // namespace

Prediction predict(const Spec& spec, const PredictionOptions& options) {
  const LinearModel model = linear_model(spec);
  Prediction result;
  result.teacher = model.modes;
  theory::Bases bases = model.bases;
  result.student_aligned = lies_in(model.student, bases);
  if (!result.student_aligned && !model.modes.empty()) bases.p = (model.student.b * bases.v).colwise().normalized();
  const std::int64_t updates = spec.training.updates;
  for (std::int64_t k = 0; k <= kCheckpoints; ++k) {
    const std::int64_t update = updates * k / kCheckpoints;
    if (result.checkpoints.empty() || update > result.checkpoints.back()) result.checkpoints.push_back(update);
  }
  FlowTimes horizon{.interrupt = options.interrupt};
  for (const std::int64_t update : result.checkpoints)
    horizon.times.push_back(double(update) * spec.training.learning_rate.value_or(0));
  horizon.limit = result.limit_time = std::max(200.0, horizon.times.back());
  for (std::size_t r = 0; r < spec.rules.size(); ++r) {
    if (locus::rule(spec.rules[r].kind).drive == Drive::kNothing || is_local(spec.rules[r].kind)) continue;
    if (is_set(options.interrupt)) break;
    const ExactRule rule = exact_rule_of(spec, spec.rules[r]);
    RulePrediction& one = result.rules.emplace_back();
    one.name = spec.rules[r].name;
    one.kind = rule.kind;
    one.why_not = model.modes.empty() ? "the teacher is not data-aligned"
                                      : why_modes_couple(rule, model, bases, result.student_aligned);
    one.modes_apply = one.why_not.empty();
    if (!model.modes.empty()) predict_modes(one, model, bases, rule, horizon, options.at);
    const LinearNetwork expected = train_expected(one, spec, model, rule, result.checkpoints, options.interrupt);
    if (!one.expectation_diverged && !one.expectation_interrupted)
      note_modes(one, model, bases, result.student_aligned, expected, &ModePrediction::expected);
    if (!options.simulate) continue;
    const auto simulated = train_simulated(one, spec, model, r, result.checkpoints, options.interrupt);
    if (simulated && one.simulation_status == name(Status::kCompleted))
      note_modes(one, model, bases, result.student_aligned, *simulated, &ModePrediction::simulated);
  }
  return result;
}

}  // namespace locus
