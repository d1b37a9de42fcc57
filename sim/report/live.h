// Snapshots of a running run as data of the page: the result that the run would have if it ended
// now, without weights and with curves of bounded length.
//
// The size of a snapshot and the cost of making it do not grow with the number of updates: curves
// are thinned as their losses arrive (live_curves.h), and nothing else of a run is as long as it.
// tests/serve/cost measures this.
#pragma once

#include <string>

#include "core/wire/ledger.h"
#include "sim/report/live_curves.h"
#include "sim/run/result.h"

namespace locus {

/// The position of a snapshot's model among the models of the command.
struct LivePlace {
  std::size_t model = 0;  // from 0
  std::size_t models = 1;
};

/// The snapshot of `done` and of the running rule, if there is one; `ledger` is that of the running
/// rule. `curves`: filled by the earlier snapshots of this model, empty at first.
/// Cost: O(losses since the last snapshot), and parts that do not grow.
std::string snapshot(const RunResult& done, const Outcome* present, const Ledger* ledger, LiveCurves& curves,
                     const LivePlace& place = {});
/// The snapshot of a finished model; `over`: true if no other model will follow.
std::string last_snapshot(const RunResult& result, bool over, LiveCurves& curves, const LivePlace& place = {});

/// The page of a live run with its first `snapshot`. It may connect only to the address that it
/// came from.
std::string live_page(const std::string& name, const std::string& snapshot);

}  // namespace locus
