// The orthogonal bases of aligned weights: U over readouts, P over rate neurons, V over inputs.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// Rate neurons of each network whose weights (or feedback) are aligned; each of them uses P at its
/// own size.
struct AlignedUse {
  std::vector<std::int64_t> rate_neurons;
  bool any() const { return !rate_neurons.empty(); }
};
AlignedUse aligned_use(const Spec& spec);

/// The network, task and rules of `spec` are read already. Faults: a wrong size, a basis that is
/// not orthogonal.
BasesSpec read_bases(v1::Bases& message, const Spec& spec, const FieldPath& where, Reading& reading);

}  // namespace locus
