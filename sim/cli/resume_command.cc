// locus resume: continues a run from a checkpoint.
#include <limits>
#include <ostream>

#include <fmt/format.h>

#include "core/base/level.h"
#include "sim/cli/options.h"
#include "sim/cli/run_arguments.h"
#include "sim/cli/run_command.h"
#include "sim/ranks/launch.h"
#include "sim/report/version.h"

namespace locus {
namespace {

class ResumeInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("FILE", file_, "checkpoint of `locus run --checkpoint FILE`; further ones replace it")->required();
    app.add_option("--threads", changes_.threads,
                   "threads instead of those asked for then; results are the same for any number")
        ->type_name("N")
        ->check(whole_number(1, 1024), "");
    declare_ranks(app, changes_.ranks);
    changes_.memory.declare(app, "limit of the run's memory instead of the one asked for then (500M, 1.5G)");
    app.add_option("--updates", changes_.updates,
                   "updates (batches) of each rule in all, more or fewer than were asked for then; rules that have ended with "
                   "fewer go on")
        ->type_name("K")
        ->check(whole_number(1, std::numeric_limits<std::int32_t>::max()), "");
    app.add_option("--set", changes_.settings,
                   "value of a field of the model from here on; repeat for several. PATH is training.learning_rate, "
                   "network.projections[NAME].learning_rate, or a field of training.schedule, training.clip, "
                   "training.optimizer or training.stop; or rules.NAME.learning_rate, and so on, of one rule")
        ->type_name("PATH=VALUE")
        ->allow_extra_args(false);
    changes_.time_limit.declare(app);
  }

  Exit execute(const Console& console) override {
    Checkpoint checkpoint = read_checkpoint(file_);
    // of ranks that share the run, the first says what holds for all
    const bool silent = changes_.ranks != "off" && present_launch().rank > 0;
    const auto warn_of = [&](std::string_view what, const std::string& then, std::string_view now) {
      if (silent || then == now) return;
      console.err << fmt::format("warning: {} was written by {} {}, and this is {}: numbers may differ in their last bits\n",
                                 file_, what, then, now);
    };
    warn_of("locus", fmt::format("{} ({})", checkpoint.version, checkpoint.commit),
            fmt::format("{} ({})", version(), commit()));
    warn_of("arithmetic of", checkpoint.level, level());
    return resume_run(std::move(checkpoint), file_, changes_, console);
  }

 private:
  std::string file_;
  ResumeChanges changes_;
};

}  // namespace

constexpr Command kResumeCommand = {
    .name = "resume",
    .arguments = "FILE [options]",
    .summary = "go on from a checkpoint, with the results of a run without a break",
    .example = "locus resume tiny.ckpt",
    .details =
        "The file is one of `locus run MODEL --checkpoint FILE`, here of `locus run models/tiny.txtpb --checkpoint tiny.ckpt "
        "--checkpoint-every 10`.\n\n"
        "The checkpoint holds the model, the files that it names and all that was asked (--out, --transport, ...); nothing else is needed, on this "
        "machine or another. Paths of --out and --tensorboard mean the present folder, as they did then.\n\n"
        "Losses, weights, counts and fingerprints are those of the run that was not stopped, bit by bit, on any number of threads, where the "
        "program and the level of its arithmetic are the same; where they are not, a warning says so.\n\n"
        "With --updates or --set the run goes on otherwise than it was begun; the result then says what changed, and after which update of "
        "each rule (changes), "
        "and the file holds the change from its beginning on. More updates give the bits of a run that was begun with as many.",
    .make = [] { return std::unique_ptr<Invocation>(new ResumeInvocation); },
    .in_copies = true,
};

}  // namespace locus
