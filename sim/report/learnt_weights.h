// Learnt weights of an earlier run, read from its result or from its folder of .npy files, for
// another run to begin with.
//
// Files from elsewhere are safe: they are read as those of a model are, and a path that a result
// names must lie in its folder.
// Errors: FileError if a file cannot be read, ModelError if it is no result or has no such rule.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sim/model/first_weights.h"
#include "sim/run/result.h"

namespace locus {

/// The path and the rule of "RESULT" or "RESULT:RULE". The path is the shortest that exists, so
/// that names of rules may contain colons; the rule is empty if there is none.
struct LearntSource {
  std::filesystem::path path;
  std::string rule;
};
LearntSource learnt_source(const std::string& text);

/// True if the file is a checkpoint.
bool is_checkpoint(const std::filesystem::path& path);

/// The weights of a rule of result.binpb, result.json, or the folder of either; or those of the
/// network's projections in a folder of PROJECTION.npy and PROJECTION.blocks, which has no rules.
WeightFiles read_learnt_weights(const LearntSource& source, const NetworkSpec& network);

/// The same of weights in memory.
WeightFiles files_of(const std::vector<ProjectionWeights>& weights);

/// The index of a rule among `rules`; without a name there must be only one. Throws ModelError with
/// the names.
std::size_t index_of_rule(const LearntSource& source, const std::vector<std::string>& rules);

}  // namespace locus
