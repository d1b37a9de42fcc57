#include "sim/cli/run_arguments.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <string>

#include "sim/cli/command.h"
#include "sim/cli/options.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/serve/live_server.h"

namespace locus {
namespace {

constexpr std::uint64_t kMostThreads = 1024;
// the limit of a model file
constexpr std::uint64_t kMostUpdates = std::numeric_limits<std::int32_t>::max();
constexpr std::array kLocalities = {Locality::kAny, Locality::kSpatial, Locality::kTemporal, Locality::kStrict};

/// "none, bptt, tbptt:DEPTH[:STRIDE], ...", from the rule table.
std::string short_forms() {
  std::string list;
  for (const Rule& row : kRules) list += (list.empty() ? "" : ", ") + usage(row);
  return list;
}

}  // namespace

void declare_ranks(CLI::App& app, std::string& ranks) {
  app.add_option("--ranks", ranks,
                 "off: each of the processes that mpirun or srun starts is a run of its own, in DIR/rank-K of --out DIR; without "
                 "it, they share one run")
      ->type_name("off")
      ->check(one_of({"off"}), "");
}

void RunArguments::declare(CLI::App& app) {
  app.add_option("MODEL", models, "model files (.txtpb, .binpb), or - for standard input")->required();
  app.add_option("--rule", rules,
                 "run only this rule; repeat for several, which run in this order. A rule's name in the model, or " +
                     short_forms())
      ->type_name("NAME")
      ->allow_extra_args(false);
  app.add_option("--set", settings,
                 "value of a field of the model instead of the file's: a number, a word, a list [1, 2] or a message {}; repeat "
                 "for several (as `locus sweep`). It may name a file of weights outside of the model's folder")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  weights.declare(app);
  app.add_option("--updates", updates, "updates (batches) instead of the model's")
      ->type_name("K")
      ->check(whole_number(1, kMostUpdates), "");
  app.add_option("--seed", seed, "seed of all random numbers instead of the model's")
      ->type_name("N")
      ->check(whole_number(0, std::numeric_limits<std::uint64_t>::max()), "");
  app.add_option("--compare", compare,
                 "compare the changes that rules would make at the same weights, every K updates of each rule's run: alignment with "
                 "the exact gradient and with each other (as --set compare.every=K)")
      ->type_name("K")
      ->check(whole_number(1, kMostUpdates), "");
  app.add_option("--threads", threads, "threads; results are the same for any number (default: what the machine has)")
      ->type_name("N")
      ->check(whole_number(1, kMostThreads), "");
  declare_ranks(app, ranks);
  app.add_option("--transport", transport,
                 "how messages are delivered, batched|mailbox: in columns, counted in bulk (default), or each one alone")
      ->type_name("KIND")
      ->check(one_of({"batched", "mailbox"}), "");
  app.add_option("--locality", locality,
                 "budget instead of the model's, any|spatial|temporal|strict: the first message that breaks it ends its rule")
      ->type_name("BUDGET")
      ->check(one_of({"any", "spatial", "temporal", "strict"}), "");
  app.add_option("--out", out,
                 "folder for report.html, result.json, result.binpb, losses.csv and ledger.csv, and for what the model asks to have "
                 "recorded (record/); DIR/<model name>/ with several models")
      ->type_name("DIR");
  app.add_option("--serve", serve,
                 "show the report in a browser while the run goes on, at a port of this machine (default: any that is free); the "
                 "address is the first line printed (with --json: on standard error)")
      ->type_name("[PORT]")
      ->expected(0, 1)
      ->default_str("0")
      ->check(whole_number(0, 65535), "");
  app.add_option(
         "--serve-host", serve_host,
         "for browsers elsewhere: the address of this machine to serve at, 0.0.0.0 or :: for all (default: 127.0.0.1, which "
         "nobody else reaches); who knows the address printed sees the page, and what it sends can be read on the way")
      ->type_name("ADDRESS")
      ->check(
          [](const std::string& text) { return is_address(text) ? "" : "is \"" + text + "\"; must be an IP address"; }, "");
  app.add_option("--tensorboard", tensorboard, "folder for TensorBoard's event files: DIR/<model name>/<rule>/")->type_name("DIR");
  cost.declare(app);
  trace.declare(app);
  checkpoint.declare(app);
  compile.declare(app);
  memory.declare(
      app,
      "refuse, before it starts, a run that would take more than this in all (500M, 1.5G) (default: what the machine has free)");
  time_limit.declare(app);
  app.add_flag("--rank", rank, "singular values of what was learnt also where both sides of a projection exceed 512")
      ->disable_flag_override();
  app.add_flag("--quiet", quiet, "print no comparison, and show no progress on a terminal")->disable_flag_override();
  app.add_flag("--json", json, "print the result as JSON, a line a model, and nothing else")->disable_flag_override();
}

void RunArguments::check() const {
  if (std::ranges::count(models, kStandardInput) > 1)
    throw UsageError("MODEL is - more than once; standard input can be read once");
  trace.check(transport, models.size());
  checkpoint.check(models.size(), trace.has_file());
  if (!serve_host.empty() && !serve) throw UsageError("--serve-host is given without --serve");
}

void RunArguments::check_shared(bool resumes) const {
  if (transport_kind() == TransportKind::kMailbox)
    throw UsageError("--transport mailbox and --trace are of one process, as every message exists there");
  if (!resumes && std::ranges::count(models, kStandardInput) > 0)
    throw UsageError("MODEL is -; ranks that share a run each read the file of the model");
}

void RunArguments::keep_silent() {
  out.clear();
  serve.reset();
  serve_host.clear();
  tensorboard.clear();
  checkpoint = {};
  quiet = true;
  json = false;
}

void RunArguments::keep_apart(const Launch& launch, bool resumes) {
  if (ranks != "off" || launch.ranks == 1) return;
  if (!resumes && (checkpoint.has_file() || trace.has_file()))
    throw UsageError("--checkpoint and --trace name one file, which copies with --ranks off would all write");
  for (std::string* folder : {&out, &tensorboard}) {
    if (!folder->empty()) *folder = (std::filesystem::path(*folder) / ("rank-" + std::to_string(launch.rank))).string();
  }
}

Overrides RunArguments::overrides() const {
  Overrides overrides{.rules = rules, .updates = updates, .seed = seed, .locality = {}};
  for (const Locality budget : kLocalities) {
    if (name(budget) == locality) overrides.locality = budget;
  }
  return overrides;
}

std::vector<std::string> RunArguments::all_settings() const {
  std::vector<std::string> all = settings;
  if (compare) all.push_back("compare.every=" + std::to_string(*compare));
  return all;
}

TransportKind RunArguments::transport_kind() const {
  return transport == "mailbox" || trace.has_file() ? TransportKind::kMailbox : TransportKind::kBatched;
}

}  // namespace locus
