// locus place: another placement of a finished run, from its result.
#include <algorithm>
#include <ostream>

#include <fmt/format.h>

#include "sim/cli/chip_options.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/report/chip_table.h"
#include "sim/report/read_chip.h"
#include "sim/report/write.h"

namespace locus {
namespace {

class PlaceInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("RESULT", result_, "result.json or result.binpb of a model with a chip")->required();
    placement_.declare(app);
    cost_.declare(app);
    app.add_option("--rule", rules_, "only this rule of the result; repeat for several")->type_name("NAME")->allow_extra_args(false);
    app.add_flag("--json", json_, "print the result as JSON on one line, and nothing else")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    RunResult result = read_chip_result(result_);
    choose_rules(result);
    placement_.apply(*result.chip);
    cost_.apply(result.chip);
    if (const auto wrong = misplaced(result)) throw UsageError(*wrong);
    place_again(result, *result.chip);
    if (json_) {
      console.out << json_line(result) << '\n';
      return Exit::kDone;
    }
    console.out << result.model << ": the counts of a run, placed anew; nothing was run\n"
                << chip_title(*result.chip) << '\n'
                << render(chip_table(result)) << '\n'
                << render(load_table(result)) << '\n';
    if (result.chip->cost) console.out << render(energy_table(result)) << '\n';
    console.out << chip_legend(*result.chip);
    return Exit::kDone;
  }

 private:
  void choose_rules(RunResult& result) const {
    if (rules_.empty()) return;
    std::vector<std::string> known;
    for (const Outcome& outcome : result.outcomes) known.push_back(outcome.rule);
    std::vector<Outcome> chosen;
    for (const std::string& rule : rules_) {
      const auto found = std::ranges::find(result.outcomes, rule, &Outcome::rule);
      if (found == result.outcomes.end()) throw UsageError(unknown("rule", rule, known));
      chosen.push_back(*found);
    }
    result.outcomes = std::move(chosen);
  }

  /// The reason why the network does not fit on the chip; empty if it fits.
  static std::optional<std::string> misplaced(const RunResult& result) {
    if (result.outcomes.empty()) return "the result holds no run";
    const ChipSpec& chip = *result.chip;
    const LayerSizes& sizes = result.topology.sizes;
    const std::int64_t neurons = std::int64_t{sizes.rate_neurons} + sizes.readouts;
    if (chip.policy == PlacementPolicy::kExplicit) {
      if (std::ssize(chip.cores) != neurons)
        return fmt::format("--cores has {} numbers; must have {}, one for each rate neuron and readout",
                           chip.cores.size(), neurons);
      std::vector<std::int64_t> held(static_cast<std::size_t>(chip.width) * static_cast<std::size_t>(chip.height), 0);
      for (const std::int32_t core : chip.cores) {
        if (core < 0 || core >= std::ssize(held))
          return fmt::format("--cores names core {}; must be 0 to {}", core, held.size() - 1);
        if (++held[static_cast<std::size_t>(core)] > chip.neurons_per_core)
          return fmt::format("--cores puts more than {} neurons on core {}; --neurons-per-core makes room",
                             chip.neurons_per_core, core);
      }
    }
    const auto lack = lack_of_room(chip, result.topology, "");
    if (!lack) return std::nullopt;
    return fmt::format("{} {}; {}", lack->field, lack->what, lack->allowed);
  }

  std::string result_;
  PlacementOptions placement_;
  CostOption cost_;
  std::vector<std::string> rules_;
  bool json_ = false;
};

}  // namespace

constexpr Command kPlaceCommand = {
    .name = "place",
    .arguments = "RESULT [options]",
    .summary = "put the neurons of a run on other cores and say what its messages cost there, without running again",
    .example = "locus place build/chip/result.json --mesh 2x2 --neurons-per-core 16",
    .details =
        "The result is that of a model with a chip: locus run models/chip.txtpb --out build/chip\n\n"
        "Where an actor sits changes how far its messages go, and neither which there are nor how many: a result keeps its counts "
        "neuron by neuron, and every placement follows from them. Peaks are left out: they belong to the placement of the run. "
        "docs/chip.md says what counts as what.",
    .make = [] { return std::unique_ptr<Invocation>(new PlaceInvocation); },
};

}  // namespace locus
