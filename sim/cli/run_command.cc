// locus run: loads, checks, builds and places each model, runs it and reports the result.
#include "sim/cli/run_command.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/level.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/run_arguments.h"
#include "sim/cli/run_jobs.h"
#include "sim/cli/run_observers.h"
#include "sim/cli/run_outputs.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"

namespace locus {
namespace {

/// True if every rule of the model has run to its own end.
bool is_complete(const RunResult& result, const Spec& spec) {
  return result.outcomes.size() == spec.rules.size() &&
         std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
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
  void resume(Checkpoint checkpoint, const std::filesystem::path& file, std::optional<int> threads,
              const MemoryOption& memory);

 private:
  RunOptions options(const Job& job, const Interrupt& interrupt, RunObservers& observers);

  RunArguments arguments_;
  RunOrigin origin_;
};

void RunInvocation::resume(Checkpoint checkpoint, const std::filesystem::path& file, std::optional<int> threads,
                           const MemoryOption& memory) {
  origin_ = {.request = std::move(checkpoint.request),
             .provenance = std::move(checkpoint.provenance),
             .state = std::move(checkpoint.state),
             .recordings = std::move(checkpoint.recordings),
             .curves = std::move(checkpoint.curves)};
  origin_.request.level = levels_with(checkpoint.level);
  arguments_.checkpoint.resume(file);
  if (threads) arguments_.threads = *threads;
  if (memory.is_given()) arguments_.memory = memory;
}

RunOptions RunInvocation::options(const Job& job, const Interrupt& interrupt, RunObservers& observers) {
  RunOptions options = {.transport = arguments_.transport_kind(),
                        .threads = arguments_.threads,
                        .rank_of_large = arguments_.rank,
                        .trace = arguments_.trace.request(job.spec),
                        .interrupt = &interrupt.flag(),
                        .from = origin_.state ? &*origin_.state : nullptr};
  options.watch = [&](const Moment& moment) { observers.observe(moment); };
  if (job.recordings) options.look = [&](const Sample& sample) { observers.record(sample); };
  return options;
}

Exit RunInvocation::execute(const Console& console) {
  arguments_.check();
  ProgressLine progress(console.err, console.terminal && !arguments_.quiet);
  std::vector<Job> jobs = load_jobs(arguments_, origin_, progress, console);
  const Interrupt interrupt;
  RunObservers observers(arguments_, jobs, origin_, progress, console);
  const RunOutputs outputs(arguments_, console);
  Exit code = Exit::kDone;
  for (Job& job : jobs) {
    observers.begin(job);
    Topology topology = job.topology ? *std::exchange(job.topology, std::nullopt) : topology_of(job.spec);
    RunResult result = run(job.spec, std::move(topology), options(job, interrupt, observers));
    if (!origin_.request.level.empty()) result.provenance.level = origin_.request.level;
    const bool last = &job == &jobs.back();
    const bool goes_on = is_complete(result, job.spec) && (!interrupt.flag() || last);
    const std::vector<RuleSeries> curves = observers.end(result, last || !goes_on);
    outputs.write(result, curves, job, &job == &jobs.front());
    code = std::max(code, outputs.write_failures(result, job.spec.training.locality));
    if (!goes_on) return outputs.write_interrupt(origin_.state.has_value());
  }
  return code;
}

}  // namespace

Exit resume_run(Checkpoint checkpoint, const std::filesystem::path& file, std::optional<int> threads,
                const MemoryOption& memory, const Console& console) {
  RunInvocation invocation;
  if (std::string wrong = parse_again(checkpoint.request.arguments, invocation); !wrong.empty()) {
    throw ModelError({{.file = file.string(),
                       .what = "is a checkpoint of a run that this program cannot be asked for",
                       .allowed = std::move(wrong)}});
  }
  invocation.resume(std::move(checkpoint), file, threads, memory);
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
