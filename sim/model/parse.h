// From the bytes of a file to a message: syntax and unknown names, but not the meaning.
//
// Text goes through protobuf's text parser, the wire form through its wire parser; their errors
// become faults with field, place and the nearest correct name. A wrong value of a scalar field is
// reported and skipped, so that all faults of a file come together. A file in wire form with fields
// that this schema lacks is refused, because dropping them would lose information. Internal to
// sim/model: only this room and sim/report see generated code.
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

/// The format of a file's name; empty if the name has none.
std::optional<Format> format_of(const std::filesystem::path& path);
/// The same; of a stream (files.h), which has no name, that of its bytes.
std::optional<Format> format_of(const std::filesystem::path& path, std::string_view bytes);

/// "must end in .txtpb, ... or .binpb, .pb": the extensions of format_of.
std::string known_extensions();

/// Adds a fault for each thing that both parsers let pass and the schema does not mean: unknown
/// fields, enum numbers without a name, strings that are no UTF-8 or that a terminal does not show.
void check_form(const google::protobuf::Message& message, const FieldPath& where, FaultList& faults);

/// Fills `model`; returns true if its contents may be checked further (there may still be faults).
bool parse_text(std::string_view text, v1::Model& model, FaultList& faults);
/// Large arrays of matrices go to `arrays` instead of `model`, unless it is null.
bool parse_wire(std::string_view bytes, v1::Model& model, FaultList& faults, WireArrays* arrays = nullptr);

}  // namespace locus
