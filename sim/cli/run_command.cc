// locus run: load, validate, build, place, run, report.
#include "sim/cli/run_command.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/checkpoint_option.h"
#include "sim/cli/chip_options.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/live_show.h"
#include "sim/cli/memory_option.h"
#include "sim/cli/options.h"
#include "sim/cli/progress.h"
#include "sim/cli/trace_option.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/requirements.h"
#include "sim/place/placement.h"
#include "sim/report/comparison.h"
#include "sim/report/event_file.h"
#include "sim/report/memory.h"
#include "sim/report/recordings.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "sim/run/run.h"
#include "sim/run/workers.h"
#include "sim/study/course.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostThreads = 1024;
// as a model file's
constexpr std::uint64_t kMostUpdates = std::numeric_limits<std::int32_t>::max();
constexpr std::array kLocalities = {Locality::kAny, Locality::kSpatial, Locality::kTemporal, Locality::kStrict};

/// A model, and where its results go.
struct Job {
  Spec spec;
  std::optional<Topology> topology;  // where there is a chip or a checkpoint, until its run begins
  std::optional<fs::path> folder;
  std::unique_ptr<Recordings> recordings;  // where the model asks for any
};

class RunInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override;
  Exit execute(const Console& console) override;

  /// To be called before execute: the run is that of a checkpoint, from there on.
  void resume(Checkpoint checkpoint, const fs::path& file, std::optional<int> threads);

 private:
  Overrides overrides() const;
  Job load(const std::string& model, const std::vector<Setting>& settings, ProgressLine& progress, const Console& console);
  std::vector<Job> jobs(ProgressLine& progress, const Console& console);
  TransportKind transport() const {
    return transport_ == "mailbox" || trace_.asked() ? TransportKind::kMailbox : TransportKind::kBatched;
  }
  RunOptions options(const Spec& spec, const Interrupt& interrupt) const;
  Exit stopped(const Console& console) const;
  void report(const RunResult& result, const std::vector<RuleSeries>& series, const Job& job, bool first,
              const Console& console) const;
  Exit complain(const RunResult& result, Locality budget, const Console& console) const;

  std::vector<std::string> models_;
  std::vector<std::string> rules_;
  std::vector<std::string> sets_;
  std::optional<std::int64_t> updates_;
  std::optional<std::uint64_t> seed_;
  int threads_ = 0;  // 0: what the machine has
  std::string transport_;
  std::string locality_;
  std::optional<std::uint16_t> serve_;
  std::string serve_host_;
  std::string out_;
  std::string tensorboard_;
  CostOption cost_;
  TraceOption trace_;
  CheckpointOption checkpoint_;
  MemoryOption memory_;
  Asked asked_;                             // where checkpoints are asked for
  std::optional<RunState> from_;            // of the checkpoint that is gone on from
  std::vector<RecordingState> recordings_;  // of it
  std::vector<RuleSeries> curves_;          // of it
  bool rank_ = false;
  bool quiet_ = false;
  bool json_ = false;
};

/// "none, bptt, tbptt:DEPTH[:STRIDE], ...": from the rule table.
std::string short_forms() {
  std::string list;
  for (const Rule& row : kRules) list += (list.empty() ? "" : ", ") + usage(row);
  return list;
}

