#include "sim/run/gathering.h"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/check.h"
#include "core/wire/part.h"
#include "sim/model/build.h"
#include "sim/ranks/agree.h"

namespace locus {
namespace {

template <class T>
std::string_view bytes_of(const T* values, std::size_t count) {
  return {reinterpret_cast<const char*>(values), count * sizeof(T)};
}

template <class T>
std::vector<T> values_in(const std::string& bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

}  // namespace

template <class R>
Gathering<R>::Gathering(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Network<R>& own,
                        const Ledger& counted, RankExchange exchange)
    : own_(own), counted_(counted), exchange_(exchange) {
  if (exchange.ranks == 1 || exchange.rank != 0) return;
  whole_ = build<R>(spec, topology, rule, own.lanes);
  total_ = counted;
}

template <class R>
void Gathering<R>::gather() {
  if (exchange_.ranks == 1) return;
  for (std::int32_t p = 0; p < std::ssize(own_.projections()); ++p) {
    for (const auto column : {&Synapses<R>::weight, &Synapses<R>::first, &Synapses<R>::second})
      gather_column(ProjectionId{p}, column);
  }
  gather_counts();
  if (!whole_) return;
  // what neurons carry from trial to trial is on every rank
  whole_->rate.activity = own_.rate.activity;
  whole_->readouts.output = own_.readouts.output;
  whole_->commits = own_.commits;
  whole_->carries = own_.carries;
}

template <class R>
void Gathering<R>::gather_column(ProjectionId projection, Column<R> Synapses<R>::*column) {
  const Column<R>& own = own_.synapses[projection].*column;
  const std::vector<std::string> parts = collect(exchange_, bytes_of(own.data(), own.size()));
  if (!whole_) return;
  const Projection& all = whole_->projections()[projection];
  Column<R>& to = whole_->synapses[projection].*column;
  for (std::size_t rank = 0; rank < parts.size(); ++rank) {
    const std::vector<R> from = values_in<R>(parts[rank]);
    if (from.empty()) continue;
    if (to.empty()) to.assign(static_cast<std::size_t>(all.size()), R(0));
    const Projection cut = part_of(all, own_.topology->shares[rank]);
    CHECK(std::ssize(from) == cut.size(), "a rank has the synapses of its part");
    each_own(all, cut,
             [&](std::int64_t synapse, std::int64_t k) { to[SynapseId{synapse}] = from[static_cast<std::size_t>(k)]; });
  }
}

template <class R>
void Gathering<R>::gather_counts() {
  if (exchange_.ranks == 1) return;
  const std::vector<LedgerEntry> entries = counted_.entries();
  const std::vector<std::string> counts = collect(exchange_, bytes_of(entries.data(), entries.size()));
  if (!total_) return;
  // trials and stalled ticks are counted by the first rank
  total_ = counted_;
  for (std::size_t rank = 1; rank < counts.size(); ++rank) {
    for (const LedgerEntry& entry : values_in<LedgerEntry>(counts[rank]))
      total_->add(entry.channel, entry.lag, entry.tally);
  }
}

template class Gathering<double>;
template class Gathering<float>;

}  // namespace locus
