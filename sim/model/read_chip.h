// The reader of a chip and of its file of costs.
#pragma once

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// The fields as they stand in a model or in a result, without the costs; absent ones keep their
/// defaults. check_chip.cc says what is allowed.
ChipSpec chip_of(const v1::Chip& message);

/// `where` is the field of the Chip.
ChipSpec read_chip(const v1::Chip& message, const FieldPath& where, Reading& reading);

}  // namespace locus
