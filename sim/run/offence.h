// The words for a broken locality budget: which actors, by the names of the model.
#pragma once

#include <string>

#include "core/actor/network.h"
#include "core/wire/door.h"

namespace locus {

/// "rec[3]", "synapse W[0,2]" (target, source), "the backward agent", "the environment".
template <class R>
std::string describe(const Network<R>& network, const Endpoint& endpoint);

/// One sentence naming rule, update, tick, sender, receiver, channel, lag and the budget.
template <class R>
std::string describe(const Network<R>& network, const Offence& offence, const std::string& rule, std::int64_t update,
                     Locality budget);

}  // namespace locus
