#include "sim/sweep/sweep.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <new>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/file_lock.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/sha256.h"
#include "sim/model/wire.h"
#include "sim/place/core_memory.h"
#include "sim/report/machine_memory.h"
#include "sim/report/memory.h"
#include "sim/report/recordings.h"
#include "sim/report/version.h"
#include "sim/report/write.h"
#include "sim/run/outline.h"
#include "sim/sweep/entries.h"
#include "sim/sweep/memory_budget.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// The file of a member, below the folder of the sweep. Its name covers everything that determines
/// its bits.
std::string member_file(const Provenance& provenance) {
  const std::string text = fmt::format("{}\n{}\n{}\n{}\n", version(), commit(), provenance.level, provenance.sha256);
  return fmt::format("members/{}/result.binpb", sha256(text).substr(0, 16));
}

/// The lock of a member's folder, which is there.
fs::path lock_file(const fs::path& file) { return file.parent_path() / ".locus-lock"; }

/// The first line of an error; the other lines are details.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

/// The parts of a model that a sweep without a folder leaves out.
std::vector<std::string> omissions_of(const Spec& spec) {
  std::vector<std::string> notes;
  if (!spec.records.empty())
    notes.push_back(fmt::format("recordings need --out DIR; the model's records ({}{}) are left out",
                                spec.records.front().name, spec.records.size() > 1 ? ", ..." : ""));
  return notes;
}

/// The recordings of a member, below the folder of the sweep.
std::vector<std::string> recordings_of(const Spec& spec, const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  std::vector<std::string> files;
  for (const std::string& recording : recording_files(spec)) files.push_back((folder / recording).string());
  return files;
}

void check_best(const SweepPlan& plan, const Spec& spec) {
  if (!plan.best) return;
  if (plan.seeds < 2)
    throw UsageError("--best needs --seeds 2 or more: one half of the seeds chooses, and the other reports");
  const bool by_setting =
      std::ranges::any_of(plan.axes, [](const SweepAxis& axis) { return axis.path.starts_with("training.evaluation"); });
  if (!spec.training.evaluation && !by_setting)
    throw UsageError(
        "--best chooses by evaluation trials, and the model has none; add training.evaluation to it, or "
        "--set training.evaluation.every=K --set training.evaluation.trials=K");
  if (plan.best == Criterion::kAccuracy && !has_classes(spec.task, neurons(spec.network, PopulationKind::kReadout)))
    throw UsageError(
        "--best-by accuracy needs trials with classes, and those of the model have none; --best-by loss chooses by the loss");
}

class Sweeper {
 public:
  Sweeper(const SweepPlan& plan, const SweepOptions& options)
      : plan_(plan),
        options_(options),
        bytes_(read_file(plan.model)),
        taken_(taken_memory()),
        limit_(std::min(available_memory(options.threads) + taken_, options.memory)),
        budget_(limit_ - taken_ - kProgramBytes) {
    std::vector<Fault> warnings;
    Spec spec = load_bytes(bytes_, plan.model, warnings);
    apply(plan.overrides, spec);
    result_.model = spec.name;
    result_.model_sha256 = spec.sha256;
    result_.axes = plan.axes;
    result_.given_feedback = outline_of(spec).given_feedback;
    if (!options.folder) {
      for (std::string& omission : omissions_of(spec)) note(std::move(omission));
    }
    if (static_cast<std::uint64_t>(plan.seeds) - 1 > std::numeric_limits<std::uint64_t>::max() - spec.seed)
      throw UsageError(fmt::format("{} seeds from {} on go beyond the largest, {}", plan.seeds, spec.seed,
                                   std::numeric_limits<std::uint64_t>::max()));
    check_best(plan, spec);
    entries_ = entries_of(plan, spec.seed);
    points_ = curve_points(entries_.size(), entries_.size() / static_cast<std::size_t>(plan.seeds), spec.rules.size());
    if (options.part) entries_ = entries_of_part(std::move(entries_), *options.part);
    for (const Entry& entry : entries_) {
      SweepMember& member = result_.members.emplace_back();
      for (const Setting& setting : entry.settings) member.settings.push_back(setting.text());
      member.seed = entry.seed;
    }
    // Finds paths that the model does not have before anything runs. A wrong value, in contrast, is
    // a failure of its members only.
    for (const SweepAxis& axis : plan.axes) {
      for (const std::string& value : axis.values) try_setting({axis.path, value});
    }
  }

