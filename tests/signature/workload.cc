#include "tests/signature/workload.h"

#include <algorithm>
#include <stdexcept>

#include "sim/model/load.h"

namespace locus {

std::vector<std::filesystem::path> shipped_models() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(LOCUS_MODELS)) {
    if (entry.path().extension() == ".txtpb") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

RunResult run_shipped(const std::string& file, std::int64_t most_updates, TransportKind transport) {
  Spec spec = load(std::filesystem::path(LOCUS_MODELS) / file);
  spec.training.updates = std::min(spec.training.updates, most_updates);
  return run(spec, {.transport = transport, .threads = 1});
}

const Outcome& outcome_of(const RunResult& result, const std::string& rule) {
  const auto found = std::ranges::find(result.outcomes, rule, &Outcome::rule);
  if (found == result.outcomes.end()) throw std::runtime_error(result.model + " has no rule " + rule);
  return *found;
}

}  // namespace locus
