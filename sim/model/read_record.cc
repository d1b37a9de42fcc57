#include "sim/model/read_record.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sim/model/defaults.h"
#include "sim/model/names.h"

namespace locus {
namespace {

constexpr std::array kQuantities = {Quantity::kActivity,       Quantity::kOutput,  Quantity::kError,
                                    Quantity::kLearningSignal, Quantity::kTrace,   Quantity::kWeights,
                                    Quantity::kSingularValues, Quantity::kVoltage, Quantity::kCurrent};

std::optional<Quantity> quantity_of(v1::Record::Quantity spelled) {
  for (const Quantity quantity : kQuantities) {
    if (v1::Record::Quantity_Name(spelled) == name(quantity)) return quantity;
  }
  return std::nullopt;
}

Precision numbers_of(v1::Record::Numbers spelled, Precision model) {
  if (spelled == v1::Record::AS_MODEL) return model;
  return spelled == v1::Record::FLOAT32 ? Precision::kFloat32 : Precision::kFloat64;
}

void read_what(const v1::Record& message, const NetworkSpec& network, const FieldPath& where, RecordSpec& record,
               FaultList& faults) {
  const bool of_projection = is_of_projection(record.quantity);
  record.of = kUnresolved;
  if (message.of_case() == v1::Record::OF_NOT_SET) {
    faults.missing_choice(where, "of", "says not of what", "must have population or projection");
    faults.silence(where.at(of_projection ? "projection" : "population"));
  } else if (of_projection != message.has_projection()) {
    faults.error(where.at(of_projection ? "population" : "projection"), "is given",
                 fmt::format("must be a {} where the quantity is {}", of_projection ? "projection" : "population",
                             name(record.quantity)));
    faults.silence(where.at(of_projection ? "projection" : "population"));
  } else if (of_projection) {
    record.of = index_of(message.projection(), network.projections, "projection", where.at("projection"), faults);
  } else {
    record.of = index_of(message.population(), network.populations, "population", where.at("population"), faults);
  }
}

void read_ticks(const v1::Record& message, const TrainingSpec& training, const FieldPath& where, RecordSpec& record,
                FaultList& faults) {
  if (!is_of_ticks(record.quantity)) {
    const std::array<std::pair<const char*, bool>, 4> fields = {{{"every_ticks", message.has_every_ticks()},
                                                                 {"first_tick", message.has_first_tick()},
                                                                 {"last_tick", message.has_last_tick()},
                                                                 {"trial", message.has_trial()}}};
    for (const auto& [field, given] : fields) {
      if (given)
        faults.error(where.at(field), "is given",
                     fmt::format("must not be given where the quantity is {}, seen once an update", name(record.quantity)));
    }
    return;
  }
  record.last_tick = training.ticks;
  if (message.has_every_ticks()) record.every_ticks = message.every_ticks();
  if (message.has_first_tick()) record.first_tick = message.first_tick();
  if (message.has_last_tick()) record.last_tick = message.last_tick();
  if (message.has_trial()) record.trial = message.trial();
}

}  // namespace

std::vector<RecordSpec> read_records(const google::protobuf::RepeatedPtrField<v1::Record>& messages, const Spec& model,
                                     const FieldPath& where, FaultList& faults) {
  std::vector<RecordSpec> records;
  for (int i = 0; i < messages.size(); ++i) {
    const v1::Record& message = messages[i];
    const FieldPath field = where.at("record", i);
    RecordSpec& record = records.emplace_back();
    const std::optional<Quantity> quantity = quantity_of(message.quantity());
    if (!quantity) {
      faults.error(field.at("quantity"), "is missing", "must be given");
      faults.silence(field);  // nothing else has a meaning without it
      continue;
    }
    record.quantity = *quantity;
    record.evaluation = message.evaluation();
    record.protobuf = message.form() == v1::Record::PROTOBUF;
    record.numbers = numbers_of(message.numbers(), model.precision);
    if (message.has_every_updates()) record.every_updates = message.every_updates();
    if (message.has_first_update()) record.first_update = message.first_update();
    if (message.has_last_update()) record.last_update = message.last_update();
    read_ticks(message, model.training, field, record, faults);
    read_what(message, model.network, field, record, faults);
    record.name = message.name();
    if (!record.name.empty() || record.of == kUnresolved) continue;
    record.name = default_name(record, model.network);
    faults.respell(field.at("name"), field);
  }
  return records;
}

}  // namespace locus
