// Counts by neuron: the batched transport from columns, the mailbox from the ends of each message,
// and the oracle's log, which shares no code with either.
#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/model/build.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/place.h"
#include "sim/run/trial.h"
#include "sim/task/task.h"
#include "tests/support/oracle.h"
#include "tests/support/random_model.h"
#include "tests/transport/open_door.h"

namespace locus {
namespace {

struct Recorded {
  Traffic traffic;
  Ledger ledger;
  std::int64_t watched = 0;
};

template <class T>
void run_updates(T& transport, const Spec& spec, const Learning& learning) {
  Task task(spec);
  const Network<double>& network = transport.network();
  Batch<double> batch =
      make_batch<double>(spec.training.ticks, network.inputs.size, network.readouts.size, spec.training.batch);
  Trial<double, T> trial(transport, learning, trial_shape_of(spec), spec.training);
  task.prepare(batch);
  for (std::int64_t update = 0; update < spec.training.updates; ++update) {
    task.fill(update, batch);
    trial.run(batch);
    trial.commit_batch();
  }
  transport.door().traffic()->finish();
}

Recorded record(const Spec& spec, const RuleSpec& rule_spec, bool mailbox, int shards = 3) {
  const Topology topology = topology_of(spec);
  const Learning learning = learning_of(spec, topology, rule_spec);
  Network<double> network = build<double>(spec, topology, rule_spec, spec.training.batch);
  Door door = open_door(learning);
  Traffic traffic(stream_keys(topology.sizes), spec.training.batch, declared_lag(learning));
  door.record(&traffic);
  std::int64_t watched = 0;
  if (mailbox) {
    Mailbox<double> transport(network, learning, place(topology, shards), Executor{}, door);
    transport.watch([&](const Passing&) { ++watched; });
    run_updates(transport, spec, learning);
  } else {
    Columns<double> transport(network, learning, {trial_shape_of(spec)}, Executor{}, door);
    run_updates(transport, spec, learning);
  }
  door.record(nullptr);
  return {traffic, door.ledger(), watched};
}

// channel, lag, kind and index of the neuron
using Key = std::tuple<Channel, std::int32_t, Party, std::int64_t>;

/// Messages by neuron, summed over the streams of a channel with keys of one kind.
std::map<Key, std::int64_t> by_neuron(const Traffic& traffic) {
  std::map<Key, std::int64_t> counts;
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t lag = 0; lag <= traffic.largest_lag(); ++lag) {
      const auto messages = traffic.messages(stream.stream, lag);
      for (std::size_t key = 0; key < messages.size(); ++key) {
        if (messages[key] > 0)
          counts[{stream.channel, lag, stream.key, static_cast<std::int64_t>(key)}] += messages[key];
      }
    }
  }
  return counts;
}

std::map<Key, std::int64_t> by_neuron(const Spec& spec, const RuleSpec& rule_spec) {
  std::map<Key, std::int64_t> counts;
  const oracle::Net net = oracle::flatten(spec, rule_spec);
  for (const oracle::Message& m : oracle::solve(spec, rule_spec, true).log) {
    switch (m.channel) {
      case Channel::kDendrite:
      case Channel::kPost: break;
      case Channel::kTarget:
      case Channel::kAdjoint: ++counts[{m.channel, m.lag, m.to.party, m.to.index}]; break;
      case Channel::kTransport:
        for (const auto* block : {&net.w, &net.a}) {
          for (const oracle::Synapse& synapse : *block) {
            if (synapse.projection != m.from.projection || synapse.number != m.from.index) continue;
            const Party party = block == &net.w ? Party::kRate : Party::kReadout;
            ++counts[{m.channel, m.lag, party, static_cast<std::int64_t>(synapse.target)}];
          }
        }
        break;
      case Channel::kReduce: {  // up and down, of the neuron that is not the agent
        const oracle::Actor& neuron = m.from.party == Party::kAgent ? m.to : m.from;
        ++counts[{m.channel, m.lag, neuron.party, neuron.index}];
        break;
      }
      default: ++counts[{m.channel, m.lag, m.from.party, m.from.index}];
    }
  }
  return counts;
}

