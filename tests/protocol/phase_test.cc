// The table of phases against the door, the rule table and every message of a run.
#include "core/protocol/phase.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "core/protocol/declaration.h"
#include "core/protocol/phase_table.h"
#include "core/protocol/stream.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/build.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "sim/task/task.h"
#include "tests/protocol/generic_model.h"
#include "tests/support/random_model.h"

namespace locus {
namespace {

template <std::size_t... kRow>
constexpr bool all_are_wires(std::index_sequence<kRow...>) {
  return (Wire<kPhaseTable[kRow].channel, kPhaseTable[kRow].from, kPhaseTable[kRow].to> && ...);
}
static_assert(all_are_wires(std::make_index_sequence<kPhases>{}), "the door has no such wire");

using Ends = std::tuple<Channel, Party, Party>;

/// Every (channel, sender, receiver) that the door allows.
std::set<Ends> wires_of_the_door() {
  std::set<Ends> wires;
  constexpr std::size_t kParties = 6;
  [&]<std::size_t... kWire>(std::index_sequence<kWire...>) {
    const auto add = [&]<Channel kChannel, Party kFrom, Party kTo>() {
      if (Wire<kChannel, kFrom, kTo>) wires.emplace(kChannel, kFrom, kTo);
    };
    (add.template operator()<static_cast<Channel>(kWire / (kParties * kParties)),
                             static_cast<Party>(kWire / kParties % kParties), static_cast<Party>(kWire % kParties)>(),
     ...);
  }
  (std::make_index_sequence<std::size_t{kChannels} * kParties * kParties>{});
  return wires;
}

TEST(PhaseTable, HasAPhaseForEveryWireOfTheDoor) {
  std::set<Ends> ends;
  for (const PhaseRow& row : kPhaseTable) ends.emplace(row.channel, row.from, row.to);
  EXPECT_EQ(ends, wires_of_the_door());
}

TEST(PhaseTable, SaysWhatAMessageCarries) {
  for (const PhaseRow& row : kPhaseTable) {
    EXPECT_FALSE(row.payload.empty());
    const auto commas = std::ranges::count(row.payload, ',');
    EXPECT_TRUE(row.scalars <= 0 || row.scalars == commas + 1) << row.payload;
    EXPECT_EQ(row.stream.empty(),
              row.channel == Channel::kDendrite || row.channel == Channel::kPost || row.channel == Channel::kClip)
        << "POST and DENDRITE never leave a core, and no run with a chip has CLIP";
  }
}

/// Results and checkpoints contain names and numbers of streams, so these must not change.
TEST(Streams, AreThoseOfResults) {
  struct Expected {
    std::string_view name;
    Channel channel;
    Party key;
    bool has_lags;
    bool multicast;
  };
  const Expected expected[] = {{"AXON_B", Channel::kAxon, Party::kInput, false, true},
                               {"AXON_W", Channel::kAxon, Party::kRate, false, true},
                               {"AXON_A", Channel::kAxon, Party::kRate, false, true},
                               {"REPLAY_B", Channel::kAxon, Party::kInput, true, true},
                               {"REPLAY_W", Channel::kAxon, Party::kRate, true, true},
                               {"TARGET", Channel::kTarget, Party::kReadout, false, false},
                               {"FEEDBACK", Channel::kFeedback, Party::kReadout, false, true},
                               {"TRANSPORT_W", Channel::kTransport, Party::kRate, true, false},
                               {"TRANSPORT_A", Channel::kTransport, Party::kReadout, false, false},
                               {"ADJOINT", Channel::kAdjoint, Party::kRate, true, false},
                               {"INFLUENCE", Channel::kInfluence, Party::kRate, false, true},
                               {"GATHER", Channel::kGather, Party::kRate, false, false},
                               {"NORM", Channel::kNorm, Party::kReadout, false, true},
                               {"REWARD", Channel::kReward, Party::kRate, false, false},
                               {"REDUCE_UP", Channel::kReduce, Party::kRate, false, false},
                               {"REDUCE_DOWN", Channel::kReduce, Party::kRate, false, false}};
  ASSERT_EQ(std::size(expected), kStreamTable.size());
  for (std::size_t s = 0; s < kStreamTable.size(); ++s) {
    const StreamRow& stream = kStreamTable[s];
    EXPECT_EQ(static_cast<std::size_t>(stream.stream), s);
    EXPECT_EQ(stream.name, expected[s].name);
    EXPECT_EQ(stream.channel, expected[s].channel) << stream.name;
    EXPECT_EQ(stream.key, expected[s].key) << stream.name;
    EXPECT_EQ(stream.has_lags, expected[s].has_lags) << stream.name;
    EXPECT_EQ(stream.multicast, expected[s].multicast) << stream.name;
  }
  for (const PhaseRow& phase : kPhaseTable) {
    EXPECT_TRUE(phase.stream.empty() || row(stream_of(phase.phase)).name == phase.stream) << phase.stream;
  }
  EXPECT_EQ(phase_of(stream_of(Phase::kTransportAToAgent), rule(RuleKind::kBptt)).to, Party::kAgent);
  EXPECT_EQ(phase_of(stream_of(Phase::kTransportAToAgent), rule(RuleKind::kEprop)).to, Party::kRate);
}

/// By hand, from the definitions of the rules (docs/locality.md).
TEST(Declarations, AreThoseOfTheDefinitions) {
  using enum Channel;
  const std::vector<Channel> forward = {kAxon, kDendrite};
  const std::vector<Channel> swept = {kAxon, kDendrite, kPost, kTarget, kTransport, kAdjoint, kNorm};
  const std::vector<Channel> broadcast = {kAxon, kDendrite, kPost, kTarget, kFeedback, kNorm};
  const std::vector<Channel> symmetric = {kAxon, kDendrite, kPost, kTarget, kTransport, kNorm};
  const std::vector<Channel> carried = {kAxon, kDendrite, kPost, kTarget, kTransport, kInfluence, kGather, kNorm};
  const std::vector<Channel> factored = {kAxon, kDendrite, kPost, kTarget, kTransport, kNorm, kReduce};
  const std::vector<std::pair<RuleKind, std::vector<Channel>>> expected = {
      {RuleKind::kNone, forward},     {RuleKind::kBptt, swept},        {RuleKind::kTbptt, swept},
      {RuleKind::kRflo, broadcast},   {RuleKind::kEprop, symmetric},   {RuleKind::kEpropRandom, broadcast},
      {RuleKind::kRtrl, carried},     {RuleKind::kRtrlReach, carried}, {RuleKind::kRtrlPaths, carried},
      {RuleKind::kRtrlCore, carried}, {RuleKind::kUoro, factored}};
  ASSERT_EQ(expected.size(), kRules.size());
  for (const auto& [kind, channels] : expected) {
    const Rule& row = rule(kind);
    EXPECT_EQ(channels_of(row), channels) << row.name;
    EXPECT_EQ(revisits(row), row.drive == Drive::kSweep) << row.name;
    EXPECT_EQ(declared_lag({.kind = kind, .depth = 7}), row.drive == Drive::kSweep ? 6 : 0) << row.name;
    const Violation declared = declared_violation(row);
    EXPECT_EQ(declared.spatial, channels == swept || channels == symmetric || channels == carried || channels == factored)
        << row.name;
    EXPECT_EQ(declared.temporal, row.drive == Drive::kSweep) << row.name;
    for (const ChannelRow& channel : kChannelTable)
      EXPECT_EQ(declares(row, channel.channel), std::ranges::find(channels, channel.channel) != channels.end());
  }
}

/// The channels of a permit with the ends of their lags.
using Lags = std::map<Channel, std::int32_t>;

Lags lags_of(const Permit& permit) {
  Lags lags;
  for (const ChannelRow& channel : kChannelTable) {
    const std::int32_t end = permit.lags[static_cast<std::size_t>(channel.channel)];
    if (end > 0) lags[channel.channel] = end;
  }
  return lags;
}

TEST(Permits, HaveWhatTheOptimizerAddsAndEvaluationNeeds) {
  using enum Channel;
  Learning learning{.kind = RuleKind::kRflo};
  Lags rflo = {{kAxon, 1}, {kDendrite, 1}, {kPost, 1}, {kTarget, 1}, {kFeedback, 1}, {kNorm, 1}};
  EXPECT_EQ(lags_of(permit_of(learning, Locality::kStrict)), rflo);
  EXPECT_EQ(permit_of(learning, Locality::kStrict).budget, Locality::kStrict);
  learning.optimizer.norm = 1;
  rflo[kClip] = 1;
  EXPECT_EQ(lags_of(permit_of(learning, Locality::kAny)), rflo);
  const Lags evaluation = {{kAxon, 1}, {kDendrite, 1}, {kTarget, 1}, {kNorm, 1}};
  EXPECT_EQ(lags_of(permit_of_evaluation()), evaluation);
  EXPECT_EQ(permit_of_evaluation().largest_lag(), 0);
}

/// A sweep revisits ticks over four channels; what belongs to the present tick has lag 0 there too.
TEST(Permits, HaveALargestLagForEachChannel) {
  using enum Channel;
  const Permit permit = permit_of({.kind = RuleKind::kTbptt, .depth = 3}, Locality::kAny);
  const Lags expected = {{kAxon, 3},      {kDendrite, 1}, {kPost, 3}, {kTarget, 1},
                         {kTransport, 3}, {kAdjoint, 3},  {kNorm, 1}};
  EXPECT_EQ(lags_of(permit), expected);
  EXPECT_EQ(permit.largest_lag(), 2);
  EXPECT_TRUE(permit.declares(kAdjoint, 2));
  EXPECT_FALSE(permit.declares(kAdjoint, 3));
  EXPECT_FALSE(permit.declares(kDendrite, 1));
  EXPECT_FALSE(permit.declares(kClip, 0));
}

/// Finds the phases to which a message may belong.
class Reader {
 public:
  Reader(const Spec& spec, const Topology& topology, const RuleSpec& rule)
      : topology_(topology),
        learning_(learning_of(spec, topology, rule)),
        trial_(trial_shape_of(spec)),
        selection_(selection_of(learning_, trial_)) {}

