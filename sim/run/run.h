// run: trains the network of a Spec under each of its rules, from the same weights and on the same
// data.
//
// Pure but for time and memory: reads no file, prints nothing. Results are bit-identical for any
// number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include "core/base/rank_exchange.h"
#include "sim/compile/compile.h"
#include "sim/model/spec.h"
#include "sim/model/wire.h"
#include "sim/run/recording.h"
#include "sim/run/result.h"
#include "sim/run/state.h"
#include "sim/run/trace.h"
#include "sim/run/transport_kind.h"

namespace locus {

/// A run between two updates, or between two rules; what it points to is lent for the call.
struct Moment {
  const RunResult& done;             // the rules that have ended
  const RuleSpec* builds = nullptr;  // the rule whose network is made next; otherwise null
  // the rule that runs, so far, without its weights; null between rules
  const Outcome* present = nullptr;
  const Ledger* ledger = nullptr;  // its ledger
  // of a run that goes on: its earlier states of the rules that follow `present`, or `done`
  std::span<const RuleState> waiting = {};
  bool stopping = false;  // an interrupt has been met: nothing comes after this
  // the rule that runs, weights included, at the cost of a copy of them; empty between rules
  std::function<RuleState()> state;
};

struct RunOptions {
  TransportKind transport = TransportKind::kBatched;
  int threads = 0;  // 0: what the machine has
  // singular values also where the smaller side exceeds 512
  bool rank_of_large = false;
  std::optional<TraceRequest> trace;  // keep messages one by one; mailbox only
  // set by another thread or a signal: stop after the present update; of ranks any one's counts
  const std::atomic<bool>* interrupt = nullptr;
  // Called before a rule's network is built, before its first update, after each one, and where a
  // run is stopped between two rules. May be empty. What it does bears on nothing.
  std::function<void(const Moment&)> watch = {};
  // Asked before a rule's first update and after each one, before the watch: true ends the run
  // there, as an interrupt does. May be empty.
  std::function<bool(const Moment&)> ends = {};
  // Shown what the model's records ask for, at each tick and after each update's commit; the watch
  // that follows an update closes it. May be empty: then nothing is looked at. What it does bears
  // on nothing.
  Look look = {};
  // With several ranks the process is one of them: all call run() with the same spec and options
  // but for the three above, and the first one's result is that of the run; the others' is of no
  // use.
  RankExchange exchange = {};
  // of rules that a model writes itself, in columns. Nothing is compiled unless it says so
  CompileOptions compile = {};
  // called with the name of a rule that was to be compiled and is interpreted, and the reason; may
  // be empty
  std::function<void(const std::string& rule, const std::string& reason)> interpreted = {};
  // outcomes keep what a later continuation with more updates needs (sim/run/kept.h)
  bool may_go_on = false;
  // Goes on from there: a state that fits the spec (state.h). The results are those of a run
  // without a break. Its weights and losses move into the run, which takes no more memory than the
  // one that was stopped; what is left of it is of no use.
  RunState* from = nullptr;
};

/// A result without outcomes. Callers that only display it need no topology and no options.
RunResult not_begun(const Spec& spec, Topology topology = {}, const RunOptions& options = {});

/// Runs every rule of the spec, in order. Errors of a run (divergence, a broken locality budget, an
/// interrupt) end that rule, stand in its Outcome and let the others run (an interrupt ends them
/// all). Throws UsageError where a rule must be compiled and cannot be; ModelError where the spec
/// is not valid (sim/model/check.h), before anything is made of it; CheckFailure on a defect,
/// std::bad_alloc when memory ends.
RunResult run(const Spec& spec, const RunOptions& options = {});

/// The same with a topology that has been made: topology_of(spec), targets listed. The spec has
/// been checked: it comes from load, from the builder, or has passed require_valid.
RunResult run(const Spec& spec, Topology topology, const RunOptions& options);

}  // namespace locus
