// locus run: load, validate, build, place, run, report.
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>
#include <optional>
#include <ostream>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "sim/cli/chip_options.h"
#include "sim/cli/command.h"
#include "sim/cli/interrupt.h"
#include "sim/cli/live_show.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/overrides.h"
#include "sim/model/requirements.h"
#include "sim/place/placement.h"
#include "sim/report/comparison.h"
#include "sim/report/event_file.h"
#include "sim/report/memory.h"
#include "sim/report/trace_file.h"
#include "sim/report/weights_file.h"
#include "sim/report/write.h"
#include "sim/run/run.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostThreads = 1024;
constexpr std::uint64_t kMostUpdates = std::numeric_limits<std::int32_t>::max();  // as a model file's
constexpr std::array kLocalities = {Locality::kAny, Locality::kSpatial, Locality::kTemporal, Locality::kStrict};

constexpr std::uint64_t kMostTraced = 100'000'000;  // messages

/// "A:B", both from 1, B not before A.
std::optional<std::pair<std::int64_t, std::int64_t>> ticks_of(const std::string& text) {
  std::int64_t first = 0;
  std::int64_t last = 0;
  const char* const end = text.data() + text.size();
  const auto one = std::from_chars(text.data(), end, first);
  if (one.ec != std::errc() || one.ptr == end || *one.ptr != ':') return std::nullopt;
  const auto two = std::from_chars(one.ptr + 1, end, last);
  if (two.ec != std::errc() || two.ptr != end || first < 1 || last < first) return std::nullopt;
  return std::pair(first, last);
}

std::string check_ticks(const std::string& text) {
  return ticks_of(text) ? "" : fmt::format("is \"{}\"; must be A:B, ticks from 1, B not before A", text);
}

/// A model, and where its results go.
struct Job {
  Spec spec;
  std::optional<fs::path> folder;
};

class RunInvocation final : public Invocation {
 public:
  void declare(CLI::App& app) override;
  Exit execute(const Console& console) override;

 private:
  Overrides overrides() const;
  std::vector<Job> jobs(const Console& console) const;
  TransportKind transport() const {
    return transport_ == "mailbox" || !trace_.empty() ? TransportKind::kMailbox : TransportKind::kBatched;
  }
  void check_trace() const;
  std::optional<TraceRequest> trace_request(const Spec& spec) const;
  RunOptions options(const Spec& spec, const Interrupt& interrupt) const;
  void report(const RunResult& result, const Job& job, bool first, const Console& console) const;
  Exit complain(const RunResult& result, Locality budget, const Console& console) const;

  std::vector<std::string> models_;
  std::vector<std::string> rules_;
  std::vector<std::string> sets_;
  std::optional<std::int64_t> updates_;
  std::optional<std::uint64_t> seed_;
  int threads_ = 0;  // 0: what the machine has
  std::string transport_;
  std::string locality_;
  std::optional<std::uint16_t> serve_;
  std::string out_;
  std::string tensorboard_;
  CostOption cost_;
  std::string trace_;
  std::string trace_ticks_;
  std::int64_t trace_limit_ = TraceRequest{}.limit;
  bool rank_ = false;
  bool quiet_ = false;
  bool json_ = false;
};

/// "none, bptt, tbptt:DEPTH[:STRIDE], ...": from the rule table.
std::string short_forms() {
  std::string list;
  for (const Rule& row : kRules) list += (list.empty() ? "" : ", ") + usage(row);
  return list;
}

