// locus report: makes the page of an existing result.
#include <filesystem>
#include <ostream>

#include "sim/cli/command.h"
#include "sim/model/characters.h"
#include "sim/model/files.h"
#include "sim/report/report.h"

namespace locus {
namespace {

class ReportInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("RESULT", result_, "result.binpb or result.json, or the folder that holds them")->required();
    app.add_option("--out", out_, "file to write (default: report.html beside the result)")->type_name("FILE");
  }

  Exit execute(const Console& console) override {
    const std::filesystem::path out = out_.empty() ? default_report_path(result_) : std::filesystem::path(out_);
    write_report_page(result_, out);
    console.out << "report: " << printable(out.string()) << '\n';
    return Exit::kDone;
  }

 private:
  std::string result_;
  std::string out_;
};

}  // namespace

constexpr Command kReportCommand = {
    .name = "report",
    .arguments = "RESULT [--out FILE]",
    .summary = "make the report page of a result again",
    .example = "locus report results",
    .details =
        "The page is one HTML file that needs nothing but a browser: no network, no server. `run --out` writes it as well.",
    .make = [] { return std::unique_ptr<Invocation>(new ReportInvocation); },
};

}  // namespace locus
