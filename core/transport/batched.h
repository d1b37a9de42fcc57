// Batched: the same handlers, applied to whole columns of actors at once; messages are counted in
// bulk. The default transport.
//
// Five ways to deliver, chosen for each projection when the network is built and invisible to
// handlers:
//   loop      a pass over the columns (pass.h); sending with one lane, learning where nothing below
//             fits
//   product   sending with several lanes, and errors carried back over weights: linear handlers, as
//             matrix products (core/base/product.h)
//   fused     online learning with a commit every tick: learning of t, commit and sending of t + 1
//             in one pass; threads take ranges of sources
//   ahead     sending what inputs say, one lane, weights that no tick commits: one product for a
//             run of ticks
//   deferred  learning with a commit at the end of the batch or of a sweep: the ticks' messages
//             wait on tapes (tape.h) and become one product. A trace that all synapses of a source
//             provably share (identity, one decay) is kept once a source.
//   events    onto spiking neurons and readouts with memory, and sending over any sparse synapses
//             with one lane: sending goes over the sources that are not silent (axon_lines.h),
//             threads taking ranges of targets, or of all neurons at once where they hear of
//             nothing else (batched_stepping.cc); learning waits on the tapes too, and a tick's
//             coefficients are added once for each event of a source: it costs what was sent
//             (batched_spiking.cc). Without a rule each thread has a copy of the synapses onto its
//             neurons
// That the handlers are linear or bilinear as declared here is proven by
// tests/transport/bilinear_test.cc. Invariants: same counts as Mailbox, same numbers to 1e-12; bits
// do not depend on threads; nothing allocates between begin_trial and finish.
#pragma once

#include <span>
#include <vector>

#include "core/actor/rate_neuron.h"
#include "core/actor/readout.h"
#include "core/protocol/declaration.h"
#include "core/protocol/trial_shape.h"
#include "core/transport/axon_lines.h"
#include "core/transport/executor.h"
#include "core/transport/pass.h"
#include "core/transport/record.h"
#include "core/transport/tape.h"
#include "core/transport/transport.h"

namespace locus {

/// How the synapses of a projection learn.
enum class Way : std::uint8_t {
  kStatic,    // not at all
  kFused,     // see above
  kLoop,      // a pass at each POST, a sum that waits for the commit
  kDeferred,  // on tapes
  kShared,    // on tapes, with one trace a source
  kSummed,    // RTRL: synapses are told their change, which waits for the commit
  kEvents,    // on tapes, event by event
};

/// What the ways are chosen by.
struct Horizon {
  TrialShape trial;
  bool commit_every_tick = false;
  // somebody looks at outputs, at ticks without an error too
  bool outputs_are_seen = false;
  // x_t may be written after tick t - 1: nothing is sent ahead of it, and no ticks run together
  bool inputs_tick_by_tick = false;
  // bytes that tapes may take before `loop` is chosen over `deferred`
  std::int64_t tape_floor = std::int64_t{64} << 20;
};

template <class R>
class Batched {
 public:
  /// `network` and `door` outlive the transport.
  Batched(Network<R>& network, const Learning& learning, const Horizon& horizon, Executor executor, Door& door);

