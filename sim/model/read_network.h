// A network of a model, the student or its teacher: populations, projections, and what must hold
// between them.
#pragma once

#include <string>
#include <vector>

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

NetworkSpec read_network(v1::Network& message, const FieldPath& where, Reading& reading);

/// True if weights of a network are aligned.
bool has_aligned(const NetworkSpec& network);

/// Why no weights of this network, or of a feedback into it, can be aligned: "in a network of 2
/// rate populations". Empty: they can.
std::vector<std::string> obstacles_to_aligned(const NetworkSpec& network);
inline constexpr const char* kAlignedNeeds = "aligned weights want one population of each kind and every projection dense";

}  // namespace locus