  std::vector<Phase> phases_of(const Passing& m) const {
    std::vector<Phase> found;
    for (const PhaseRow& row : kPhaseTable) {
      if (selection_.selects(row) && could_be(row, m)) found.push_back(row.phase);
    }
    return found;
  }
  const Selection& selection() const { return selection_; }

 private:
  bool could_be(const PhaseRow& row, const Passing& m) const {
    std::int64_t plastic = 0;
    for (const Projection& projection : topology_.projections)
      plastic += projection.plastic && projection.target_layer == Layer::kRate ? projection.size() : 0;
    return row.channel == m.channel && row.from == m.ends.sender.party && row.to == m.ends.receiver.party &&
           (m.scalars == (row.scalars == kSensitivities ? plastic
                          : row.scalars == kPayload     ? selection_.local.scalars
                          : row.scalars == kEndPayload  ? selection_.local.end_scalars
                                                        : row.scalars) ||
            is_part(row, m, plastic)) &&
           m.replayed == (row.when == When::kRecall) && in_time(row.when, m) && on_wires(row, m);
  }

  /// Under a restricted rule INFLUENCE carries some of all sensitivities.
  bool is_part(const PhaseRow& row, const Passing& m, std::int64_t plastic) const {
    return row.scalars == kSensitivities && rule(learning_.kind).keeps != Keeps::kAll && m.scalars > 0 &&
           m.scalars < plastic;
  }

