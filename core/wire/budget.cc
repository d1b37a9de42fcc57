#include "core/wire/budget.h"

namespace locus {

std::string_view name(Locality locality) {
  switch (locality) {
    case Locality::kAny: return "any";
    case Locality::kSpatial: return "spatial";
    case Locality::kTemporal: return "temporal";
    case Locality::kStrict: return "strict";
  }
  return "";
}

bool breaks(Locality budget, Channel channel, int lag, bool core_local) {
  const Violation found = violation(channel, lag, core_local);
  const bool forbids_spatial = budget == Locality::kSpatial || budget == Locality::kStrict;
  const bool forbids_temporal = budget == Locality::kTemporal || budget == Locality::kStrict;
  return (forbids_spatial && found.spatial) || (forbids_temporal && found.temporal);
}

}  // namespace locus
