#include "core/wire/door.h"

#include <string>

namespace locus {

Door::Door(Permit permit, int scalar_bytes) : permit_(permit), ledger_(scalar_bytes) {
  ledger_.reserve(permit.largest_lag);
  for (std::size_t c = 0; c < free_.size(); ++c) {
    const auto channel = static_cast<Channel>(c);
    const auto passes = [&](std::int32_t lag) { return declared(channel, lag) && !breaks(permit_.budget, channel, lag); };
    while (passes(static_cast<std::int32_t>(free_[c]))) ++free_[c];
  }
}

void Door::refuse(Channel channel, std::int32_t lag, FunctionRef<Endpoints()> first) const {
  CHECK(declared(channel, lag),
        "a rule sent " + std::string(name(channel)) + " of lag " + std::to_string(lag) + " without declaring it");
  CHECK(breaks(permit_.budget, channel, lag), "only what is not declared or breaks the budget is refused");
  throw LocalityBroken(Offence{now_, channel, lag, first()});
}

}  // namespace locus
