// The columns of a sweep's members, in the one order that files, frames and pages have: what was
// learnt, what it cost in messages, what it kept, ranks, the chip, and the origin.
#include "sim/report/sweep_result.h"

namespace locus {
namespace {

SweepCell cell_or_none(const std::optional<double>& value) { return value ? SweepCell(*value) : SweepCell(); }

SweepCell of_chip(const Digest& digest, double ChipDigest::*field) {
  return digest.chip ? SweepCell((*digest.chip).*field) : SweepCell();
}

SweepCell of_chip(const Digest& digest, std::optional<double> ChipDigest::*field) {
  return digest.chip ? cell_or_none((*digest.chip).*field) : SweepCell();
}

/// The folder of a member below the sweep's: "members/KEY"; nothing for one that failed.
SweepCell member_folder(const SweepMember& member) {
  return member.failure.empty() ? SweepCell(member.file.substr(0, member.file.rfind('/'))) : SweepCell();
}

/// The columns before those of digest_columns().
std::vector<MemberColumn> first_columns() {
  return {
      {"seed", nullptr, [](const SweepMember& m) { return SweepCell(m.seed); }},
      {"rule", [](const Digest& d) { return SweepCell(d.rule); }},
      {"status", [](const Digest& d) { return SweepCell(d.status); },
       [](const SweepMember&) { return SweepCell("FAILED"); }},
      {"first", [](const Digest& d) { return SweepCell(d.first); }},
      {"last", [](const Digest& d) { return SweepCell(d.last); }},
      {"evaluation", [](const Digest& d) { return cell_or_none(d.evaluation); }},
      {"accuracy", [](const Digest& d) { return cell_or_none(d.accuracy); }},
      {"evaluation_accuracy", [](const Digest& d) { return cell_or_none(d.evaluation_accuracy); }},
      {"messages", [](const Digest& d) { return SweepCell(d.messages); }},
      {"spatial", [](const Digest& d) { return SweepCell(d.spatial); }},
      {"temporal", [](const Digest& d) { return SweepCell(d.temporal); }},
      {"violations", [](const Digest& d) { return SweepCell(d.violations); }},
      {"max_lag", [](const Digest& d) { return SweepCell(std::int64_t{d.max_lag}); }},
      {"stalled", [](const Digest& d) { return SweepCell(d.stalled); }},
      {"history_bytes", [](const Digest& d) { return SweepCell(d.history_bytes); }},
      {"trace_bytes", [](const Digest& d) { return SweepCell(d.trace_bytes); }},
  };
}

}  // namespace

std::optional<double> number_in(const SweepCell& cell) {
  if (const auto* number = std::get_if<double>(&cell)) return *number;
  if (const auto* whole = std::get_if<std::int64_t>(&cell)) return static_cast<double>(*whole);
  return std::nullopt;
}

const std::vector<DigestColumn>& digest_columns() {
  static const std::vector<DigestColumn> kColumns = {
      {"rank", [](const Digest& d) { return d.rank ? SweepCell(std::int64_t{*d.rank}) : SweepCell(); }},
      {"effective_rank", [](const Digest& d) { return cell_or_none(d.effective_rank); }},
      {"packets", [](const Digest& d) { return of_chip(d, &ChipDigest::packets); }},
      {"learning_packets", [](const Digest& d) { return of_chip(d, &ChipDigest::learning_packets); }},
      {"hops", [](const Digest& d) { return of_chip(d, &ChipDigest::hops); }},
      {"busiest_link", [](const Digest& d) { return of_chip(d, &ChipDigest::busiest_link); }},
      {"energy_pj", [](const Digest& d) { return of_chip(d, &ChipDigest::picojoules); }},
      {"time_ns", [](const Digest& d) { return of_chip(d, &ChipDigest::nanoseconds); }},
  };
  return kColumns;
}

const std::vector<MemberColumn>& member_columns() {
  static const std::vector<MemberColumn> kColumns = [] {
    std::vector<MemberColumn> columns = first_columns();
    for (const DigestColumn& column : digest_columns()) columns.push_back({column.name, column.value});
    columns.push_back({"fingerprint", [](const Digest& d) { return SweepCell(d.fingerprint); }});
    columns.push_back({"member", nullptr, member_folder});
    columns.push_back({"cause", [](const Digest& d) { return SweepCell(d.message); },
                       [](const SweepMember& m) { return SweepCell(m.failure); }});
    return columns;
  }();
  return kColumns;
}

}  // namespace locus
