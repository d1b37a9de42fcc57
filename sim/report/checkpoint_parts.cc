#include "sim/report/checkpoint_parts.h"

#include "sim/report/chip_message.h"
#include "sim/report/result_message.h"

namespace locus {

void fill(const PopulationRate& from, v1::Run::Rate& to) {
  to.set_population(from.population);
  to.set_first_hz(from.first);
  to.set_last_hz(from.last);
}

void fill(const RuleSeries& from, v1::CheckpointPart::Curves& to) {
  for (const Series& series : from.series) {
    v1::CheckpointPart::Curves::Curve& curve = *to.add_curves();
    curve.set_tag(series.tag);
    curve.mutable_updates()->Add(series.updates.begin(), series.updates.end());
    curve.mutable_values()->Add(series.values.begin(), series.values.end());
  }
  to.set_last(from.last);
  to.mutable_messages()->Add(from.counted.messages.begin(), from.counted.messages.end());
  to.set_spatial_violations(from.counted.spatial);
  to.set_temporal_violations(from.counted.temporal);
  to.set_trials(from.counted.trials);
}

void fill_evaluations(const RuleState& from, v1::CheckpointPart::Rule& to) {
  for (const Evaluation& evaluation : from.evaluations) fill(evaluation, *to.add_evaluations());
  for (const Confusion& confusion : from.confusions) fill(confusion, *to.add_confusions());
  if (!from.evaluation_confusion.empty()) fill(from.evaluation_confusion, *to.mutable_evaluation_confusion());
}

void take_evaluations(const v1::CheckpointPart::Rule& from, RuleState& to) {
  for (const v1::Run::Evaluation& one : from.evaluations()) {
    Evaluation& evaluation = to.evaluations.emplace_back();
    evaluation.update = one.update();
    evaluation.loss = one.loss();
    if (one.has_accuracy()) evaluation.accuracy = one.accuracy();
  }
  for (const v1::Confusion& confusion : from.confusions()) to.confusions.push_back(confusion_of(confusion));
  to.evaluation_confusion = confusion_of(from.evaluation_confusion());
}

bool take_peaks(const v1::CheckpointPart::Rule& from, Traffic::Counts& to) {
  to.peak = {from.peak().packets(), Tick{from.peak().tick()}, from.peak().lag()};
  const int ticks = from.tick_packets_size();
  if (from.stage_packets_size() != ticks || from.tick_peaks_size() != ticks) return false;
  for (int t = 0; t < ticks; ++t) to.loads.push_back({from.tick_packets(t), from.stage_packets(t), from.tick_peaks(t)});
  return true;
}

void fill_counts(const RuleState& from, v1::Ledger& to) {
  to.set_trials(from.trials);
  to.set_stalled_ticks(from.stalled_ticks);
  to.set_history_bytes(from.history_bytes);
  to.set_trace_bytes(from.trace_bytes);
  for (const LedgerEntry& entry : from.messages) {
    v1::Ledger::Entry& written = *to.add_entries();
    written.set_channel(channel_of(entry.channel));
    written.set_lag(entry.lag);
    written.set_messages(entry.tally.messages);
    written.set_scalars(entry.tally.scalars);
    if (entry.tally.spikes != 0) written.set_spikes(entry.tally.spikes);
  }
}

SettingsChange change_of(const v1::SettingsChange& from) {
  SettingsChange change;
  change.settings.assign(from.settings().begin(), from.settings().end());
  if (from.updates() != 0) change.updates = from.updates();
  for (const v1::SettingsChange::Place& place : from.at()) change.at.emplace_back(place.rule(), place.update());
  return change;
}

}  // namespace locus
