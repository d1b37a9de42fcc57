// Locality: the budget that a model or the command line sets, and what breaks it (locality of a
// message: channel.h).
#pragma once

#include <string_view>

#include "core/wire/channel.h"

namespace locus {

enum class Locality { kAny, kSpatial, kTemporal, kStrict };

std::string_view name(Locality locality);

/// True if a message of this channel and lag is not allowed under the budget: kSpatial forbids
/// spatial violations, kTemporal temporal ones, kStrict both, kAny none.
bool breaks(Locality budget, Channel channel, int lag);

}  // namespace locus
