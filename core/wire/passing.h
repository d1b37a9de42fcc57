// Passing: one message on its way, as a watcher of a Mailbox sees it.
//
// Results keep such messages as traces (sim/run/trace.h), so the type belongs to the words of the
// simulation and not to a transport.
#pragma once

#include <cstdint>
#include <functional>

#include "core/base/id.h"
#include "core/wire/channel.h"
#include "core/wire/door.h"

namespace locus {

struct Passing {
  std::int64_t delivery = 0;  // number of its delivery within the transport, from 0
  Tick tick;                  // of its trial
  Channel channel = Channel::kAxon;
  std::int32_t lag = 0;
  std::int64_t scalars = 0;
  bool replayed = false;  // an AXON that a source recalls
  Lane lane;
  Endpoints ends;
};

/// Sees every message of a Mailbox, in the order in which they are sent; called by the thread that
/// conducts.
using Watcher = std::function<void(const Passing&)>;

}  // namespace locus