  SweepResult run() && {
    {
      std::vector<std::jthread> workers;
      try {
        for (int i = 1; i < options_.threads; ++i) workers.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        // The machine has no more threads. Those that exist do the work, with the same results.
      }
      work();
    }
    if (defect_) std::rethrow_exception(defect_);
    if (options_.part) return std::move(result_);
    for (std::string& repeats : seed_notes(result_)) note(std::move(repeats));
    if (plan_.best) result_.best = best_of(result_, *plan_.best);
    return std::move(result_);
  }

 private:
  bool interrupted() const {
    return options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed);
  }

  void note(std::string text) {
    if (options_.note) options_.note(text);
    result_.notes.push_back(std::move(text));
  }

  void try_setting(const Setting& setting) const {
    std::vector<Fault> warnings;
    try {
      load_bytes(bytes_, plan_.model, std::vector<Setting>{setting}, warnings);
    } catch (const ModelError&) {
      return;
    }
  }

  void work() {
    try {
      for (std::size_t i = next_++; i < entries_.size() && !interrupted() && !stop_; i = next_++) attempt(i);
      while (!interrupted() && !stop_) {
        const std::optional<std::size_t> i = next_elsewhere();
        if (!i) return;
        attempt(*i);
      }
    } catch (...) {  // a defect, or a folder that cannot be written, ends the sweep
      const std::lock_guard lock(mutex_);
      if (!defect_) defect_ = std::current_exception();
      stop_ = true;
    }
  }

  /// Waits until another process ends with one of its members, and takes that member from the list;
  /// nothing without such members, or after an interrupt.
  std::optional<std::size_t> next_elsewhere() {
    while (!interrupted() && !stop_) {
      {
        const std::lock_guard lock(mutex_);
        if (elsewhere_.empty()) return std::nullopt;
        const auto free = std::ranges::find_if(elsewhere_, [&](std::size_t i) {
          return FileLock::attempt(lock_file(*options_.folder / result_.members[i].file)) != nullptr;
        });
        if (free != elsewhere_.end()) {
          const std::size_t i = *free;
          elsewhere_.erase(free);
          return i;
        }
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return std::nullopt;
  }

  void attempt(std::size_t i) {
    SweepMember& member = result_.members[i];
    try {
      if (!take_or_run(entries_[i], member)) {
        const std::lock_guard lock(mutex_);
        elsewhere_.push_back(i);
        return;
      }
    } catch (const ModelError& error) {
      const auto& faults = error.faults();
      const auto first = std::ranges::find(faults, Severity::kError, &Fault::severity);
      member.failure = printable(first_line(fmt::format("{} {}; {}", first->field, first->what, first->allowed)));
    } catch (const UsageError& error) {
      member.failure = printable(first_line(error.what()));
    } catch (const NotEnoughMemory& error) {
      member.failure = printable(first_line(error.what()));
    } catch (const std::bad_alloc&) {
      member.failure = "memory does not suffice";
    }
    const std::lock_guard lock(mutex_);
    if (options_.progress) options_.progress(++done_, entries_.size());
  }

  /// Takes the member's result from its file; false without one.
  bool take(const Provenance& provenance, SweepMember& member) const {
    const fs::path file = *options_.folder / member.file;
    const bool recorded = std::ranges::all_of(
        member.recordings, [&](const std::string& recording) { return fs::exists(*options_.folder / recording); });
    if (auto found = recorded ? read_member(file, provenance, points_) : std::nullopt) {
      member.rules = *std::move(found);
      member.replaced = false;
      return true;
    }
    member.replaced = fs::exists(file);
    return false;
  }

  /// Takes the member's result from its file, or runs it. The rules stay empty if an interrupt came
  /// first. Returns false if another process runs the member.
  bool take_or_run(const Entry& entry, SweepMember& member) {
    std::vector<Fault> warnings;
    Spec spec = load_bytes(bytes_, plan_.model, entry.settings, warnings);
    Overrides overrides = plan_.overrides;
    overrides.seed = entry.seed;
    apply(overrides, spec);
    const Provenance provenance = provenance_of(spec, TransportKind::kBatched, false);
    fs::path file;
    if (options_.folder) {
      member.file = member_file(provenance);
      file = *options_.folder / member.file;
      member.recordings = recordings_of(spec, member.file);
      if (take(provenance, member)) return true;
    }
    if (spec.chip) {
      if (auto lack = lack_on_chip(spec, topology_of(spec, Listing::kSparse), plan_.model)) throw ModelError({*lack});
    }
    const MemoryDemand alone{
        .transport = TransportKind::kBatched, .threads = 1, .may_be_endless = std::isinf(options_.memory)};
    const double loaded = loaded_bytes(spec);
    require_memory(spec, alone, taken_ + loaded, limit_);
    const MemoryBudget::Share share(budget_, memory_needed(spec, alone) + loaded);
    if (interrupted()) return true;
    std::unique_ptr<FileLock> lock;
    if (options_.folder) {
      prepare_folder(file.parent_path());
      lock = FileLock::attempt(lock_file(file));
      if (!lock) return false;
      if (take(provenance, member)) return true;  // another process has written it meanwhile
      // the result stands for whole recordings, which the run writes anew
      std::error_code none;
      fs::remove(file, none);
    }
    member.rules = run_member(spec, file);
    return_free_memory();  // before another member gets the share
    return true;
  }

  /// Empty if an interrupt came before the end.
  std::vector<Digest> run_member(const Spec& spec, const fs::path& file) const {
    std::optional<Recordings> recordings;
    RunOptions options{.threads = 1, .interrupt = options_.interrupt, .compile = options_.compile};
    if (options_.folder && !spec.records.empty()) {
      recordings.emplace(spec, file.parent_path());
      options.look = [&](const Sample& sample) { recordings->look(sample); };
      options.watch = [&](const Moment& moment) { recordings->observe(moment); };
    }
    const RunResult result = locus::run(spec, options);
    if (recordings) recordings->end(result);
    const bool whole = result.outcomes.size() == spec.rules.size() &&
                       std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
    if (!whole) return {};
    if (options_.folder) write_member(result, file);
    return digests_of(result, points_);
  }

  const SweepPlan& plan_;
  const SweepOptions& options_;
  std::string bytes_;  // of the model file
  double taken_;       // bytes of the process before the first member
  double limit_;       // and those that it may come to
  MemoryBudget budget_;
  std::int64_t points_ = kMostCurvePoints;  // of a curve
  std::vector<Entry> entries_;
  SweepResult result_;  // members[i] is written only by the thread that took i
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // guards the fields below, and options_.progress
  std::size_t done_ = 0;
  std::vector<std::size_t> elsewhere_;  // members that other processes run
  std::exception_ptr defect_;
};

}  // namespace

