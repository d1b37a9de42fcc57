// locus diff: the differences between two results.
#include <ostream>

#include "sim/cli/command.h"
#include "sim/report/diff.h"

namespace locus {
namespace {

class DiffInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("A", a_, "result.binpb or result.json, sweep.binpb or sweep.json, or the folder that holds them")->required();
    app.add_option("B", b_, "another one")->required();
    app.add_option("--tolerance", tolerance_, "losses and weights may differ by this part of their size (default: 0)")
        ->type_name("PART")
        ->check(CLI::Range(0.0, 1.0), "");
    app.add_flag("--quiet", quiet_, "print nothing; the exit code says whether they agree")->disable_flag_override();
  }

  Exit execute(const Console& console) override {
    const Difference found = difference(a_, b_, tolerance_);
    if (!quiet_) console.out << found.text;
    return found.agree ? Exit::kDone : Exit::kFailed;
  }

 private:
  std::string a_;
  std::string b_;
  double tolerance_ = 0;
  bool quiet_ = false;
};

}  // namespace

constexpr Command kDiffCommand = {
    .name = "diff",
    .arguments = "A B [options]",
    .summary = "say what two results or two sweeps differ in",
    .example = "locus diff results/one results/two",
    .details =
        "Exit 0 if they agree, 1 if they differ, 3 if one of them cannot be read or is no result. Of sweeps, members are compared by settings and seed, with the columns of members.csv. Weights that stand in files beside a result are "
        "compared too. Which program made a result is told and counts for nothing.",
    .make = [] { return std::unique_ptr<Invocation>(new DiffInvocation); },
};

}  // namespace locus
