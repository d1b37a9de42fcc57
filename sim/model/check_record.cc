#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "sim/model/checks.h"
#include "sim/model/defaults.h"
#include "sim/model/network_size.h"

namespace locus {
namespace {

// values: with their places they stay below protobuf's 2 GiB
constexpr std::int64_t kMostOfPart = std::int64_t{1} << 27;

/// Why this cannot be recorded of the population; empty where it can.
std::string unfit(Quantity quantity, const PopulationSpec& population) {
  const bool readout = population.kind == PopulationKind::kReadout;
  switch (quantity) {
    case Quantity::kActivity: return readout ? "must be no readout population (its OUTPUT can be recorded)" : "";
    case Quantity::kLearningSignal:
    case Quantity::kCurrent:
      return population.kind == PopulationKind::kRate ? "" : "must be a rate or spiking population";
    case Quantity::kVoltage: return population.lif ? "" : "must be a spiking population";
    default: return readout ? "" : "must be a readout population";
  }
}

std::string unfit(Quantity quantity, const ProjectionSpec& projection, const NetworkSpec& network) {
  if (quantity != Quantity::kTrace || !is_known(network, projection.target)) return "";
  if (kind_of(network, projection.target) != PopulationKind::kRate) return "must end on a rate or spiking population";
  return projection.plastic ? "" : "must be plastic";
}

/// Whether the record's population or projection is there, and can be recorded.
bool check_what(const RecordSpec& record, const NetworkSpec& network, const FieldPath& where, FaultList& faults) {
  const bool of_projection = is_of_projection(record.quantity);
  const std::string_view of = of_projection ? "projection" : "population";
  const FieldPath field = where.at(of);
  const std::size_t count = of_projection ? network.projections.size() : network.populations.size();
  if (!check_index(record.of, count, of, field, faults)) return false;
  const auto index = static_cast<std::size_t>(record.of);
  const std::string& named = of_projection ? network.projections[index].name : network.populations[index].name;
  std::string reason = of_projection ? unfit(record.quantity, network.projections[index], network)
                                     : unfit(record.quantity, network.populations[index]);
  if (reason.empty()) return true;
  faults.error(field,
               fmt::format("is {}, whose {} cannot be recorded", shown(std::string_view(named)), name(record.quantity)),
               std::move(reason));
  return false;
}

void check_updates(const RecordSpec& record, const FieldPath& where, FaultList& faults) {
  check_range(record.every_updates, 1, kMostCount, where.at("every_updates"), faults);
  if (check_range(record.first_update, 0, kMostCount, where.at("first_update"), faults))
    check_range(record.last_update, record.first_update, kMostCount, where.at("last_update"), faults);
}

void check_ticks(const RecordSpec& record, const TrainingSpec& training, const FieldPath& where, FaultList& faults) {
  if (!is_of_ticks(record.quantity)) return;
  check_range(record.every_ticks, 1, kMostCount, where.at("every_ticks"), faults);
  const std::int64_t ticks = known_ticks(training);
  if (ticks == kUnknown || training.batch < 1) return;  // told already
  if (check_range(record.first_tick, 1, ticks, where.at("first_tick"), faults))
    check_range(record.last_tick, record.first_tick, ticks, where.at("last_tick"), faults);
  const std::int64_t trials = record.evaluation && training.evaluation ? training.evaluation->trials : training.batch;
  if (record.trial && trials > 0) check_range(*record.trial, 0, trials - 1, where.at("trial"), faults);
}

/// The evaluation trials learn nothing, and are there only where the training has an evaluation.
bool check_evaluation(const RecordSpec& record, const TrainingSpec& training, const FieldPath& where, FaultList& faults) {
  if (!record.evaluation) return true;
  const FieldPath field = where.at("evaluation");
  if (!is_of_evaluation(record.quantity)) {
    faults.error(field, fmt::format("is true, and the quantity is {}", name(record.quantity)),
                 "must be false: of evaluation trials, ACTIVITY, OUTPUT, ERROR, VOLTAGE and CURRENT can be recorded");
  } else if (!training.evaluation) {
    faults.error(field, "is true, and the training has no evaluation", "must stand with training.evaluation");
  } else {
    return true;
  }
  return false;
}

/// Values that a drawn matrix will have, about: it has not been drawn yet.
std::int64_t synapses_of(const ProjectionSpec& projection, const NetworkSpec& network) {
  const std::int64_t rows = std::max<std::int64_t>(known_size(network, projection.target), 0);
  const std::int64_t cols = std::max<std::int64_t>(known_size(network, projection.source), 0);
  const auto* random = std::get_if<SparseRandomWeights>(&projection.weights);
  if (random == nullptr) return locus::synapses_of(projection.weights, rows, cols);
  if (!random->probability) return rows * random->in_degree;
  return static_cast<std::int64_t>(*random->probability * static_cast<double>(rows) * static_cast<double>(cols));
}

/// A sample of a stream is one message, which has a largest size.
void check_part(const RecordSpec& record, const Spec& model, const FieldPath& where, FaultList& faults) {
  const auto of = static_cast<std::size_t>(record.of);
  const std::int64_t values = is_of_projection(record.quantity)
                                  ? synapses_of(model.network.projections[of], model.network)
                                  : model.network.populations[of].size;
  const std::int64_t all = record.evaluation ? model.training.evaluation->trials : model.training.batch;
  const std::int64_t trials = is_of_ticks(record.quantity) && !record.trial ? all : 1;
  if (values <= kMostOfPart / std::max<std::int64_t>(trials, 1)) return;
  faults.error(where.at("form"), fmt::format("is PROTOBUF, of samples of {} values in {} trials", values, trials),
               fmt::format("must be NPY where a sample has more than {}", kMostOfPart));
}

}  // namespace

void check_records(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  if (std::ssize(spec.records) > kMostRecords) {
    faults.error(root.at("record"), fmt::format("has {} entries", spec.records.size()),
                 fmt::format("must have at most {}", kMostRecords));
    return;
  }
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < spec.records.size(); ++i) {
    const RecordSpec& record = spec.records[i];
    const FieldPath field = root.at("record", static_cast<int>(i));
    // a reader found no quantity, or nothing to take it of
    if (faults.is_silenced(field)) continue;
    if (!check_enum(record.quantity, Quantity::kCurrent, field.at("quantity"), faults)) continue;
    check_enum(record.numbers, Precision::kFloat32, field.at("numbers"), faults);
    if (!check_evaluation(record, spec.training, field, faults)) continue;
    check_updates(record, field, faults);
    check_ticks(record, spec.training, field, faults);
    if (!check_what(record, spec.network, field, faults)) continue;  // it has no default name
    if (record.protobuf) check_part(record, spec, field, faults);
    // a default name is made of another, and may be longer
    if (record.name != default_name(record, spec.network)) check_name(record.name, field.at("name"), faults);
    if (!names.insert(record.name).second)
      faults.error(field.at("name"), "has the name " + shown(std::string_view(record.name)),
                   "must be unique among the model's records");
  }
}

}  // namespace locus
