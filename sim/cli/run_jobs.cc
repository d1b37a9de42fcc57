#include "sim/cli/run_jobs.h"

#include <algorithm>
#include <limits>
#include <ostream>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/requirements.h"
#include "sim/model/wire.h"
#include "sim/place/placement.h"
#include "sim/report/memory.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "sim/run/workers.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// Throws UsageError if a projection has more synapses than the 32 bits of a mailbox's address.
void check_mailbox_can_address(const Spec& spec) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() - 1;
  for (const Projection& projection : topology_of(spec, Listing::kNone).projections) {
    const std::int64_t synapses = projection.size();
    if (synapses <= kMost) continue;
    throw UsageError(fmt::format(
        "--transport mailbox: projection {} of {} has {} synapses; must be at most {}; batched takes any number",
        projection.name, spec.path, synapses, kMost));
  }
}

/// Warns of the short forms among the rules of the run; the loader has already warned of the
/// model's `own` rules.
void warn_of_lost_errors(const Spec& spec, const std::vector<RuleSpec>& own, const Console& console) {
  for (const RuleSpec& rule : spec.rules) {
    if (!loses_errors(rule, spec.network, spec.training)) continue;
    if (std::ranges::find(own, rule.name, &RuleSpec::name) != own.end()) continue;
    console.err << fmt::format("warning: rule {}: {}; errors older than the depth at their sweep are lost\n", rule.name,
                               why_lost(rule, spec.network, spec.training));
  }
}

/// Throws UsageError if the model has records but no folder, so that no recording is lost.
void check_records_have_a_place(const Job& job) {
  if (job.spec.records.empty() || job.folder) return;
  throw UsageError(fmt::format("{} asks for recordings ({}{}); --out DIR must say where they go", job.spec.path,
                               job.spec.records.front().name, job.spec.records.size() > 1 ? ", ..." : ""));
}

/// Loads one model with the overrides of the command line; the result has no folder yet.
Job load_job(const std::string& model, const RunArguments& arguments, const std::vector<Setting>& settings,
             RunOrigin& origin, ProgressLine& progress, const Console& console) {
  CarriedFiles* const carried = arguments.checkpoint.has_file() ? &origin.request.files : nullptr;
  std::string bytes = origin.state ? std::move(origin.request.bytes) : read_file(model);
  std::vector<Fault> warnings;
  Job job{load_bytes(bytes, model, settings, warnings, carried), {}, {}, {}};
  progress.clear();
  for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
  const std::vector<RuleSpec> own = job.spec.rules;
  apply(arguments.overrides(), job.spec);
  warn_of_lost_errors(job.spec, own, console);
  arguments.cost.apply(job.spec.chip, carried);
  if (job.spec.chip) {
    job.topology = topology_of(job.spec);
    if (auto lack = lack_of_room(*job.spec.chip, *job.topology, model)) throw ModelError({*lack});
  }
  if (carried == nullptr) return job;
  origin.request.bytes = std::move(bytes);
  if (!origin.state) {
    origin.request.arguments = console.words;
    origin.request.model = model;
  }
  return job;
}

std::vector<Job> load_all(const RunArguments& arguments, RunOrigin& origin, ProgressLine& progress, const Console& console) {
  std::vector<Job> jobs;
  std::set<std::string> names;
  std::vector<Setting> settings;
  for (const std::string& text : arguments.settings) settings.push_back(setting_of(text));
  for (const std::string& model : arguments.models) {
    progress.say("loading " + printable(model));
    Job& job = jobs.emplace_back(load_job(model, arguments, settings, origin, progress, console));
    const std::string& name = job.spec.name;
    if (!names.insert(name).second) {
      throw UsageError(fmt::format("two models have the name \"{}\"; their results could not be told apart", name));
    }
    if (arguments.out.empty()) continue;
    job.folder = arguments.models.size() == 1 ? fs::path(arguments.out) : fs::path(arguments.out) / file_name(name);
  }
  return jobs;
}

/// Throws if the run of one model cannot have its memory or its files.
void prepare_job(const Job& job, const RunArguments& arguments) {
  check_records_have_a_place(job);
  const TransportKind transport = arguments.transport_kind();
  if (transport == TransportKind::kMailbox) check_mailbox_can_address(job.spec);
  foresee_memory(job.spec, transport, std::min(memory_there(), arguments.memory.limit() - memory_taken()),
                 arguments.threads > 0 ? arguments.threads : default_threads());
  if (job.folder) prepare_folder(*job.folder);
  if (!arguments.tensorboard.empty()) prepare_folder(arguments.tensorboard);
  arguments.trace.prepare();
}

}  // namespace

std::vector<Job> load_jobs(const RunArguments& arguments, RunOrigin& origin, ProgressLine& progress,
                           const Console& console) {
  std::vector<Job> jobs = load_all(arguments, origin, progress, console);
  for (const Job& job : jobs) prepare_job(job, arguments);
  arguments.checkpoint.prepare();
  if (origin.state) {
    Job& job = jobs.front();
    if (!job.topology) job.topology = topology_of(job.spec);
    if (std::string wrong = misfit(job.spec, *job.topology, *origin.state); !wrong.empty()) {
      throw ModelError({{.file = arguments.checkpoint.file().string(),
                         .what = "is a checkpoint of another run",
                         .allowed = std::move(wrong)}});
    }
  }
  // The recordings come last, because opening them empties the files of an earlier run.
  for (Job& job : jobs) {
    if (job.spec.records.empty()) continue;
    job.recordings = std::make_unique<Recordings>(job.spec, *job.folder, origin.recordings);
  }
  return jobs;
}

}  // namespace locus
