// load: makes a Spec from a model file, or finds all its faults.
//
// The steps are: bytes -> message (parse.h: syntax, unknown names) -> Spec (read_*.h: checks that
// concern only files, and defaults) -> check (check.h: all conditions of a Spec). The faults of all
// steps come together, in the order of the file, with field path, line and column (in a text),
// value, and allowed values. Hostile files are safe: sizes are compared with their limits and files
// before memory is taken, and nothing outside the model's folder is read, unless a setting names
// it.
// Cost: near that of reading; packed arrays are taken over as a whole.
// Thread safety: no state between calls.
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

/// Throws ModelError with all faults, FileError if the file cannot be read. Path "-" is standard
/// input; it, a device and a pipe may have either form.
Spec load(const std::filesystem::path& path);

/// The same; `warnings` gets the legal but improbable settings.
Spec load(const std::filesystem::path& path, std::vector<Fault>& warnings);

/// The same for bytes in memory: `path` is their name, whose extension gives the format and whose
/// folder contains the files of weights; of a stream (files.h) its bytes give the format, and the
/// present folder contains the files.
Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::vector<Fault>& warnings);

/// The same for a model with these fields set first. The hash in the Spec is that of the bytes and
/// of the files that the model then names; its `settings` contain the rest. Throws UsageError if a
/// setting does not fit the model; a wrong value is a fault like any other. `carried` keeps the
/// files that the model names, or supplies them.
Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings,
                std::vector<Fault>& warnings, CarriedFiles* carried = nullptr);

/// All faults and warnings of a file in its order; empty for a valid one. Throws FileError if the
/// file cannot be read.
std::vector<Fault> validate(const std::filesystem::path& path);
/// The same for bytes in memory, as load_bytes.
std::vector<Fault> validate_bytes(std::string_view bytes, const std::filesystem::path& path);

}  // namespace locus