void RunInvocation::declare(CLI::App& app) {
  app.add_option("MODEL", models_, "model files (.txtpb, .binpb)")->required();
  app.add_option("--rule", rules_,
                 "run only this rule; repeat for several, which run in this order. A rule's name in the model, or " +
                     short_forms())
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--set", sets_, "value of a field of the model instead of the file's; repeat for several (as `locus sweep`)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--updates", updates_, "updates (batches) instead of the model's")
      ->type_name("K")
      ->check(whole_number(1, kMostUpdates), "");
  app.add_option("--seed", seed_, "seed of all random numbers instead of the model's")
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()), "");
  app.add_option("--threads", threads_, "threads; results are the same for any number (default: what the machine has)")
      ->type_name("N")
      ->check(whole_number(1, kMostThreads), "");
  app.add_option("--transport", transport_,
                 "how messages are delivered, batched|mailbox: in columns, counted in bulk (default), or each one alone")
      ->type_name("KIND")
      ->check(one_of({"batched", "mailbox"}), "");
  app.add_option("--locality", locality_,
                 "budget instead of the model's, any|spatial|temporal|strict: the first message that breaks it ends its rule")
      ->type_name("BUDGET")
      ->check(one_of({"any", "spatial", "temporal", "strict"}), "");
  app.add_option("--out", out_,
                 "folder for report.html, result.json, result.binpb, losses.csv and ledger.csv, and for what the model asks to have "
                 "recorded (record/); DIR/<model name>/ with several models")
      ->type_name("DIR");
  app.add_option("--serve", serve_,
                 "show the report in a browser while the run goes on, at a port of this machine (default: any that is free); the "
                 "address is the first line printed (with --json: on standard error)")
      ->type_name("[PORT]")
      ->expected(0, 1)
      ->default_str("0")
      ->check(whole_number(0, 65535), "");
  app.add_option(
         "--serve-host", serve_host_,
         "for browsers elsewhere: the address of this machine to serve at, 0.0.0.0 or :: for all (default: 127.0.0.1, which "
         "nobody else reaches); who knows the address printed sees the page, and what it sends can be read on the way")
      ->type_name("ADDRESS")
      ->check(
          [](const std::string& text) { return is_address(text) ? "" : "is \"" + text + "\"; must be an IP address"; }, "");
  app.add_option("--tensorboard", tensorboard_, "folder for TensorBoard's event files: DIR/<model name>/<rule>/")
      ->type_name("DIR");
  cost_.declare(app);
  trace_.declare(app);
  checkpoint_.declare(app);
  memory_.declare(app);
  app.add_flag("--rank", rank_, "singular values of what was learnt also where both sides of a projection exceed 512")
      ->disable_flag_override();
  app.add_flag("--quiet", quiet_, "print no comparison, and show no progress on a terminal")->disable_flag_override();
  app.add_flag("--json", json_, "print the result as JSON, a line a model, and nothing else")->disable_flag_override();
}

Overrides RunInvocation::overrides() const {
  Overrides overrides{.rules = rules_, .updates = updates_, .seed = seed_, .locality = {}};
  for (const Locality locality : kLocalities) {
    if (name(locality) == locality_) overrides.locality = locality;
  }
  return overrides;
}

/// A mailbox addresses the synapses of a projection with 32 bits.
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

/// The loader has warned of the model's own rules; this warns of the short forms among those that
/// run.
void warn_of_lost_errors(const Spec& spec, const std::vector<RuleSpec>& own, const Console& console) {
  for (const RuleSpec& rule : spec.rules) {
    if (!loses_errors(rule, spec.network, spec.training)) continue;
    if (std::ranges::find(own, rule.name, &RuleSpec::name) != own.end()) continue;
    console.err << fmt::format("warning: rule {}: {}; errors older than the depth at their sweep are lost\n", rule.name,
                               why_lost(rule, spec.network, spec.training));
  }
}

void RunInvocation::resume(Checkpoint checkpoint, const fs::path& file, std::optional<int> threads) {
  asked_ = std::move(checkpoint.asked);
  from_ = std::move(checkpoint.state);
  recordings_ = std::move(checkpoint.recordings);
  curves_ = std::move(checkpoint.curves);
  checkpoint_.resume(file);
  if (threads) threads_ = *threads;
}

Job RunInvocation::load(const std::string& model, const std::vector<Setting>& settings, ProgressLine& progress,
                        const Console& console) {
  const bool carries = checkpoint_.asked();
  std::string bytes = from_ ? std::move(asked_.bytes) : read_file(model);
  std::vector<Fault> warnings;
  Job job{load_bytes(bytes, model, settings, warnings, carries ? &asked_.files : nullptr), {}, {}, {}};
  progress.clear();
  for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
  const std::vector<RuleSpec> own = job.spec.rules;
  apply(overrides(), job.spec);
  warn_of_lost_errors(job.spec, own, console);
  cost_.apply(job.spec.chip, carries ? &asked_.files : nullptr);
  if (job.spec.chip) {
    job.topology = topology_of(job.spec);
    if (auto lack = lack_of_room(*job.spec.chip, *job.topology, model)) throw ModelError({*lack});
  }
  if (carries) asked_.bytes = std::move(bytes);
  if (carries && !from_) {
    asked_.arguments = console.words;
    asked_.model = model;
  }
  return job;
}

