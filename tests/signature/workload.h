// The models of models/ in the form in which tests run them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/run.h"

namespace locus {

/// The models in models/, models/digits, models/rules and models/tasks, by path.
std::vector<std::filesystem::path> shipped_models();

/// Those with at most 10^6 synapses: the others take too long for a test of twenty updates, and
/// much longer message by message.
std::vector<std::filesystem::path> small_shipped_models();

/// Loads a model and runs at most this number of updates under every rule, on one thread. `file` is
/// a path below models/. A run that is cut short evaluates one trial, because evaluations neither
/// learn nor count.
RunResult run_shipped(const std::filesystem::path& file, std::int64_t most_updates,
                      TransportKind transport = TransportKind::kBatched);

/// The outcome of the rule of that name; throws if there is none.
const Outcome& outcome_of(const RunResult& result, const std::string& rule);

}  // namespace locus
