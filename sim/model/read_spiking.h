// What a model file says of spiking neurons, and of what e-prop asks of them alone.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/spec.h"

namespace locus {

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults);

FiringRateSpec read_firing_rate(const v1::Rule::Eprop::FiringRate& message, const FieldPath& where, FaultList& faults);

}  // namespace locus
