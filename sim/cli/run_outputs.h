// RunOutputs: files and text of `locus run` after the run of a model, and its exit code.
#pragma once

#include <vector>

#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/run_arguments.h"
#include "sim/cli/run_jobs.h"
#include "sim/run/result.h"
#include "sim/run/series.h"

namespace locus {

class RunOutputs {
 public:
  /// Both arguments must outlive the outputs.
  RunOutputs(const RunArguments& arguments, const Console& console) : arguments_(arguments), console_(console) {}

  /// Prints the comparison or the JSON and then writes the files of a result, so that a full disk
  /// does not lose the text too; `first` is true for the first model of the command. Throws
  /// FileError.
  void write(const RunResult& result, const std::vector<RuleSeries>& curves, const Job& job, bool first) const;
  /// Prints broken locality budgets to standard error, and divergence if there is no comparison
  /// that shows it. Returns the exit code of the result.
  Exit write_failures(const RunResult& result, Locality budget) const;
  /// Prints the message of an interrupted run, whose results are already written. `resumed`: the
  /// command is `locus resume`.
  Exit write_interrupt(const Interrupt& interrupt, bool resumed) const;

 private:
  const RunArguments& arguments_;
  const Console& console_;
};

}  // namespace locus
