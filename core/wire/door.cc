#include "core/wire/door.h"

#include <string>

namespace locus {

Door::Door(Permit permit, int scalar_bytes) : permit_(permit), ledger_(scalar_bytes) {
  ledger_.reserve(permit.largest_lag());
  for (std::size_t c = 0; c < kChannels; ++c) {
    const auto channel = static_cast<Channel>(c);
    if (!permit_.declares(channel, 0) || breaks(permit_.budget, channel, 0)) continue;
    open_lags_[c] = breaks(permit_.budget, channel, 1) ? 1 : static_cast<std::uint32_t>(permit_.lags[c]);
  }
}

void Door::refuse(Channel channel, std::int32_t lag, FunctionRef<Endpoints()> first) const {
  CHECK(channel != Passage().channel(), "messages passed without a wire");
  CHECK(permit_.declares(channel, lag),
        "a rule sent " + std::string(name(channel)) + " of lag " + std::to_string(lag) + " without declaring it");
  CHECK(breaks(permit_.budget, channel, lag), "only what is not declared or breaks the budget is refused");
  throw LocalityBroken(Offence{now_, channel, lag, first()});
}

}  // namespace locus
