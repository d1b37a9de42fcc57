// The channel table and the one function that defines a violation, against a second copy of the
// table of docs/locality.md.
#include "core/wire/channel.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "core/wire/budget.h"
#include "core/wire/door.h"

namespace locus {
namespace {

struct Expected {
  Channel channel;
  const char* name;
  SpatialClass spatial;
};

const Expected kExpected[] = {
    {Channel::kAxon, "AXON", SpatialClass::kLocal},
    {Channel::kDendrite, "DENDRITE", SpatialClass::kLocal},
    {Channel::kPost, "POST", SpatialClass::kLocal},
    {Channel::kTarget, "TARGET", SpatialClass::kEnvironment},
    {Channel::kFeedback, "FEEDBACK", SpatialClass::kBroadcast},
    {Channel::kTransport, "TRANSPORT", SpatialClass::kNonLocal},
    {Channel::kAdjoint, "ADJOINT", SpatialClass::kNonLocal},
    {Channel::kInfluence, "INFLUENCE", SpatialClass::kNonLocal},
    {Channel::kGather, "GATHER", SpatialClass::kNonLocal},
    {Channel::kNorm, "NORM", SpatialClass::kBroadcast},
    {Channel::kClip, "CLIP", SpatialClass::kNonLocal},
    {Channel::kReward, "REWARD", SpatialClass::kBroadcast},
    {Channel::kReduce, "REDUCE", SpatialClass::kBroadcast},
};

TEST(ChannelTable, HasARowAChannelInTheOrderOfTheEnum) {
  ASSERT_EQ(std::size(kExpected), kChannelTable.size());
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kChannelTable.size(); ++i) {
    const ChannelRow& row = kChannelTable[i];
    EXPECT_EQ(row.channel, static_cast<Channel>(i));
    EXPECT_EQ(row.channel, kExpected[i].channel);
    EXPECT_EQ(row.name, kExpected[i].name);
    EXPECT_EQ(row.spatial, kExpected[i].spatial) << row.name;
    EXPECT_FALSE(row.from.empty() || row.to.empty() || row.payload.empty()) << row.name;
    EXPECT_EQ(channel_named(row.name), row.channel);
    EXPECT_EQ(name(row.channel), row.name);
    names.insert(row.name);
  }
  EXPECT_EQ(names.size(), kChannelTable.size());
  EXPECT_EQ(channel_named("axon"), std::nullopt);
  EXPECT_EQ(channel_named(""), std::nullopt);
}

TEST(Violation, IsSpatialByChannelAndTemporalByLag) {
  for (const Expected& expected : kExpected) {
    for (const int lag : {0, 1, 2, 1000}) {
      const Violation found = violation(expected.channel, lag);
      EXPECT_EQ(found.spatial, expected.spatial == SpatialClass::kNonLocal) << expected.name << " lag " << lag;
      EXPECT_EQ(found.temporal, lag >= 1) << expected.name << " lag " << lag;
      EXPECT_EQ(found.any(), found.spatial || found.temporal);
      const Violation on_core = violation(expected.channel, lag, true);
      EXPECT_FALSE(on_core.spatial) << expected.name << " stays on its core";
      EXPECT_EQ(on_core.temporal, found.temporal);
    }
  }
}

TEST(Budget, ForbidsItsKindOfViolationOnly) {
  for (const Expected& expected : kExpected) {
    for (const int lag : {0, 1, 7}) {
      const bool spatial = expected.spatial == SpatialClass::kNonLocal;
      EXPECT_FALSE(breaks(Locality::kAny, expected.channel, lag));
      EXPECT_EQ(breaks(Locality::kSpatial, expected.channel, lag), spatial);
      EXPECT_EQ(breaks(Locality::kTemporal, expected.channel, lag), lag >= 1);
      EXPECT_EQ(breaks(Locality::kStrict, expected.channel, lag), spatial || lag >= 1);
      EXPECT_FALSE(breaks(Locality::kSpatial, expected.channel, lag, true));
      EXPECT_EQ(breaks(Locality::kStrict, expected.channel, lag, true), lag >= 1);
    }
  }
}

/// Calls visit<Channel, From, To>() for every triple, so that the whole table of the door is
/// checked.
template <class Visit>
void for_every_wire(Visit visit) {
  const auto to = [&]<int kChannel, int kFrom>(auto... parties) {
    (visit.template operator()<kChannel, kFrom, decltype(parties)::value>(), ...);
  };
  const auto from = [&]<int kChannel>(auto... parties) {
    (to.template operator()<kChannel, decltype(parties)::value>(
         std::integral_constant<int, 0>{}, std::integral_constant<int, 1>{}, std::integral_constant<int, 2>{},
         std::integral_constant<int, 3>{}, std::integral_constant<int, 4>{}, std::integral_constant<int, 5>{}),
     ...);
  };
  const auto channel = [&]<int... kChannel>(std::integer_sequence<int, kChannel...>) {
    (from.template operator()<kChannel>(std::integral_constant<int, 0>{}, std::integral_constant<int, 1>{},
                                        std::integral_constant<int, 2>{}, std::integral_constant<int, 3>{},
                                        std::integral_constant<int, 4>{}, std::integral_constant<int, 5>{}),
     ...);
  };
  channel(std::make_integer_sequence<int, kChannels>{});
}

TEST(Wire, ExistsForTheEndsOfTheTableAndNoOthers) {
  const std::set<std::string> allowed = {
      "AXON input synapse",      "AXON rate synapse",      "DENDRITE synapse rate",      "DENDRITE synapse readout",
      "POST rate synapse",       "POST readout synapse",   "TARGET environment readout", "FEEDBACK readout rate",
      "TRANSPORT synapse agent", "TRANSPORT synapse rate", "ADJOINT agent rate",         "INFLUENCE rate rate",
      "GATHER rate synapse",     "NORM readout readout",   "CLIP synapse agent",         "CLIP agent synapse",
      "REWARD environment rate", "REDUCE rate agent",      "REDUCE agent rate"};
  const char* const parties[] = {"input", "rate", "readout", "synapse", "environment", "agent"};
  std::set<std::string> found;
  for_every_wire([&]<int kChannel, int kFrom, int kTo>() {
    if (Wire<static_cast<Channel>(kChannel), static_cast<Party>(kFrom), static_cast<Party>(kTo)>) {
      found.insert(std::string(name(static_cast<Channel>(kChannel))) + " " + parties[kFrom] + " " + parties[kTo]);
    }
  });
  EXPECT_EQ(found, allowed);
}

}  // namespace
}  // namespace locus
