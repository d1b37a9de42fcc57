// The result of a sweep and its files: the digest of every member, the summary and the curves over
// seeds, each rule at its best setting, the pages.
//
// A line of the summary is one combination of settings with one rule. Its numbers are over the
// seeds with a completed run (spread.h).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/report/digest.h"
#include "sim/report/finding.h"
#include "sim/report/spread.h"

namespace locus {

struct SweepAxis {
  std::string path;
  std::vector<std::string> values;
};

struct SweepMember {
  std::vector<std::string> settings;  // "path=value", in the order of the axes
  std::uint64_t seed = 0;
  std::string failure;        // the reason why it did not run, or empty
  std::vector<Digest> rules;  // in the order of the run; empty if the sweep ended before
  std::string file;           // of its whole result, below the folder; empty without one
  // its file was there and was not the one that it had written: it ran again
  bool replaced = false;
  std::vector<std::string> recordings = {};  // below the folder
};

/// One rule at its best setting.
struct BestChoice {
  std::string rule;
  std::vector<std::string> settings;  // "path=value"; empty without a choice
  std::string reason;                 // why there is no choice, or empty
  double chosen_by = 0;               // the median that was the best [1]
};

/// The figure of evaluation trials that chooses the best setting of a rule.
enum class Criterion { kLoss, kAccuracy };

/// Each rule at its best setting. The first half of the seeds chooses (rounded down), and the
/// others report: no number of theirs is an argument of the choice.
struct BestSettings {
  std::vector<std::uint64_t> choosing_seeds;
  std::vector<std::uint64_t> reporting_seeds;
  std::vector<BestChoice> rules;  // in the order of the run
  Criterion by = Criterion::kLoss;
};

struct SweepResult {
  std::string model;
  std::string model_sha256;
  std::vector<SweepAxis> axes;
  std::vector<SweepMember> members;
  std::vector<std::string> notes;                // sentences without a full stop
  std::vector<std::string> given_feedback = {};  // Outline::given_feedback
  std::optional<BestSettings> best = {};         // best_of, where it was asked for
};

/// One combination of settings under one rule, with its members.
struct RuleRuns {
  std::vector<std::string> settings;
  std::string rule;
  std::string kind;                   // row of the rule table
  int seeds = 0;                      // members that ran
  std::vector<SeedDigest> completed;  // into the sweep
};
/// In the order of the members. `result` outlives them.
std::vector<RuleRuns> runs_of(const SweepResult& result);

/// One combination of settings with one rule, over its seeds.
struct SummaryLine {
  std::vector<std::string> settings;
  std::string rule;
  std::string kind;
  int seeds = 0;      // members that ran
  int completed = 0;  // members that completed; the other fields are over these, NaN without any
  Spread loss = {};   // at the end [1]
  // of evaluation trials at the end, and accuracies [1]; count 0 without them
  Spread evaluation = {};
  Spread accuracy = {};
  Spread evaluation_accuracy = {};
  double messages = 0;    // mean, per trial
  double violations = 0;  // mean, per trial
  double kept_bytes = 0;  // mean: history and traces of the actors of a trial
  // means of the other columns (digest_columns), NaN where a model does not have them
  std::vector<double> means = {};
};
std::vector<SummaryLine> summary_of(const SweepResult& result);

/// A value of a member under one rule; nothing where a model does not have it.
using SweepCell = std::variant<std::monostate, std::string, double, std::int64_t, std::uint64_t>;
/// The number in a cell; nothing for a text, or without a value.
std::optional<double> number_in(const SweepCell& cell);

/// A column of members.csv, and by its mean of summary.csv, beyond those that every sweep has.
struct DigestColumn {
  const char* name;
  SweepCell (*value)(const Digest& digest);
};
/// rank, effective_rank, packets, learning_packets, hops, busiest_link, energy_pj, time_ns.
const std::vector<DigestColumn>& digest_columns();

/// A column of members.csv and of the frame in Python, after those of the axes.
struct MemberColumn {
  const char* name;
  SweepCell (*of_rule)(const Digest& digest) = nullptr;
  // without of_rule, and of a member that failed; null: nothing
  SweepCell (*of_member)(const SweepMember& member) = nullptr;

