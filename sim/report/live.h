// Snapshots of a run that goes on, as data of the page: what a result would hold if the run ended now, with curves of bounded length.
#pragma once

#include <string>

#include "core/wire/ledger.h"
#include "sim/run/result.h"

namespace locus {

/// Points of a loss curve in a snapshot; a longer one is given by means of equal stretches of updates.
inline constexpr std::size_t kLivePoints = 500;

/// Which of the models that are run one after the other a snapshot is of.
struct LivePlace {
  std::size_t model = 0;  // from 0
  std::size_t models = 1;
};

/// `done` with the rule that runs now, if any, whose losses and ledger these are. Cost: O(losses) to read, a bounded size to send.
std::string snapshot(const RunResult& done, const Outcome* present, const Ledger* ledger, const LivePlace& place = {});
/// The same of a model that has ended; `over` where no other will follow.
std::string last_snapshot(const RunResult& result, bool over, const LivePlace& place = {});

/// The page for a live run: `snapshot` is what it shows first; it may connect to where it came from and nowhere else.
std::string live_page(const std::string& name, const std::string& snapshot);

}  // namespace locus
