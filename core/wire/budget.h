// Locality: the budget that a model or the command line sets, and the messages that break it
// (channel.h defines the locality of a message).
#pragma once

#include <string_view>

#include "core/wire/channel.h"

namespace locus {

enum class Locality { kAny, kSpatial, kTemporal, kStrict };

std::string_view name(Locality locality);

/// True if the budget forbids a message of this channel and lag: kSpatial forbids spatial
/// violations, kTemporal temporal ones, kStrict both, kAny none. No budget forbids what stays on a
/// core (core_local).
bool breaks(Locality budget, Channel channel, int lag, bool core_local = false);

}  // namespace locus
