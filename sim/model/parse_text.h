// Protobuf's text format into any message, with every fault that can be told, each with its place
// and the nearest right name.
//
// Why not the parser alone: it stops at the first wrong value. Unknown fields and enum names are
// reported and stepped over; a statement with a wrong scalar value is reported, blanked out in a
// copy (so that every place stays what it was) and the rest is parsed again, a bounded number of
// times.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "sim/model/fault_list.h"

namespace locus {

/// True if `message` holds the whole text but for the statements that are told as faults.
bool parse_text_message(std::string_view text, google::protobuf::Message& message, FaultList& faults);

/// What a field takes, in words: "must be a number".
std::string takes(const google::protobuf::FieldDescriptor& field);

/// The names of an enum, separated by commas.
std::string names_of(const google::protobuf::EnumDescriptor& type);

}  // namespace locus
