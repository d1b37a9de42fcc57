#include "core/transport/columns/forward_runs.h"

#include <algorithm>

#include "core/transport/no_offence.h"

namespace locus {

template <class R>
ForwardRuns<R>::ForwardRuns(const Common<R>& common) {
  if (!common.plan.runs_forward) return;
  for (ProjectionId p; p.value < std::ssize(common.plan.projections); ++p.value) {
    const Projection& projection = common.projection(p);
    const bool first = projection.source_layer == Layer::kInput || projection.target_layer == Layer::kRate;
    Line& line = (first ? before_ : after_).emplace_back();
    line.projection = p;
    line.columns = common.plan_for(p).sends == Sends::kColumns && projection.size() < kWorthSending;
    line.to_readouts = projection.target_layer == Layer::kReadout;
    line.source_begin = projection.source_begin;
    line.wait = projection.wait;
  }
  for (const Neurons& population : common.network.rate.populations) {
    if (!begin_fresh(common, population)) silent_.push_back(&population);
    const auto [first, last] = common.cells_of(population);
    if (!population.lif) {
      parts_.push_back({first, last, &population, {}});
      continue;
    }
    const SpikingKind<R> kind = common.kind_of(population);
    Part* const before = parts_.empty() ? nullptr : &parts_.back();
    if (before != nullptr && before->population == nullptr && before->kind.is_alike(kind)) {
      before->last = last;
    } else {
      parts_.push_back({first, last, nullptr, kind});
    }
  }
}

/// True if the first line onto a population makes its currents 0 itself, in the registers in which
/// it sums them.
template <class R>
bool ForwardRuns<R>::begin_fresh(const Common<R>& common, const Neurons& population) {
  if (common.plan.ahead_ticks > 0) return true;  // they begin at what was sent ahead
  for (Line& line : before_) {
    const Projection& projection = common.projection(line.projection);
    if (line.to_readouts || projection.target_begin != population.begin) continue;
    line.fresh = line.columns;
    return line.fresh;
  }
  return false;
}

template <class R>
void ForwardRuns<R>::advance(Common<R>& common, const Indexed<Sender<R>>& senders, Ahead<R>& ahead,
                             ReadoutsClock<R>& readouts, Tick first, Tick last) {
  Network<R>& network = common.network;
  Column<R>& inputs = network.inputs.activity;
  RateLayer<R>& rate = network.rate;
  for (std::vector<Line>* lines : {&before_, &after_}) {
    for (Line& line : *lines) {
      const Projection& projection = common.projection(line.projection);
      line.axons = &common.lines_of(projection);
      line.weights = {common.weight(line.projection), projection.target_size, projection.source_size,
                      projection.target_size};
      line.current = common.target_current(projection);
      line.said = 0;
    }
  }
  const SpikingCells<R> cells = common.spiking_cells();
  for (Tick now = first; now <= last; ++now.value) {
    common.door.tick(now);
    std::copy_n(common.shown + std::ptrdiff_t{now.value - 1} * std::ssize(inputs), inputs.size(), inputs.begin());
    common.input_lines.enter();
    if (ahead.empty()) {
      for (const Neurons* population : silent_)
        std::fill_n(rate.current.begin() + population->begin, population->size, R(0));
    } else {
      std::copy_n(ahead.currents(common, now.value - 1), rate.size, rate.current.begin());
    }
    readouts.begin_tick(common, now);
    send(common, senders, before_, readouts.idle());
    step(common, cells);
    send(common, senders, after_, readouts.idle());
    readouts.step(common);
  }
  for (const std::vector<Line>* lines : {&before_, &after_}) {
    for (const Line& line : *lines) {
      if (common.projection(line.projection).is_bias) continue;
      const PassagesOver& passages = common.passages(line.projection);
      const std::int64_t messages = line.columns ? line.said * line.weights.targets : line.said;
      common.door.pass(passages.axon, 0, messages, no_offence);
      common.door.pass(passages.dendrite, 0, messages, no_offence);
    }
  }
}

template <class R>
void ForwardRuns<R>::send(Common<R>& common, const Indexed<Sender<R>>& senders, std::vector<Line>& lines,
                          bool readouts_are_idle) {
  for (Line& line : lines) {
    const bool heard = !line.to_readouts || !readouts_are_idle;
    if (line.columns) {
      const std::span<const std::int32_t> active = line.axons->active(line.wait, line.source_begin, line.weights.sources);
      line.said += std::ssize(active);
      if (line.fresh) {
        add_active_columns_in_registers<true>(line.weights, active, line.source_begin,
                                              line.axons->sent(line.wait) + line.source_begin, 0, line.weights.targets,
                                              line.current);
      } else if (heard && !active.empty()) {
        add_active_columns(line.weights, active, line.source_begin, line.axons->sent(line.wait) + line.source_begin, 0,
                           line.weights.targets, line.current);
      }
      continue;
    }
    const R* const activity = common.source_activity(common.projection(line.projection));
    const Sender<R>& sender = senders[line.projection];
    const std::int64_t messages = sender.count(common, activity);
    line.said += messages;
    if (heard && messages > 0) sender.send(common, activity, messages);
  }
}

template <class R>
void ForwardRuns<R>::step(Common<R>& common, const SpikingCells<R>& cells) const {
  for (const Part& part : parts_) {
    if (part.population == nullptr) {
      step_spiking_kind(cells, part.first, part.last, part.kind, false);
    } else {
      NeuronsClock<R>::step_population(common, *part.population, part.first, part.last, cells.rate.current);
    }
  }
  common.activities_said.forget();
  common.rate_lines.enter();
}

template class ForwardRuns<double>;
template class ForwardRuns<float>;

}  // namespace locus