  /// `digest` is null for a member that failed.
  SweepCell value(const SweepMember& member, const Digest* digest) const {
    if (digest != nullptr && of_rule != nullptr) return of_rule(*digest);
    return of_member != nullptr ? of_member(member) : SweepCell();
  }
};
/// All of them, digest_columns() included, in their order.
const std::vector<MemberColumn>& member_columns();

/// The losses (or accuracies) of one combination under one rule, point by point over its completed
/// seeds.
struct SweepCurve {
  std::vector<std::string> settings;
  std::string rule;
  bool evaluation = false;           // true: of evaluation trials
  bool accuracy = false;             // true: accuracies
  std::int32_t stretch = 1;          // updates of a point
  std::vector<std::int64_t> update;  // first of each point, from 0; for evaluations, those before
  std::vector<Spread> points;        // over the seeds that came so far
};
/// Of each combination and rule the curves that it has, in the order of sweep.proto.
std::vector<SweepCurve> curves_of(const SweepResult& result);

/// A combination can be chosen if the rule completed under every choosing seed. The best median of
/// their evaluation trials is chosen; the first of equal ones.
BestSettings best_of(const SweepResult& result, Criterion by = Criterion::kLoss);
/// The sweep without all that does not report on these choices: for each rule the members of its
/// setting with reporting seeds. Their summary and curves are those of the rules at their best.
SweepResult reported(const SweepResult& result, const BestSettings& best);

/// Each rule at one setting, for sentences and pages: the chosen one, or without one the setting
/// with the lowest median loss at the end over all seeds.
struct ShownSettings {
  Choice choice = Choice::kGiven;
  SweepResult part;  // of the sweep: one setting a rule
};
ShownSettings shown_settings(const SweepResult& result);
/// The result of the sweep at these settings.
Finding finding_of(const SweepResult& result, const ShownSettings& shown);

/// The rules under which members that differ only in their seed have the same fingerprint, in
/// sentences.
std::vector<std::string> seed_notes(const SweepResult& result);

/// Members that failed for one reason.
struct FailureGroup {
  std::string cause;
  std::size_t members = 0;
  std::size_t first = 0;  // index of its first member
};
/// By cause, in the order of their first members.
std::vector<FailureGroup> failures_of(const SweepResult& result);

/// The summary in the form that `sweep` prints, or with `best` of the rules at their best; what
/// was found, in sentences; and the failures by cause.
std::string sweep_table(const SweepResult& result);

/// members: "settings, seed, rule, ...", one line for each member and rule; summary: one line for
/// each SummaryLine; curves: one line for each point; best: one line for each rule. Each axis has
/// one column.
std::string members_csv(const SweepResult& result);
std::string summary_csv(const SweepResult& result);
std::string curves_csv(const std::vector<SweepCurve>& curves, const std::vector<SweepAxis>& axes);
std::string best_csv(const SweepResult& result);

/// The most members that get a page of their own when a sweep is written: one takes a third of a
/// megabyte.
inline constexpr std::size_t kMostMemberPages = 100;

/// The files that write_sweep makes, without those of members.
std::vector<std::string> sweep_files(const SweepResult& result);
/// Writes them, and the pages of members that have a file and no page yet, if there are at most
/// kMostMemberPages. sweep.json is last. Throws FileError.
void write_sweep(const SweepResult& result, const std::filesystem::path& folder);

/// True if a path is a folder with a sweep and without a result of its own, or a sweep's file.
bool is_sweep(const std::filesystem::path& path);
/// The page of a sweep in a file or folder, which replaces `page`. If that stands beside the sweep,
/// also the pages of all members whose results are there; returns the number of these. Throws
/// FileError, or ModelError if the file is no sweep or was changed.
std::size_t write_sweep_pages(const std::filesystem::path& sweep, const std::filesystem::path& page);

}  // namespace locus
