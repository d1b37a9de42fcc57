// locus report: makes the page of an existing result.
#include <filesystem>
#include <ostream>

#include "sim/cli/command.h"
#include "sim/model/characters.h"
#include "sim/model/files.h"
#include "sim/report/report.h"
#include "sim/report/sweep_result.h"

namespace locus {
namespace {

class ReportInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option(
           "RESULT", result_,
           "result.binpb or result.json of a run, sweep.binpb or sweep.json of a sweep, or the folder that holds them")
        ->required();
    app.add_option("--out", out_, "file to write (default: report.html beside the result)")->type_name("FILE");
  }

  Exit execute(const Console& console) override {
    if (is_sweep(result_)) return of_sweep(console);
    const std::filesystem::path out = out_.empty() ? default_report_path(result_) : std::filesystem::path(out_);
    write_report_page(result_, out);
    console.out << "report: " << printable(out.string()) << '\n';
    return Exit::kDone;
  }

 private:
  Exit of_sweep(const Console& console) const {
    const std::filesystem::path given(result_);
    const std::filesystem::path folder = std::filesystem::is_directory(given) ? given : given.parent_path();
    const std::filesystem::path out = out_.empty() ? folder / "report.html" : std::filesystem::path(out_);
    const std::size_t members = write_sweep_pages(given, out);
    console.out << "report: " << printable(out.string()) << '\n' << "pages of members: " << members << '\n';
    return Exit::kDone;
  }

  std::string result_;
  std::string out_;
};

}  // namespace

constexpr Command kReportCommand = {
    .name = "report",
    .arguments = "RESULT [--out FILE]",
    .summary = "make the report page of a result or of a sweep again",
    .example = "locus report results",
    .details =
        "The page is one HTML file that needs nothing but a browser: no network, no server. `run --out` and `sweep --out` write it as well. "
        "Of a sweep, the pages of all members whose results are beside it are made too, and its page links them (not with --out elsewhere).",
    .make = [] { return std::unique_ptr<Invocation>(new ReportInvocation); },
};

}  // namespace locus
