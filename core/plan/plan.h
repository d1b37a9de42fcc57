// Plan: how the columns transport carries out a rule over a topology: for each projection how it
// sends, learns and commits, which phases of a tick are one, what is kept on tapes, and the bytes
// that all of this takes. A pure value.
//
// Why apart: what is done (core/protocol) and how it is done change for different reasons. Every
// choice is one named function in choose.cc with its threshold and reason inside; the transport,
// the memory estimate and `locus info --plan` read the result, and tests/plan tests it as a table,
// without a network. A plan changes no count and no message's order, only how messages are carried.
// A choice depends on sizes, on the rule and on the horizon, never on a weight.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "core/base/indexed.h"
#include "core/plan/tape_layout.h"
#include "core/protocol/learning.h"
#include "core/protocol/trial_shape.h"
#include "core/wire/topology.h"

namespace locus {

/// The way in which AXON and DENDRITE of a projection are carried, from its first tick on.
enum class Sends : std::uint8_t {
  kAhead,    // a run of ticks as one product, before the first of them
  kProduct,  // a product of weights and activities
  kColumns,  // the columns of weights of those sources that speak
  kEvents,   // the synapses of those sources that speak, one by one
};

/// The way in which the synapses of a projection learn.
enum class Way : std::uint8_t {
  kStatic,    // not at all
  kFused,     // learning of t, commit and sending of t + 1 in one pass
  kLoop,      // a pass at each POST, into a sum that waits for the commit
  kDeferred,  // messages wait on tapes and become one product
  kShared,    // the same, with one trace a source
  kSummed,    // RTRL: each synapse hears its change, into a sum
  kEvents,    // messages wait on tapes; at the commit each event of a source adds its worth
  kLocal,     // the text of the rule, a pass in each tick, into a sum that waits for the commit
};

/// The moment at which the weights of a projection change.
enum class Commits : std::uint8_t {
  kNever,
  kInPass,   // in the pass that learns and sends
  kAtOnce,   // the product of the tapes goes straight into the weights
  kSettled,  // the change is summed first; each synapse does with it what the optimizer says
};

std::string_view name(Sends sends);      // "ahead"
std::string_view name(Way way);          // "fused"
std::string_view name(Commits commits);  // "in pass"

/// The facts of a run beyond its rule.
struct Horizon {
  TrialShape trial;
  // what readouts say is looked at, at ticks without an error too
  bool outputs_are_seen = false;
  // x_t may be written after tick t - 1, by a world that answers the network: nothing is then sent
  // ahead of its tick, and no ticks run together; sums are in the order of a run that knows them
  bool inputs_tick_by_tick = false;
  // bytes that tapes may take before `loop` is chosen over `deferred`
  std::int64_t tape_floor = std::int64_t{64} << 20;
};

/// The width of a run.
struct RunWidth {
  std::int32_t lanes = 1;  // trials of a batch
  int threads = 1;
  std::int64_t scalar_bytes = 8;
};

/// One projection. Cells are numbers of the run's precision, 0 where a column does not exist.
struct ProjectionPlan {
  Sends sends = Sends::kProduct;
  Way learns = Way::kStatic;
  Commits commits = Commits::kNever;
  std::string_view why;  // of `learns`, one clause

  std::int64_t pre = 0;    // what each source sent in this tick (sources x lanes)
  std::int64_t trace = 0;  // fused (synapses); loop (synapses x lanes); shared (sources x lanes);
                           // local (synapses x lanes x traces)
  std::int64_t delta = 0;  // changes that wait (synapses)
  // fused and loop: decays of traces, where targets have their own (targets x lanes)
  std::int64_t decays = 0;
  TapeLayout traces = {};  // shared: the trace at each tick with an error
  // AXON messages of each tick, which a sweep replays (ticks + 1)
  std::int64_t sent = 0;
  std::int64_t range_currents = 0;  // of a pass by ranges or grains of sources (each x targets)
  // where each thread's targets end in each source's run (sources x (threads - 1))
  std::int64_t splits = 0;
  bool copied = false;  // each thread has a copy of the synapses onto its neurons
  // Sums over neurons of more than one grain are trees (core/base/tree.h): currents of readouts
  // over the grains of their sources, and errors carried back over those of the targets.
  bool sums_grains = false;
  bool carries_grains = false;
  std::int64_t bytes = 0;  // of all of these
};

/// The tapes of a trial; empty where nobody reads them. Row t - 1 is tick t; of activities row t.
struct TapePlan {
  TapeLayout inputs;        // x_t
  TapeLayout activities;    // h_t
  TapeLayout gains;         // alpha phi'_t
  TapeLayout voltages;      // v_t of spiking neurons; only for resets to a voltage
  TapeLayout decays;        // lambda_i(t); e-prop only
  TapeLayout coefficients;  // learning signals, and then what they amount to
  TapeLayout epsilons;      // eps_t
};

struct Plan {
  RunWidth width;
  Indexed<ProjectionPlan> projections;
  TapePlan tapes;
  // sources that speak are listed at every tick: somebody goes over them alone
  bool lists_speakers = false;
  // threads share the rate neurons out; what these hear is sent when they step
  bool shared_out = false;
  // ticks may run together, forward and back (with one lane)
  bool runs = false;
  // ticks may run together in a network that learns nothing (with one lane)
  bool runs_forward = false;
  // the projection whose population runs through ticks, and sweeps, in one loop, if one does
  std::optional<ProjectionId> recurrent;
  // a sweep revisits no tick a second time: its coefficients take the place of the gains
  bool coefficients_replace_gains = false;
  // ticks of which the inputs' currents are one product; 0: none are sent ahead
  std::int32_t ahead_ticks = 0;
  // each synapse hears POST (fused, loop)
  bool posts_to_each = false;
  bool spikes = false;          // some rate neurons spike
  bool leaky_readouts = false;  // some readouts have memory

  std::int64_t errors_back = 0;    // g of a stage of a sweep; of two where it is one loop
  std::int64_t worth = 0;          // what an event is worth onto a neuron (ticks x lanes x n)
  std::int64_t readout_worth = 0;  // and onto a readout with memory (ticks x lanes x o)
  std::int64_t compared = 0;       // outputs of ticks that run together (window x o)
  std::int64_t recalled = 0;       // eps of a tick that a sweep comes to (o x lanes)
  std::int64_t rate_errors = 0;    // firing-rate errors of a trial (n x lanes)
  std::int64_t tree = 0;           // vectors of the tree of a sum over grains
  std::int64_t transposed = 0;     // neurons or readouts that learn from events (lanes each)

  std::int64_t tape_bytes = 0;    // of all tapes of the trial
  std::int64_t column_bytes = 0;  // of the columns above that grow with neurons
  std::int64_t bytes = 0;         // all that the transport takes beside the network
};

/// topology: sizes only are read, so that one whose sparse wires have not been drawn will do.
Plan plan_of(const Topology& topology, const Learning& learning, const Horizon& horizon, RunWidth width);

}  // namespace locus
