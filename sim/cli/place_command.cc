// locus place: another placement of a finished run, from its result.
#include <algorithm>
#include <optional>
#include <ostream>

#include <fmt/format.h>

#include "core/protocol/learning.h"
#include "sim/cli/chip_options.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/place/fewest_packets.h"
#include "sim/report/chip_table.h"
#include "sim/report/placements.h"
#include "sim/report/read_chip.h"
#include "sim/report/result_folder.h"
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
    app.add_option("--out", out_, "folder for placements.csv, placement_channels.csv and cores.csv")->type_name("DIR");
    app.add_flag("--csv", csv_, "print placements.csv, and nothing else")->disable_flag_override();
    app.add_flag("--json", json_, "print the result as JSON, a line a placement, and nothing else")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    if (csv_ && json_) throw UsageError("--csv and --json are both given");
    RunResult result = read_chip_result(result_);
    const std::vector<Outcome> all = result.outcomes;  // --policy packets:RULE may name any
    choose_rules(result);
    if (result.outcomes.empty()) throw UsageError("the result holds no run");
    cost_.apply(result.chip);
    const LayerSizes& sizes = result.topology.sizes;
    std::vector<PlacementChoice> choices =
        placement_.choices(*result.chip, std::int64_t{sizes.rate_neurons} + sizes.readouts);
    for (PlacementChoice& choice : choices) settle(choice, all, result.topology);
    std::optional<ResultFolder> folder;
    if (!out_.empty()) folder.emplace(out_, "placements");
    std::vector<PlacedRule> placed;
    for (const PlacementChoice& choice : choices) {
      place_again(result, choice.chip);
      const std::vector<PlacedRule> own = placed_rules(result, choice.fewest_of);
      placed.insert(placed.end(), own.begin(), own.end());
      if (json_) console.out << json_line(result) << '\n';
    }
    if (csv_) console.out << text_of([&](Output& to) { write_placements_csv(placed, to); });
    if (folder) write_files(placed, *folder);
    if (csv_ || json_) return Exit::kDone;
    print(result, placed, choices, console);
    return Exit::kDone;
  }

 private:
  /// Finds the cores with the fewest packets if they are asked for, and checks that there is room.
  /// Throws UsageError.
  static void settle(PlacementChoice& choice, const std::vector<Outcome>& all, const Topology& topology) {
    if (choice.fewest_of.empty()) {
      if (const auto wrong = misplaced(choice.chip, topology)) throw UsageError(*wrong);
      return;
    }
    std::vector<std::string> known;
    for (const Outcome& outcome : all) known.push_back(outcome.rule);
    const auto rule = std::ranges::find(all, choice.fewest_of, &Outcome::rule);
    if (rule == all.end()) throw UsageError("--policy packets: " + unknown("rule", choice.fewest_of, known));
    ChipSpec anywhere = choice.chip;
    anywhere.policy = PlacementPolicy::kBlock;
    anywhere.synapses_per_core.reset();
    if (const auto wrong = misplaced(anywhere, topology)) throw UsageError(*wrong);
    choice.chip.cores = place_fewest_packets(choice.chip, topology, rule->chip->feedback, learning_of(*rule),
                                             rule->ledger, rule->chip->traffic);
    if (const auto wrong = misplaced(choice.chip, topology)) throw UsageError(*wrong);
  }

  static void write_files(const std::vector<PlacedRule>& placed, ResultFolder& folder) {
    const auto write = [&](const char* file, auto writer) {
      write_whole(folder.path() / file, [&](Output& to) { writer(placed, to); });
    };
    folder.expect({"placements.csv", "placement_channels.csv", "cores.csv"});
    write("placements.csv", write_placements_csv);
    write("placement_channels.csv", write_placed_channels_csv);
    write("cores.csv", write_cores_csv);
    folder.remove_others();
  }

  void print(const RunResult& result, const std::vector<PlacedRule>& placed,
             const std::vector<PlacementChoice>& choices, const Console& console) const {
    console.out << result.model << ": the counts of a run, placed anew; nothing was run\n";
    if (choices.size() > 1) {
      console.out << '\n' << render(placement_table(placed)) << '\n' << placement_legend();
    } else {
      console.out << chip_title(*result.chip);
      if (!choices.front().fewest_of.empty())
        console.out << "its cores: those with the fewest packets of " << shorten(choices.front().fewest_of, 40) << '\n';
      console.out << '\n'
                  << render(chip_table(result)) << '\n'
                  << render(load_table(result)) << '\n'
                  << render(multicast_table(placed)) << '\n';
      if (const std::string kept = sensitivity_table(result); !kept.empty()) console.out << kept << '\n';
      if (result.chip->cost) console.out << render(energy_table(result)) << energy_range_table(result) << '\n';
      console.out << chip_legend(*result.chip);
    }
    if (!out_.empty()) console.out << "results: " << printable(out_) << '\n';
  }

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
  static std::optional<std::string> misplaced(const ChipSpec& chip, const Topology& topology) {
    const LayerSizes& sizes = topology.sizes;
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
    const auto lack = lack_of_room(chip, topology, "");
    if (!lack) return std::nullopt;
    return fmt::format("{} {}; {}", lack->field, lack->what, lack->allowed);
  }

  std::string result_;
  PlacementOptions placement_;
  CostOption cost_;
  std::vector<std::string> rules_;
  std::string out_;  // folder, or empty
  bool csv_ = false;
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
        "Several meshes and policies give one table, a row a placement and rule. "
        "docs/chip.md says what counts as what.",
    .make = [] { return std::unique_ptr<Invocation>(new PlaceInvocation); },
};

}  // namespace locus
