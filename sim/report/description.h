// A model in words and tables, as `info` prints it: populations, projections, task, training, and
// what each rule will send and keep. Nothing is run.
#pragma once

#include <string>

#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

/// "tiny: 2 inputs, 3 rate neurons, 1 readout; 5 ticks a trial, 1 trial an update": one or two
/// lines, at most kTextWidth wide.
std::string title_of(const Spec& spec);

/// Everything; the topology is the spec's. At most kTextWidth wide.
std::string description(const Spec& spec, const Topology& topology);

}  // namespace locus
