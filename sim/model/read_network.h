// The network of a model, the student or its teacher: populations and projections.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

NetworkSpec read_network(v1::Network& message, const FieldPath& where, Reading& reading);

}  // namespace locus