void expect_same(const Spec& spec, const RuleSpec& rule_spec) {
  const Recorded mailbox = record(spec, rule_spec, true);
  const Recorded batched = record(spec, rule_spec, false);
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t lag = 0; lag <= batched.traffic.largest_lag(); ++lag) {
      const auto one = mailbox.traffic.messages(stream.stream, lag);
      const auto other = batched.traffic.messages(stream.stream, lag);
      ASSERT_TRUE(std::equal(one.begin(), one.end(), other.begin(), other.end()))
          << stream.name << " of lag " << lag << ", " << rule_spec.name << " of " << describe(spec);
    }
  }
  ASSERT_EQ(by_neuron(batched.traffic), by_neuron(spec, rule_spec)) << rule_spec.name << " of " << describe(spec);
  ASSERT_EQ(mailbox.watched, mailbox.ledger.messages()) << "the watcher sees every message";
  std::map<std::pair<Channel, std::int32_t>, std::int64_t> left;
  for (const LedgerEntry& entry : batched.ledger.entries()) {
    if (entry.channel != Channel::kDendrite && entry.channel != Channel::kPost)
      left[{entry.channel, entry.lag}] = entry.tally.messages;
  }
  for (const auto& [key, messages] : by_neuron(batched.traffic)) left[{std::get<0>(key), std::get<1>(key)}] -= messages;
  for (const auto& [entry, messages] : left)
    ASSERT_EQ(messages, 0) << name(entry.first) << " of lag " << entry.second << " is not split without a rest";
}

TEST(Traffic, SplitsTheLedgerByNeuronInBothTransportsAndTheOracle) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Spec spec = odd_model(seed);
    for (const RuleSpec& rule_spec : spec.rules) {
      expect_same(spec, rule_spec);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(Traffic, OfEveryRuleOnADenseNetwork) {
  for (const Loss loss : {Loss::kFinal, Loss::kSequence}) {
    Style style;
    style.activation = Activation::kTanh;
    style.leak = 0.5;
    style.loss = loss;
    const Spec spec = small_model({2, 4, 2, 5}, style, 11);
    for (const RuleSpec& rule_spec : spec.rules) expect_same(spec, rule_spec);
  }
}

/// By hand: 2 inputs, 3 rate neurons, 1 readout; two replicas.
TEST(Traffic, WeighsStepsByTheirPackets) {
  Traffic traffic(stream_keys({2, 3, 1}), 2, 3);
  std::vector<std::vector<EventSize>> sizes(kStreams);
  for (const StreamRow& stream : kStreamTable)
    sizes[static_cast<std::size_t>(stream.stream)].assign(static_cast<std::size_t>(LayerSizes{2, 3, 1}.of(stream.key)),
                                                          EventSize{3, 1});
  sizes[static_cast<std::size_t>(stream_of(Phase::kAxonW))][2] = {4, 5};
  traffic.weigh(sizes, 3);
  traffic.tick(Tick{1});
  traffic.add(stream_of(Phase::kAxonW), 0, 0, 0, 3);  // 1 packet in replica 0
  traffic.add(stream_of(Phase::kAxonW), 0, 2, 1, 4);  // 5 in replica 1
  traffic.tick(Tick{2});
  traffic.add(stream_of(Phase::kAxonB), 0, 1, 0, 3);
  // an event in parts, as projections deliver it
  traffic.add(stream_of(Phase::kAxonW), 0, 0, 0, 1);
  traffic.add(stream_of(Phase::kAxonW), 0, 0, 0, 2);
  // the first stage of the sweep belongs to the tick
  traffic.add(stream_of(Phase::kAdjoint), 0, 0, 0, 3);
  traffic.add(stream_of(Phase::kReplayW), 2, 2, 0, 18);  // the next stage is a step: 6 events
  traffic.finish();
  EXPECT_EQ(traffic.peak(), (Peak{6, Tick{2}, 2}));
  // tick 1: 1 + 5 packets in two replicas; tick 2: 3 of the tick, 6 of a stage; tick 3: nothing
  EXPECT_EQ(traffic.loads(), (std::vector<TickLoad>{{6, 0, 5}, {3, 6, 6}, {0, 0, 0}}));
  EXPECT_EQ(traffic.messages(stream_of(Phase::kAxonW), 0)[0], 6);
  EXPECT_EQ(traffic.messages(stream_of(Phase::kAxonW), 0)[2], 4);
  EXPECT_EQ(traffic.messages(stream_of(Phase::kReplayW), 2)[2], 18);
  EXPECT_TRUE(traffic.messages(stream_of(Phase::kAxonW), 1).empty());
  // Counts without loads, as those of an older checkpoint, leave them unmeasured.
  Traffic::Counts counts = traffic.counts();
  EXPECT_EQ(counts.loads, traffic.loads());
  counts.loads.pop_back();
  EXPECT_FALSE(traffic.fits(counts));
  counts.loads.clear();
  ASSERT_TRUE(traffic.fits(counts));
  traffic.restore(counts);
  traffic.tick(Tick{1});
  traffic.add(stream_of(Phase::kAxonW), 0, 0, 0, 3);
  traffic.finish();
  EXPECT_TRUE(traffic.loads().empty());
}

}  // namespace
}  // namespace locus
