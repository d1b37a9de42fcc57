#include "sim/model/cost.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/base/check.h"
#include "locus/v1/cost.pb.h"
#include "sim/model/check_basics.h"
#include "sim/model/files.h"
#include "sim/model/parse.h"
#include "sim/model/parse_text.h"

namespace locus {

std::string_view name(Charge charge) {
  switch (charge) {
    case Charge::kPacket: return "packet";
    case Charge::kHopEastWest: return "hop_east_west";
    case Charge::kHopNorthSouth: return "hop_north_south";
    case Charge::kHopHost: return "hop_host";
    case Charge::kSynapticOperation: return "synaptic_operation";
    case Charge::kSynapticUpdate: return "synaptic_update";
    case Charge::kNeuronUpdate: return "neuron_update";
    case Charge::kBarrier: return "barrier";
    case Charge::kKeptByte: return "kept_byte";
  }
  return "";
}

void check_cost_words(const CostSpec& cost, const FieldPath& where, FaultList& faults) {
  constexpr std::size_t kLongest = 200;
  for (const auto& [field, text] : {std::pair{"source", &cost.source}, {"measured_on", &cost.measured_on}}) {
    if (text->size() > kLongest)
      faults.error(where.at(field), fmt::format("has {} bytes", text->size()),
                   fmt::format("must have at most {}", kLongest));
  }
  for (std::size_t c = 0; c < kCharges; ++c) {
    const FieldPath charge = where.at(name(static_cast<Charge>(c)));
    const double energy = cost.energy[c];
    if (cost.low[c] && !(*cost.low[c] >= 0 && *cost.low[c] <= energy))
      faults.error(charge.at("low"), "is " + shown(*cost.low[c]),
                   "must be at least 0 and at most energy, which is " + shown(energy));
    if (cost.high[c] && !(*cost.high[c] >= energy && std::isfinite(*cost.high[c])))
      faults.error(charge.at("high"), "is " + shown(*cost.high[c]),
                   "must be finite and at least energy, which is " + shown(energy));
  }
}

CostSpec load_cost(const std::filesystem::path& path) { return read_cost(read_file(path, kLargestCost), path); }

CostSpec read_cost(const std::string& text, const std::filesystem::path& path) {
  FaultList faults;
  v1::Cost message;
  CostSpec cost;
  if (parse_text_message(text, message, faults)) {
    check_form(message, {}, faults);
    cost.name = message.name().empty() ? path.stem().string() : message.name();
    check_name(cost.name, FieldPath().at("name"), faults);
    const auto& fields = *message.GetDescriptor();
    for (std::size_t c = 0; c < kCharges; ++c) {
      const std::string_view field = name(static_cast<Charge>(c));
      const auto* descriptor = fields.FindFieldByName(std::string(field));
      CHECK(descriptor != nullptr, "cost.proto knows every charge");
      const auto& charge = dynamic_cast<const v1::Cost::Charge&>(message.GetReflection()->GetMessage(message, descriptor));
      const auto checked = [&](double value, std::string_view of) {
        if (!std::isfinite(value) || value < 0)
          faults.error(FieldPath().at(field).at(of), "is " + shown(value), "must be finite and at least 0");
        return value;
      };
      cost.energy[c] = checked(charge.energy(), "energy");
      cost.time[c] = checked(charge.time(), "time");
      if (charge.has_low()) cost.low[c] = charge.low();
      if (charge.has_high()) cost.high[c] = charge.high();
    }
    cost.source = message.source();
    cost.measured_on = message.measured_on();
    check_cost_words(cost, {}, faults);
  }
  if (faults.has_errors()) throw ModelError(faults.placed(path.string(), text));
  return cost;
}

}  // namespace locus
