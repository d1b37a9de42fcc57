// Spiking neurons in a model file, and the fields of e-prop that only they have.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults);

FiringRateSpec read_firing_rate(const v1::Rule::Eprop::FiringRate& message, const FieldPath& where, FaultList& faults);

}  // namespace locus
