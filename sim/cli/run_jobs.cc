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
#include "sim/place/core_memory.h"
#include "sim/place/placement.h"
#include "sim/ranks/processors.h"
#include "sim/report/machine_memory.h"
#include "sim/report/memory.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "sim/run/provenance.h"
#include "sim/run/weights.h"

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

/// The number of updates that the continuations of a run have asked for last.
std::optional<std::int64_t> updates_of(const std::vector<SettingsChange>& changes) {
  std::optional<std::int64_t> updates;
  for (const SettingsChange& change : changes) updates = change.updates ? change.updates : updates;
  return updates;
}

/// Throws if the state of the checkpoint is not one of the job's model.
void check_fits(Job& job, const RunArguments& arguments, const RunOrigin& origin) {
  if (!job.topology) job.topology = topology_of(job.spec);
  std::string wrong = misfit(job.spec, *job.topology, *origin.state);
  if (wrong.empty()) return;
  const std::string file = arguments.checkpoint.file().string();
  if (!origin.request.changes.empty())
    throw UsageError(fmt::format("{} cannot go on with other settings: {}", file, wrong));
  throw ModelError({{.file = file, .what = "is a checkpoint of another run", .allowed = std::move(wrong)}});
}

/// The settings of the command line, then those of its continuations.
std::vector<Setting> settings_of(const RunArguments& arguments, const std::vector<SettingsChange>& changes) {
  std::vector<Setting> settings;
  for (const std::string& text : arguments.all_settings()) settings.push_back(setting_of(text));
  for (const SettingsChange& change : changes) {
    for (const std::string& text : change.settings) settings.push_back(setting_of(text));
  }
  return settings;
}

/// Applies the other options to a model that is loaded with its settings.
void apply(const RunArguments& arguments, const std::vector<SettingsChange>& changes, CarriedFiles* carried, Spec& spec) {
  spec.settings.resize(arguments.all_settings().size());  // a result has the changes apart
  Overrides overrides = arguments.overrides();
  if (const auto updates = updates_of(changes)) overrides.updates = updates;
  apply(overrides, spec);
  arguments.weights.apply(spec, carried);
  arguments.cost.apply(spec, carried);
}

