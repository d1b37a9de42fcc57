// The columns of a sweep's members, in the one order that files, frames and pages have: what was
// learnt, what it cost in messages, what it kept, ranks, the chip, and the origin.
#include <utility>

#include "core/base/check.h"
#include "sim/report/sweep_result.h"

namespace locus {
namespace {

using Optional = std::optional<double>;

Optional of_chip(const Digest& digest, double ChipDigest::*field) {
  return digest.chip ? Optional((*digest.chip).*field) : Optional();
}

Optional of_chip(const Digest& digest, Optional ChipDigest::*field) {
  return digest.chip ? (*digest.chip).*field : Optional();
}

SweepCell cell_or_none(const Optional& value) { return value ? SweepCell(*value) : SweepCell(); }

/// The value of a digest; nothing without one.
template <class Value>
SweepCell of_digest(const Digest* digest, Value value) {
  return digest != nullptr ? SweepCell(value(*digest)) : SweepCell();
}

/// The folder of a member below the sweep's: "members/KEY".
std::string member_folder(const SweepMember& member) { return member.file.substr(0, member.file.rfind('/')); }

/// The columns that every sweep has, up to `rank`, and those after the last of digest_columns().
std::vector<MemberColumn> first_columns() {
  using M = SweepMember;
  return {
      {"seed", [](const M& m, const Digest*) { return SweepCell(m.seed); }},
      {"rule", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.rule; }); }},
      {"status", [](const M&, const Digest* d) { return SweepCell(d != nullptr ? d->status : "FAILED"); }},
      {"first", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.first; }); }},
      {"last", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.last; }); }},
      {"evaluation", [](const M&, const Digest* d) { return d != nullptr ? cell_or_none(d->evaluation) : SweepCell(); }},
      {"accuracy", [](const M&, const Digest* d) { return d != nullptr ? cell_or_none(d->accuracy) : SweepCell(); }},
      {"evaluation_accuracy",
       [](const M&, const Digest* d) { return d != nullptr ? cell_or_none(d->evaluation_accuracy) : SweepCell(); }},
      {"messages", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.messages; }); }},
      {"spatial", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.spatial; }); }},
      {"temporal", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.temporal; }); }},
      {"violations",
       [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.violations; }); }},
      {"max_lag",
       [](const M&, const Digest* d) {
         return of_digest(d, [](const Digest& one) { return std::int64_t{one.max_lag}; });
       }},
      {"stalled", [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.stalled; }); }},
      {"history_bytes",
       [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.history_bytes; }); }},
      {"trace_bytes",
       [](const M&, const Digest* d) { return of_digest(d, [](const Digest& one) { return one.trace_bytes; }); }},
  };
}

/// Column k of digest_columns() as one of members.
template <std::size_t k>
SweepCell further(const SweepMember&, const Digest* digest) {
  return digest != nullptr ? cell_or_none(digest_columns()[k].value(*digest)) : SweepCell();
}

template <std::size_t... k>
void add_further(std::index_sequence<k...>, std::vector<MemberColumn>& to) {
  (to.push_back({digest_columns()[k].name, &further<k>}), ...);
}

}  // namespace

const std::vector<DigestColumn>& digest_columns() {
  static const std::vector<DigestColumn> kColumns = {
      {"rank", [](const Digest& d) { return d.rank ? Optional(*d.rank) : Optional(); }},
      {"effective_rank", [](const Digest& d) { return d.effective_rank; }},
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
    constexpr std::size_t kFurther = 8;  // digest_columns().size()
    CHECK(digest_columns().size() == kFurther, "every further column is one of members");
    std::vector<MemberColumn> columns = first_columns();
    add_further(std::make_index_sequence<kFurther>(), columns);
    columns.push_back({"fingerprint", [](const SweepMember&, const Digest* d) {
                         return of_digest(d, [](const Digest& one) { return one.fingerprint; });
                       }});
    columns.push_back({"member", [](const SweepMember& m, const Digest* d) {
                         return d != nullptr ? SweepCell(member_folder(m)) : SweepCell();
                       }});
    columns.push_back({"cause", [](const SweepMember& m, const Digest* d) {
                         return SweepCell(d != nullptr ? d->message : m.failure);
                       }});
    return columns;
  }();
  return kColumns;
}

}  // namespace locus
