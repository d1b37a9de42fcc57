// What a model file says of spiking neurons, readouts with memory, optimizers and firing rates; and
// which rules and commits they exclude.
#pragma once

#include <optional>
#include <string>

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

LifSpec read_lif(const v1::Population::Lif& message, const FieldPath& where, FaultList& faults);

/// Absent: a readout without memory.
std::optional<LeakSpec> read_memory(const v1::Population::Readout& message, const FieldPath& where, FaultList& faults);

Optimizer read_optimizer(const v1::Training::Optimizer& message, const FieldPath& where, FaultList& faults);

/// What e-prop alone has.
void read_eprop_terms(const v1::Rule::Eprop& message, const FieldPath& where, RuleSpec& rule, FaultList& faults);

/// y* of a class: that readout is 1 and all others 0, at every tick (ticks x readouts).
DenseMatrix target_of_class(std::int32_t chosen, std::int64_t ticks, std::int64_t readouts);

/// What must hold between the network, the training and the rules of a model.
void check_spiking(const Spec& spec, FaultList& faults);

}  // namespace locus
