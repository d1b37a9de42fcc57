// convert: changes a model file from text to wire form and back without loss.
//
// Every field and every bit of every number is kept; the comments and the layout of a text are not,
// because the wire form has no place for them. The file must parse but need not be a valid model. A
// file that cannot be converted exactly is refused: the output is read back and compared before it
// is written.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "sim/model/settings.h"

namespace locus {

/// Throws ModelError if `in` cannot be parsed or a name has no format, FileError if a file cannot
/// be read or written. `out` is written whole or not at all.
void convert(const std::filesystem::path& in, const std::filesystem::path& out);

/// The wire form of a model with these fields set; bytes and name are those of load_bytes. Throws
/// ModelError if they cannot be parsed, UsageError if a setting does not fit the model.
std::string wire_form(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings);

}  // namespace locus
