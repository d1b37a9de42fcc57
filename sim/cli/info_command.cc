// locus info: a model and the costs of its rules, without a run.
#include <ostream>
#include <vector>

#include "sim/cli/command.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/wire.h"
#include "sim/place/core_memory.h"
#include "sim/place/placement.h"
#include "sim/ranks/processors.h"
#include "sim/report/description.h"
#include "sim/report/plan_table.h"

namespace locus {
namespace {

class InfoInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "model file (.txtpb, .binpb)")->required();
    app.add_option("--rule", rules_, "this rule instead of the model's, as `run` takes it; repeat for several")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_flag("--plan", plan_, "say instead how each rule would be carried out: how projections send, learn and commit");
    app.add_option("--threads", threads_, "threads that --plan is made for (default: what the machine has)")->type_name("N");
  }

  Exit execute(const Console& console) override {
    std::vector<Fault> warnings;
    Spec spec = load(model_, warnings);
    for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
    if (!rules_.empty()) apply({.rules = rules_, .updates = {}, .seed = {}, .locality = {}}, spec);
    const Topology topology = topology_of(spec, Listing::kSparse);
    if (const auto lack = lack_on_chip(spec, topology, model_)) throw ModelError({*lack});
    if (!plan_) {
      console.out << description(spec, topology);
      return Exit::kDone;
    }
    console.out << title_of(spec);
    for (const RuleSpec& rule : spec.rules)
      console.out << '\n' << plan_table(spec, rule, threads_ > 0 ? threads_ : default_threads());
    return Exit::kDone;
  }

 private:
  std::string model_;
  std::vector<std::string> rules_;
  bool plan_ = false;
  int threads_ = 0;  // 0: what the machine has
};

}  // namespace

constexpr Command kInfoCommand = {
    .name = "info",
    .arguments = "MODEL [options]",
    .summary = "say what a model is, what memory its rules keep and what messages they will send, without running it",
    .example = "locus info models/student_teacher.txtpb",
    .details =
        "Counts are closed forms of one trial: exact where no input, activity or error is 0, and an upper bound otherwise.",
    .make = [] { return std::unique_ptr<Invocation>(new InfoInvocation); },
    .in_copies = true,
};

}  // namespace locus
