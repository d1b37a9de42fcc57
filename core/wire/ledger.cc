#include "core/wire/ledger.h"

#include <algorithm>
#include <iomanip>
#include <ostream>

namespace locus {
namespace {

/// The sum of `field` over the tallies for which `admits(channel, lag)` is true.
template <class Admits>
std::int64_t total(const std::array<std::vector<Tally>, kChannels>& tallies, std::int64_t Tally::*field, Admits admits) {
  std::int64_t sum = 0;
  for (std::size_t channel = 0; channel < tallies.size(); ++channel) {
    for (std::size_t lag = 0; lag < tallies[channel].size(); ++lag) {
      if (admits(static_cast<Channel>(channel), static_cast<std::int32_t>(lag)))
        sum = count_plus(sum, tallies[channel][lag].*field);
    }
  }
  return sum;
}

}  // namespace

void Ledger::reserve(std::int32_t max_lag) {
  const auto lags = static_cast<std::size_t>(max_lag) + 1;
  for (auto& by_lag : tallies_) {
    if (by_lag.size() < lags) by_lag.resize(lags);
  }
}

void Ledger::add_trials(std::int64_t trials, std::int64_t ticks_each) {
  trials_ += trials;
  ticks_ += trials * ticks_each;
}

void Ledger::set_memory(std::int64_t history_bytes, std::int64_t trace_bytes) {
  history_bytes_ = history_bytes;
  trace_bytes_ = trace_bytes;
}

std::int64_t Ledger::bytes(const LedgerEntry& entry) const {
  const std::int64_t graded = entry.tally.scalars - entry.tally.spikes;
  const std::int64_t bits = count_plus(count_times(graded, scalar_bits(entry.channel)), entry.tally.spikes);
  return whole_bytes(bits);
}

Tally Ledger::at(Channel channel, std::int32_t lag) const {
  const auto& by_lag = tallies_[static_cast<std::size_t>(channel)];
  const auto index = static_cast<std::size_t>(lag);
  return index < by_lag.size() ? by_lag[index] : Tally{};
}

std::vector<LedgerEntry> Ledger::entries() const {
  std::vector<LedgerEntry> found;
  for (std::size_t channel = 0; channel < tallies_.size(); ++channel) {
    for (std::size_t lag = 0; lag < tallies_[channel].size(); ++lag) {
      const Tally tally = tallies_[channel][lag];
      if (tally.messages > 0) found.push_back({static_cast<Channel>(channel), static_cast<std::int32_t>(lag), tally});
    }
  }
  return found;
}

std::int64_t Ledger::messages() const {
  return total(tallies_, &Tally::messages, [](Channel, std::int32_t) { return true; });
}

std::int64_t Ledger::messages(Channel wanted) const {
  return total(tallies_, &Tally::messages, [wanted](Channel channel, std::int32_t) { return channel == wanted; });
}

std::int64_t Ledger::scalars() const {
  return total(tallies_, &Tally::scalars, [](Channel, std::int32_t) { return true; });
}

std::int64_t Ledger::spatial_violations() const {
  return total(tallies_, &Tally::messages, [this](Channel channel, std::int32_t lag) {
    return violation(channel, lag, is_core_local(channel)).spatial;
  });
}

std::int64_t Ledger::core_local() const {
  return total(tallies_, &Tally::messages, [this](Channel channel, std::int32_t lag) {
    return is_core_local(channel) && violation(channel, lag).spatial;
  });
}

std::int64_t Ledger::temporal_violations() const {
  return total(tallies_, &Tally::messages,
               [](Channel channel, std::int32_t lag) { return violation(channel, lag).temporal; });
}

std::int64_t Ledger::violations() const {
  return total(tallies_, &Tally::messages, [this](Channel channel, std::int32_t lag) {
    return violation(channel, lag, is_core_local(channel)).any();
  });
}

std::int32_t Ledger::max_lag() const {
  std::int32_t largest = 0;
  for (const LedgerEntry& entry : entries()) largest = std::max(largest, entry.lag);
  return largest;
}

double Ledger::mean_lag() const {
  const std::int64_t count = messages();
  if (count == 0) return 0;
  double weighted = 0;
  for (const LedgerEntry& entry : entries())
    weighted += static_cast<double>(entry.lag) * static_cast<double>(entry.tally.messages);
  return weighted / static_cast<double>(count);
}

std::ostream& operator<<(std::ostream& out, const Ledger& ledger) {
  const auto line = [&](std::string_view channel, auto lag, auto messages, auto scalars, std::string_view breaks) {
    out << std::left << std::setw(10) << channel << std::right << std::setw(6) << lag << std::setw(16) << messages
        << std::setw(16) << scalars << (breaks.empty() ? "" : "  ") << breaks << '\n';
  };
  const std::ios_base::fmtflags flags = out.flags();
  line("CHANNEL", "LAG", "MESSAGES", "SCALARS", "BREAKS");
  for (const LedgerEntry& entry : ledger.entries()) {
    const bool on_core = ledger.is_core_local(entry.channel);
    const Violation broken = violation(entry.channel, entry.lag, on_core);
    const std::string_view in_time = broken.temporal ? "time" : (on_core ? "(core-local)" : "");
    line(name(entry.channel), entry.lag, entry.tally.messages, entry.tally.scalars,
         broken.spatial && broken.temporal ? "space, time" : (broken.spatial ? "space" : in_time));
  }
  line("all", ledger.max_lag(), ledger.messages(), ledger.scalars(), "");
  out.flags(flags);
  return out;
}

}  // namespace locus
