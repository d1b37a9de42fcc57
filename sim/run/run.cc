#include "sim/run/run.h"

#include <algorithm>
#include <span>
#include <utility>

#include "core/base/flush.h"
#include "sim/model/check.h"
#include "sim/model/wire.h"
#include "sim/ranks/agree.h"
#include "sim/ranks/processors.h"
#include "sim/run/train.h"
#include "sim/run/workers.h"

namespace locus {

RunResult not_begun(const Spec& spec, Topology topology, const RunOptions& options) {
  RunResult result{.model = spec.name,
                   .model_sha256 = spec.sha256,
                   .seed = spec.seed,
                   .settings = spec.settings,
                   .outline = outline_of(spec),
                   .precision = spec.precision,
                   .outcomes = {},
                   .chip = spec.chip,
                   .provenance = provenance_of(spec, options.transport, options.rank_of_large),
                   .topology = std::move(topology)};
  return result;
}

RunResult run(const Spec& spec, const RunOptions& options) {
  require_valid(spec);
  return run(spec, topology_of(spec), options);
}

RunResult run(const Spec& spec, Topology topology, const RunOptions& options) {
  const FlushDenormals flush;
  Workers workers(options.threads > 0 ? options.threads : default_threads());
  // networks refer to its topology
  RunResult result = not_begun(spec, std::move(topology), options);
  RunState* const from = options.from;
  const auto waiting_from = [&](std::size_t i) {
    const std::size_t first = from != nullptr ? std::min(i, from->rules.size()) : 0;
    return from != nullptr ? std::span<const RuleState>(from->rules).subspan(first) : std::span<const RuleState>();
  };
  bool has_trained = false;
  bool ended = false;
  RunOptions asked = options;
  if (options.ends) asked.ends = [&](const Moment& moment) { return ended = options.ends(moment); };
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    RuleState* const state = from != nullptr && i < from->rules.size() ? &from->rules[i] : nullptr;
    if (state != nullptr && !goes_on(spec, *from, i)) {
      result.outcomes.push_back(outcome_of(spec, result.topology, spec.rules[i], std::move(*state)));
      continue;
    }
    const bool interrupted = options.interrupt != nullptr && options.interrupt->load(std::memory_order_relaxed);
    if (!result.outcomes.empty() && is_said(options.exchange, interrupted)) {
      if (options.watch && (state == nullptr || has_trained))
        options.watch({.done = result, .waiting = waiting_from(i), .stopping = true, .state = {}});
      break;
    }
    if (options.watch)
      options.watch({.done = result, .builds = &spec.rules[i], .waiting = waiting_from(i), .state = {}});
    result.outcomes.push_back(train(spec, result.topology, spec.rules[i], asked, workers.executor(), result, state));
    has_trained = true;
    if (ended || result.outcomes.back().status == Status::kInterrupted) break;
  }
  return result;
}

}  // namespace locus
