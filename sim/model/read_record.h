// The records of a model.
#pragma once

#include <vector>

#include "locus/v1/model.pb.h"
#include "sim/model/reading.h"

namespace locus {

/// Records are at `where`.record[i]. Network, training and precision must have been read before.
std::vector<RecordSpec> read_records(const google::protobuf::RepeatedPtrField<v1::Record>& messages, const Spec& model,
                                     const FieldPath& where, FaultList& faults);

}  // namespace locus
