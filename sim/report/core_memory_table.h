// The memory of the core that keeps most, one row for each rule, for `locus info`.
#pragma once

#include <string>

#include "core/wire/topology.h"
#include "sim/model/spec.h"

namespace locus {

/// A table and its legend, for a model with a chip that has room. Sparse projections need their
/// lists.
std::string core_memory_table(const Spec& spec, const Topology& topology);

}  // namespace locus
