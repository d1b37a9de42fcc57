// Session: one network under one rule, driven from outside, tick by tick or update by update.
//
// Why: the world may answer the network. Inputs of a tick may follow from the outputs of the tick
// before, targets may come late, and whoever drives may look at weights and counts whenever it
// likes. A session is what `run` does of a rule, in the hands of a caller: a loop that shows a
// model's own batches ends with the losses, weights, counts and fingerprint of `run`, bit by bit
// (tests/run/session_test.cc).
//
// A trial has T ticks and as many lanes as a batch has trials; every tick is one step(). Values of
// several lanes lie neuron by neuron, lanes contiguous: value[neuron * lanes + lane].
//
//   begin_trial()  step() teach()  step() teach()  ...  commit()
//
// teach() may be left out at any tick, which then brings no error and asks for no message; under
// loss FINAL it belongs to the last tick alone. Under `none` targets are not shown to anybody.
// Under a rule that listens to rewards, reward() takes the place of teach().
//
// Cost: that of the trial, and a copy of inputs, targets and outputs a tick; nothing is allocated
// between construction and commit(). Thread safety: sessions share nothing, so each may live on a
// thread of its own; one session is for one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/wire/ledger.h"
#include "sim/compile/compile.h"
#include "sim/model/builder.h"
#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/transport_kind.h"

namespace locus {

/// A call that a session cannot answer: what was called, and what is allowed.
class SessionError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// A call at the wrong time: teach() before step(), step() beyond T, commit() within a trial.
class OrderError : public SessionError {
 public:
  using SessionError::SessionError;
};

/// An argument that does not fit: another size, a number that is not finite, an unknown name.
class ArgumentError : public SessionError {
 public:
  using SessionError::SessionError;
};

/// The settings of a session that differ from its model's, and how it is carried out.
struct SessionOptions {
  // eta of every projection that has none of its own
  std::optional<double> learning_rate = {};
  std::optional<std::int32_t> ticks = {};   // T of a trial; 100 where the model has no task either
  std::optional<std::int32_t> lanes = {};   // trials abreast
  std::optional<Loss> loss = {};            // SEQUENCE where the model has no task
  std::optional<CommitWhen> commit = {};    // at the end of a trial, or in every tick
  std::optional<Locality> locality = {};    // the budget
  std::optional<Precision> precision = {};  // of what actors hold; here all is double
  TransportKind transport = TransportKind::kBatched;
  // of a rule that the model writes itself; nothing is compiled unless it says so
  CompileOptions compile = {};
  int threads = 1;  // 0: one a processor. Results are the same for any number
};

class Session {
 public:
  /// The model's network with its first weights. `rule` needs no feedback: it is then drawn for
  /// every rate population. A task is not needed either: update() alone asks for it. Throws
  /// ModelError, which names each field that is not allowed, and UsageError where the rule must be
  /// compiled and cannot be.
  Session(const Model& model, const RuleOptions& rule, const SessionOptions& options = {});
  Session(Spec spec, const RuleSpec& rule, const SessionOptions& options = {});
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// Neurons are as at the beginning of a trial. Throws OrderError within a trial, and where the
  /// last one waits for its commit().
  void begin_trial();
  /// One tick: shows x_t (inputs x lanes) and returns y_t (readouts x lanes), lent until the next
  /// call. Throws OrderError outside of a trial or beyond tick T, ArgumentError where the size is
  /// another one or a number is not finite, LocalityBroken where a message breaks the budget.
  std::span<const double> step(std::span<const double> inputs);
  /// Shows y*_t (readouts x lanes) at the tick of the last step(). Throws OrderError where there is
  /// no such tick, where it has been taught and where the loss has no error at it; otherwise as
  /// step().
  void teach(std::span<const double> targets);
  /// As above, of one readout and one lane.
  void teach(double target);
  /// Gives all rate neurons r_t (lanes) at the tick of the last step(), before its teach(); ticks
  /// without have none. Throws OrderError where there is no such tick or it has been taught,
  /// ArgumentError where the rule's signal is not REWARD of TRIALS, and as step().
  void reward(std::span<const double> rewards);
  /// As above, of one lane.
  void reward(double value);
  /// Ends the trial after tick T, and commits what has been learnt. Returns whether loss and
  /// weights are finite; where they are not, the session is over: it can be read, and no trial
  /// begins. Throws OrderError within a trial and where there is none, LocalityBroken.
  bool commit();

  /// One update of the model's own task, from begin_trial() to commit(): as above. Throws
  /// OrderError where the model has no task, and within a trial.
  bool update();

  /// One update on these trials, as many as there are lanes, from begin_trial() to commit(): the
  /// numbers are those of update() of a model that has them. Throws ModelError with every fault of
  /// the trials, ArgumentError where there are more or fewer, where one has no target and the rule
  /// has losses, or where one weighs its errors (a mask, or fewer ticks) and none of the model's
  /// trials does; OrderError within a trial.
  bool learn(const std::vector<RecordedTrial>& trials);

  std::int32_t inputs() const;                // that step() gets: those that are not constant
  std::int32_t readouts() const;              // o
  std::int32_t lanes() const;                 // trials abreast
  std::int32_t ticks() const;                 // T
  std::int32_t tick() const;                  // steps of the present trial; 0 outside of one
  std::int64_t updates() const;               // committed
  const std::vector<double>& losses() const;  // of each update, as met; empty under `none`
  // of each update(), as losses (NaN for trials driven from outside); empty where no trial of the
  // task has a class
  const std::vector<double>& accuracies() const;
  const Ledger& ledger() const;  // all messages so far, by channel and lag

  /// Weights of a projection, in the form and the order of the model file (dense: targets x
  /// sources, row-major). Throws ArgumentError for an unknown name, OrderError within a trial whose
  /// ticks commit.
  ProjectionWeights weights(std::string_view projection) const;
  /// As many numbers in the same order (one on a diagonal without autapses means nothing). Throws
  /// as weights(), within any trial, and where the size is another one or a number is not finite or
  /// not of the projection's sign.
  void set_weights(std::string_view projection, std::span<const double> values);
  /// eta of a projection, before a schedule of the model.
  double learning_rate(std::string_view projection) const;
  /// From the next commit on; finite and at least 0. The model's schedule goes on with it.
  void set_learning_rate(std::string_view projection, double rate);
  void set_learning_rate(double rate);  // of every projection

  /// What `run` would leave of the updates made so far, with their fingerprint; ranks are not
  /// computed. Throws OrderError within a trial.
  Outcome outcome() const;
  /// The model as it is driven, checked and complete.
  const Spec& spec() const;

 private:
  class Driver;
  std::unique_ptr<Driver> driver_;
};

}  // namespace locus
