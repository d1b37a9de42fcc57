// Columns: the same handlers, applied to whole columns of actors at once; messages are counted in
// bulk. The default transport.
//
// A conductor: it takes phases in the order of sim/run/trial.h and hands each to the part that
// carries it. Parts: a sender a projection (sending.h), what synapses learn, by way (learners.h,
// ways.h), feedback that learns (mirrors.h), the clocks of neurons and readouts, runs of ticks
// (runs.h, forward_runs.h), sweeps (sweeps.h). Which way
// a projection takes is the plan's to say (core/plan), invisible to handlers. What each way does at
// each moment is a table in docs/architecture.md. That the handlers are linear or bilinear where a
// product stands for them is proven by tests/transport/bilinear_test.cc. Invariants: same counts as
// Mailbox, same numbers to 1e-12; bits do not depend on threads (sums have a fixed order, products
// fixed chunks); nothing allocates between begin_trial and finish; whoever moves numbers passes the
// door in the same function.
#pragma once

#include <vector>

#include "core/transport/columns/forward_runs.h"
#include "core/transport/columns/learners.h"
#include "core/transport/columns/mirrors.h"
#include "core/transport/columns/readouts_clock.h"
#include "core/transport/columns/runs.h"
#include "core/transport/columns/sweeps.h"

namespace locus {

template <class R>
class Columns {
 public:
  /// `network` and `door` outlive the transport. `exchange`: between the ranks of a run, where the
  /// network's topology is the part of one.
  Columns(Network<R>& network, const Learning& learning, const Horizon& horizon, Executor executor, Door& door,
          RankExchange exchange = {});

  /// `inputs` outlives the trial, or is null: each x_t then stands at the inputs before its tick.
  void begin_trial(const R* inputs);
  void tick(Tick now);
  void step(Layer layer);
  void commit(R scale);
  void finish();

  void deliver(const phase::Axons& axons);
  void deliver(const phase::Ticks& ticks);
  /// Phases that one part carries alone.
  template <class Phase>
  void deliver(const Phase& phase) {
    if constexpr (requires { sweeps_.deliver(common_, phase); }) {
      sweeps_.deliver(common_, phase);
    } else if constexpr (requires { readouts_.deliver(common_, phase); }) {
      readouts_.deliver(common_, phase);
    } else if constexpr (requires { mirrors_.deliver(common_, phase); }) {
      mirrors_.deliver(common_, phase);
    } else if constexpr (requires { learners_.deliver(common_, phase); }) {
      learners_.deliver(common_, phase);
    } else {
      runs_.deliver(common_, phase);
    }
  }

  /// The ticks that may be taken together now, as no observer needs each tick.
  Fuses fuses() const;
  Swept sweep(Tick now, std::int32_t visits, const AgentColumns<R>& agent);
  const R* errors_at(Tick tick) const { return runs_.errors_at(common_, tick); }
  const R* outputs_at(Tick tick) const { return runs_.outputs_at(common_, tick); }

  /// Weights have been set from outside: threads renew their copies.
  void copy_weights();
  /// From now on a rule that the model writes itself is carried out by these, with the same bits.
  void use(const RuleKernels<R>& kernels) { learners_.use(kernels); }

  Network<R>& network() { return common_.network; }
  Door& door() { return common_.door; }
  const Learning& learning() const { return common_.learning; }
  const Plan& plan() const { return common_.plan; }

  TaughtSynapse<R> synapse(ProjectionId projection, SynapseId index, Lane lane);
  R behind(ProjectionId projection, SynapseId index, Lane lane) const;
  void watch_trace(ProjectionId projection);
  R trace(ProjectionId projection, SynapseId synapse, Lane lane) const;

 private:
  Common<R> common_;
  Indexed<Sender<R>> senders_;  // by projection
  Learners<R> learners_;
  Mirrors<R> mirrors_;
  NeuronsClock<R> neurons_;
  ReadoutsClock<R> readouts_;
  Ahead<R> ahead_;
  TickRuns<R> runs_;
  ForwardRuns<R> forward_;
  BackSweeps<R> sweeps_;
};

}  // namespace locus
