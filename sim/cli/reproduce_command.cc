// locus reproduce: measures the claims of the paper.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <ostream>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/json.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/report/result_folder.h"
#include "sim/report/text.h"
#include "sim/study/claim.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

std::string expectation(const Check& check) {
  switch (check.relation) {
    case Relation::kAtMost: return fmt::format("at most {:.6g}", check.expected);
    case Relation::kAtLeast: return fmt::format("at least {:.6g}", check.expected);
    case Relation::kNear: return fmt::format("{:.6g} +- {:.3g}", check.expected, check.tolerance);
    case Relation::kReported: return "no verdict";
  }
  return "";
}

std::string json_of_claim(const Claim& claim, const Evidence& evidence) {
  std::vector<std::pair<std::string, std::string>> measured, expected, parameters;
  for (const Check& check : evidence.checks) {
    measured.emplace_back(check.what, json_number(check.measured));
    if (check.relation != Relation::kReported) expected.emplace_back(check.what, json_string(expectation(check)));
  }
  for (const Parameter& parameter : evidence.parameters)
    parameters.emplace_back(parameter.name, json_string(parameter.value));
  return json_object({{"id", json_string(claim.id)},
                      {"pass", json_bool(evidence.holds())},
                      {"claim", json_string(claim.sentence)},
                      {"measured", json_object(measured)},
                      {"expected", json_object(expected)},
                      {"parameters", json_object(parameters)},
                      {"remark", json_string(evidence.remark)}});
}

std::string text_of(const Claim& claim, const Evidence& evidence, double seconds) {
  std::string text = fmt::format("{}  {}  ({:.1f} s)\n", evidence.holds() ? "pass" : "FAIL", claim.id, seconds);
  text += wrap(claim.sentence, 6);
  for (const Check& check : evidence.checks) {
    const char* mark = check.relation == Relation::kReported ? "  " : holds(check) ? "ok" : "NO";
    text += wrap(fmt::format("{}  {:.6g}  {} ({})", mark, check.measured, check.what, expectation(check)), 10, 6);
  }
  if (!evidence.remark.empty()) text += wrap(evidence.remark, 6);
  for (const Parameter& parameter : evidence.parameters)
    text += wrap(fmt::format("{}: {}", parameter.name, parameter.value), 8, 6);
  return text;
}

class ReproduceInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override {
    app.add_option("CLAIM", claims_, "claims by their ids; without any, all of them");
    app.add_flag("--full", full_, "the sizes of a paper: minutes instead of seconds");
    app.add_flag("--list", list_, "print ids and sentences, measure nothing");
    app.add_flag("--json", json_, "print the result as JSON and nothing else");
    app.add_option("--out", out_, "folder for claims.json and the data of each claim, <id>.<table>.csv")->type_name("DIR");
  }

  Exit execute(const Console& console) override {
    const std::vector<const Claim*> chosen = this->chosen();
    if (list_) {
      for (const Claim* claim : chosen) console.out << claim->id << '\n' << wrap(claim->sentence, 4);
      return Exit::kDone;
    }
    std::optional<ResultFolder> folder;
    if (!out_.empty()) folder.emplace(out_, "claims");
    std::vector<std::string> results;
    std::vector<std::string> failed;
    for (const Claim* claim : chosen) {
      const auto begin = std::chrono::steady_clock::now();
      const Evidence evidence = claim->measure({full_});
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      if (!evidence.holds()) failed.emplace_back(claim->id);
      results.push_back(json_of_claim(*claim, evidence));
      if (!json_) console.out << text_of(*claim, evidence, took.count()) << '\n' << std::flush;
      if (folder) write(*claim, evidence, results, *folder);
    }
    if (folder) folder->remove_others();
    if (json_) console.out << json_of(results) << '\n';
    if (!json_) console.out << fmt::format("{} of {} claims hold\n", results.size() - failed.size(), chosen.size());
    if (!failed.empty()) console.err << fmt::format("locus reproduce: does not hold: {}\n", fmt::join(failed, ", "));
    return failed.empty() ? Exit::kDone : Exit::kFailed;
  }

 private:
  static std::string json_of(const std::vector<std::string>& results) {
    return json_object({{"claims", json_list(results)}});
  }

  /// Writes the tables of a claim, and claims.json with all results so far. Ctrl-C therefore loses
  /// the claim in progress and no other.
  void write(const Claim& claim, const Evidence& evidence, const std::vector<std::string>& results,
             ResultFolder& folder) const {
    const HoldInterrupt hold;
    std::vector<std::string> files = {"claims.json"};
    for (const Table& table : evidence.tables) files.push_back(fmt::format("{}.{}.csv", claim.id, table.name));
    folder.expect(files);
    for (std::size_t t = 0; t < evidence.tables.size(); ++t)
      write_file_whole(fs::path(out_) / files[t + 1], csv(evidence.tables[t]));
    write_file_whole(fs::path(out_) / "claims.json", json_of(results) + '\n');
  }

  std::vector<const Claim*> chosen() const {
    std::vector<std::string> known;
    for (const Claim& claim : claims()) known.emplace_back(claim.id);
    for (const std::string& id : claims_) {
      if (std::ranges::find(known, id) == known.end()) throw UsageError(unknown("claim", id, known));
    }
    std::vector<const Claim*> chosen;
    for (const Claim& claim : claims()) {
      if (claims_.empty() || std::ranges::find(claims_, claim.id) != claims_.end()) chosen.push_back(&claim);
    }
    return chosen;
  }

  std::vector<std::string> claims_;
  std::string out_;
  bool full_ = false;
  bool list_ = false;
  bool json_ = false;
};

}  // namespace

constexpr Command kReproduceCommand = {
    .name = "reproduce",
    .arguments = "[CLAIM...] [options]",
    .summary = "measure the claims of arXiv:2606.00243, each with its figures and pass or fail",
    .example = "locus reproduce rates locality --out claims",
    .details =
        "Each claim states the parameters that were used, since the paper's are not all published. "
        "Without --full all of them take under two minutes, with it "
        "about ten. Exit 1 if a claim does not hold. Ctrl-C ends it at once; claims measured by then are in the folder of --out.",
    .make = [] { return std::unique_ptr<Invocation>(new ReproduceInvocation); },
};

}  // namespace locus
