#include "sim/cli/checkpoint_option.h"

#include <charconv>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "sim/cli/duration.h"
#include "sim/model/errors.h"

namespace locus {
namespace {

/// Reads "100" as updates, and "30s", "10m", "2h", "1d" and other durations as time.
std::optional<CheckpointEvery> every_of(const std::string& text) {
  std::int32_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc() && stop == end && number >= 1) return CheckpointEvery{.updates = number, .time = {}};
  if (const auto time = duration_of(text)) return CheckpointEvery{.time = *time};
  return std::nullopt;
}

std::string check_every(const std::string& text) {
  return every_of(text)
             ? ""
             : fmt::format("is \"{}\"; must be a number of updates (100) or a time (30s, 10m, 2h, 1d), at most {}",
                           text, std::numeric_limits<std::int32_t>::max());
}

}  // namespace

void CheckpointOption::declare(CLI::App& app) {
  app.add_option(
         "--checkpoint", file_,
         "keep in this file what it takes to go on from where the run stops or is killed (locus resume FILE); of one model")
      ->type_name("FILE");
  app.add_option("--checkpoint-every", every_,
                 "how much work a kill may cost: so many updates (100), or so much time (30s, 10m, 2h, 1d) (default 10m)")
      ->type_name("K")
      ->check(check_every, "");
}

CheckpointEvery CheckpointOption::every() const { return every_of(every_).value_or(CheckpointEvery{}); }

void CheckpointOption::check(std::size_t models, bool traces) const {
  if (!has_file()) {
    if (!every_.empty()) throw UsageError("--checkpoint-every is given without --checkpoint");
    return;
  }
  if (models > 1) throw UsageError(fmt::format("--checkpoint is for one model; {} are given", models));
  if (traces) throw UsageError("--checkpoint does not go with --trace: the messages traced so far are not kept");
}

std::unique_ptr<FileLock> CheckpointOption::prepare() const {
  if (!has_file()) return nullptr;
  std::error_code error;
  if (std::filesystem::is_directory(file_, error))
    throw UsageError(fmt::format("--checkpoint {} is a folder; must be a file", file_.string()));
  if (!resumes_ && std::filesystem::exists(file_, error)) {
    throw UsageError(fmt::format(
        "--checkpoint {0} is there already; `locus resume {0}` goes on from it; to begin anew, remove it", file_.string()));
  }
  clear_leftovers(file_.has_parent_path() ? file_.parent_path() : ".");
  const NewFile attempt(file_);
  return std::make_unique<FileLock>(file_.string() + ".locus-lock", file_.string(),
                                    "wait for its end, or give another file");
}

Checkpointer::Checkpointer(std::filesystem::path file, CheckpointEvery every, const RunRequest& request,
                           Recordings* recordings, bool at_once)
    : file_(std::move(file)), every_(every), request_(request), recordings_(recordings), at_once_(at_once) {}

bool Checkpointer::due(const Moment& moment) {
  if (moment.stopping) return true;
  if (moment.present != nullptr && std::exchange(at_once_, false)) return true;
  if (moment.present == nullptr || moment.present->updates == 0)
    return false;  // the beginning of a rule is the end of the previous one
  ++updates_;
  return every_.updates > 0 ? updates_ >= every_.updates : std::chrono::steady_clock::now() - last_ >= every_.time;
}

void Checkpointer::observe(const Moment& moment, const std::vector<RuleSeries>* curves) {
  if (due(moment)) write(moment, curves);
}

void Checkpointer::finish(const RunResult& result, const std::vector<RuleSeries>* curves) {
  if (every_.updates == 0 && updates_ > 0) write({.done = result, .state = {}}, curves);
}

void Checkpointer::write(const Moment& moment, const std::vector<RuleSeries>* curves) {
  RunExtras extras;
  if (recordings_ != nullptr) extras.recordings = recordings_->states();
  if (curves != nullptr) extras.curves = *curves;
  write_checkpoint(request_, moment, file_, system_calls(), extras);
  updates_ = 0;
  last_ = std::chrono::steady_clock::now();
}

}  // namespace locus
