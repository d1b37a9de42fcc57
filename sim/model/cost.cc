#include "sim/model/cost.h"

#include <cmath>

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
  }
  return "";
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
    }
  }
  if (faults.has_errors()) throw ModelError(faults.placed(path.string(), text));
  return cost;
}

}  // namespace locus