  /// `inputs` outlives the trial.
  void begin_trial(const R* inputs);
  void tick(Tick now);
  /// Whether ticks may be run together now: nobody looks at each of them.
  bool runs() const;
  /// The ticks first .. last at once: all that goes forward, and the POST of rate neurons online.
  /// What an error brings is compare()'s and answer()'s; readouts hold nothing of these ticks.
  void run(Tick first, Tick last);
  /// Whether ticks with an error, and their sweeps, may be among them: no message that they bring
  /// breaks the budget.
  bool runs_errors() const;
  /// Of ticks that have been run: step_readouts(), targets(), report_errors() and feedback().
  /// target: y*_t (ticks x o).
  void compare(Tick first, Tick last, const R* target, R scale);
  /// e_t of the readouts (o) at a tick that has been compared.
  const R* errors_at(Tick tick) const;
  /// What the synapses of A have answered at a tick since the last commit: they have been counted,
  /// and whoever does not ask is not told.
  void answer(Tick tick, Answers<R> answers);
  /// Lets all messages pass of a sweep that revisits `visits` ticks from `now` back, where the door
  /// is open to all of them. False where it is not: then each stage passes alone.
  bool pass_sweep(Tick now, std::int32_t visits);
  /// adjoint(), replay() and post_back() of a stage whose messages have passed.
  void stage(const R* delta, Tick revisited, Answers<R> answers);
  /// All stages of such a sweep. False for networks that it does not take: stages go one by one.
  bool sweep_recurrent(Tick now, std::int32_t visits, const AgentColumns<R>& agent);
  void axons(ProjectionId projection);
  void step_neurons();
  void step_readouts();
  void targets(const R* target, R scale);
  void classify(const R* target);
  void report_errors(Answers<R> answers);
  void feedback();
  void tell_own_weights() { own_weights(1); }
  void post(bool tick_has_error);
  void tell_rates();
  void adjoint(const R* delta, std::int32_t lag);
  void replay(Tick revisited, std::int32_t lag);
  void post_back(Tick revisited, std::int32_t lag, Answers<R> answers);
  void tell_squares(R scale, R* sums);
  void hear_factor(const R* factors);
  void commit(R scale);
  void finish();

  Network<R>& network() { return network_; }
  Door& door() { return door_; }
  const Learning& learning() const { return learning_; }
  TaughtSynapse<R> synapse(ProjectionId projection, SynapseId index, Lane lane);
  R behind(ProjectionId projection, SynapseId index, Lane lane) const;
  void watch_trace(ProjectionId projection);
  R trace(ProjectionId projection, SynapseId synapse, Lane lane) const;

  /// Weights have been set from outside: threads renew their copies.
  void copy_weights();

  /// The way chosen for a projection.
  Way way(ProjectionId projection) const { return blocks_[static_cast<std::size_t>(projection.value)].way; }

 private:
  /// The eligibility of one synapse and lane that somebody looks at. Where nothing is low-passed,
  /// that is the trace itself.
  struct Seen {
    R trace = 0;
    R adapted = 0;
    R low_pass = 0;
  };

  /// Synapses of a sparse projection onto the neurons that are a thread's share, source by source.
  struct Part {
    Column<std::int64_t> offset;  // (sources + 1)
    Column<std::int32_t> target;
    Column<R> weight;
  };

  /// What a projection's synapses own besides their weight, in the form that its way needs.
  struct Block {
    Way way = Way::kStatic;
    const Neurons* target = nullptr;  // it ends on; the network's
    bool identity = false;            // onto a population with phi = identity
    bool spiking = false;             // onto or from a spiking population
    R decay = 0;                      // RFLO: lambda of the population
    R leak = 1;                       // alpha of the population
    // what each source sent in this tick (sources x lanes); fused and loop
    Column<R> pre;
    // fused (synapses); loop (synapses x lanes); shared (sources x lanes)
    Column<R> trace;
    // loop, summed, events; all where the optimizer is not plain (synapses)
    Column<R> delta;
    Column<std::int32_t> fan_in;  // (targets)
    // sparse, several threads: in each source's run, where each thread's targets end (sources x
    // (threads - 1))
    Column<std::int64_t> split;
    // sparse, shared out, without a rule: a copy of the synapses, by thread
    std::vector<Part> parts;
    // AXON messages of each tick, which a replay repeats; plastic under a sweep
    std::vector<std::int64_t> sent;
    Learn heard = Learn::kNothing;  // fused: what was said in this tick
    // fused: what has been committed and waits for the next sending
    Learn pending = Learn::kNothing;
    R pending_rate = 0;      // eta of that commit
    Tape<R> traces;          // shared: the trace at each tick with an error
    std::vector<Seen> seen;  // where its traces are looked at (synapses x lanes)
    // what its sources send is known ahead, and its currents with it
    bool ahead = false;
  };

