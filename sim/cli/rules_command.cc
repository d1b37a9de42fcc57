// locus rules: prints the rule table.
#include <ostream>
#include <vector>

#include "core/protocol/closed_form.h"
#include "sim/cli/certificate.h"
#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/phase_text.h"
#include "sim/cli/rule_text.h"
#include "sim/model/errors.h"
#include "sim/model/learning.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/wire.h"
#include "sim/report/forecast.h"
#include "sim/report/output.h"

namespace locus {
namespace {

/// The row of a name ("tbptt") or of a short form of `run` ("tbptt:4:2").
const Rule& row_named(const std::string& typed) {
  if (const auto kind = rule_named(typed)) return rule(*kind);
  if (rule_named(typed.substr(0, typed.find(':')))) return rule(short_form(typed, NetworkSpec{}).kind);
  std::vector<std::string> known;
  known.reserve(kRules.size());
  for (const Rule& row : kRules) known.emplace_back(row.name);
  throw UsageError(unknown("rule", typed, known));
}

class RulesInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("NAME", name_, "only this rule; without it, all of them");
    app.add_option("--model", model_, "a rule of this model, or of the table, and the messages of one trial in this network")
        ->type_name("FILE");
    app.add_option("--certificate", certificate_,
                   "write what the rule needs, of whom, over which channel and how often, as JSON")
        ->type_name("FILE");
    app.add_flag("--markdown", markdown_, "the table as docs/rules.md")->disable_flag_override();
    app.add_flag("--messages", messages_, "who sends what when: the tables of docs/locality.md")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    if (markdown_ && !name_.empty()) throw UsageError("--markdown prints all rules; leave out the name");
    if (!model_.empty()) return of_model(console);
    if (!certificate_.empty()) throw UsageError("--certificate is about a rule in a network; give --model");
    if (messages_ && (markdown_ || !name_.empty()))
      throw UsageError("--messages prints the messages of all rules; leave out the name and --markdown");
    if (messages_) {
      console.out << messages_markdown();
    } else if (markdown_) {
      console.out << rules_markdown();
    } else if (!name_.empty()) {
      console.out << text_of(row_named(name_));
    } else {
      for (const Rule& row : kRules) console.out << (row.kind == kRules.front().kind ? "" : "\n") << text_of(row);
    }
    return Exit::kDone;
  }

 private:
  /// A rule of a model: its row or its text, and what it sends in one trial.
  Exit of_model(const Console& console) const {
    if (markdown_ || messages_) throw UsageError("--model prints one rule; leave out --markdown and --messages");
    if (name_.empty()) throw UsageError("--model needs the NAME of a rule");
    std::vector<Fault> warnings;
    Spec spec = load(model_, warnings);
    for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
    apply({.rules = {name_}, .updates = {}, .seed = {}, .locality = {}}, spec);
    const RuleSpec& rule = spec.rules.front();
    const Topology topology = topology_of(spec, Listing::kSparse);
    const Learning learning = learning_of(rule, spec.training);
    console.out << (learning.local ? text_of(rule.name, learning) : text_of(locus::rule(rule.kind)));
    console.out << "\none trial of " << spec.name << ", at most:\n" << forecast(spec, topology, rule);
    if (certificate_.empty()) return Exit::kDone;
    write_whole(certificate_, [&](Output& output) { output.put(certificate(spec, topology, rule)); });
    return Exit::kDone;
  }

  std::string name_;
  std::string model_;
  std::string certificate_;
  bool markdown_ = false;
  bool messages_ = false;
};

}  // namespace

constexpr Command kRulesCommand = {
    .name = "rules",
    .arguments = "[NAME] [options]",
    .summary = "print the rule table, or a model's own rule: equations, state, declared channels and lag",
    .example = "locus rules rflo",
    .details =
        "A message outside a rule's declared channels and lag is a defect of the program; a test runs every rule and looks.",
    .make = [] { return std::unique_ptr<Invocation>(new RulesInvocation); },
    .in_copies = true,
};

}  // namespace locus
