// load: a model file becomes a Spec, or every fault that it has.
//
// The way of a file: bytes -> message (parse.h: syntax, unknown names) -> Spec (read_*.h: what only
// a file says, defaults filled in) -> check (check.h: all that a Spec must hold to). Faults of all
// steps come together, in the order
// of the file, with field path, line and column (text), value, and what is allowed. Safe for
// hostile files: sizes are held against their limits and their files before memory is taken;
// nothing outside the model's folder is read. Cost: near that of reading; packed arrays are taken
// over whole. Thread safety: no state between calls.
#pragma once

#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

#include "sim/model/carried_files.h"
#include "sim/model/errors.h"
#include "sim/model/settings.h"
#include "sim/model/spec.h"

namespace locus {

/// Throws ModelError with every fault, FileError if the file cannot be read.
Spec load(const std::filesystem::path& path);

/// As above; `warnings` gets what is legal and hardly meant.
Spec load(const std::filesystem::path& path, std::vector<Fault>& warnings);

/// As above, of bytes that are at hand: `path` is their name, whose end says the format and whose
/// folder holds the files of weights.
Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::vector<Fault>& warnings);

/// As above, of a model in which these fields are set first. The spec's hash is that of the bytes;
/// its `settings` say the rest. Throws UsageError where a setting does not mean this model; a value
/// that is not allowed is a fault as any other. With `carried`, files that the model names are kept
/// there, or come from there.
Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings,
                std::vector<Fault>& warnings, CarriedFiles* carried = nullptr);

/// Every fault and warning of a file, in its order; empty for a good one. Throws FileError if the
/// file cannot be read.
std::vector<Fault> validate(const std::filesystem::path& path);

}  // namespace locus