void RunInvocation::declare(CLI::App& app) {
  app.add_option("MODEL", models_, "model files (.txtpb, .binpb)")->required();
  app.add_option("--rule", rules_,
                 "run only this rule; repeat for several, which run in this order. A rule's name in the model, or " +
                     short_forms())
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--set", sets_, "value of a field of the model instead of the file's; repeat for several (as `locus sweep`)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--updates", updates_, "updates (batches) instead of the model's")
      ->type_name("K")
      ->check(whole_number(1, kMostUpdates), "");
  app.add_option("--seed", seed_, "seed of all random numbers instead of the model's")
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()), "");
  app.add_option("--threads", threads_, "threads; results are the same for any number (default: what the machine has)")
      ->type_name("N")
      ->check(whole_number(1, kMostThreads), "");
  app.add_option("--transport", transport_,
                 "how messages are delivered, batched|mailbox: in columns, counted in bulk (default), or each one alone")
      ->type_name("KIND")
      ->check(one_of({"batched", "mailbox"}), "");
  app.add_option("--locality", locality_,
                 "budget instead of the model's, any|spatial|temporal|strict: the first message that breaks it ends its rule")
      ->type_name("BUDGET")
      ->check(one_of({"any", "spatial", "temporal", "strict"}), "");
  app.add_option(
         "--out", out_,
         "folder for report.html, result.json, result.binpb, losses.csv and ledger.csv; DIR/<model name>/ with several models")
      ->type_name("DIR");
  app.add_option("--serve", serve_,
                 "show the report in a browser while the run goes on, at a port of this machine (default: any that is free); the "
                 "address is the first line printed (with --json: on standard error)")
      ->type_name("[PORT]")
      ->expected(0, 1)
      ->default_str("0")
      ->check(whole_number(0, 65535), "");
  app.add_option("--tensorboard", tensorboard_, "folder for TensorBoard's event files: DIR/<model name>/<rule>/")
      ->type_name("DIR");
  cost_.declare(app);
  app.add_option(
         "--trace", trace_,
         "write messages one by one to this file: .csv, or .pftrace for ui.perfetto.dev; of one model, over the mailbox")
      ->type_name("FILE");
  app.add_option("--trace-ticks", trace_ticks_, "ticks to trace, counted over the run from 1 (default: the first trial's)")
      ->type_name("A:B")
      ->check(check_ticks, "");
  app.add_option("--trace-limit", trace_limit_, "messages to trace of each rule (default 100000)")
      ->type_name("N")
      ->check(whole_number(1, kMostTraced), "");
  app.add_flag("--rank", rank_, "singular values of what was learnt also where both sides of a projection exceed 512")
      ->disable_flag_override();
  app.add_flag("--quiet", quiet_, "print no comparison")->disable_flag_override();
  app.add_flag("--json", json_, "print the result as JSON, a line a model, and nothing else")->disable_flag_override();
}

Overrides RunInvocation::overrides() const {
  Overrides overrides{.rules = rules_, .updates = updates_, .seed = seed_, .locality = {}};
  for (const Locality locality : kLocalities) {
    if (name(locality) == locality_) overrides.locality = locality;
  }
  return overrides;
}

/// A mailbox addresses the synapses of a projection with 32 bits.
void check_mailbox_can_address(const Spec& spec) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max() - 1;
  for (const ProjectionSpec& projection : spec.network.projections) {
    const PopulationSpec& source = spec.network.populations[static_cast<std::size_t>(projection.source)];
    const PopulationSpec& target = spec.network.populations[static_cast<std::size_t>(projection.target)];
    const std::int64_t synapses = synapses_of(projection.weights, target.size, source.size);
    if (synapses <= kMost) continue;
    throw UsageError(fmt::format(
        "--transport mailbox: projection {} of {} has {} synapses; must be at most {}; batched takes any number",
        projection.name, spec.path, synapses, kMost));
  }
}

/// The loader has warned of the model's own rules; this warns of the short forms among those that run.
void warn_of_lost_errors(const Spec& spec, const std::vector<RuleSpec>& own, const Console& console) {
  for (const RuleSpec& rule : spec.rules) {
    if (!loses_errors(rule, spec.training)) continue;
    if (std::ranges::find(own, rule.name, &RuleSpec::name) != own.end()) continue;
    console.err << fmt::format(
        "warning: rule {}: stride {} is more than depth {}; errors older than the depth at their sweep are lost\n",
        rule.name, rule.stride, rule.depth);
  }
}

/// What does not go together is refused before anything is loaded.
void RunInvocation::check_trace() const {
  if (trace_.empty()) {
    if (!trace_ticks_.empty()) throw UsageError("--trace-ticks is given without --trace");
    return;
  }
  if (transport_ == "batched")
    throw UsageError("--trace needs every message alone: --transport mailbox, or leave --transport away");
  if (models_.size() > 1) throw UsageError(fmt::format("--trace is for one model; {} are given", models_.size()));
  const std::string extension = fs::path(trace_).extension().string();
  if (extension != ".csv" && extension != ".pftrace")
    throw UsageError(fmt::format("--trace is \"{}\"; must end in .csv or .pftrace", trace_));
}

std::optional<TraceRequest> RunInvocation::trace_request(const Spec& spec) const {
  if (trace_.empty()) return std::nullopt;
  const auto range = ticks_of(trace_ticks_).value_or(std::pair<std::int64_t, std::int64_t>(1, spec.training.ticks));
  return TraceRequest{range.first, range.second, trace_limit_};
}

