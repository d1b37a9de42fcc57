// locus run: loads, checks, builds and places each model, runs it and reports the result.
#include "sim/cli/run_command.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/base/level.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/run_arguments.h"
#include "sim/cli/run_jobs.h"
#include "sim/cli/run_observers.h"
#include "sim/cli/run_outputs.h"
#include "sim/cli/run_ranks.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"
#include "sim/ranks/agree.h"

namespace locus {
namespace {

/// True if every rule of the model has run to its own end.
bool is_complete(const RunResult& result, const Spec& spec) {
  return result.outcomes.size() == spec.rules.size() &&
         std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
}

/// The changes of a continuation. Throws UsageError if one of them makes no sense for this state.
SettingsChange change_of(const ResumeChanges& changes, const RunState& state) {
  SettingsChange change{.settings = changes.settings, .updates = changes.updates, .at = {}};
  for (const std::string& setting : changes.settings) check_may_change(setting);
  for (const RuleState& rule : state.rules) {
    if (changes.updates && *changes.updates < rule.updates) {
      throw UsageError(fmt::format("--updates is {}; rule {} has made {} updates, and must be left with as many or more",
                                   *changes.updates, rule.rule, rule.updates));
    }
    if (rule.updates > 0) change.at.emplace_back(rule.rule, rule.updates);
  }
  return change;
}

/// The levels of arithmetic of a run that went on from a checkpoint: those so far, then this one.
std::string levels_with(const std::string& before) {
  const std::string present(level());
  if (before.empty() || before == present || before.ends_with(", " + present)) return before;
  return before + ", " + present;
}

class RunInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override { arguments_.declare(app); }
  Exit execute(const Console& console) override;

  /// Makes the invocation continue the run of a checkpoint. Must be called before execute.
  void resume(Checkpoint checkpoint, const std::filesystem::path& file, const ResumeChanges& changes);

 private:
  Exit execute_as(const Ranks& ranks, const Console& console);
  std::vector<Job> load(const Ranks& ranks, ProgressLine& progress, const Console& console);
  RunOptions options(const Job& job, const Interrupt& interrupt, RunObservers& observers, ProgressLine& progress,
                     const Console& console);

