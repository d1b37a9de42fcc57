// Common: what all parts of the columns transport share: the network, its door, the rule and its
// plan, who runs tasks, the tapes of a trial, and what is under way on axons.
//
// Why: a way of one projection, a run of ticks and a sweep are parts of their own, with columns of
// their own; this is what they see of the rest. Nothing here decides: choices are the plan's
// (core/plan). Invariants: sized when it is made; nothing allocates in a trial.
#pragma once

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "core/actor/readout.h"
#include "core/kernel/count.h"
#include "core/kernel/spiking.h"
#include "core/plan/plan.h"
#include "core/plan/thresholds.h"
#include "core/protocol/declaration.h"
#include "core/protocol/phase_set.h"
#include "core/transport/axon_lines.h"
#include "core/transport/columns/crossing.h"
#include "core/transport/columns/tapes.h"
#include "core/transport/executor.h"
#include "core/transport/feedback_wires.h"
#include "core/transport/pass.h"
#include "core/transport/record.h"
#include "core/transport/transport.h"
#include "core/transport/views.h"

namespace locus {

/// The POST of a tick, as columns of the neurons that send it (neurons x lanes).
template <class R>
struct PostColumns {
  BesideColumn<R> decay;
  BesideColumn<R> gain;
  BesideColumn<R> signal;
};

/// Counts the cells of a column that are not 0, once until the column changes.
class SaidCount {
 public:
  void forget() { said_ = -1; }
  template <class R>
  std::int64_t of(const Column<R>& column) {
    if (said_ < 0) said_ = count_nonzero(column.data(), std::ssize(column));
    return said_;
  }

 private:
  std::int64_t said_ = -1;
};

/// How the messages pass that the synapses of a projection send and hear; without a wire where the
/// rule has none.
struct PassagesOver {
  Passage axon;
  Passage dendrite;
  Passage post;       // of the present tick
  Passage transport;  // of the present tick
  Passage replay;
  Passage post_back;
  Passage end_post;  // of the end of a trial, under a local rule
};

/// The number of synapses onto each target of a projection.
Column<std::int32_t> fan_in_of(const Projection& projection);

template <class R>
struct Common {
  Common(Network<R>& of, const Learning& by, const Horizon& horizon, Executor runs, Door& through,
         RankExchange between = {});

  Network<R>& network;
  Learning learning;
  const Rule& rule;
  TrialShape trial;
  PhaseSet selected;  // the phases of the run
  Executor executor;
  Door& door;
  std::int32_t lanes;
  Plan plan;
  std::vector<ProjectionId> onto_rate;      // B and W, in file order
  std::vector<ProjectionId> onto_readouts;  // D, then A, each in file order
  Indexed<Column<std::int32_t>> fan_in;     // by projection (targets each)
  Indexed<Optimizer> optimizers;            // by projection
  Indexed<PassagesOver> passages_over;      // by projection; looked up once
  AxonLines<R> input_lines;                 // what is under way from the inputs
  AxonLines<R> rate_lines;                  // and from the rate neurons
  Tapes<R> tapes;
  FeedbackWires<R> feedback_wires;
  // vectors of the tree of a sum over grains; without a meaning between sums
  mutable Column<R> tree;
  mutable Crossing<R> crossing;
  PostColumns<R> from_rate;      // of this tick; gain and signal where each synapse hears
  PostColumns<R> from_readouts;  // of this tick; gain is 1, decay 0
  // x_1 .. x_T of the present trials (T x m x lanes); null: each stands at the inputs in its tick
  const R* shown = nullptr;
  SaidCount activities_said;  // of all rate neurons, until they step
  SaidCount errors_said;      // of all readouts, in this tick

  const Projection& projection(ProjectionId p) const { return network.projections()[p]; }
  const ProjectionPlan& plan_for(ProjectionId p) const { return plan.projections[p]; }
  Synapses<R>& synapses(ProjectionId p) const { return network.synapses[p]; }
  const Optimizer& optimizer(ProjectionId p) const { return optimizers[p]; }
  const R* weight(ProjectionId p) const { return synapses(p).weight.data(); }
  const std::int32_t* fans_in(ProjectionId p) const { return fan_in[p].data(); }
  /// The first neuron of a projection's targets stands at this cell of its layer.
  std::ptrdiff_t first_target(const Projection& of) const { return std::ptrdiff_t{of.target_begin} * lanes; }
  std::pair<std::size_t, std::size_t> cells_of(const Neurons& population) const {
    const auto width = static_cast<std::size_t>(lanes);
    return {static_cast<std::size_t>(population.begin) * width,
            static_cast<std::size_t>(population.begin + population.size) * width};
  }

  Grains grains(std::int32_t neurons) const { return {neurons, network.topology->grain}; }
  const PassagesOver& passages(ProjectionId p) const { return passages_over[p]; }

  const AxonLines<R>& lines_of(const Projection& of) const {
    return of.source_layer == Layer::kInput ? input_lines : rate_lines;
  }
  /// The activities that a projection's sources send in this tick (sources x lanes).
  const R* source_activity(const Projection& of) const {
    return lines_of(of).sent(of.wait) + std::ptrdiff_t{of.source_begin} * lanes;
  }
  /// The sources that send something, within their layer; only where they are listed.
  std::span<const std::int32_t> active_sources(const Projection& of) const {
    return lines_of(of).active(of.wait, of.source_begin, of.source_size);
  }
  /// The currents to which its DENDRITEs are added (targets x lanes).
  R* target_current(const Projection& of) const {
    Column<R>& layer = of.target_layer == Layer::kRate ? network.rate.current : network.readouts.current;
    return layer.data() + first_target(of);
  }
  /// What the sources sent in `ticks` ticks from `first` on, one lane: x_t over B, h_{t-1} over W,
  /// h_t over A.
  RowsView<R> said_from(const Projection& of, Tick first, std::int32_t ticks) const;

