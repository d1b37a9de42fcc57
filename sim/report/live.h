// Snapshots of a run that goes on, as data of the page: what a result would hold if the run ended
// now, without weights and with curves of bounded length.
//
// Neither a snapshot nor the making of one grows with the number of updates: curves are thinned as
// they come (live_curves.h), and nothing else of a run is as long as it. tests/serve/cost measures
// that.
#pragma once

#include <string>

#include "core/wire/ledger.h"
#include "sim/report/live_curves.h"
#include "sim/run/result.h"

namespace locus {

/// Which of the models that are run one after the other a snapshot is of.
struct LivePlace {
  std::size_t model = 0;  // from 0
  std::size_t models = 1;
};

/// `done` with the rule that runs now, if any, whose losses and ledger these are. `curves`: of this
/// model's snapshots before; none at first, and then handed on. Cost: O(losses since then) and what
/// does not grow.
std::string snapshot(const RunResult& done, const Outcome* present, const Ledger* ledger, LiveCurves& curves,
                     const LivePlace& place = {});
/// The same of a model that has ended; `over` where no other will follow.
std::string last_snapshot(const RunResult& result, bool over, LiveCurves& curves, const LivePlace& place = {});

/// The page for a live run: `snapshot` is what it shows first; it may connect to where it came from
/// and nowhere else.
std::string live_page(const std::string& name, const std::string& snapshot);

}  // namespace locus
