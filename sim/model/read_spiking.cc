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

/// A number that must be given.
double required(bool given, double value, const char* allowed, const FieldPath& field, FaultList& faults) {
  if (!given) faults.refuse(field, "is missing", std::string("must be given, ") + allowed);
  return value;
}

}  // namespace

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults) {
  LifSpec lif;
  lif.leak.tau_m = required(message.has_tau_m(), message.tau_m(), "above 0", where.at("tau_m"), faults);
  lif.leak.normalise_input = message.normalise_input();
  lif.threshold = required(message.has_threshold(), message.threshold(), "above 0", where.at("threshold"), faults);
  lif.refractory = message.refractory();
  const v1::Population::Lif::Surrogate& surrogate = message.surrogate();
  lif.surrogate = surrogate_of(surrogate.kind());
  if (surrogate.has_height()) lif.height = surrogate.height();
  if (surrogate.has_width()) lif.width = surrogate.width();
  if (!message.has_adaptation()) return lif;
  const FieldPath field = where.at("adaptation");
  const v1::Population::Lif::Adaptation& adaptation = message.adaptation();
  lif.adaptation_tau = required(adaptation.has_tau(), adaptation.tau(), "above 0", field.at("tau"), faults);
  // 0 in a Spec: no adaptation
  if (lif.adaptation_tau == 0) check_positive(lif.adaptation_tau, field.at("tau"), faults);
  lif.adaptation = required(adaptation.has_beta(), adaptation.beta(), "at least 0", field.at("beta"), faults);
  return lif;
}

FiringRateSpec read_firing_rate(const v1::Rule::Eprop::FiringRate& message, const FieldPath& where, FaultList& faults) {
  return {required(message.has_target_hz(), message.target_hz(), "at least 0", where.at("target_hz"), faults),
          required(message.has_strength(), message.strength(), "at least 0", where.at("strength"), faults)};
}

}  // namespace locus