  /// True if the door lets pass all messages of this lag that the run may send in a delivery.
  template <class Delivery>
  bool opens(std::int32_t lag) const {
    return std::ranges::all_of(
        Delivery::rows, [&](Phase phase) { return !selected.holds(phase) || door.is_open(row(phase).channel, lag); });
  }

  /// As core/protocol/phase_table.h says.
  bool knows_gain(ProjectionId p) const {
    return locus::knows_gain(rule, projection(p), network.topology->target_of(projection(p)));
  }

  RateCells<R> rate_cells() const {
    RateLayer<R>& rate = network.rate;
    return {rate.current.data(), rate.activity.data(), rate.gain.data(), rate.signal.data(), rate.own_weight.data()};
  }
  SpikingCells<R> spiking_cells() const {
    LifColumns<R>& lif = network.rate.lif;
    const bool has_current = !lif.synaptic.empty();
    return {rate_cells(),
            lif.voltage.data(),
            lif.adaptation.data(),
            lif.refractory.data(),
            lif.count.data(),
            lif.delta.data(),
            lif.omega.data(),
            has_current ? lif.synaptic.data() : lif.voltage.data(),
            has_current ? lif.upsilon.data() : lif.delta.data()};
  }
  /// The neurons of a spiking population, as loops take them.
  SpikingKind<R> kind_of(const Neurons& population) const {
    return {*population.lif, population.is_plain, clocks_of(network.rate, population), static_cast<std::size_t>(lanes)};
  }
  Readout<R> readout(std::size_t cell) const {
    ReadoutLayer<R>& k = network.readouts;
    return {k.current[cell], k.output[cell], k.error[cell], k.epsilon[cell], k.peak[cell], k.norm[cell]};
  }
  /// Calls visit(cell, population) for each spiking neuron and lane.
  template <class Visit>
  void each_spiking(Visit visit) const {
    for (const Neurons& population : network.rate.populations) {
      if (!population.lif) continue;
      const auto [first, last] = cells_of(population);
      for (std::size_t cell = first; cell < last; ++cell) visit(cell, population);
    }
  }
};

/// What every rank of a run does alike is counted by the first one: while this lives, the others
/// count nothing.
template <class R>
class CountedOnce {
 public:
  explicit CountedOnce(const Common<R>& common, bool alike = true) : door_(common.door) {
    door_.count(!alike || common.crossing.is_first());
  }
  ~CountedOnce() { door_.count(true); }
  CountedOnce(const CountedOnce&) = delete;
  CountedOnce& operator=(const CountedOnce&) = delete;

 private:
  Door& door_;
};

/// True if every rank has all synapses of a projection: those from inputs to readouts.
inline bool is_on_every_rank(const Projection& projection) {
  return projection.source_layer == Layer::kInput && projection.target_layer == Layer::kReadout;
}

/// The neurons that a projection ends on.
template <class R>
const Neurons& neurons_onto(const Common<R>& common, ProjectionId p) {
  return common.network.target_of(common.projection(p));
}
/// Constants that synapses onto rate neurons know: alpha of the population, and RFLO's lambda. Of
/// neurons that differ they are the first one's.
template <class R>
R leak_onto(const Common<R>& common, ProjectionId p) {
  return static_cast<R>(neurons_onto(common, p).leak);
}
template <class R>
R trace_decay_onto(const Common<R>& common, ProjectionId p) {
  return common.learning.trace_decay ? static_cast<R>(*common.learning.trace_decay) : R(1) - leak_onto(common, p);
}

/// RFLO's lambda of a neuron, which is numbered within its population; of spiking neurons too.
template <class R>
R trace_decay_of(const Common<R>& common, const Neurons& population, std::int32_t neuron) {
  if (common.learning.trace_decay) return static_cast<R>(*common.learning.trace_decay);
  const auto i = static_cast<std::size_t>(population.begin + neuron);
  if (population.lif) return clocks_of(common.network.rate, population).of(i).decay;
  return R(1) - common.network.rate.leak[i];
}
/// The same of each target and lane of a projection, where they differ and the rule takes them for
/// its traces; otherwise empty (as many as the plan says).
template <class R>
Column<R> trace_decays_onto(const Common<R>& common, ProjectionId p) {
  Column<R> decays(static_cast<std::size_t>(common.plan_for(p).decays));
  const auto lanes = static_cast<std::size_t>(common.lanes);
  for (std::size_t cell = 0; cell < decays.size(); ++cell)
    decays[cell] = trace_decay_of(common, neurons_onto(common, p), static_cast<std::int32_t>(cell / lanes));
  return decays;
}

/// The first neuron of the share of thread `chunk` of `chunks`: on whole cache lines,
/// which no two threads write.
inline std::int32_t share_of(std::int32_t neurons, int chunk, int chunks) {
  constexpr std::int64_t kLine = 16;  // numbers
  return chunk == chunks ? neurons : static_cast<std::int32_t>(std::int64_t{neurons} * chunk / chunks / kLine * kLine);
}

}  // namespace locus
