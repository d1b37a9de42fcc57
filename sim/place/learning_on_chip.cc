#include "sim/place/learning_on_chip.h"

#include "core/base/check.h"
#include "sim/model/learning.h"
#include "sim/place/placement.h"

namespace locus {

void restrict_to(const Spec& spec, const Topology& topology, Learning& learning) {
  switch (rule(learning.kind).keeps) {
    case Keeps::kAll:
    case Keeps::kReach: return;
    case Keeps::kPaths: learning.restriction.seed = spec.seed; return;
    case Keeps::kCore:
      CHECK(spec.chip.has_value(), "a rule within cores has a chip");
      learning.restriction.cores = place_on_chip(*spec.chip, topology).rate;
      return;
  }
}

Learning learning_of(const Spec& spec, const Topology& topology, const RuleSpec& rule) {
  Learning learning = learning_of(rule, spec.training);
  learning.seed = spec.seed;
  restrict_to(spec, topology, learning);
  return learning;
}

}  // namespace locus
