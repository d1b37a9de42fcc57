#include "sim/report/checkpoint_parts.h"

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

SettingsChange change_of(const v1::SettingsChange& from) {
  SettingsChange change;
  change.settings.assign(from.settings().begin(), from.settings().end());
  if (from.updates() != 0) change.updates = from.updates();
  for (const v1::SettingsChange::Place& place : from.at()) change.at.emplace_back(place.rule(), place.update());
  return change;
}

}  // namespace locus
