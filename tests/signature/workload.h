// The shipped models as tests run them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/run.h"

namespace locus {

/// The model files of the repository, by name.
std::vector<std::filesystem::path> shipped_models();

/// Those of at most 10^6 synapses: the others take too long for a test of twenty updates, and much
/// longer message by message.
std::vector<std::filesystem::path> small_shipped_models();

/// Loads a shipped model and runs at most so many of its updates under every rule, on one thread.
RunResult run_shipped(const std::string& file, std::int64_t most_updates,
                      TransportKind transport = TransportKind::kBatched);

/// The outcome of the rule of that name; fails by an exception where there is none.
const Outcome& outcome_of(const RunResult& result, const std::string& rule);

}  // namespace locus