  RunArguments arguments_;
  RunOrigin origin_;
};

void RunInvocation::resume(Checkpoint checkpoint, const std::filesystem::path& file, const ResumeChanges& changes) {
  origin_ = {.request = std::move(checkpoint.request),
             .provenance = std::move(checkpoint.provenance),
             .state = std::move(checkpoint.state),
             .recordings = std::move(checkpoint.recordings),
             .curves = std::move(checkpoint.curves)};
  origin_.is_changed = !changes.settings.empty() || changes.updates;
  if (origin_.is_changed) origin_.request.changes.push_back(change_of(changes, *origin_.state));
  origin_.request.level = levels_with(checkpoint.level);
  arguments_.checkpoint.resume(file);
  arguments_.ranks = changes.ranks;
  if (changes.threads) arguments_.threads = *changes.threads;
  if (changes.memory.is_given()) arguments_.memory = changes.memory;
  arguments_.time_limit.replace_by(changes.time_limit);
}

RunOptions RunInvocation::options(const Job& job, const Interrupt& interrupt, RunObservers& observers,
                                  ProgressLine& progress, const Console& console) {
  RunOptions options = {.transport = arguments_.transport_kind(),
                        .threads = arguments_.threads,
                        .rank_of_large = arguments_.rank,
                        .trace = arguments_.trace.request(job.spec),
                        .interrupt = &interrupt.flag(),
                        .compile = arguments_.compile.options(),
                        .may_go_on = arguments_.checkpoint.has_file(),
                        .from = origin_.state ? &*origin_.state : nullptr};
  options.watch = [&](const Moment& moment) { observers.observe(moment); };
  options.interpreted = [&](const std::string& rule, const std::string& reason) {
    progress.clear();
    console.err << fmt::format("note: rule {} is interpreted, with the same results: {}\n", printable(rule), reason);
  };
  if (job.recordings) options.look = [&](const Sample& sample) { observers.record(sample); };
  return options;
}

Exit RunInvocation::execute(const Console& console) {
  return in_ranks(origin_.state ? "locus resume" : "locus run", arguments_.ranks == "off", console,
                  [&](const Ranks& ranks, const Console& own) { return execute_as(ranks, own); });
}

/// What is wrong with the command or its models is said by the first rank alone.
std::vector<Job> RunInvocation::load(const Ranks& ranks, ProgressLine& progress, const Console& console) {
  std::vector<Job> jobs;
  in_turn(ranks, [&] {
    arguments_.check();
    arguments_.keep_apart(present_launch(), origin_.state.has_value());
    if (!ranks.alone()) arguments_.check_shared(origin_.state.has_value());
    if (!ranks.is_first()) arguments_.keep_silent();
    jobs = load_jobs(arguments_, origin_, progress, console, [&](const Spec& spec) { check_ranks(ranks, spec, console); });
  });
  for (const Job& job : jobs)
    check_identity(ranks, job.spec, arguments_.rank, origin_.state ? &*origin_.state : nullptr);
  return jobs;
}

Exit RunInvocation::execute_as(const Ranks& ranks, const Console& console) {
  ProgressLine progress(console.err, console.terminal && !arguments_.quiet);
  std::vector<Job> jobs = load(ranks, progress, console);
  const Interrupt interrupt(arguments_.time_limit.end());
  RunObservers observers(arguments_, jobs, origin_, progress, console);
  const RunOutputs outputs(arguments_, console);
  Exit code = Exit::kDone;
  for (Job& job : jobs) {
    observers.begin(job);
    Topology topology = job.topology ? *std::exchange(job.topology, std::nullopt) : topology_of(job.spec);
    RunOptions asked = options(job, interrupt, observers, progress, console);
    asked.exchange = ranks.exchange();
    RunResult result = run(job.spec, std::move(topology), asked);
    result.changes = origin_.request.changes;
    add_changes(result.changes, result.provenance);
    if (!origin_.request.level.empty()) result.provenance.level = origin_.request.level;
    const bool last = &job == &jobs.back();
    const bool complete = is_complete(result, job.spec);
    const bool goes_on = complete && (!is_said(ranks.exchange(), interrupt.flag()) || last);
    const std::vector<RuleSeries> curves = observers.end(result, last || !goes_on, complete);
    outputs.write(result, curves, job, &job == &jobs.front());
    code = std::max(code, outputs.write_failures(result, job.spec.training.locality));
    if (!goes_on) return outputs.write_interrupt(interrupt, origin_.state.has_value());
  }
  return code;
}

}  // namespace

Exit resume_run(Checkpoint checkpoint, const std::filesystem::path& file, const ResumeChanges& changes,
                const Console& console) {
  RunInvocation invocation;
  if (std::string wrong = parse_again(checkpoint.request.arguments, invocation); !wrong.empty()) {
    throw ModelError({{.file = file.string(),
                       .what = "is a checkpoint of a run that this program cannot be asked for",
                       .allowed = std::move(wrong)}});
  }
  invocation.resume(std::move(checkpoint), file, changes);
  return invocation.execute(console);
}

constexpr Command kRunCommand = {
    .name = "run",
    .arguments = "MODEL... [options]",
    .summary = "train each model under each of its rules, and compare what they learnt and what their messages cost",
    .example = "locus run models/student_teacher.txtpb --rule bptt --rule rflo --out results",
    .details =
        "Every rule starts from the same weights and sees the same data. Without --rule, the model's rules run in file order.\n\n"
        "A rule whose loss or weights stop being finite is reported as DIVERGED, with the neuron, readout or synapse and the tick, "
        "and ends there. Ctrl-C ends the run after the "
        "present update and writes what there is, a checkpoint too where one is asked for (exit 130); a second Ctrl-C ends it at once. "
        "SIGTERM is as a Ctrl-C. So are SIGHUP (a terminal that is "
        "closed), SIGUSR1 and SIGXCPU (warnings of batch systems), but a second one of these changes nothing; nohup keeps SIGHUP away.",
    .make = [] { return std::unique_ptr<Invocation>(new RunInvocation); },
    .in_copies = true,
};

}  // namespace locus