  /// The POST of a tick, as columns of the receiving neurons.
  struct PostColumns {
    Column<R> decay;
    Column<R> gain;
    Column<R> signal;
  };

  /// Where a product's sources stand on their tape: first row (tick; below 0 nothing was sent),
  /// first neuron.
  struct RightRows {
    std::int32_t first = 0;
    std::int32_t begin = 0;
  };

  /// AXON of this tick that are counted, and sent when the neurons step.
  struct UnderWay {
    std::int32_t projection = 0;
    std::int64_t messages = 0;
  };

  /// Where the share of thread `chunk` of `chunks` begins, of so many neurons: on whole cache
  /// lines, which no two threads write.
  static std::int32_t share(std::int32_t neurons, int chunk, int chunks) {
    constexpr std::int64_t kLine = 16;  // numbers
    return chunk == chunks ? neurons : static_cast<std::int32_t>(std::int64_t{neurons} * chunk / chunks / kLine * kLine);
  }

  static constexpr std::int64_t kUncounted = -1;
  /// Neurons and lanes that step or are told, and messages that wait for it: below, one thread does
  /// all.
  static constexpr std::int64_t kWorthSharing = 4096;
  const R* weight_of(std::int32_t p) const { return network_.synapses[static_cast<std::size_t>(p)].weight.data(); }
  bool can_run() const;
  std::int32_t recurrent() const;
  void run_recurrent(std::int32_t row, std::int32_t ticks);
  void run_ticks(Tick first, Tick last);
  void own_weights(std::int32_t ticks);
  void note_decays(std::int32_t row);
  RowsView<R> said_from(const Projection& projection, Tick first, std::int32_t ticks) const;
  void count_axons_of_run(Tick first, std::int32_t ticks);
  std::int64_t sent_at(std::int32_t projection, Tick revisited);
  std::ptrdiff_t in_window(Tick tick, std::int32_t width) const;
  bool is_open(std::int32_t visits) const;
  void pass_replayed(const Projection& projection, Tick now, std::int32_t visits);
  bool mark_learnt(std::int32_t row);
  void keep_errors_back(std::int32_t row, const R* delta);
  struct Stage;
  void report_run(Tick first, std::int32_t ticks);
  void count_posts_of_run(std::int32_t quiet, std::int32_t loud);
  void record_replay(const Projection& projection, Tick revisited, std::int32_t lag);
  void see_traces(const Projection& projection, Block& block);
  void choose_way(std::int32_t projection, const Horizon& horizon);
  void allocate_tapes();
  std::int64_t tape_bytes() const;
  std::int64_t count_said(const R* values, std::int64_t cells);
  std::int64_t count_sparse_axons(const Projection& projection, const R* activity) const;
  std::int64_t count_axons(const Projection& projection, const R* activity);
  std::int64_t count_errors(const Projection& projection, const Block& block);
  PassColumns<R> pass_columns_of(std::int32_t projection);
  void run_pass(std::int32_t projection, Learn learn, bool send);
  template <Learn kLearn, bool kOwnDecay, bool kSend>
  void pass_shared_out(const PassColumns<R>& columns);
  R* currents_ahead(std::int32_t row);
  void step_population(const Neurons& population, std::size_t first, std::size_t last, R* current);
  void keep_activities(std::int32_t first, std::int32_t last);
  void send_product(const Projection& projection, const R* weight, const R* activity, R* current);
  void loop_lanes(std::int32_t projection, Learn learn, const PostColumns& post);
  void drift_shared(Block& block, RowsView<R> said);
  void filter_coefficients();
  void filter_run(std::int32_t neuron, std::int32_t length, R constant_decay);
  void collect(R scale);
  void settle(std::int32_t projection, R scale);
  void commit_product(std::int32_t projection, R rate, const Tape<R>& left, std::int32_t left_row, const Tape<R>& right,
                      RightRows right_rows, std::int32_t ticks);
  // Of batched_spiking.cc.
  bool is_spiking(const Projection& projection) const;
  std::span<const std::int32_t> active_sources(const Projection& projection) const {
    return lines_of(projection).active(projection.wait, projection.source_begin, projection.source_size);
  }
  std::int64_t count_active(const Projection& projection) const;
  void split_runs(const Projection& projection, const R* weight, Block& block) const;
  /// Where source j's run has its targets of thread `chunk`: from the cut of `chunk` to that of
  /// chunk + 1.
  std::int64_t cut(const Projection& projection, const Block& block, std::int32_t j, int chunk) const {
    if (chunk == 0) return projection.begin_of(j);
    if (chunk == executor_.threads) return projection.begin_of(j + 1);
    return block.split[static_cast<std::size_t>(j) * static_cast<std::size_t>(executor_.threads - 1) +
                       static_cast<std::size_t>(chunk) - 1];
  }
  void copy_parts(const Projection& projection, const R* weight, Block& block) const;
  void send_to_share(const Projection& projection, const R* weight, const Block& block, int chunk, int chunks,
                     R* current) const;
  void send_to_targets(const Projection& projection, const R* weight, const Block& block, std::int64_t messages,
                       R* current);
  void send_events(const Projection& projection, const R* weight, const R* activity, R* current);
  void send_product_of_active(const Projection& projection, const R* weight, const R* activity, R* current);
  // Of batched_stepping.cc.
  void share_neurons();
  void silence(std::size_t first, std::size_t last);
  void step_cells(std::size_t begin, std::size_t end);
  void step_spiking(const Neurons& population, std::size_t first, std::size_t last);
  void step_still(const Neurons& population, std::size_t first, std::size_t last);
  std::int64_t count_news(const Projection& projection, const Block& block);
  void keep_spiking_errors_back(std::int32_t row);
  void revisit_spiking(const Neurons& population, const R* gain);
  void teach_spiking();
  void teach_online(const Neurons& population);
  void teach_readouts();
  void add_events(std::int32_t projection);
  void transport_errors(const Projection& projection, const R* weight, const R* errors, R* sums);
  LifNeuron<R> spiking(std::size_t cell) {
    RateLayer<R>& rate = network_.rate;
    LifColumns<R>& lif = rate.lif;
    return {rate.current[cell],   rate.activity[cell],  rate.gain[cell], rate.signal[cell], lif.voltage[cell],
            lif.adaptation[cell], lif.refractory[cell], lif.count[cell], lif.delta[cell],   lif.omega[cell]};
  }
  Readout<R> readout(std::size_t cell) {
    ReadoutLayer<R>& k = network_.readouts;
    return {k.current[cell], k.output[cell], k.error[cell], k.epsilon[cell], k.norm[cell]};
  }
  /// Calls visit(cell, population) for each spiking neuron and lane.
  template <class Visit>
  void each_spiking(Visit visit) const {
    for (const Neurons& population : network_.rate.populations) {
      if (!population.lif) continue;
      const std::size_t first = static_cast<std::size_t>(population.begin) * static_cast<std::size_t>(lanes_);
      const std::size_t last = first + static_cast<std::size_t>(population.size) * static_cast<std::size_t>(lanes_);
      for (std::size_t cell = first; cell < last; ++cell) visit(cell, population);
    }
  }
  RateNeuron<R> neuron(std::size_t cell) { return neuron(cell, network_.rate.current.data()); }
  /// One whose currents arrive elsewhere (n x lanes).
  RateNeuron<R> neuron(std::size_t cell, R* current) {
    RateLayer<R>& rate = network_.rate;
    return {current[cell], rate.activity[cell], rate.gain[cell], rate.signal[cell], rate.own_weight[cell]};
  }
  const AxonLines<R>& lines_of(const Projection& projection) const {
    return projection.source_layer == Layer::kInput ? input_lines_ : rate_lines_;
  }
  Tape<R>& coefficients() { return once_ ? gains_ : coefficients_; }
  const R* source_activity(const Projection& projection) const;
  R* target_current(const Projection& projection);
  int chunks_of(std::int64_t work, std::int32_t width, std::int32_t chunk) const;

