// locus rules: prints the rule table.
#include <ostream>
#include <vector>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/cli/phase_text.h"
#include "sim/cli/rule_text.h"
#include "sim/model/errors.h"
#include "sim/model/overrides.h"

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
    app.add_flag("--markdown", markdown_, "the table as docs/rules.md")->disable_flag_override();
    app.add_flag("--messages", messages_, "who sends what when: the tables of docs/locality.md")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    if (markdown_ && !name_.empty()) throw UsageError("--markdown prints all rules; leave out the name");
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
  std::string name_;
  bool markdown_ = false;
  bool messages_ = false;
};

}  // namespace

constexpr Command kRulesCommand = {
    .name = "rules",
    .arguments = "[NAME] [--markdown] [--messages]",
    .summary = "print the rule table: equations, source, state, declared channels and lag",
    .example = "locus rules rflo",
    .details =
        "A message outside a rule's declared channels and lag is a defect of the program; a test runs every rule and looks.",
    .make = [] { return std::unique_ptr<Invocation>(new RulesInvocation); },
};

}  // namespace locus