  bool in_time(When when, const Passing& m) const {
    const std::int32_t tick = m.tick.value;
    switch (when) {
      case When::kTick:
      case When::kArrival: return m.lag == 0;
      case When::kLaterTick: return m.lag == 0 && tick > 1;
      case When::kError: return m.lag == 0 && trial_.has_error(tick);
      case When::kTrialEnd: return m.lag == 0 && tick == trial_.ticks;
      case When::kCommit: return m.lag == 0 && (trial_.commits_every_tick || tick == trial_.ticks);
      case When::kStage:
      case When::kRecall:
      case When::kTellBack: return sweep_due(learning_, trial_, tick) && m.lag < learning_.depth;
    }
    return false;
  }

  bool on_wires(const PhaseRow& row, const Passing& m) const {
    const Endpoint* synapse = m.ends.sender.party == Party::kSynapse     ? &m.ends.sender
                              : m.ends.receiver.party == Party::kSynapse ? &m.ends.receiver
                                                                         : nullptr;
    if (synapse != nullptr && synapse->projection >= std::ssize(topology_.projections))
      return row.over == Over::kR && row.plastic == Plastic::kOnly;  // feedback that learns
    switch (row.over) {
      case Over::kW:
        if (synapse == nullptr) return true;  // INFLUENCE uses the wires of W
        break;
      case Over::kR:
      case Over::kEachRate:
      case Over::kEachReadout: return synapse == nullptr;
      case Over::kReadoutPairs: return m.ends.sender.index != m.ends.receiver.index;
      default: break;
    }
    if (synapse == nullptr) return false;
    const Projection& projection = topology_.projections[static_cast<std::size_t>(synapse->projection)];
    const std::int32_t source = projection.source_begin + projection.source_of(synapse->index);
    const std::int32_t target = projection.target_begin + projection.target_of(synapse->index);
    const Population& onto = topology_.target_of(projection);
    if (row.plastic != Plastic::kAny && (row.plastic == Plastic::kOnly) != projection.plastic) return false;
    if (row.onto == Onto::kConstantGain && !onto.constant_gain) return false;
    if (row.onto == Onto::kVaryingGain && (onto.constant_gain || onto.spiking)) return false;
    if (row.onto != Onto::kAny && (row.onto == Onto::kSpiking) != onto.spiking) return false;
    const bool recurrent = projection.source_layer == Layer::kRate && projection.target_layer == Layer::kRate;
    switch (row.over) {
      case Over::kB: return projection.source_layer == Layer::kInput && projection.target_layer == Layer::kRate;
      case Over::kW: return recurrent;
      case Over::kA: return projection.source_layer == Layer::kRate && projection.target_layer == Layer::kReadout;
      case Over::kFromInputs: return projection.source_layer == Layer::kInput;
      case Over::kOntoReadouts: return projection.target_layer == Layer::kReadout;
      case Over::kOntoRate: return projection.target_layer == Layer::kRate;
      case Over::kAutapses: return recurrent && source == target && projection.delay() == 1;
      case Over::kForeignSynapses: return projection.target_layer == Layer::kRate && m.ends.sender.index != target;
      default: return true;
    }
  }

