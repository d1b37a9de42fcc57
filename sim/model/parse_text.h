// Reads protobuf's text format into any message and finds as many faults as possible, each with its
// place and the nearest correct name.
//
// The parser alone stops at the first wrong value. Here unknown fields and enumerators are reported
// and skipped; a statement with a wrong scalar value is reported and blanked out in a copy (so that
// all places stay the same), and the rest is parsed again, a bounded number of times.
#pragma once

#include <string>
#include <string_view>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "sim/model/fault_list.h"

namespace locus {

/// Returns true if `message` contains the whole text except for the reported statements.
bool parse_text_message(std::string_view text, google::protobuf::Message& message, FaultList& faults);

/// The allowed values of a field in words: "must be a number".
std::string takes(const google::protobuf::FieldDescriptor& field);

/// The names of an enum, separated by commas.
std::string names_of(const google::protobuf::EnumDescriptor& type);

}  // namespace locus