/// A run that loses nothing: what a model asks to have recorded needs a place.
void check_records_have_a_place(const Job& job) {
  if (job.spec.records.empty() || job.folder) return;
  throw UsageError(fmt::format("{} asks for recordings ({}{}); --out DIR must say where they go", job.spec.path,
                               job.spec.records.front().name, job.spec.records.size() > 1 ? ", ..." : ""));
}

/// Loads every model before the first one runs, and tries every folder: what can be refused is
/// refused before time is spent.
std::vector<Job> RunInvocation::jobs(ProgressLine& progress, const Console& console) {
  std::vector<Job> jobs;
  std::set<std::string> names;
  std::vector<Setting> settings;
  for (const std::string& text : sets_) settings.push_back(setting_of(text));
  for (const std::string& model : models_) {
    progress.say("loading " + model);
    Job& job = jobs.emplace_back(load(model, settings, progress, console));
    if (!names.insert(job.spec.name).second) {
      throw UsageError(fmt::format("two models have the name \"{}\"; their results could not be told apart", job.spec.name));
    }
    if (!out_.empty()) job.folder = models_.size() == 1 ? fs::path(out_) : fs::path(out_) / file_name(job.spec.name);
  }
  for (const Job& job : jobs) {
    check_records_have_a_place(job);
    if (transport() == TransportKind::kMailbox) check_mailbox_can_address(job.spec);
    foresee_memory(job.spec, transport(), std::min(memory_there(), memory_.limit() - memory_taken()),
                   threads_ > 0 ? threads_ : default_threads());
    if (job.folder) prepare_folder(*job.folder);
    if (!tensorboard_.empty()) prepare_folder(tensorboard_);
    trace_.prepare();
  }
  checkpoint_.prepare();
  if (from_) {
    Job& job = jobs.front();
    if (!job.topology) job.topology = topology_of(job.spec);
    if (std::string wrong = misfit(job.spec, *job.topology, *from_); !wrong.empty()) {
      throw ModelError(
          {{.file = checkpoint_.file().string(), .what = "is a checkpoint of another run", .allowed = std::move(wrong)}});
    }
  }
  for (Job& job : jobs) {  // last, for it empties the files of a run before
    if (!job.spec.records.empty()) job.recordings = std::make_unique<Recordings>(job.spec, *job.folder, recordings_);
  }
  return jobs;
}

RunOptions RunInvocation::options(const Spec& spec, const Interrupt& interrupt) const {
  return {.transport = transport(),
          .threads = threads_,
          .rank_of_large = rank_,
          .trace = trace_.request(spec),
          .interrupt = &interrupt.flag(),
          .from = from_ ? &*from_ : nullptr};
}

void RunInvocation::report(const RunResult& result, const std::vector<RuleSeries>& series, const Job& job, bool first,
                           const Console& console) const {
  if (job.folder) write_result(result, *job.folder);
  if (!tensorboard_.empty()) write_event_files(result, series, tensorboard_);
  trace_.write(job.spec, result);
  if (json_) console.out << json_line(result) << '\n';
  if (!json_ && !quiet_) {
    console.out << (first ? "" : "\n") << comparison(job.spec, result);
    if (job.folder)
      console.out << "results: " << job.folder->string() << "\nreport: " << (*job.folder / "report.html").string() << '\n';
    if (job.recordings) console.out << "recordings: " << (*job.folder / "record").string() << '\n';
  }
  console.out << std::flush;
}

/// What did not end as it should, on standard error; what the comparison says already only where
/// none is printed.
Exit RunInvocation::complain(const RunResult& result, Locality budget, const Console& console) const {
  Exit code = Exit::kDone;
  for (const Outcome& outcome : result.outcomes) {
    const bool broken = outcome.status == Status::kLocalityBroken;
    if (broken && code == Exit::kDone) {
      console.err << fmt::format("locus run: {}: the {} locality budget was broken\n", result.model, name(budget));
      code = Exit::kBudgetBroken;
    }
    if (broken) console.err << "  " << outcome.message << '\n';
    if (outcome.status == Status::kDiverged && (quiet_ || json_)) {
      console.err << fmt::format("locus run: {}: {}: {}\n", result.model, outcome.rule, outcome.message);
    }
  }
  return code;
}

