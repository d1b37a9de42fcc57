#include "sim/run/session.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "core/base/flush.h"
#include "sim/model/check.h"
#include "sim/model/network_size.h"
#include "sim/model/wire.h"
#include "sim/ranks/processors.h"
#include "sim/run/decision.h"
#include "sim/run/driven.h"
#include "sim/run/driven_spec.h"
#include "sim/run/fingerprint.h"
#include "sim/run/given_weights.h"
#include "sim/run/learner.h"
#include "sim/run/offence.h"
#include "sim/run/rates.h"
#include "sim/run/weights.h"
#include "sim/run/workers.h"
#include "sim/task/recorded.h"
#include "sim/task/task.h"

namespace locus {
namespace {

std::int32_t count(const Spec& spec, PopulationKind kind) {
  return static_cast<std::int32_t>(neurons(spec.network, kind));
}

}  // namespace

class Session::Driver {
 public:
  /// `spec`: as it is driven, checked.
  Driver(Spec spec, const SessionOptions& options);

  void begin_trial();
  std::span<const double> step(std::span<const double> inputs);
  void teach(std::span<const double> targets);
  void reward(std::span<const double> rewards);
  bool commit();
  bool update();
  bool learn(const std::vector<RecordedTrial>& trials);

  const Spec& spec() const { return spec_; }
  const Outcome& so_far() const { return outcome_; }
  std::int32_t tick() const { return tick_; }
  const Ledger& ledger() const;
  ProjectionId named(std::string_view projection) const;
  ProjectionWeights weights(std::string_view projection) const;
  void set_weights(std::string_view projection, std::span<const double> values);
  double learning_rate(ProjectionId projection) const;
  void set_learning_rate(ProjectionId projection, double rate);
  void set_learning_rate(double rate);
  Outcome outcome() const;

 private:
  enum class Phase { kBetweenTrials, kInTrial, kOver };

  template <class Visit>
  decltype(auto) with(Visit visit) const {
    return std::visit([&](const auto& driven) -> decltype(auto) { return visit(*driven); }, driven_);
  }
  /// What sends messages: under flushed denormals, and a broken budget is told by name.
  template <class Visit>
  void send(Visit visit);
  template <class D>
  void close_tick(D& driven);
  /// The end of an update whose trials met this loss.
  template <class D, class R>
  bool conclude(D& driven, const Batch<R>& batch, double loss);
  void expect_trials(const std::vector<RecordedTrial>& trials) const;
  std::string where() const;
  [[noreturn]] void refuse(std::string_view call, const std::string& why) const;
  void expect(Phase phase, std::string_view call, std::string_view allowed) const;
  void expect_numbers(std::string_view call, std::span<const double> values, std::int64_t neurons, std::string_view of) const;