/// Loads one model with the overrides of the command line; the result has no folder yet.
Job load_job(const std::string& model, const RunArguments& arguments, const std::vector<Setting>& settings,
             RunOrigin& origin, ProgressLine& progress, const Console& console) {
  CarriedFiles* const carried = arguments.checkpoint.has_file() || origin.state ? &origin.request.files : nullptr;
  std::string bytes = origin.state ? std::move(origin.request.bytes) : read_file(model);
  std::vector<Fault> warnings;
  Job job{load_bytes(bytes, model, settings, warnings, carried), {}, {}, {}, {}};
  progress.clear();
  for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
  const std::vector<RuleSpec> own = job.spec.rules;
  apply(arguments, origin.request.changes, carried, job.spec);
  warn_of_lost_errors(job.spec, own, console);
  if (job.spec.chip) {
    job.topology = topology_of(job.spec);
    if (auto lack = lack_on_chip(job.spec, *job.topology, model)) throw ModelError({*lack});
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
  const std::vector<Setting> settings = settings_of(arguments, origin.request.changes);
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

/// Bytes that a checkpoint's state has taken already, and that move into the run.
double bytes_of(const RunState& state) {
  std::size_t numbers = 0;
  for (const RuleState& rule : state.rules) {
    numbers += rule.losses.size();
    for (const std::vector<double>& weights : rule.weights) numbers += weights.size();
    for (const Kept& kept : rule.kept) numbers += kept.values.size();
  }
  return static_cast<double>(numbers * sizeof(double));
}

/// Throws if the run of one model cannot have its memory or its files.
void prepare_job(Job& job, const RunArguments& arguments, const RunOrigin& origin) {
  check_records_have_a_place(job);
  const TransportKind transport = arguments.transport_kind();
  if (transport == TransportKind::kMailbox) check_mailbox_can_address(job.spec);
  const MemoryDemand demand{.transport = transport,
                            .threads = arguments.threads > 0 ? arguments.threads : default_threads(),
                            .checkpoints = arguments.checkpoint.has_file(),
                            .rank_of_large = arguments.rank,
                            .may_be_endless = !arguments.memory.is_given()};
  const double moved = origin.state ? bytes_of(*origin.state) : 0;
  return_free_memory();  // what loading has left
  const double taken = taken_memory();
  require_memory(job.spec, demand, taken - moved,
                 std::min(available_memory(demand.threads) + taken, arguments.memory.limit()));
  if (job.folder) job.results = std::make_unique<ResultFolder>(*job.folder, "run");
  if (!arguments.tensorboard.empty()) prepare_folder(arguments.tensorboard);
  arguments.trace.prepare();
}

}  // namespace

void add_changes(const std::vector<SettingsChange>& changes, Provenance& provenance) {
  for (const SettingsChange& change : changes) {
    std::string text = fmt::format("change {}", fmt::join(change.settings, " "));
    if (change.updates) text += fmt::format(" updates={}", *change.updates);
    for (const auto& [rule, updates] : change.at) text += fmt::format(" at {}:{}", rule, updates);
    add_option(provenance, std::move(text));
  }
}

namespace {

/// Warns of everything in which a resumed run depends on other things than when it began.
void warn_of_changes(const RunArguments& arguments, const RunOrigin& origin, const Spec& spec, const Console& console) {
  const std::string file = arguments.checkpoint.file().string();
  if (origin.provenance.schema.empty()) return;  // of an older program
  Provenance present = provenance_of(spec, arguments.transport_kind(), arguments.rank);
  add_changes(origin.request.changes, present);
  for (const std::string& line : differences(origin.provenance, present))
    console.err << fmt::format("warning: {} goes on otherwise than it began: {}\n", file, line);
}

}  // namespace

WeightFiles weights_of_checkpoint(const LearntSource& source) {
  struct Words final : Invocation {
    RunArguments arguments;
    void declare(CLI::App& app) override { arguments.declare(app); }
    Exit execute(const Console&) override { return Exit::kDone; }
  };
  Checkpoint checkpoint = read_checkpoint(source.path);
  RunRequest& request = checkpoint.request;
  const auto refuse = [&](std::string what, std::string allowed) {
    throw ModelError({{.file = source.path.string(), .what = std::move(what), .allowed = std::move(allowed)}});
  };
  Words words;
  if (std::string wrong = parse_again(request.arguments, words); !wrong.empty())
    refuse("is a checkpoint of a run that this program cannot be asked for", std::move(wrong));
  std::vector<Fault> warnings;
  Spec spec =
      load_bytes(request.bytes, request.model, settings_of(words.arguments, request.changes), warnings, &request.files);
  apply(words.arguments, request.changes, &request.files, spec);
  const Topology topology = topology_of(spec);
  if (std::string wrong = misfit(spec, topology, checkpoint.state); !wrong.empty())
    refuse("is a checkpoint of another run", std::move(wrong));
  std::vector<std::string> rules;
  for (const RuleState& state : checkpoint.state.rules) rules.push_back(state.rule);
  RuleState& rule = checkpoint.state.rules[index_of_rule(source, rules)];
  return files_of(weights_with(topology, std::move(rule.weights)));
}

void check_may_change(const std::string& setting) {
  const std::string path = setting_of(setting).path;
  // A name may be any text, so a path is looked at from its end.
  const auto is_of = [&](std::string_view list, std::string_view field) {
    return path.starts_with(list) && path.size() > list.size() &&
           (path[list.size()] == '[' || path[list.size()] == '.') && path.ends_with(field);
  };
  if (path == "training.learning_rate") return;
  for (const std::string_view field : {".learning_rate", ".weight_min", ".weight_max", ".weight_decay"}) {
    if (is_of("network.projections", field)) return;
  }
  if (is_of("network.populations", ".bias.learning_rate")) return;
  if (is_of("rules", ".learning_rate")) return;
  for (const std::string_view part : {".schedule.", ".clip.", ".optimizer."}) {
    if (path.starts_with("training" + std::string(part))) return;
    if (is_of("rules", "") && path.find(part) != std::string::npos) return;
  }
  if (path.starts_with("training.stop.")) return;
  if (path == "training.updates") throw UsageError("--set training.updates: write --updates K");
  throw UsageError(
      fmt::format("--set {}: a run that goes on keeps it; it may change training.learning_rate, "
                  "network.projections[NAME].learning_rate (weight_min, weight_max, weight_decay), that of biases, "
                  "rules.NAME.learning_rate, and the fields of training.schedule, training.clip, training.optimizer "
                  "(the same of rules.NAME) and training.stop",
                  path));
}

std::vector<Job> load_jobs(const RunArguments& arguments, RunOrigin& origin, ProgressLine& progress,
                           const Console& console, FunctionRef<void(const Spec&)> accept) {
  std::vector<Job> jobs = load_all(arguments, origin, progress, console);
  for (const Job& job : jobs) accept(job.spec);
  for (Job& job : jobs) prepare_job(job, arguments, origin);
  origin.lock = arguments.checkpoint.prepare();
  if (origin.state) {
    Job& job = jobs.front();
    if (!origin.is_changed) warn_of_changes(arguments, origin, job.spec, console);
    check_fits(job, arguments, origin);
    // The curves of the rule that goes on first are the last that can grow.
    std::size_t next = 0;
    while (next < origin.state->rules.size() && !goes_on(job.spec, *origin.state, next)) ++next;
    if (origin.curves.size() > next + 1) origin.curves.resize(next + 1);
  }
  // The recordings come last, because opening them empties the files of an earlier run.
  for (Job& job : jobs) {
    if (job.spec.records.empty()) continue;
    job.results->expect(recording_files(job.spec));
    job.recordings = std::make_unique<Recordings>(job.spec, *job.folder, origin.recordings);
    // An earlier result would from here on stand beside recordings that are not its own.
    if (!origin.state) job.results->remove_earlier();
  }
  return jobs;
}

}  // namespace locus