/// An interrupt has ended the run: what there is has been written.
Exit RunInvocation::stopped(const Console& console) const {
  console.err << (from_ ? "locus resume" : "locus run") << ": interrupted\n";
  if (checkpoint_.asked()) {
    console.err << "To go on: locus resume " << checkpoint_.file().string() << '\n';
  } else if (models_.size() == 1) {
    console.err << "Only a run with --checkpoint FILE can be gone on with.\n";
  }
  return Exit::kInterrupted;
}

Exit RunInvocation::execute(const Console& console) {
  trace_.check(transport_, models_.size());
  checkpoint_.check(models_.size(), trace_.asked());
  if (!serve_host_.empty() && !serve_) throw UsageError("--serve-host is given without --serve");
  ProgressLine progress(console.err, console.terminal && !quiet_);
  std::vector<Job> jobs = this->jobs(progress, console);
  const Interrupt interrupt;
  std::optional<LiveShow> live;
  if (serve_) {
    live.emplace(serve_host_.empty() ? std::string(kLoopback) : serve_host_, *serve_, jobs.front().spec, jobs.size());
    (json_ ? console.err : console.out) << "live: " << live->url() << std::endl;
  }
  std::optional<Checkpointer> checkpointer;
  if (checkpoint_.asked())
    checkpointer.emplace(checkpoint_.file(), checkpoint_.every(), asked_, jobs.front().recordings.get());
  Exit code = Exit::kDone;
  for (Job& job : jobs) {
    const bool last = &job == &jobs.back();
    RunOptions options = this->options(job.spec, interrupt);
    if (live) live->begin(job.spec, static_cast<std::size_t>(&job - jobs.data()));
    std::optional<Course> course;
    if (!tensorboard_.empty()) course.emplace(job.spec, curves_);
    options.watch = [&](const Moment& moment) {
      progress.see(moment, job.spec);
      if (job.recordings) job.recordings->see(moment);
      if (course) course->see(moment);
      if (checkpointer) checkpointer->see(moment, course ? &course->seen() : nullptr);
      if (live) live->see(moment);
    };
    if (job.recordings) options.look = [&](const Sample& sample) { job.recordings->look(sample); };
    Topology topology = job.topology ? *std::exchange(job.topology, std::nullopt) : topology_of(job.spec);
    const RunResult result = run(job.spec, std::move(topology), options);
    if (job.recordings) job.recordings->end(result);
    progress.clear();
    const bool complete = result.outcomes.size() == job.spec.rules.size() &&
                          std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
    const bool goes_on = complete && (!interrupt.flag() || last);
    if (live) live->end(result, last || !goes_on);
    report(result, course ? course->end(result) : std::vector<RuleSeries>{}, job, &job == &jobs.front(), console);
    code = std::max(code, complain(result, job.spec.training.locality, console));
    if (!goes_on) return stopped(console);
  }
  return code;
}

}  // namespace

Exit go_on(Checkpoint checkpoint, const fs::path& file, std::optional<int> threads, const Console& console) {
  RunInvocation invocation;
  if (std::string wrong = parse_again(checkpoint.asked.arguments, invocation); !wrong.empty()) {
    throw ModelError({{.file = file.string(),
                       .what = "is a checkpoint of a run that this program cannot be asked for",
                       .allowed = std::move(wrong)}});
  }
  invocation.resume(std::move(checkpoint), file, threads);
  return invocation.execute(console);
}

constexpr Command kRunCommand = {
    .name = "run",
    .arguments = "MODEL... [options]",
    .summary = "train each model under each of its rules, and compare what they learnt and what their messages cost",
    .example = "locus run models/student_teacher.txtpb --rule bptt --rule rflo --out results",
    .details =
        "Every rule starts from the same weights and sees the same data. Without --rule, the model's rules run in file order.\n\n"
        "A rule whose loss or weights stop being finite is reported as DIVERGED and ends there. Ctrl-C ends the run after the "
        "present update and writes what there is, a checkpoint too where one is asked for; a second Ctrl-C ends it at once. SIGTERM is as a Ctrl-C.",
    .make = [] { return std::unique_ptr<Invocation>(new RunInvocation); },
};

}  // namespace locus