/// Loads every model before the first one runs, and tries every folder: what can be refused is refused before time is spent.
std::vector<Job> RunInvocation::jobs(const Console& console) const {
  std::vector<Job> jobs;
  std::set<std::string> names;
  std::vector<Setting> settings;
  for (const std::string& text : sets_) settings.push_back(setting_of(text));
  for (const std::string& model : models_) {
    std::vector<Fault> warnings;
    Job& job = jobs.emplace_back(Job{load_bytes(read_file(model), model, settings, warnings), {}});
    for (const Fault& warning : warnings) console.err << describe(warning) << '\n';
    const std::vector<RuleSpec> own = job.spec.rules;
    apply(overrides(), job.spec);
    warn_of_lost_errors(job.spec, own, console);
    cost_.apply(job.spec.chip);
    if (job.spec.chip) {
      if (auto lack = lack_of_room(*job.spec.chip, wiring_of(job.spec.network, {}), model)) throw ModelError({*lack});
    }
    if (!names.insert(job.spec.name).second) {
      throw UsageError(fmt::format("two models have the name \"{}\"; their results could not be told apart", job.spec.name));
    }
    if (!out_.empty()) job.folder = models_.size() == 1 ? fs::path(out_) : fs::path(out_) / file_name(job.spec.name);
  }
  for (const Job& job : jobs) {
    if (transport() == TransportKind::kMailbox) check_mailbox_can_address(job.spec);
    foresee_memory(job.spec, transport(), memory_there());
    if (job.folder) prepare_folder(*job.folder);
    if (!tensorboard_.empty()) prepare_folder(tensorboard_);
    if (!trace_.empty()) write_file_whole(trace_, "");  // refused now rather than after the run
  }
  return jobs;
}

RunOptions RunInvocation::options(const Spec& spec, const Interrupt& interrupt) const {
  return {.transport = transport(),
          .threads = threads_,
          .rank_of_large = rank_,
          .trace = trace_request(spec),
          .interrupt = &interrupt.flag()};
}

void RunInvocation::report(const RunResult& result, const Job& job, bool first, const Console& console) const {
  if (job.folder) write_result(result, *job.folder);
  if (!tensorboard_.empty()) write_event_files(result, tensorboard_);
  if (!trace_.empty()) write_trace(job.spec, result, trace_);
  if (json_) console.out << json_line(result) << '\n';
  if (!json_ && !quiet_) {
    console.out << (first ? "" : "\n") << comparison(job.spec, result);
    if (job.folder)
      console.out << "results: " << job.folder->string() << "\nreport: " << (*job.folder / "report.html").string() << '\n';
  }
  console.out << std::flush;
}

/// What did not end as it should, on standard error; what the comparison says already only where none is printed.
Exit RunInvocation::complain(const RunResult& result, Locality budget, const Console& console) const {
  Exit code = Exit::kDone;
  for (const Outcome& outcome : result.outcomes) {
    const bool broken = outcome.status == Status::kLocalityBroken;
    if (broken && code == Exit::kDone) {
      console.err << fmt::format("locus run: {}: the {} locality budget was broken\n", result.model, name(budget));
      code = Exit::kBudgetBroken;
    }
    if (broken) console.err << "  " << outcome.message << '\n';
    if (outcome.status == Status::kDiverged && (quiet_ || json_)) {
      console.err << fmt::format("locus run: {}: {}: {}\n", result.model, outcome.rule, outcome.message);
    }
  }
  return code;
}

Exit RunInvocation::execute(const Console& console) {
  check_trace();
  const std::vector<Job> jobs = this->jobs(console);
  const Interrupt interrupt;
  std::optional<LiveShow> live;
  if (serve_) {
    live.emplace(*serve_, jobs.front().spec, jobs.size());
    (json_ ? console.err : console.out) << "live: " << live->url() << std::endl;
  }
  Exit code = Exit::kDone;
  for (const Job& job : jobs) {
    const bool last = &job == &jobs.back();
    RunOptions options = this->options(job.spec, interrupt);
    if (live) live->begin(job.spec, static_cast<std::size_t>(&job - jobs.data()), options);
    const RunResult result = run(job.spec, options);
    const bool complete = result.outcomes.size() == job.spec.rules.size() &&
                          std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
    const bool go_on = complete && (!interrupt.flag() || last);
    if (live) live->end(result, last || !go_on);
    report(result, job, &job == &jobs.front(), console);
    code = std::max(code, complain(result, job.spec.training.locality, console));
    if (go_on) continue;
    console.err << "locus run: interrupted\n";
    return Exit::kInterrupted;
  }
  return code;
}

}  // namespace

constexpr Command kRunCommand = {
    .name = "run",
    .arguments = "MODEL... [options]",
    .summary = "train each model under each of its rules, and compare what they learnt and what their messages cost",
    .example = "locus run models/student_teacher.txtpb --rule bptt --rule rflo --out results",
    .details =
        "Every rule starts from the same weights and sees the same data. Without --rule, the model's rules run in file order.\n\n"
        "A rule whose loss or weights stop being finite is reported as DIVERGED and ends there. Ctrl-C ends the run after the "
        "present update and writes what there is; a second Ctrl-C ends it at once.",
    .make = [] { return std::unique_ptr<Invocation>(new RunInvocation); },
};

}  // namespace locus
