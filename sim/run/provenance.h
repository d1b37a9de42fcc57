// Provenance: everything that a result depends on, under one hash.
//
// The files of the model by their contents, the options that bear on numbers by their values after
// all defaults, and the schema in which both are understood. Two runs with one hash compute the
// same, up to the last bits: those depend on the level of arithmetic and on the program's version,
// which stand beside the hash and are not in it. Number of threads, recordings, checkpoints, traces
// and pages bear on no number.
// The hash is the SHA-256 of text_of, so that anybody can compute it again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/transport_kind.h"

namespace locus {

/// The schema of model files.
inline constexpr std::string_view kModelSchema = "locus.v1.Model";

struct Provenance {
  std::string sha256;                // of the rest but for the level, 64 hex digits
  std::string schema;                // kModelSchema
  std::vector<InputFile> files;      // Spec::inputs
  std::vector<std::string> options;  // "seed=1", "updates=100", ..., then the fields that were set
  std::string level;                 // of the arithmetic, core/base/level.h: "x86-64-v3"
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

/// The text under the hash: "schema NAME", "file SHA-256  NAME" and "option NAME=VALUE", a line for
/// each.
std::string text_of(const Provenance& provenance);

/// The parts in which two runs differ, a line for each: files, options, schema. Without the level,
/// and without differences of options that are fields or the seed, which results list themselves.
std::vector<std::string> differences(const Provenance& a, const Provenance& b);

/// Adds an option, and computes the hash again if there is one.
void add_option(Provenance& provenance, std::string option);

/// Of a run of this spec, whose overrides have been applied. The hash is empty for a model that was
/// made in code, because its values stand in no file.
Provenance provenance_of(const Spec& spec, TransportKind transport, bool rank_of_large);

}  // namespace locus
