// locus theory: the mode theory of a model beside its simulation.
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <ostream>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/options.h"
#include "sim/cli/theory_text.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/study/prediction.h"

namespace locus {
namespace {

/// Returns an empty text for a number other than 0.
std::string not_zero(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc() && stop == end && std::isfinite(number) && number != 0) return "";
  return fmt::format("is \"{}\"; must be a number other than 0", text);
}

class TheoryInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("MODEL", model_, "a model file (.txtpb, .binpb)")->required();
    app.add_option("--rule", overrides_.rules, "only this rule, as in locus run; repeat for several")
        ->type_name("NAME")
        ->allow_extra_args(false);
    app.add_option("--at", at_, "the point s = a of the optimal manifold to linearise at (default: a* of each mode)")
        ->type_name("S")
        ->check(not_zero, "");
    app.add_option("--updates", overrides_.updates, "updates (batches) instead of the model's")
        ->type_name("K")
        ->check(whole_number(1, std::numeric_limits<std::int32_t>::max()), "");
    app.add_flag("--no-simulation", without_, "theory and expectation only");
    app.add_flag("--json", json_, "print the result as JSON and nothing else");
  }

  Exit execute(const Console& console) override {
    std::vector<Fault> warnings;
    Spec spec = load(model_, warnings);
    for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
    apply(overrides_, spec);
    const Interrupt interrupt;
    const Prediction prediction = predict(spec, {.at = at_, .simulate = !without_, .interrupt = &interrupt.flag()});
    console.out << (json_ ? theory_json(spec, prediction) + '\n' : theory_text(spec, prediction));
    if (!interrupt.flag()) return Exit::kDone;
    console.err << "locus theory: interrupted\n";
    return Exit::kInterrupted;
  }

 private:
  std::string model_;
  Overrides overrides_;
  std::optional<double> at_;
  bool without_ = false;
  bool json_ = false;
};

}  // namespace

constexpr Command kTheoryCommand = {
    .name = "theory",
    .arguments = "MODEL [options]",
    .summary = "fixed points, stability and rates of a model's modes, and predicted beside simulated learning",
    .example = "locus theory models/student_teacher.txtpb",
    .details =
        "For linear student and teacher under the final loss. Modes need a data-aligned teacher; for any other "
        "the exact expectation and the simulation are "
        "compared. docs/theory.md says what is predicted from which equation.",
    .make = [] { return std::unique_ptr<Invocation>(new TheoryInvocation); },
};

}  // namespace locus