  Spec spec_;
  bool has_task_;
  Workers workers_;
  AnyDriven driven_;
  Phase phase_ = Phase::kBetweenTrials;
  std::int32_t tick_ = 0;  // steps made in this trial
  bool untaught_ = false;  // the present tick still waits for what it learns
  std::string end_;        // why the session is over
  Outcome outcome_;        // so far, without ledger, weights and fingerprint
  std::vector<double> outputs_;
};

Session::Driver::Driver(Spec spec, const SessionOptions& options)
    : spec_(std::move(spec)),
      has_task_(has_task(spec_)),
      workers_(options.threads > 0 ? options.threads : default_threads()),
      driven_(spec_.precision == Precision::kFloat32 ? driven_as<float>(spec_, options.transport, workers_.executor())
                                                     : driven_as<double>(spec_, options.transport, workers_.executor())) {
  with([&](auto& driven) {
    driven.learner.compile(options.compile, spec_.training.updates);
    outcome_ = new_outcome(spec_.rules.front(), driven.learner.learning());
    outputs_.assign(driven.learner.network().readouts.output.size(), 0);
    driven.learner.note_memory();
  });
}

std::string Session::Driver::where() const {
  if (phase_ == Phase::kOver) return "after " + end_;
  if (phase_ == Phase::kBetweenTrials) return outcome_.updates == 0 ? "before the first trial" : "between trials";
  return fmt::format("at tick {} of {}", tick_, spec_.training.ticks);
}

void Session::Driver::refuse(std::string_view call, const std::string& why) const {
  throw OrderError(fmt::format("{} {}: {}", call, where(), why));
}

void Session::Driver::expect(Phase phase, std::string_view call, std::string_view allowed) const {
  if (phase_ == Phase::kOver) refuse(call, "the session can only be read");
  if (phase_ != phase) refuse(call, std::string(allowed));
}

void Session::Driver::expect_numbers(std::string_view call, std::span<const double> values, std::int64_t neurons,
                                     std::string_view of) const {
  const std::int64_t lanes = spec_.training.batch;
  if (std::ssize(values) != neurons * lanes)
    throw ArgumentError(fmt::format("{} got {} numbers; must be {} ({} {} x {} lanes)", call, values.size(),
                                    neurons * lanes, neurons, of, lanes));
  for (std::size_t k = 0; k < values.size(); ++k)
    if (!std::isfinite(values[k]))
      throw ArgumentError(fmt::format("{}: number {} is {}; must be finite", call, k, values[k]));
}

template <class Visit>
void Session::Driver::send(Visit visit) {
  const FlushDenormals flush;
  with([&](auto& driven) {
    try {
      visit(driven);
    } catch (const LocalityBroken& broken) {
      driven.learner.transport().finish();
      phase_ = Phase::kOver;
      end_ = "a broken budget";
      throw LocalityBroken(broken.offence(), describe(driven.learner.network(), broken.offence(), outcome_.rule,
                                                      outcome_.updates, spec_.training.locality));
    }
  });
}

/// A tick that nobody has taught brings no error.
template <class D>
void Session::Driver::close_tick(D& driven) {
  if (untaught_) driven.learner.trial().learn(Tick{tick_}, nullptr, nullptr, driven.batch.reward_at(tick_));
  untaught_ = false;
}

void Session::Driver::begin_trial() {
  expect(Phase::kBetweenTrials, "begin_trial()", "a trial ends with its last tick and commit()");
  send([&](auto& driven) {
    using R = typename std::remove_reference_t<decltype(driven)>::Number;
    driven.learner.begin_update(std::min(outcome_.updates, spec_.training.updates - 1));
    // update() may have held them back in trials that begin late
    if (driven.task) driven.batch.shows_constants = false;
    show_constants<R>(driven.constants, driven.batch);
    if (locus::rule(spec_.rules.front().kind).signal == SignalSource::kReward) driven.batch.hold_rewards(true);
    std::ranges::fill(driven.batch.reward, R(0));
    driven.learner.trial().begin(driven.batch.input.data(), outcome_.updates * driven.batch.lanes);
  });
  phase_ = Phase::kInTrial;
}

std::span<const double> Session::Driver::step(std::span<const double> inputs) {
  expect(Phase::kInTrial, "step()", "begin_trial() comes first");
  if (tick_ == spec_.training.ticks) refuse("step()", "a trial has no more ticks; commit() comes next");
  expect_numbers("step()", inputs, with([](auto& driven) { return std::ssize(driven.columns); }), "inputs");
  send([&](auto& driven) {
    using R = typename std::remove_reference_t<decltype(driven)>::Number;
    close_tick(driven);
    const Tick now{tick_ + 1};
    write_columns<R>(inputs, driven.columns, driven.batch.lanes, driven.batch.input_at(now.value));
    driven.learner.trial().step(now);
    tick_ = now.value;
    std::ranges::copy(driven.learner.network().readouts.output, outputs_.begin());
  });
  untaught_ = true;
  return outputs_;
}

void Session::Driver::teach(std::span<const double> targets) {
  expect(Phase::kInTrial, "teach()", "begin_trial() and step() come first");
  if (tick_ == 0) refuse("teach()", "step() comes first");
  if (!untaught_) refuse("teach()", "this tick has been taught; step() or commit() comes next");
  expect_numbers("teach()", targets, with([](auto& driven) { return driven.learner.network().readouts.size; }), "readouts");
  const std::int32_t first_error = with([](auto& driven) { return driven.learner.shape().first_error().value; });
  if (tick_ < first_error)
    refuse("teach()", fmt::format("under this loss ticks have an error from {} on", first_error));
  send([&](auto& driven) {
    using R = typename std::remove_reference_t<decltype(driven)>::Number;
    R* const target = driven.batch.target_at(tick_);
    std::ranges::transform(targets, target, [](double y) { return static_cast<R>(y); });
    untaught_ = false;
    driven.learner.trial().learn(Tick{tick_}, target, nullptr, driven.batch.reward_at(tick_));
  });
}

void Session::Driver::reward(std::span<const double> rewards) {
  expect(Phase::kInTrial, "reward()", "begin_trial() and step() come first");
  if (tick_ == 0) refuse("reward()", "step() comes first");
  if (!untaught_) refuse("reward()", "this tick has been taught; reward() comes before teach()");
  if (locus::rule(spec_.rules.front().kind).signal != SignalSource::kReward)
    throw ArgumentError(
        "reward(): the rule listens to no rewards; must be a local rule with signal: REWARD and reward: TRIALS");
  expect_numbers("reward()", rewards, 1, "reward");
  with([&](auto& driven) {
    using R = typename std::remove_reference_t<decltype(driven)>::Number;
    std::ranges::transform(rewards, driven.batch.reward_at(tick_), [](double r) { return static_cast<R>(r); });
  });
}

bool Session::Driver::commit() {
  expect(Phase::kInTrial, "commit()", "begin_trial() and the ticks of a trial come first");
  if (tick_ < spec_.training.ticks) refuse("commit()", "a trial ends with its last tick");
  bool finite = false;
  send([&](auto& driven) {
    close_tick(driven);
    const double loss = driven.learner.trial().end();
    driven.learner.count_trials();
    finite = conclude(driven, driven.batch, loss);
  });
  return finite;
}

bool Session::Driver::update() {
  expect(Phase::kBetweenTrials, "update()", "a trial ends with its last tick and commit()");
  if (!has_task_) refuse("update()", "the model has no task; begin_trial(), step(), teach() and commit() show one");
  bool finite = false;
  send([&](auto& driven) {
    if (!driven.task) driven.task.emplace(spec_).prepare(driven.batch);
    driven.learner.begin_update(std::min(outcome_.updates, spec_.training.updates - 1));
    std::ranges::fill(driven.batch.reward, typename std::remove_reference_t<decltype(driven)>::Number(0));
    driven.task->fill(outcome_.updates, driven.batch);
    finite = conclude(driven, driven.batch, driven.learner.run(driven.batch));
  });
  return finite;
}

void Session::Driver::expect_trials(const std::vector<RecordedTrial>& trials) const {
  if (std::ssize(trials) != spec_.training.batch)
    throw ArgumentError(fmt::format("learn() got {} trials; must be {}, the lanes", trials.size(), spec_.training.batch));
  if (std::vector<Fault> faults = check_trials(spec_, trials); !faults.empty()) throw ModelError(std::move(faults));
  const bool has_losses = with([](auto& driven) { return driven.learner.has_losses(); });
  const bool weighs = weighs_errors(spec_.task, spec_.training.ticks);
  for (std::size_t k = 0; k < trials.size(); ++k) {
    if (has_losses && !has_target(trials[k]))
      throw ArgumentError(fmt::format("learn(): trial {} has no target or class", k));
    if (weighs || !weighs_errors(trials[k], spec_.training.ticks)) continue;
    throw ArgumentError(fmt::format("learn(): trial {} has {}; the model must have such a trial, so that errors have weights",
                                    k, trials[k].mask.rows > 0 ? "a mask" : "fewer ticks"));
  }
}

bool Session::Driver::learn(const std::vector<RecordedTrial>& trials) {
  expect(Phase::kBetweenTrials, "learn()", "a trial ends with its last tick and commit()");
  expect_trials(trials);
  bool finite = false;
  send([&](auto& driven) {
    using R = typename std::remove_reference_t<decltype(driven)>::Number;
    RecordedSource source(trials, spec_.training, driven.columns, driven.batch.lanes, std::nullopt);
    Batch<R>& batch = driven.given;
    if (batch.input.empty())
      batch = make_batch<R>(driven.batch.ticks, driven.batch.inputs, driven.batch.readouts, driven.batch.lanes);
    give_columns(source.columns(), batch);
    batch.first_trial = outcome_.updates * batch.lanes;
    fill_batch<RecordedSource, R>(source, 0, driven.constants, batch);
    driven.learner.begin_update(std::min(outcome_.updates, spec_.training.updates - 1));
    finite = conclude(driven, batch, driven.learner.run(batch));
  });
  return finite;
}

template <class D, class R>
bool Session::Driver::conclude(D& driven, const Batch<R>& batch, double loss) {
  tick_ = 0;
  phase_ = Phase::kBetweenTrials;
  const bool met = std::isfinite(loss);
  const bool finite = met && driven.learner.commit();
  measure_rates(driven.learner.network(), spec_.training, outcome_.rates);
  if (met && driven.learner.has_losses()) outcome_.losses.push_back(loss);
  if (met && driven.learner.has_choices()) note(confusion_of(batch, driven.learner.trial().votes()), outcome_);
  if (met) ++outcome_.updates;
  if (finite) return true;
  phase_ = Phase::kOver;
  end_ = fmt::format("update {}, where {}", outcome_.updates + (met ? 0 : 1), driven.learner.divergence(loss));
  outcome_.status = Status::kDiverged;
  return false;
}

const Ledger& Session::Driver::ledger() const {
  return with([](auto& driven) -> const Ledger& { return driven.learner.door().ledger(); });
}

ProjectionId Session::Driver::named(std::string_view projection) const {
  const std::vector<ProjectionSpec>& all = spec_.network.projections;
  const auto found = std::ranges::find(all, projection, &ProjectionSpec::name);
  if (found != all.end()) return ProjectionId{static_cast<std::int32_t>(found - all.begin())};
  std::string names;
  for (const ProjectionSpec& one : all) names += (names.empty() ? "" : ", ") + one.name;
  throw ArgumentError(fmt::format("no projection is named {}; must be one of {}", projection, names));
}

ProjectionWeights Session::Driver::weights(std::string_view projection) const {
  const ProjectionId p = named(projection);
  if (phase_ == Phase::kInTrial && spec_.training.commit == CommitWhen::kEveryTick)
    refuse("weights()", "ticks of this trial commit; weights are read after commit()");
  return with([&](auto& driven) {
    return weights_of(driven.learner.network().projections()[p], driven.learner.network().synapses[p].weight);
  });
}

void Session::Driver::set_weights(std::string_view projection, std::span<const double> values) {
  const ProjectionId p = named(projection);
  expect(Phase::kBetweenTrials, "set_weights()", "weights are set between trials");
  with([&](auto& driven) {
    expect_weights(driven.topology.projections[p], values);
    driven.learner.set_weights(p, {values.begin(), values.end()});
  });
}

double Session::Driver::learning_rate(ProjectionId projection) const {
  return with([&](auto& driven) { return driven.learner.learning_rate(projection); });
}

void Session::Driver::set_learning_rate(ProjectionId projection, double rate) {
  if (!std::isfinite(rate) || rate < 0)
    throw ArgumentError(fmt::format("a learning rate is {}; must be finite and at least 0", rate));
  with([&](auto& driven) { driven.learner.set_learning_rate(projection, rate); });
}

void Session::Driver::set_learning_rate(double rate) {
  for (const ProjectionSpec& projection : spec().network.projections) set_learning_rate(named(projection.name), rate);
  with([&](auto& driven) { driven.learner.set_feedback_rate(rate); });
}

Outcome Session::Driver::outcome() const {
  if (phase_ == Phase::kInTrial) refuse("outcome()", "an outcome is that of whole updates");
  Outcome outcome = outcome_;
  if (!end_.empty()) outcome.message = end_;
  outcome.ledger = ledger();
  outcome.weights = with([](auto& driven) { return weights_of(driven.learner.network()); });
  outcome.feedback = with([](auto& driven) { return learned_feedback_of(driven.learner.network()); });
  outcome.fingerprint = fingerprint(outcome);
  return outcome;
}

Session::Session(Spec spec, const RuleSpec& rule, const SessionOptions& options)
    : driver_(std::make_unique<Driver>(driven(std::move(spec), rule, options), options)) {}
Session::Session(const Model& model, const RuleOptions& rule, const SessionOptions& options)
    : driver_(std::make_unique<Driver>(driven(model, rule, options), options)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

void Session::begin_trial() { driver_->begin_trial(); }
std::span<const double> Session::step(std::span<const double> inputs) { return driver_->step(inputs); }
void Session::teach(std::span<const double> targets) { driver_->teach(targets); }
void Session::teach(double target) { driver_->teach({&target, 1}); }
void Session::reward(std::span<const double> rewards) { driver_->reward(rewards); }
void Session::reward(double value) { driver_->reward({&value, 1}); }
bool Session::commit() { return driver_->commit(); }
bool Session::update() { return driver_->update(); }
bool Session::learn(const std::vector<RecordedTrial>& trials) { return driver_->learn(trials); }

std::int32_t Session::inputs() const { return static_cast<std::int32_t>(shown_inputs(spec().network)); }
std::int32_t Session::readouts() const { return count(spec(), PopulationKind::kReadout); }
std::int32_t Session::lanes() const { return spec().training.batch; }
std::int32_t Session::ticks() const { return spec().training.ticks; }
std::int32_t Session::tick() const { return driver_->tick(); }
std::int64_t Session::updates() const { return driver_->so_far().updates; }
const std::vector<double>& Session::losses() const { return driver_->so_far().losses; }
const std::vector<double>& Session::accuracies() const { return driver_->so_far().accuracies; }
const Ledger& Session::ledger() const { return driver_->ledger(); }

ProjectionWeights Session::weights(std::string_view projection) const { return driver_->weights(projection); }
void Session::set_weights(std::string_view projection, std::span<const double> values) {
  driver_->set_weights(projection, values);
}
double Session::learning_rate(std::string_view projection) const {
  return driver_->learning_rate(driver_->named(projection));
}
void Session::set_learning_rate(std::string_view projection, double rate) {
  driver_->set_learning_rate(driver_->named(projection), rate);
}
void Session::set_learning_rate(double rate) { driver_->set_learning_rate(rate); }

Outcome Session::outcome() const { return driver_->outcome(); }
const Spec& Session::spec() const { return driver_->spec(); }

}  // namespace locus
