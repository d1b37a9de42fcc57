#include "sim/run/recorder.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/run/rank.h"
#include "sim/run/weights.h"

namespace locus {

template <class R>
const Column<R>& recorded_column(const Network<R>& network, Quantity quantity, const PopulationSpec& population) {
  const bool has_current = population.lif && population.lif->current_tau;
  switch (quantity) {
    case Quantity::kOutput: return network.readouts.output;
    case Quantity::kError: return network.readouts.error;
    case Quantity::kLearningSignal: return network.rate.signal;
    case Quantity::kVoltage: return network.rate.lif.voltage;
    case Quantity::kCurrent: return has_current ? network.rate.lif.synaptic : network.rate.current;
    default: break;
  }
  return population.kind == PopulationKind::kInput ? network.inputs.activity : network.rate.activity;
}

template <class R, TransportOf<R> T>
Recorder<R, T>::Recorder(T& transport, const Spec& spec, RuleKind kind, const std::vector<ProjectionWeights>& before,
                         Look look)
    : transport_(transport), spec_(spec), before_(before), look_(std::move(look)), synapses_(spec.records.size()) {
  const Network<R>& network = transport.network();
  for (std::size_t i = 0; i < spec.records.size(); ++i) {
    const RecordSpec& record = spec.records[i];
    if (record.evaluation || !has_record(kind, record)) continue;
    records_.push_back(i);
    if (record.quantity != Quantity::kTrace) continue;
    transport.watch_trace(ProjectionId{record.of});
    synapses_[i] = synapses_in_file_order(network.projections()[ProjectionId{record.of}]);
  }
}

template <class R, TransportOf<R> T>
void Recorder<R, T>::see_tick(std::int64_t update, Tick now) {
  for (const std::size_t i : records_) {
    const RecordSpec& record = spec_.records[i];
    if (!is_of_ticks(record.quantity) || !record.takes_update(update) || !record.takes_tick(now.value)) continue;
    values_.clear();
    if (record.quantity == Quantity::kTrace) {
      read_traces(record, synapses_[i]);
    } else {
      read_neurons(record, spec_.network.populations[static_cast<std::size_t>(record.of)]);
    }
    look_({i, update, now.value, values_});
  }
}

template <class R, TransportOf<R> T>
void Recorder<R, T>::see_update(std::int64_t update) {
  for (const std::size_t i : records_) {
    const RecordSpec& record = spec_.records[i];
    if (is_of_ticks(record.quantity) || !record.takes_update(update)) continue;
    values_.clear();
    read_weights(record);
    look_({i, update, 0, values_});
  }
}

template <class R, TransportOf<R> T>
void Recorder<R, T>::read_neurons(const RecordSpec& record, const PopulationSpec& population) {
  const Network<R>& network = transport_.network();
  const Column<R>& column = recorded_column(network, record.quantity, population);
  const std::int32_t begin = network.topology->populations[PopulationId{record.of}].begin;
  for (std::int32_t lane = record.trial.value_or(0); lane < (record.trial ? *record.trial + 1 : network.lanes); ++lane) {
    for (std::int32_t i = begin; i < begin + population.size; ++i)
      values_.push_back(static_cast<double>(column[static_cast<std::size_t>(std::int64_t{i} * network.lanes + lane)]));
  }
}

template <class R, TransportOf<R> T>
void Recorder<R, T>::read_traces(const RecordSpec& record, const std::vector<std::int64_t>& synapses) {
  const std::int32_t lanes = transport_.network().lanes;
  for (std::int32_t lane = record.trial.value_or(0); lane < (record.trial ? *record.trial + 1 : lanes); ++lane) {
    for (const std::int64_t synapse : synapses) {
      const R trace = synapse < 0 ? R(0) : transport_.trace(ProjectionId{record.of}, SynapseId{synapse}, Lane{lane});
      values_.push_back(static_cast<double>(trace));
    }
  }
}

template <class R, TransportOf<R> T>
void Recorder<R, T>::read_weights(const RecordSpec& record) {
  const auto p = static_cast<std::size_t>(record.of);
  const ProjectionWeights now = weights_of(transport_.network().projections()[p], transport_.network().synapses[p].weight);
  if (record.quantity == Quantity::kWeights) {
    std::visit([&](const auto& matrix) { values_ = matrix.values; }, now.matrix);
    return;
  }
  if (const auto report = rank_of_change(before_[p], now, spec_.precision, std::numeric_limits<std::int64_t>::max())) {
    values_ = report->singular_values;
  } else {  // a weight is not finite
    const auto sides = std::visit([](const auto& matrix) { return std::min(matrix.rows, matrix.cols); }, now.matrix);
    values_.assign(static_cast<std::size_t>(sides), std::numeric_limits<double>::quiet_NaN());
  }
}

template const Column<double>& recorded_column(const Network<double>&, Quantity, const PopulationSpec&);
template const Column<float>& recorded_column(const Network<float>&, Quantity, const PopulationSpec&);
template class Recorder<double, Columns<double>>;
template class Recorder<double, Mailbox<double>>;
template class Recorder<float, Columns<float>>;
template class Recorder<float, Mailbox<float>>;

}  // namespace locus
