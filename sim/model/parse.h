// From a file's bytes to a message: syntax, unknown names, nothing about meaning.
//
// Text goes through protobuf's text parser, the wire form through its wire parser; what they report
// becomes faults with field, place and the nearest right name. A wrong value of a scalar field is
// told and stepped over, so that one file's faults come together. A file in the wire form that
// carries fields this schema does not know is refused: dropping them would lose what somebody
// meant. Internal to sim/model: the only rooms that see generated code are this one and sim/report.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "locus/v1/model.pb.h"
#include "sim/model/fault_list.h"
#include "sim/model/wire_arrays.h"

namespace locus {

enum class Format { kText, kWire };

/// The format that a file's name says; absent if it says none.
std::optional<Format> format_of(const std::filesystem::path& path);

/// "must end in .txtpb, ... or .binpb, .pb": what format_of knows.
std::string known_extensions();

/// Fills `model`; true if what it holds may be looked at further (faults may have been added all
/// the same).
bool parse_text(std::string_view text, v1::Model& model, FaultList& faults);
/// Where `arrays` are given, large ones of matrices go there and not into `model`.
bool parse_wire(std::string_view bytes, v1::Model& model, FaultList& faults, WireArrays* arrays = nullptr);

}  // namespace locus
