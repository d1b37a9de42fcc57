#include "sim/run/chip_record.h"

#include <utility>

namespace locus {

ChipRecord::ChipRecord(const Spec& spec, const RuleSpec& rule, const Learning& learning, Door& door)
    : rule_(rule.kind),
      cost_(spec.chip->cost),
      wiring_(wiring_of(spec.network, rule.feedback)),
      placement_(place_on_chip(*spec.chip, wiring_)),
      traffic_(wiring_.sizes, spec.training.batch, declared_lag(learning)) {
  traffic_.weigh(Reach(wiring_, placement_, rule_).sizes());
  door.record(&traffic_);
}

ChipOutcome ChipRecord::finish(const Ledger& ledger) {
  traffic_.finish();
  ChipOutcome outcome{std::move(traffic_), std::move(wiring_.feedback), {}, {}};
  wiring_.feedback = outcome.feedback;
  outcome.report = chip_traffic(wiring_, placement_, rule_, ledger, outcome.traffic);
  outcome.report.peak = outcome.traffic.peak();
  if (cost_) outcome.estimate = estimate(outcome.report, *cost_);
  return outcome;
}

}  // namespace locus
