#include "sim/report/forecast.h"

#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"

namespace locus {

Ledger forecast(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  return closed_form(learning_of(spec, topology, rule), topology, feedback_of(topology, rule), trial_shape_of(spec),
                     scalar_bytes(spec.precision));
}

}  // namespace locus
