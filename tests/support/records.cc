#include "tests/support/records.h"

#include <algorithm>
#include <stdexcept>

namespace locus {

std::vector<RecordSpec> every_record(const Spec& spec) {
  std::vector<RecordSpec> records;
  const auto add = [&](Quantity quantity, std::size_t of, const std::string& name) {
    RecordSpec& record = records.emplace_back();
    record.name = name;
    record.quantity = quantity;
    record.of = static_cast<std::int32_t>(of);
    record.last_tick = spec.training.ticks;
    record.numbers = spec.precision;
  };
  for (std::size_t i = 0; i < spec.network.populations.size(); ++i) {
    const PopulationSpec& population = spec.network.populations[i];
    if (population.kind == PopulationKind::kReadout) {
      add(Quantity::kOutput, i, population.name + "-output");
      add(Quantity::kError, i, population.name + "-error");
      continue;
    }
    add(Quantity::kActivity, i, population.name + "-activity");
    if (population.kind == PopulationKind::kRate) add(Quantity::kLearningSignal, i, population.name + "-signal");
    if (population.kind == PopulationKind::kRate) add(Quantity::kCurrent, i, population.name + "-current");
    if (population.lif) add(Quantity::kVoltage, i, population.name + "-voltage");
  }
  for (std::size_t i = 0; i < spec.network.projections.size(); ++i) {
    const ProjectionSpec& projection = spec.network.projections[i];
    add(Quantity::kWeights, i, projection.name + "-weights");
    add(Quantity::kSingularValues, i, projection.name + "-singular");
    const PopulationSpec& target = spec.network.populations[static_cast<std::size_t>(projection.target)];
    if (projection.plastic && target.kind == PopulationKind::kRate)
      add(Quantity::kTrace, i, projection.name + "-trace");
  }
  return records;
}

Recorded record(const Spec& spec, TransportKind transport, int threads) {
  Recorded recorded;
  recorded.seen.resize(spec.rules.size(), std::vector<std::vector<Seen>>(spec.records.size()));
  std::size_t rule = 0;
  recorded.result = run(spec, {.transport = transport,
                               .threads = threads,
                               .watch = [&](const Moment& moment) { rule = moment.done.outcomes.size(); },
                               .look =
                                   [&](const Sample& sample) {
                                     recorded.seen[rule][sample.record].push_back(
                                         {sample.update, sample.tick, {sample.values.begin(), sample.values.end()}});
                                   }});
  return recorded;
}

const std::vector<double>& Recorded::at(std::size_t rule, std::size_t record, std::int64_t update, std::int32_t tick) const {
  const std::vector<Seen>& all = seen.at(rule).at(record);
  const auto found = std::ranges::find_if(all, [&](const Seen& one) { return one.update == update && one.tick == tick; });
  if (found == all.end()) throw std::out_of_range("nothing was seen then");
  return found->values;
}

std::size_t record_of(const Spec& spec, Quantity quantity, std::int32_t of) {
  for (std::size_t i = 0; i < spec.records.size(); ++i) {
    if (spec.records[i].quantity == quantity && spec.records[i].of == of) return i;
  }
  throw std::out_of_range("there is no such record");
}

}  // namespace locus