  const Topology& topology_;
  Learning learning_;
  TrialShape trial_;
  Selection selection_;
};

/// One update of a rule, message by message.
template <class See>
void watch(const Spec& spec, const Topology& topology, const RuleSpec& rule, See see) {
  const Learning learning = learning_of(spec, topology, rule);
  Network<double> network = build<double>(spec, topology, rule, spec.training.batch);
  Door door(permit_of(learning, Locality::kAny), sizeof(double));
  Mailbox<double> transport(network, learning, place(topology, 1), Executor{}, door);
  transport.watch(see);
  Task task(spec);
  Batch<double> batch =
      make_batch<double>(spec.training.ticks, network.inputs.size, network.readouts.size, spec.training.batch);
  Trial<double, Mailbox<double>> trial(transport, learning, trial_shape_of(spec), spec.training);
  task.prepare(batch);
  task.fill(0, batch);
  trial.run(batch);
  trial.commit_batch();
}

/// Every message belongs to one selected phase: its ends, wires, payload, tick and lag are those of
/// the row. For an autapse two rows may fit one message: that of its current and of its weight.
TEST(PhaseTable, HasARowForEveryMessageThatRuns) {
  std::set<Phase> met;
  std::set<std::pair<RuleKind, Phase>> used;
  std::int64_t messages = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    const Spec spec = with_cores(generic_model(seed), seed);
    const Topology topology = topology_of(spec);
    for (const RuleSpec& rule : spec.rules) {
      const Reader reader(spec, topology, rule);
      std::string fault;
      watch(spec, topology, rule, [&](const Passing& m) {
        const std::vector<Phase> phases = reader.phases_of(m);
        const bool own_weight = phases.size() == 2 && std::ranges::find(phases, Phase::kOwnWeight) != phases.end();
        // in the last tick a POST of as many scalars as that of the end
        const bool at_end = phases.size() == 2 && row(phases.back()).scalars == kEndPayload;
        // a factor is one number over the same wires as an activity
        const bool factor = phases.size() == 2 && phases.back() == Phase::kAxonFactor;
        if (phases.size() != 1 && !own_weight && !at_end && !factor && fault.empty()) {
          fault = std::string(name(m.channel)) + " of lag " + std::to_string(m.lag) + " in tick " +
                  std::to_string(m.tick.value) + " with " + std::to_string(m.scalars) + " scalars is of " +
                  std::to_string(phases.size()) + " phases";
        }
        for (const Phase phase : phases) {
          met.insert(phase);
          used.emplace(rule.kind, phase);
        }
        ++messages;
      });
      ASSERT_EQ(fault, "") << rule.name << " of " << describe(spec);
    }
  }
  EXPECT_GT(messages, 300'000);
  for (const PhaseRow& row : kPhaseTable)
    EXPECT_TRUE(met.contains(row.phase)) << name(row.channel) << ", " << row.payload << ": no model sent it";
  for (const Rule& rule : kRules) {
    for (const PhaseRow& row : kPhaseTable) {
      const bool by_model = row.needs == Needs::kNorm || row.needs == Needs::kWeights;
      const bool by_feedback = row.needs == Needs::kLearnedFeedback && rule.signal == SignalSource::kFeedback;
      EXPECT_EQ(selection_of(rule).selects(row) || by_feedback || (by_model && rule.drive != Drive::kNothing),
                used.contains({rule.kind, row.phase}))
          << rule.name << ": " << name(row.channel) << ", " << row.payload;
    }
  }
}

}  // namespace
}  // namespace locus
