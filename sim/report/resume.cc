#include "sim/report/resume.h"

#include <utility>

#include "sim/model/check.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"
#include "sim/report/checkpoint.h"

namespace locus {

namespace {

constexpr const char* kNoCheckpoint =
    "a run of supplied trials has no checkpoint: a file cannot hold the function that makes them";

}  // namespace

std::function<void(const Moment&)> keep_checkpoint(std::filesystem::path file, std::int64_t every) {
  return keep_checkpoint(std::move(file), every, RunRequest());
}

std::function<void(const Moment&)> keep_checkpoint(std::filesystem::path file, std::int64_t every, RunRequest request) {
  return [file = std::move(file), every, request = std::move(request)](const Moment& moment) {
    if (moment.done.outline.task == "supplied") throw UsageError(kNoCheckpoint);
    const bool between_rules = moment.present == nullptr && !moment.done.outcomes.empty();
    const std::int64_t updates = moment.present != nullptr ? moment.present->updates : 0;
    const bool due = updates > 0 && updates % every == 0;
    if (moment.stopping || between_rules || due) write_checkpoint(request, moment, file);
  };
}

RunResult resume(const Spec& spec, const std::filesystem::path& file, RunOptions options) {
  if (std::holds_alternative<SuppliedTask>(spec.task)) throw UsageError(kNoCheckpoint);
  Checkpoint checkpoint = read_checkpoint(file);
  require_valid(spec);
  const Topology topology = topology_of(spec);
  if (std::string wrong = misfit(spec, topology, checkpoint.state); !wrong.empty())
    throw ModelError({{.file = file.string(), .what = "is a checkpoint of another run", .allowed = std::move(wrong)}});
  options.from = &checkpoint.state;
  options.may_go_on = true;
  return run(spec, topology, options);
}

}  // namespace locus
