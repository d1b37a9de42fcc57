// convert: a model file between text and wire form, loss-free.
//
// Every field and every bit of every number comes back; a text's comments and layout do not (the
// wire form has no place for them). The file must parse; it need not be a valid model. What cannot
// be carried over exactly is refused: the output is read back and compared before it is written.
#pragma once

#include <filesystem>

namespace locus {

/// Throws ModelError if `in` cannot be parsed (or either name says no format), FileError if a file
/// cannot be read or written. `out` is written whole or not at all.
void convert(const std::filesystem::path& in, const std::filesystem::path& out);

}  // namespace locus
