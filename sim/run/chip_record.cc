#include "sim/run/chip_record.h"

#include <utility>

#include "core/protocol/declaration.h"
#include "sim/place/reach.h"

namespace locus {

ChipRecord::ChipRecord(const Spec& spec, const Topology& topology, const std::vector<Projection>& feedback,
                       const Learning& learning, Door& door)
    : learning_(learning),
      cost_(spec.chip->cost),
      topology_(topology),
      feedback_(feedback),
      placement_(place_on_chip(*spec.chip, topology)),
      traffic_(stream_keys(topology.sizes), spec.training.batch, declared_lag(learning)) {
  traffic_.weigh(Reach(topology, feedback_, placement_, learning_).sizes(), spec.training.ticks);
  door.record(&traffic_);
}

ChipOutcome ChipRecord::finish(const Ledger& ledger) {
  traffic_.finish();
  ChipOutcome outcome{std::move(traffic_), feedback_, {}, {}};
  outcome.report = chip_traffic(topology_, feedback_, placement_, learning_, ledger, outcome.traffic);
  outcome.report.peak = outcome.traffic.peak();
  outcome.report.loads = outcome.traffic.loads();
  if (cost_) outcome.estimate = estimate(outcome.report, *cost_);
  return outcome;
}

}  // namespace locus
