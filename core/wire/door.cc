#include "core/wire/door.h"

#include <string>

namespace locus {

Door::Door(Permit permit, int scalar_bytes) : permit_(permit), ledger_(scalar_bytes) {
  ledger_.reserve(permit.largest_lag());
  ledger_.keep_on_cores(permit.core_local);
  for (std::size_t c = 0; c < kChannels; ++c) {
    const auto channel = static_cast<Channel>(c);
    const bool core_local = permit_.core_local.holds(channel);
    if (!permit_.declares(channel, 0) || breaks(permit_.budget, channel, 0, core_local)) continue;
    open_lags_[c] = breaks(permit_.budget, channel, 1, core_local) ? 1 : static_cast<std::uint32_t>(permit_.lags[c]);
  }
}

void Door::refuse(Channel channel, std::int32_t lag, FunctionRef<Endpoints()> first) const {
  CHECK(channel != Passage().channel(), "messages passed without a wire");
  CHECK(permit_.declares(channel, lag),
        "a rule sent " + std::string(name(channel)) + " of lag " + std::to_string(lag) + " without declaring it");
  CHECK(breaks(permit_.budget, channel, lag, permit_.core_local.holds(channel)),
        "only what is not declared or breaks the budget is refused");
  throw LocalityBroken(Offence{now_, channel, lag, first()});
}

}  // namespace locus
