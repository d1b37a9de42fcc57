// The differences between two sweeps: members by settings and seed, and under each rule the columns
// of members.csv.
#include <map>
#include <set>
#include <tuple>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "sim/report/differences.h"
#include "sim/report/sweep_message.h"

namespace locus {
namespace {

using Key = std::pair<std::vector<std::string>, std::uint64_t>;  // settings, seed

std::string member_words(const Key& key) {
  return fmt::format("{}{}seed {}", fmt::join(key.first, " "), key.first.empty() ? "" : " ", key.second);
}

std::map<Key, const SweepMember*> by_key(const SweepResult& sweep) {
  std::map<Key, const SweepMember*> members;
  for (const SweepMember& member : sweep.members) members[{member.settings, member.seed}] = &member;
  return members;
}

std::map<std::string, const Digest*> by_rule(const SweepMember& member) {
  std::map<std::string, const Digest*> digests;
  for (const Digest& digest : member.rules) digests[digest.rule] = &digest;
  return digests;
}

/// The members that both have, and what one rule has in all of them.
class Columns {
 public:
  explicit Columns(Findings& findings, double tolerance) : findings_(findings), tolerance_(tolerance) {
    for (std::size_t c = 0; c < member_columns().size(); ++c) farthest_.emplace_back(findings);
  }

  void see(const Key& key, const SweepMember& a, const Digest& one, const SweepMember& b, const Digest& other) {
    for (std::size_t c = 0; c < member_columns().size(); ++c) {
      const MemberColumn& column = member_columns()[c];
      const std::string_view name = column.name;
      // the folder says which program made it, and a fingerprint is of every bit
      if (name == "member" || (name == "fingerprint" && tolerance_ > 0)) continue;
      const SweepCell left = column.value(a, &one);
      const SweepCell right = column.value(b, &other);
      const std::optional<double> x = number_in(left);
      const std::optional<double> y = number_in(right);
      if (x && y) {
        farthest_[c].see(std::ssize(keys_), *x, *y);
      } else if (left.index() != right.index()) {
        findings_.differ(fmt::format("{}: {}, {}: only in the {}", member_words(key), one.rule, name,
                                     std::holds_alternative<std::monostate>(right) ? "first" : "second"));
      } else if (left != right) {
        const auto text = [](const SweepCell& cell) {
          const auto* found = std::get_if<std::string>(&cell);
          return found != nullptr ? *found : std::string();
        };
        findings_.values(fmt::format("{}: {}, {}", member_words(key), one.rule, name), text(left), text(right));
      }
    }
    keys_.push_back(key);
  }

  void tell(const std::string& rule) const {
    for (std::size_t c = 0; c < farthest_.size(); ++c) {
      farthest_[c].tell(
          fmt::format("{}: {}", rule, member_columns()[c].name), std::ssize(keys_),
          [&](std::int64_t k) { return member_words(keys_[static_cast<std::size_t>(k)]); }, findings_);
    }
  }

 private:
  Findings& findings_;
  double tolerance_;
  std::vector<Key> keys_;
  std::vector<Farthest> farthest_;  // by column
};

}  // namespace

Difference sweep_difference(const std::filesystem::path& a_path, const std::filesystem::path& b_path, double tolerance) {
  const SweepResult a = sweep_result_of(read_sweep(a_path));
  const SweepResult b = sweep_result_of(read_sweep(b_path));
  Findings findings(tolerance);
  findings.values("model", a.model, b.model);
  findings.values("model sha256", a.model_sha256, b.model_sha256);
  const std::map<Key, const SweepMember*> others = by_key(b);
  std::map<std::string, Columns> columns;  // by rule
  std::set<Key> both;
  for (const SweepMember& member : a.members) {
    const Key key{member.settings, member.seed};
    const auto found = others.find(key);
    if (found == others.end()) {
      findings.differ(member_words(key) + ": only in the first");
      continue;
    }
    both.insert(key);
    const SweepMember& other = *found->second;
    findings.values(member_words(key) + ": cause of failure", member.failure, other.failure);
    const std::map<std::string, const Digest*> theirs = by_rule(other);
    for (const Digest& digest : member.rules) {
      const auto same = theirs.find(digest.rule);
      if (same == theirs.end()) {
        findings.differ(fmt::format("{}: {}: only in the first", member_words(key), digest.rule));
      } else {
        columns.try_emplace(digest.rule, findings, tolerance).first->second.see(key, member, digest, other, *same->second);
      }
    }
    const std::map<std::string, const Digest*> ours = by_rule(member);
    for (const Digest& digest : other.rules) {
      if (!ours.contains(digest.rule))
        findings.differ(fmt::format("{}: {}: only in the second", member_words(key), digest.rule));
    }
  }
  for (const auto& [rule, seen] : columns) seen.tell(rule);
  for (const SweepMember& member : b.members) {
    const Key key{member.settings, member.seed};
    if (!both.contains(key)) findings.differ(member_words(key) + ": only in the second");
  }
  if (findings.agree()) findings.note("the sweeps agree: model, members, losses and counts");
  return std::move(findings).result();
}

}  // namespace locus
