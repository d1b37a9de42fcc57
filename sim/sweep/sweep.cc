#include "sim/sweep/sweep.h"

#include <algorithm>
#include <exception>
#include <limits>
#include <mutex>
#include <new>
#include <thread>

#include <fmt/format.h>

#include "sim/model/characters.h"
#include "sim/model/errors.h"
#include "sim/model/files.h"
#include "sim/model/load.h"
#include "sim/report/memory.h"
#include "sim/report/version.h"
#include "sim/report/write.h"

namespace locus {
namespace {

namespace fs = std::filesystem;

/// One member of the sweep before its run.
struct Entry {
  std::vector<Setting> settings;
  std::uint64_t seed = 0;
};

std::vector<Entry> entries_of(const SweepPlan& plan, std::uint64_t first_seed) {
  std::vector<Entry> combinations(1);
  for (const SweepAxis& axis : plan.axes) {
    std::vector<Entry> longer;
    for (const Entry& shorter : combinations) {
      for (const std::string& value : axis.values) {
        longer.push_back(shorter);
        longer.back().settings.push_back({axis.path, value});
      }
    }
    combinations = std::move(longer);
  }
  std::vector<Entry> entries;
  for (const Entry& combination : combinations) {
    for (std::int32_t k = 0; k < plan.seeds; ++k) {
      entries.push_back(combination);
      entries.back().seed = first_seed + static_cast<std::uint64_t>(k);
    }
  }
  return entries;
}

/// The key of a member: everything that determines its result.
std::string key_of(const Entry& entry, const SweepPlan& plan, const std::string& model_sha256) {
  std::string text = fmt::format("{}\n{}\n{}\nseed {}\n", version(), commit(), model_sha256, entry.seed);
  for (const Setting& setting : entry.settings) text += setting.text() + "\n";
  for (const std::string& rule : plan.overrides.rules) text += "rule " + rule + "\n";
  if (plan.overrides.updates) text += fmt::format("updates {}\n", *plan.overrides.updates);
  if (plan.overrides.locality) text += fmt::format("locality {}\n", name(*plan.overrides.locality));
  return sha256(text).substr(0, 16);
}

/// The first line of an error; the other lines are details.
std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

class Sweeper {
 public:
  Sweeper(const SweepPlan& plan, const SweepOptions& options)
      : plan_(plan), options_(options), bytes_(read_file(plan.model)) {
    std::vector<Fault> warnings;
    Spec spec = load_bytes(bytes_, plan.model, warnings);
    apply(plan.overrides, spec);
    result_.model = spec.name;
    result_.model_sha256 = spec.sha256;
    result_.axes = plan.axes;
    if (static_cast<std::uint64_t>(plan.seeds) - 1 > std::numeric_limits<std::uint64_t>::max() - spec.seed)
      throw UsageError(fmt::format("{} seeds from {} on go beyond the largest, {}", plan.seeds, spec.seed,
                                   std::numeric_limits<std::uint64_t>::max()));
    entries_ = entries_of(plan, spec.seed);
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
      for (int i = 1; i < options_.threads; ++i) workers.emplace_back([this] { work(); });
      work();
    }
    if (defect_) std::rethrow_exception(defect_);
    return std::move(result_);
  }

 private:
  bool interrupted() const {
    return options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed);
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
    for (std::size_t i = next_++; i < entries_.size() && !interrupted() && !stop_; i = next_++) {
      try {
        attempt(i);
      } catch (...) {  // a defect, or a folder that cannot be written, ends the sweep
        const std::lock_guard lock(mutex_);
        if (!defect_) defect_ = std::current_exception();
        stop_ = true;
      }
    }
  }

  void attempt(std::size_t i) {
    SweepMember& member = result_.members[i];
    try {
      member.rules = digests(entries_[i]);
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

  /// Empty if an interrupt came first.
  std::vector<Digest> digests(const Entry& entry) const {
    fs::path file;
    if (options_.folder) {
      file = *options_.folder / "members" / key_of(entry, plan_, result_.model_sha256) / "result.binpb";
      if (auto found = read_member(file)) return *std::move(found);
    }
    std::vector<Fault> warnings;
    Spec spec = load_bytes(bytes_, plan_.model, entry.settings, warnings);
    Overrides overrides = plan_.overrides;
    overrides.seed = entry.seed;
    apply(overrides, spec);
    foresee_memory(spec, TransportKind::kBatched, memory_there());
    const RunResult result = locus::run(spec, {.threads = 1, .interrupt = options_.interrupt});
    const bool whole = result.outcomes.size() == spec.rules.size() &&
                       std::ranges::count(result.outcomes, Status::kInterrupted, &Outcome::status) == 0;
    if (!whole) return {};
    if (options_.folder) {
      prepare_folder(file.parent_path());
      write_member(result, file);
    }
    return digests_of(result);
  }

  const SweepPlan& plan_;
  const SweepOptions& options_;
  std::string bytes_;  // of the model file
  std::vector<Entry> entries_;
  SweepResult result_;  // members[i] is written only by the thread that took i
  std::atomic<std::size_t> next_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  // guards the fields below, and options_.progress
  std::size_t done_ = 0;
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
  std::size_t size = static_cast<std::size_t>(plan.seeds);
  for (const SweepAxis& axis : plan.axes) size *= axis.values.size();
  return size;
}

SweepResult sweep(const SweepPlan& plan, const SweepOptions& options) { return Sweeper(plan, options).run(); }

}  // namespace locus
