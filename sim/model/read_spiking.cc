#include "sim/model/read_spiking.h"

#include "sim/model/check_basics.h"

namespace locus {
namespace {

Surrogate surrogate_of(v1::Population::Lif::Surrogate::Kind kind) {
  switch (kind) {
    case v1::Population::Lif::Surrogate::EXPONENTIAL: return Surrogate::kExponential;
    case v1::Population::Lif::Surrogate::FAST_SIGMOID: return Surrogate::kFastSigmoid;
    case v1::Population::Lif::Surrogate::ARCTAN: return Surrogate::kArctan;
    // a number without a name is a fault already (parse.cc)
    default: return Surrogate::kPiecewiseLinear;
  }
}

IntegerState read_integer(const v1::IntegerState& message) {
  IntegerState state;
  if (message.has_bits()) state.bits = message.bits();
  if (message.has_leak_bits()) state.leak_bits = message.leak_bits();
  if (message.rounding() == v1::IntegerState::STOCHASTIC) state.rounding = LeakRounding::kStochastic;
  if (!message.has_registers()) return state;
  const v1::IntegerState::Registers& from = message.registers();
  LeakRegisters& registers = state.registers.emplace();
  registers.seeds.assign(from.seed().begin(), from.seed().end());
  if (from.has_length()) registers.length = from.length();
  if (from.has_tap()) registers.tap = from.tap();
  if (from.has_first_tick()) registers.first_tick = from.first_tick();
  return state;
}

Reset reset_of(v1::Population::Lif::Reset reset) {
  switch (reset) {
    case v1::Population::Lif::SUBTRACT: return Reset::kSubtract;
    case v1::Population::Lif::ZERO: return Reset::kZero;
    default: return Reset::kSubtractNextTick;
  }
}

using Numbers = google::protobuf::RepeatedField<double>;

PerNeuron per_neuron(const Numbers& given) { return std::vector<double>(given.begin(), given.end()); }

/// Numbers of neurons that must be given.
PerNeuron required(const Numbers& given, const char* allowed, const FieldPath& field, FaultList& faults) {
  if (!given.empty()) return per_neuron(given);
  faults.refuse(field, "is missing", std::string("must be given, ") + allowed);
  return 1;
}

/// A number that must be given.
double required(bool given, double value, const char* allowed, const FieldPath& field, FaultList& faults) {
  if (!given) faults.refuse(field, "is missing", std::string("must be given, ") + allowed);
  return value;
}

}  // namespace

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults) {
  LifSpec lif;
  lif.leak.tau_m = required(message.tau_m(), "above 0", where.at("tau_m"), faults);
  lif.leak.normalise_input = message.normalise_input();
  lif.threshold = required(message.threshold(), "above 0", where.at("threshold"), faults);
  lif.refractory = message.refractory();
  const v1::Population::Lif::Surrogate& surrogate = message.surrogate();
  lif.surrogate = surrogate_of(surrogate.kind());
  if (surrogate.has_height()) lif.height = surrogate.height();
  if (surrogate.has_width()) lif.width = surrogate.width();
  lif.reset = reset_of(message.reset());
  if (!message.reset_to().empty()) lif.reset_to = per_neuron(message.reset_to());
  if (!message.rest().empty()) lif.rest = per_neuron(message.rest());
  lif.above = message.above();
  if (message.integration() == v1::Population::Lif::EULER) lif.integration = Integration::kEuler;
  lif.cuts_reset_gradient = message.reset_gradient() == v1::Population::Lif::CUT;
  if (message.has_integer()) lif.integer = read_integer(message.integer());
  if (message.has_current())
    lif.current_tau = required(message.current().tau(), "above 0", where.at("current").at("tau"), faults);
  if (!message.has_adaptation()) return lif;
  const FieldPath field = where.at("adaptation");
  const v1::Population::Lif::Adaptation& adaptation = message.adaptation();
  lif.adaptation_tau = required(adaptation.tau(), "above 0", field.at("tau"), faults);
  // one 0 in a Spec: no adaptation
  if (lif.adaptation_tau == 0) check_positive(0, field.at("tau"), faults);
  lif.adaptation = required(adaptation.beta(), "at least 0", field.at("beta"), faults);
  return lif;
}

FiringRateSpec read_firing_rate(const v1::Rule::Eprop::FiringRate& message, const FieldPath& where, FaultList& faults) {
  return {required(message.has_target_hz(), message.target_hz(), "at least 0", where.at("target_hz"), faults),
          required(message.has_strength(), message.strength(), "at least 0", where.at("strength"), faults)};
}

}  // namespace locus
