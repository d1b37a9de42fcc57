#include "sim/run/run.h"

#include "core/base/flush.h"
#include "sim/run/train.h"
#include "sim/run/workers.h"

namespace locus {

std::string_view name(Status status) {
  switch (status) {
    case Status::kCompleted: return "COMPLETED";
    case Status::kDiverged: return "DIVERGED";
    case Status::kLocalityBroken: return "LOCALITY_BROKEN";
    case Status::kInterrupted: return "INTERRUPTED";
  }
  return "";
}

RunResult not_begun(const Spec& spec) {
  RunResult result{.model = spec.name,
                   .model_sha256 = spec.sha256,
                   .seed = spec.seed,
                   .settings = spec.settings,
                   .outline = outline_of(spec),
                   .precision = spec.precision,
                   .outcomes = {},
                   .chip = spec.chip,
                   .wires = {}};
  if (spec.chip) result.wires = wiring_of(spec.network, {}).projections;
  return result;
}

RunResult run(const Spec& spec, const RunOptions& options) {
  const FlushDenormals flush;
  Workers workers(options.threads > 0 ? options.threads : default_threads());
  RunResult result = not_begun(spec);
  for (const RuleSpec& rule : spec.rules) {
    if (options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed) && !result.outcomes.empty())
      break;
    result.outcomes.push_back(train(spec, rule, options, workers.executor(), result));
  }
  return result;
}

}  // namespace locus
