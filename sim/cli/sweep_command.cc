// locus sweep: runs every combination of some fields' values, each with several seeds.
#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/compile_option.h"
#include "sim/cli/duration.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/memory_option.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/model/file_lock.h"
#include "sim/ranks/launch.h"
#include "sim/ranks/processors.h"
#include "sim/report/result_folder.h"
#include "sim/sweep/sweep.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostSeeds = 100'000;

class SweepInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "model file (.txtpb, .binpb)")->required();
    app.add_option(
           "--set", sets_,
           "values that a field takes in turn, lists [1, 2] and messages {} too; repeat for several fields, whose values are all combined. "
           "PATH is that of the model file: training.learning_rate, rules[tbptt].tbptt.depth, network.populations[1].rate.leak")
        ->type_name("PATH=VALUE,VALUE...")
        ->allow_extra_args(false);
    app.add_option("--seeds", seeds_, "seeds for each combination: the model's and those after it (default: 1)")
        ->type_name("K")
        ->check(whole_number(1, kMostSeeds), "");
    app.add_option("--rule", overrides_.rules, "run only this rule; repeat for several (as `locus run`)")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--updates", updates_, "updates (batches) instead of the model's")
        ->type_name("K")
        ->check(whole_number(1, std::numeric_limits<std::int32_t>::max()), "");
    app.add_option("--seed", seed_, "first seed instead of the model's")
        ->type_name("N")
        ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()), "");
    app.add_flag("--best", best_,
                 "also each rule at its best setting: the first half of the seeds chooses, by evaluation trials, "
                 "and the others report; needs 2 seeds and a model with training.evaluation")
        ->disable_flag_override();
    app.add_option("--best-by", best_by_,
                   "what --best chooses by, of evaluation trials: loss (the default) or accuracy; implies --best")
        ->type_name("WHAT")
        ->check(one_of({"loss", "accuracy"}), "");
    app.add_option("--threads", threads_, "members that run at a time (default: what the machine has)")
        ->type_name("N")
        ->check(whole_number(1, 1024), "");
    compile_.declare(app);
    memory_.declare(app,
                    "memory of all members that run at a time: fewer run where not all of them fit, and a member that needs more "
                    "alone fails (500M, 1.5G) (default: what the machine has free)");
    app.add_option("--out", out_,
                   "folder for report.html, sweep.json, sweep.binpb, members.csv, summary.csv, curves.csv, best.csv (with --best), "
                   "and each member's result.binpb, page and recordings")
        ->type_name("DIR");
    app.add_option("--part", part_,
                   "run only this part of the members, from 0/N to N-1/N, and write no summary; the same command without a part "
                   "writes it (default: that of a Slurm array's job and of a process of mpirun or srun; 0/1: all)")
        ->type_name("K/N")
        ->check(
            [](const std::string& text) {
              return work_part_of(std::string_view(text))
                         ? ""
                         : fmt::format("is \"{}\"; must be K/N, with K from 0 to N-1 (3/8)", text);
            },
            "");
    time_limit_.declare(app);
    app.add_flag("--quiet", quiet_, "print no table")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    const SweepPlan plan = this->plan();
    const Interrupt interrupt(time_limit_.end());
    SweepOptions options{.threads = threads_ > 0 ? threads_ : default_threads(),
                         .folder = {},
                         .compile = compile_.options(),
                         .memory = memory_.limit(),
                         .interrupt = &interrupt.flag(),
                         .progress = {},
                         .note = [&](const std::string& note) { console.err << "warning: " << note << '\n'; },
                         .part = part()};
    std::optional<ResultFolder> results;
    if (!out_.empty()) {
      results.emplace(out_, "sweep", Holding::kShared);
      options.folder = out_;
    }
    const SweepResult result = sweep(plan, options);
    if (options.part) {
      if (!quiet_) console.out << part_line(*options.part, result, size_of(plan)) << std::flush;
      return conclude(result, time_limit_.reason(interrupt), console);
    }
    if (!quiet_)
      console.out << fmt::format("{}: {} members\n\n", result.model, result.members.size()) << sweep_table(result)
                  << std::flush;
    if (results) {
      const std::unique_ptr<FileLock> lock = summary_lock();
      results->expect(sweep_files(result));
      write_sweep(result, out_);
    }
    if (!quiet_ && !out_.empty())
      console.out << "\nresults: " << out_ << "\nreport: " << (fs::path(out_) / "report.html").string() << '\n'
                  << std::flush;
    return conclude(result, time_limit_.reason(interrupt), console);
  }

 private:
  /// The part of this process; nothing for all members.
  std::optional<WorkPart> part() const {
    const auto part = part_.empty() ? present_part() : work_part_of(std::string_view(part_));
    if (!part || part->count == 1) return std::nullopt;
    if (out_.empty())
      throw UsageError(
          fmt::format("part {}/{}{}{} needs --out DIR, the folder in which the parts meet; --part 0/1 runs all members",
                      part->index, part->count, part->source.empty() ? "" : " of ", part->source));
    return part;
  }

  /// "part 3/8: 12 of 96 members, all done", and the end of a line.
  static std::string part_line(const WorkPart& part, const SweepResult& result, std::size_t all) {
    const auto done = static_cast<std::size_t>(std::ranges::count_if(
        result.members, [](const SweepMember& member) { return !member.failure.empty() || !member.rules.empty(); }));
    return fmt::format("part {}/{}: {} of {} members, {} done\n", part.index, part.count, result.members.size(), all,
                       done == result.members.size() ? "all" : std::to_string(done));
  }

  /// Waits until no other process writes the summary of this folder.
  std::unique_ptr<FileLock> summary_lock() const {
    std::unique_ptr<FileLock> lock;
    while (!(lock = FileLock::attempt(fs::path(out_) / ".locus-summary-lock")))
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    return lock;
  }

  SweepPlan plan() const {
    SweepPlan plan{.model = model_, .axes = {}, .seeds = seeds_, .overrides = overrides_};
    if (best_ || !best_by_.empty()) plan.best = best_by_ == "accuracy" ? Criterion::kAccuracy : Criterion::kLoss;
    plan.overrides.updates = updates_;
    plan.overrides.seed = seed_;
    std::set<std::string> paths;
    for (const std::string& text : sets_) {
      plan.axes.push_back(axis_of(text));
      if (!paths.insert(plan.axes.back().path).second)
        throw UsageError(fmt::format("--set {} is given twice", plan.axes.back().path));
    }
    check_size(plan);
    return plan;
  }

  /// Interrupted, for this reason, if a member has not run; failed if one has failed.
  Exit conclude(const SweepResult& result, const std::string& reason, const Console& console) const {
    const auto failed =
        std::ranges::count_if(result.members, [](const SweepMember& member) { return !member.failure.empty(); });
    const auto missing = std::ranges::count_if(
        result.members, [](const SweepMember& member) { return member.failure.empty() && member.rules.empty(); });
    const auto replaced = std::ranges::count(result.members, true, &SweepMember::replaced);
    if (replaced > 0) {
      console.err << fmt::format(
          "locus sweep: {} of {} members ran again: their files were not those that they had written\n", replaced,
          result.members.size());
    }
    if (failed > 0) console.err << fmt::format("locus sweep: {} of {} members failed\n", failed, result.members.size());
    if (missing > 0) {
      console.err << fmt::format("locus sweep: {}; {} of {} members are left\n", reason, missing, result.members.size());
      console.err << (out_.empty() ? "Only a sweep with --out DIR keeps members to go on from.\n"
                                   : "To go on: the same command again\n");
      return Exit::kInterrupted;
    }
    return failed > 0 ? Exit::kFailed : Exit::kDone;
  }

  std::string model_;
  std::vector<std::string> sets_;
  std::int32_t seeds_ = 1;
  Overrides overrides_ = {.rules = {}};
  std::optional<std::int64_t> updates_;
  std::optional<std::uint64_t> seed_;
  int threads_ = 0;
  CompileOption compile_;
  MemoryOption memory_;
  std::string out_;
  std::string part_;  // "3/8" or empty
  TimeLimitOption time_limit_;
  bool best_ = false;
  std::string best_by_;
  bool quiet_ = false;
};

}  // namespace

constexpr Command kSweepCommand = {
    .name = "sweep",
    .arguments = "MODEL [options]",
    .summary = "run a model under every combination of some fields' values and several seeds, and summarise",
    .example = "locus sweep models/tiny.txtpb --set training.learning_rate=0.1,0.2 --seeds 4",
    .details =
        "Each member gives what a single run of its settings and seed gives, bit by bit. A member whose value is not allowed, or that memory does "
        "not suffice for, is reported and the others go on (exit 1).\n\n"
        "With --out, a member's result is kept as soon as it is done; the same command again runs only what is left. "
        "Several processes may work on one folder: each takes members that no other one runs. "
        "Ctrl-C, the signals that `locus run` hears and "
        "--time-limit end it with what there is (exit 130): members that run are stopped and begin anew, those that have not begun are left.",
    .make = [] { return std::unique_ptr<Invocation>(new SweepInvocation); },
    .in_copies = true,
};

}  // namespace locus