  Network<R>& network_;
  Learning learning_;
  Executor executor_;
  Door& door_;
  std::int32_t lanes_;
  TrialShape trial_;
  bool outputs_are_seen_;
  bool leaky_readouts_;  // some have memory
  bool spikes_;          // some rate neurons spike
  // without an error in this tick nothing depends on what they hear: it is counted, not summed
  bool readouts_idle_ = false;
  bool runs_ = false;  // ticks may be run together
  // the one projection of a run that is not known ahead; below 0: others are
  std::int32_t recurrent_ = -1;
  // what inputs send in this run of ticks, where it is known (ticks x n)
  Column<R> ahead_;
  std::int32_t ahead_ticks_ = 0;
  std::int32_t ahead_row_ = 0;               // of the present tick
  const R* shown_ = nullptr;                 // x_1 .. x_T of the present trials (T x m x lanes)
  std::vector<std::int32_t> onto_rate_;      // B and W, in file order
  std::vector<std::int32_t> onto_readouts_;  // A, in file order
  std::vector<Block> blocks_;                // by projection
  // threads share the rate neurons out, and send when those step
  bool shared_out_ = false;
  std::vector<UnderWay> under_way_;  // to them

  Column<R> range_currents_;   // of a pass that threads share out (ranges x targets)
  bool each_hears_ = false;    // whether a pass takes POST to each synapse (fused, loop)
  PostColumns from_rate_;      // of this tick (n x lanes); gain and signal where each hears
  PostColumns from_readouts_;  // of this tick (o x lanes); gain is 1, decay 0
  // g = gain * signal of the revisited tick (n x lanes); sweeps only; in one loop (recurrent_), of
  // the last one too
  Column<R> errors_back_;

