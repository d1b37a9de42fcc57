// locus fits: which learning engines can hold the rules of a model.
#include <charconv>
#include <cmath>
#include <map>
#include <optional>
#include <ostream>
#include <vector>

#include "sim/cli/command.h"
#include "sim/cli/fit_text.h"
#include "sim/cli/options.h"
#include "sim/engine/fit.h"
#include "sim/model/engine.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/wire.h"

namespace locus {
namespace {

/// "signal=0.5": a size, of both signs; "gain=0:0.3": from the least to the largest.
std::pair<std::string, Range> range_of(const std::string& typed) {
  const std::size_t equal = typed.find('=');
  const auto number = [&](const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value))
      throw UsageError("--range " + typed + " has no number; must be NAME=SIZE or NAME=LEAST:LARGEST");
    return value;
  };
  if (equal == std::string::npos || equal == 0)
    throw UsageError("--range " + typed + " has no name; must be NAME=SIZE or NAME=LEAST:LARGEST");
  const std::string value = typed.substr(equal + 1);
  const std::size_t colon = value.find(':');
  Range range{0, 0, false};
  range.high = number(colon == std::string::npos ? value : value.substr(colon + 1));
  range.low = colon == std::string::npos ? -range.high : number(value.substr(0, colon));
  if (!(range.low < range.high) || range.high < 0 || range.low > 0)
    throw UsageError("--range " + typed + " is empty or leaves out 0; must be NAME=SIZE or NAME=LEAST:LARGEST");
  return {typed.substr(0, equal), range};
}

class FitsInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "model file (.txtpb, .binpb)")->required();
    app.add_option("--engine", engines_, "loihi1, loihi2, reckon or the path of an engine file; repeat for several")
        ->type_name("ENGINE")
        ->required()
        ->allow_extra_args(false);
    app.add_option("--rule", rules_, "this rule instead of the model's, as `run` takes it; repeat for several")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--range", ranges_,
                   "the size of what the model does not bound, as signal=0.5 or weight=-1:2; repeat for several")
        ->type_name("NAME=SIZE")
        ->allow_extra_args(false);
    app.add_flag("--learn", learn_,
                 "run the model's task with the engine's integers beside the rule itself, and print both losses")
        ->disable_flag_override();
    app.add_option("--updates", updates_, "updates of --learn (default: the model's)")
        ->type_name("N")
        ->check(whole_number(1, INT32_MAX));
    app.add_flag("--json", json_, "print a line of JSON a rule and engine, and nothing else")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    std::vector<Fault> warnings;
    Spec spec = load(model_, warnings);
    for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
    if (updates_ && !learn_) throw UsageError("--updates is of --learn; give both");
    if (!rules_.empty()) apply({.rules = rules_, .updates = {}, .seed = {}, .locality = {}}, spec);
    std::map<std::string, Range> ranges;
    for (const std::string& typed : ranges_) ranges.insert(range_of(typed));
    std::vector<EngineSpec> engines;
    for (const std::string& typed : engines_) engines.push_back(engine_named(typed));
    const Topology topology = topology_of(spec, Listing::kAll);
    bool all_fit = true;
    bool first = true;
    for (const EngineSpec& engine : engines) {
      for (const RuleSpec& rule : spec.rules) {
        if (learn_) {
          const EngineRun learnt = run_on_engine(spec, rule, engine, updates_.value_or(spec.training.updates), ranges);
          console.out << (json_ ? json_of(learnt, spec.name) + "\n" : (first ? "" : "\n") + text_of(learnt));
          first = false;
          continue;
        }
        const Fit found = fit(spec, topology, rule, engine, ranges);
        all_fit = all_fit && found.fits;
        if (json_) {
          console.out << json_of(found, spec.name) << '\n';
        } else {
          console.out << (first ? "" : "\n") << text_of(found);
        }
        first = false;
      }
    }
    return all_fit ? Exit::kDone : Exit::kFailed;
  }

 private:
  std::string model_;
  std::vector<std::string> engines_;
  std::vector<std::string> rules_;
  std::vector<std::string> ranges_;
  bool learn_ = false;
  std::optional<std::int64_t> updates_;
  bool json_ = false;
};

}  // namespace

constexpr Command kFitsCommand = {
    .name = "fits",
    .arguments = "MODEL --engine ENGINE [options]",
    .summary = "say which learning engines of chips can hold the rules of a model, how, and what they lack",
    .example = "locus fits models/student_teacher.txtpb --rule rflo --engine loihi2",
    .details =
        "A rule becomes sums of products, and each factor is bound to what a synapse of the engine can read. A rule that fits "
        "is printed with its products, each scale as mantissa times 2^exponent, and every difference with its worst error; one that "
        "does not, with what is missing, and how often a trial needs it. A range with a ? is "
        "assumed. With --learn, ranges are those of the first trial.\n\n"
        "Exit 1 if a rule does not fit. docs/engines.md says what counts as what, and how to write an engine.",
    .make = [] { return std::unique_ptr<Invocation>(new FitsInvocation); },
};

}  // namespace locus
