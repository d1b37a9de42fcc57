#include "sim/model/read_record.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/suggest.h"

namespace locus {
namespace {

// values: with their places they stay below protobuf's 2 GiB
constexpr std::int64_t kMostOfPart = std::int64_t{1} << 27;
constexpr int kMostRecords = 100;  // of a model: each is a file that stays open while its rule runs

constexpr std::array kQuantities = {Quantity::kActivity,       Quantity::kOutput, Quantity::kError,
                                    Quantity::kLearningSignal, Quantity::kTrace,  Quantity::kWeights,
                                    Quantity::kSingularValues};

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

/// Why this cannot be recorded of the population; empty where it can.
std::string unfit(Quantity quantity, const PopulationSpec& population) {
  const bool readout = population.kind == PopulationKind::kReadout;
  switch (quantity) {
    case Quantity::kActivity: return readout ? "must be no readout population (its OUTPUT can be recorded)" : "";
    case Quantity::kLearningSignal:
      return population.kind == PopulationKind::kRate ? "" : "must be a rate or spiking population";
    default: return readout ? "" : "must be a readout population";
  }
}

std::string unfit(Quantity quantity, const ProjectionSpec& projection, const NetworkSpec& network) {
  if (quantity != Quantity::kTrace) return "";
  const PopulationSpec& target = network.populations[static_cast<std::size_t>(projection.target)];
  if (target.kind != PopulationKind::kRate) return "must end on a rate or spiking population";
  return projection.plastic ? "" : "must be plastic";
}

/// The one with this name among populations or projections; a fault where there is none, or where
/// `unfit` says why not.
template <class Named, class Unfit>
std::int32_t find(const std::string& wanted, const std::vector<Named>& among, std::string_view kind, Quantity quantity,
                  const FieldPath& field, FaultList& faults, Unfit unfit) {
  const auto found = std::ranges::find(among, wanted, &Named::name);
  if (found == among.end()) {
    std::vector<std::string> names;
    for (const Named& one : among) names.push_back(one.name);
    faults.error(field, fmt::format("is {}, which is no {}", shown(std::string_view(wanted)), kind),
                 faults.may_suggest() ? suggestion(wanted, names) : "");
    return 0;
  }
  if (std::string reason = unfit(*found); !reason.empty()) {
    faults.error(field, fmt::format("is {}, whose {} cannot be recorded", shown(std::string_view(wanted)), name(quantity)),
                 std::move(reason));
  }
  return static_cast<std::int32_t>(found - among.begin());
}

void read_what(const v1::Record& message, const NetworkSpec& network, const FieldPath& where, RecordSpec& record,
               FaultList& faults) {
  const bool of_projection = is_of_projection(record.quantity);
  if (message.of_case() == v1::Record::OF_NOT_SET) {
    faults.missing_choice(where, "of", "says not of what", "must have population or projection");
    return;
  }
  if (of_projection != message.has_projection()) {
    faults.error(where.at(of_projection ? "population" : "projection"), "is given",
                 fmt::format("must be a {} where the quantity is {}", of_projection ? "projection" : "population",
                             name(record.quantity)));
    return;
  }
  if (of_projection) {
    record.of = find(message.projection(), network.projections, "projection", record.quantity, where.at("projection"),
                     faults, [&](const ProjectionSpec& one) { return unfit(record.quantity, one, network); });
  } else {
    record.of = find(message.population(), network.populations, "population", record.quantity, where.at("population"),
                     faults, [&](const PopulationSpec& one) { return unfit(record.quantity, one); });
  }
}

void read_updates(const v1::Record& message, const FieldPath& where, RecordSpec& record, FaultList& faults) {
  if (message.has_every_updates()) record.every_updates = message.every_updates();
  if (message.has_first_update()) record.first_update = message.first_update();
  if (message.has_last_update()) record.last_update = message.last_update();
  check_range(record.every_updates, 1, INT32_MAX, where.at("every_updates"), faults);
  if (check_range(record.first_update, 0, INT32_MAX, where.at("first_update"), faults))
    check_range(record.last_update, record.first_update, INT32_MAX, where.at("last_update"), faults);
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
  check_range(record.every_ticks, 1, INT32_MAX, where.at("every_ticks"), faults);
  if (training.ticks < 1 || training.batch < 1) return;  // which is told already
  if (check_range(record.first_tick, 1, training.ticks, where.at("first_tick"), faults))
    check_range(record.last_tick, record.first_tick, training.ticks, where.at("last_tick"), faults);
  if (!message.has_trial()) return;
  record.trial = message.trial();
  check_range(*record.trial, 0, training.batch - 1, where.at("trial"), faults);
}

/// A sample of a stream is one message, which has a largest size.
void check_part(const RecordSpec& record, const Spec& model, const FieldPath& where, FaultList& faults) {
  const auto of = static_cast<std::size_t>(record.of);
  std::int64_t values = 0;
  if (is_of_projection(record.quantity)) {
    const ProjectionSpec& projection = model.network.projections[of];
    values = synapses_of(projection.weights, model.network.populations[static_cast<std::size_t>(projection.target)].size,
                         model.network.populations[static_cast<std::size_t>(projection.source)].size);
  } else {
    values = model.network.populations[of].size;
  }
  const std::int64_t trials = is_of_ticks(record.quantity) && !record.trial ? model.training.batch : 1;
  if (values <= kMostOfPart / std::max<std::int64_t>(trials, 1)) return;
  faults.error(where.at("form"), fmt::format("is PROTOBUF, of samples of {} values in {} trials", values, trials),
               fmt::format("must be NPY where a sample has more than {}", kMostOfPart));
}

std::string default_name(const RecordSpec& record, const NetworkSpec& network) {
  const auto of = static_cast<std::size_t>(record.of);
  std::string text = is_of_projection(record.quantity) ? network.projections[of].name : network.populations[of].name;
  text += '-';
  for (const char letter : name(record.quantity)) text += letter == '_' ? '-' : static_cast<char>(letter - 'A' + 'a');
  return text;
}

}  // namespace

std::string_view name(Quantity quantity) {
  switch (quantity) {
    case Quantity::kActivity: return "ACTIVITY";
    case Quantity::kOutput: return "OUTPUT";
    case Quantity::kError: return "ERROR";
    case Quantity::kLearningSignal: return "LEARNING_SIGNAL";
    case Quantity::kTrace: return "TRACE";
    case Quantity::kWeights: return "WEIGHTS";
    case Quantity::kSingularValues: return "SINGULAR_VALUES";
  }
  return "";
}

bool is_of_projection(Quantity quantity) {
  return quantity == Quantity::kTrace || quantity == Quantity::kWeights || quantity == Quantity::kSingularValues;
}

bool is_of_ticks(Quantity quantity) { return quantity != Quantity::kWeights && quantity != Quantity::kSingularValues; }

std::vector<RecordSpec> read_records(const google::protobuf::RepeatedPtrField<v1::Record>& messages, const Spec& model,
                                     const FieldPath& where, FaultList& faults) {
  std::vector<RecordSpec> records;
  std::set<std::string> names;
  if (messages.size() > kMostRecords) {
    faults.error(where.at("record"), fmt::format("has {} entries", messages.size()),
                 fmt::format("must have at most {}", kMostRecords));
    return records;
  }
  for (int i = 0; i < messages.size(); ++i) {
    const v1::Record& message = messages[i];
    const FieldPath field = where.at("record", i);
    const std::optional<Quantity> quantity = quantity_of(message.quantity());
    if (!quantity) {
      faults.error(field.at("quantity"), "is missing", "must be given");
      continue;
    }
    RecordSpec& record = records.emplace_back();
    record.quantity = *quantity;
    record.protobuf = message.form() == v1::Record::PROTOBUF;
    record.numbers = numbers_of(message.numbers(), model.precision);
    read_updates(message, field, record, faults);
    read_ticks(message, model.training, field, record, faults);
    const bool had_errors = faults.has_errors();
    read_what(message, model.network, field, record, faults);
    if (!had_errors && faults.has_errors()) continue;  // it has no default name
    if (record.protobuf && !faults.has_errors()) check_part(record, model, field, faults);
    record.name = message.name();
    if (record.name.empty() && !model.network.populations.empty() && !model.network.projections.empty())
      record.name = default_name(record, model.network);
    if (!message.name().empty()) check_name(record.name, field.at("name"), faults);
    if (!names.insert(record.name).second) {
      faults.error(message.name().empty() ? field : field.at("name"),
                   "has the name " + shown(std::string_view(record.name)), "must be unique among the model's records");
    }
  }
  return records;
}

}  // namespace locus