  AxonLines<R> input_lines_;  // what is under way from the inputs
  AxonLines<R> rate_lines_;   // and from the rate neurons

  Tape<R> inputs_;      // x_t at row t - 1
  Tape<R> activities_;  // h_t at row t
  Tape<R> gains_;       // alpha phi'_t at row t - 1
  Tape<R> decays_;      // lambda_i(t) at row t - 1; e-prop only
  // sweeps: the sum of g; online: the signal, then what it amounts to; row t - 1
  Tape<R> coefficients_;
  // a sweep revisits no tick a second time: its coefficients take the place of the gains
  bool once_ = false;
  Tape<R> epsilons_;  // eps_t at row t - 1
  Rows learnt_;       // rows of coefficients()
  Rows reported_;     // rows of epsilons_

  // activities of the rate layer that are not 0, until it steps
  std::int64_t rate_said_ = kUncounted;
  std::int64_t errors_said_ = kUncounted;  // and eps of the readouts, of this tick

  Column<R> recalled_;         // eps of a tick that a sweep comes to (o x lanes)
  Column<R> compared_;         // A h_t of ticks that are run (window x o), as the next one
  Column<R> compared_errors_;  // e_t

  Column<R> told_;  // NORM of each readout (o x lanes)
  // reg of the trial (n x lanes); e-prop under a firing-rate target only
  Column<R> rate_errors_;
  // events: what an event of tick t brings onto a neuron (T x lanes x n)
  Column<R> taught_;
  Column<R> taught_readouts_;                   // the same of readouts with memory (T x lanes x o)
  std::vector<TransposedEligibility<R>> back_;  // of the tick after (n x lanes, or o x lanes)
  // what waited on tapes has become changes (CLIP), ahead of its commit
  bool collected_ = false;
};

/// AXON messages of a tick over one projection.
template <class R>
inline std::int64_t Batched<R>::count_axons(const Projection& projection, const R* activity) {
  if (!projection.dense) return count_sparse_axons(projection, activity);
  return count_said(activity, std::int64_t{projection.source_size} * lanes_) * projection.target_size;
}

}  // namespace locus
