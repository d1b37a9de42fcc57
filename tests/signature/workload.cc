#include "tests/signature/workload.h"

#include <algorithm>
#include <stdexcept>

#include "sim/model/load.h"
#include "sim/model/network_size.h"

namespace locus {

std::vector<std::filesystem::path> shipped_models() {
  std::vector<std::filesystem::path> files;
  for (const char* folder : {"", "digits", "rules", "tasks"}) {
    for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(LOCUS_MODELS) / folder)) {
      if (entry.path().extension() == ".txtpb") files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::vector<std::filesystem::path> small_shipped_models() {
  std::vector<std::filesystem::path> files = shipped_models();
  std::erase_if(files, [](const std::filesystem::path& file) {
    const NetworkSpec network = load(file).network;
    std::int64_t synapses = 0;
    for (const ProjectionSpec& projection : network.projections) {
      synapses += synapses_of(projection, network.populations[static_cast<std::size_t>(projection.target)].size,
                              network.populations[static_cast<std::size_t>(projection.source)].size);
    }
    return synapses > 1'000'000;
  });
  return files;
}

RunResult run_shipped(const std::filesystem::path& file, std::int64_t most_updates, TransportKind transport) {
  Spec spec = load(std::filesystem::path(LOCUS_MODELS) / file);
  if (most_updates < spec.training.updates) {
    spec.training.updates = most_updates;
    if (spec.training.evaluation) spec.training.evaluation->trials = 1;
  }
  return run(spec, {.transport = transport, .threads = 1});
}

const Outcome& outcome_of(const RunResult& result, const std::string& rule) {
  const auto found = std::ranges::find(result.outcomes, rule, &Outcome::rule);
  if (found == result.outcomes.end()) throw std::runtime_error(result.model + " has no rule " + rule);
  return *found;
}

}  // namespace locus