SweepAxis axis_of(const std::string& text) {
  const Setting setting = setting_of(text);
  if (setting.path == "seed")
    throw UsageError(text + ": seeds are not set but counted: write --seeds K, and --seed N for the first");
  SweepAxis axis{setting.path, {}};
  axis.values.emplace_back();
  int depth = 0;
  char quote = 0;
  for (const char c : setting.value) {
    if (quote == 0 && depth == 0 && c == ',') {
      axis.values.emplace_back();
      continue;
    }
    axis.values.back() += c;
    if (quote != 0) {
      quote = c == quote ? 0 : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else {
      depth += (c == '[' || c == '{' ? 1 : 0) - (c == ']' || c == '}' ? 1 : 0);
    }
  }
  for (const std::string& value : axis.values) {
    if (value.empty()) throw UsageError(fmt::format("{}: a value is empty", text));
    if (std::ranges::count(axis.values, value) > 1) throw UsageError(fmt::format("{}: {} is given twice", text, value));
  }
  return axis;
}

std::size_t size_of(const SweepPlan& plan) {
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  auto size = static_cast<std::size_t>(plan.seeds);
  for (const SweepAxis& axis : plan.axes) {
    if (axis.values.empty()) return 0;
    size = size > kMost / axis.values.size() ? kMost : size * axis.values.size();
  }
  return size;
}

void check_size(const SweepPlan& plan) {
  const std::size_t size = size_of(plan);
  if (size <= kMostMembers) return;
  const bool countable = size < std::numeric_limits<std::size_t>::max();
  throw UsageError(fmt::format("that is {} members; must be at most {}",
                               countable ? std::to_string(size) : fmt::format("more than {}", kMostMembers), kMostMembers));
}

std::int64_t curve_points(std::size_t members, std::size_t combinations, std::size_t rules) {
  constexpr std::size_t kNumbers = std::size_t{1} << 24;  // of all members
  constexpr std::size_t kWritten = 150'000;               // points of all curves in the files
  const std::size_t lines = std::max<std::size_t>(1, rules);
  const std::size_t kept = kNumbers / std::max<std::size_t>(1, members * lines);
  const std::size_t written = kWritten / std::max<std::size_t>(1, combinations * lines);
  return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min(kept, written)), 16, kMostCurvePoints);
}

SweepResult sweep(const SweepPlan& plan, const SweepOptions& options) {
  check_size(plan);
  if (options.part && !options.folder)
    throw UsageError(fmt::format("part {}/{} of a sweep needs --out DIR, the folder in which the parts meet",
                                 options.part->index, options.part->count));
  return Sweeper(plan, options).run();
}

}  // namespace locus
