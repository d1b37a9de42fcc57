// The reader of a chip and of its file of costs.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// `where` is the field of the Chip.
ChipSpec read_chip(const v1::Chip& message, const FieldPath& where, Reading& reading);

}  // namespace locus
