#include "sim/cli/run_outputs.h"

#include <ostream>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/report/comparison.h"
#include "sim/report/event_file.h"
#include "sim/report/output.h"
#include "sim/report/write.h"

namespace locus {
namespace {

void write_line(const RunResult& result, const Console& console) {
  Output line([&](std::string_view bytes) { console.out << bytes; });
  write_json_line(result, line);
  line.put('\n');
  line.flush();
}

}  // namespace

void RunOutputs::write(const RunResult& result, const std::vector<RuleSeries>& curves, const Job& job, bool first) const {
  const bool text = !arguments_.json && !arguments_.quiet;
  if (arguments_.json) write_line(result, console_);
  if (text) console_.out << (first ? "" : "\n") << comparison(job.spec, result);
  console_.out << std::flush;
  if (job.results) {
    job.results->expect(result_files(result));
    write_result(result, job.results->path());
    job.results->remove_others();
  }
  if (!arguments_.tensorboard.empty()) write_event_files(result, curves, arguments_.tensorboard);
  arguments_.trace.write(job.spec, result, console_.err);
  if (!text) return;
  if (job.folder)
    console_.out << "results: " << printable(job.folder->string())
                 << "\nreport: " << printable((*job.folder / "report.html").string()) << '\n';
  if (job.recordings) console_.out << "recordings: " << printable((*job.folder / "record").string()) << '\n';
  console_.out << std::flush;
}

Exit RunOutputs::write_failures(const RunResult& result, Locality budget) const {
  Exit code = Exit::kDone;
  for (const Outcome& outcome : result.outcomes) {
    const bool broken = outcome.status == Status::kLocalityBroken;
    if (broken && code == Exit::kDone) {
      console_.err << fmt::format("locus run: {}: the {} locality budget was broken\n", result.model, name(budget));
      code = Exit::kBudgetBroken;
    }
    if (broken) console_.err << "  " << outcome.message << '\n';
    if (outcome.status == Status::kDiverged && (arguments_.quiet || arguments_.json)) {
      console_.err << fmt::format("locus run: {}: {}: {}\n", result.model, outcome.rule, outcome.message);
    }
  }
  return code;
}

Exit RunOutputs::write_interrupt(const Interrupt& interrupt, bool resumed) const {
  console_.err << (resumed ? "locus resume" : "locus run") << ": " << arguments_.time_limit.reason(interrupt) << '\n';
  if (arguments_.checkpoint.has_file()) {
    console_.err << "To go on: locus resume " << printable(arguments_.checkpoint.file().string()) << '\n';
  } else if (arguments_.models.size() == 1) {
    console_.err << "Only a run with --checkpoint FILE can be gone on with.\n";
  }
  return Exit::kInterrupted;
}

}  // namespace locus
