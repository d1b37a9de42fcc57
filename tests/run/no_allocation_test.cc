// No allocation between the first trial and the last: after one update has filled the queues, the
// batched transport takes no memory.
//
// Eigen's products take scratch space for operands that are too large for the stack; the shapes
// here are smaller.
#include <atomic>
#include <cstdlib>
#include <new>

#include <gtest/gtest.h>

#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/bytes.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/run/session.h"
#include "sim/run/trial.h"
#include "tests/support/hand_network.h"
#include "tests/support/random_model.h"

namespace {
std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> bytes_taken{0};
}  // namespace

// All forms of new and delete: with AddressSanitizer, whose own forms would otherwise replace the
// rest, memory must be freed by the same family that allocated it.
void* operator new(std::size_t size) {
  ++allocations;
  bytes_taken += static_cast<std::int64_t>(size);
  if (void* pointer = std::malloc(size == 0 ? 1 : size)) return pointer;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  ++allocations;
  bytes_taken += static_cast<std::int64_t>(size);
  const auto step = static_cast<std::size_t>(alignment);
  if (void* pointer = std::aligned_alloc(step, (size + step - 1) / step * step)) return pointer;
  throw std::bad_alloc();
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(size == 0 ? 1 : size);
}
void* operator new[](std::size_t size) { return ::operator new(size); }
void* operator new[](std::size_t size, std::align_val_t alignment) { return ::operator new(size, alignment); }
void* operator new[](std::size_t size, const std::nothrow_t& none) noexcept { return ::operator new(size, none); }
void operator delete(void* pointer) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }
void operator delete(void* pointer, const std::nothrow_t&) noexcept { std::free(pointer); }
void operator delete[](void* pointer) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::size_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::align_val_t) noexcept { std::free(pointer); }
void operator delete[](void* pointer, std::size_t, std::align_val_t) noexcept { std::free(pointer); }

namespace locus {
namespace {

HandNetwork make_network(std::int32_t lanes, bool spiking) {
  HandNetwork made;
  HandPopulation rate{.name = "rec", .size = 8, .activation = Activation::kTanh, .leak = 0.5};
  HandPopulation readouts{.name = "out", .size = 2};
  if (spiking) {
    rate.lif = LifParameters{.decay = 0.9, .threshold = 0.3, .adaptation_decay = 0.95, .adaptation = 0.1};
    readouts.decay = 0.5;
  }
  const PopulationId in = made.population(Layer::kInput, {.name = "in", .size = 3});
  const PopulationId rec = made.population(Layer::kRate, rate);
  const PopulationId out = made.population(Layer::kReadout, readouts);
  const auto weight = [](std::int64_t) { return 0.1; };
  made.connect(in, rec, true, 0.01, weight);
  made.connect(rec, rec, true, 0.01, weight);
  made.connect(rec, out, true, 0.01, weight);
  made.feedback(out, rec, weight);
  made.finish(lanes);
  return made;
}

/// The allocations of one trial and its commit, after a first trial that fills the queues.
std::int64_t allocations_of(RuleKind kind, std::int32_t lanes, bool every_tick, bool recorded = false,
                            bool spiking = false) {
  constexpr std::int32_t kTicks = 6;
  HandNetwork made = make_network(lanes, spiking);
  Network<double>& network = made.network;
  const bool sweeps = rule(kind).drive == Drive::kSweep;
  Learning learning{.kind = kind, .depth = sweeps ? 3 : 0, .stride = sweeps ? 2 : 0, .trace_decay = {}};
  learning.restriction = some_restriction(8);
  if (spiking) learning.optimizer = {.adam = Optimizer::Adam{}, .weight_decay = 0.1};
  if (spiking && rule(kind).decay == DecaySource::kNeuron) learning.firing_rate = {0.1, 1, kTicks};
  Door door(permit_of(learning, Locality::kAny), sizeof(double));
  Traffic traffic(stream_keys({3, 8, 2}), lanes, declared_lag(learning));
  if (recorded) door.record(&traffic);
  const TrialShape shape{.ticks = kTicks, .window = kTicks, .classes = spiking, .commits_every_tick = every_tick};
  TrainingSpec training;
  training.loss = spiking ? Loss::kCrossEntropy : Loss::kSequence;
  Columns<double> transport(network, learning, {.trial = shape}, Executor{}, door);
  Trial<double, Columns<double>> trial(transport, learning, shape, training);
  Batch<double> batch = make_batch<double>(kTicks, 3, 2, lanes);
  for (std::size_t i = 0; i < batch.input.size(); ++i) batch.input[i] = static_cast<double>(i % 5) - 1.5;
  trial.run(batch);
  trial.commit_batch();
  const std::int64_t before = allocations;
  trial.run(batch);
  trial.commit_batch();
  return allocations - before;
}

TEST(NoAllocation, TheCounterCounts) {
  const std::int64_t before = allocations;
  { const Column<double> column(100); }
  EXPECT_EQ(allocations - before, 1);
}

TEST(NoAllocation, InATrialOfAnyRule) {
  for (const Rule& row : kRules) {
    for (const std::int32_t lanes : {1, 4}) {
      EXPECT_EQ(allocations_of(row.kind, lanes, false), 0) << row.name << ", " << lanes << " lanes, end of batch";
    }
    if (!row.spiking.empty()) {
      EXPECT_EQ(allocations_of(row.kind, 1, false, false, true), 0) << row.name << ", spiking";
      EXPECT_EQ(allocations_of(row.kind, 4, false, true, true), 0) << row.name << ", spiking, counted by neuron";
    }
    EXPECT_EQ(allocations_of(row.kind, 1, true), 0) << row.name << ", commits every tick";
    EXPECT_EQ(allocations_of(row.kind, 4, false, true), 0) << row.name << ", counted by neuron";
  }
}

TEST(NoAllocation, InATickOfASession) {
  Spec spec;
  spec.name = "driven";
  spec.network.populations = {{.name = "in", .kind = PopulationKind::kInput, .size = 3},
                              {.name = "rec", .kind = PopulationKind::kRate, .size = 8, .leak = 0.5},
                              {.name = "out", .kind = PopulationKind::kReadout, .size = 2}};
  spec.network.projections = {
      {.name = "B", .source = 0, .target = 1, .weights = GaussianWeights{1}, .learning_rate = {}},
      {.name = "W", .source = 1, .target = 1, .weights = GaussianWeights{1}, .learning_rate = {}},
      {.name = "A", .source = 1, .target = 2, .weights = GaussianWeights{1}, .learning_rate = {}}};
  for (const RuleKind kind : {RuleKind::kNone, RuleKind::kBptt, RuleKind::kRflo}) {
    Session session(spec, RuleSpec{.name = "rule", .kind = kind}, {.learning_rate = 0.01, .ticks = 6});
    const std::vector<double> x = {1, -1, 0.5};
    const std::vector<double> y = {0, 1};
    for (int trial = 0; trial < 2; ++trial) {
      const std::int64_t before = allocations;
      session.begin_trial();
      for (int t = 0; t < 6; ++t) {
        session.step(x);
        session.teach(y);
      }
      if (trial > 0) {
        EXPECT_EQ(allocations - before, 0) << rule(kind).name;
      }
      session.commit();
    }
  }
}

/// What the plan says a transport takes, beside what it takes: its columns, and some hundred bytes
/// a projection for what does not grow with the model.
TEST(PlanBytes, AreThoseThatTheTransportTakes) {
  int compared = 0;
  for (const Rule& row : kRules) {
    for (const std::int32_t lanes : {1, 4}) {
      for (const bool every_tick : {false, true}) {
        for (const bool spiking : {false, true}) {
          if ((every_tick && lanes > 1) || (spiking && (row.spiking.empty() || every_tick))) continue;
          HandNetwork made = make_network(lanes, spiking);
          const bool sweeps = row.drive == Drive::kSweep;
          Learning learning{.kind = row.kind, .depth = sweeps ? 3 : 0, .stride = sweeps ? 2 : 0, .trace_decay = {}};
          learning.restriction = some_restriction(8);
          const Horizon horizon{.trial = {.ticks = 400, .window = 400, .commits_every_tick = every_tick}};
          Door door(Permit{}, sizeof(double));
          const std::int64_t before = bytes_taken;
          const Columns<double> transport(made.network, learning, horizon, Executor{}, door);
          const std::int64_t taken = bytes_taken - before;
          const std::int64_t planned = transport.plan().bytes;
          EXPECT_LE(planned, taken) << row.name;
          EXPECT_LT(taken - planned, 4608) << row.name << ", " << lanes << " lanes: " << planned << " of " << taken;
          ++compared;
        }
      }
    }
  }
  EXPECT_GT(compared, 20);
}

/// With this many lanes one scalar more or less of every synapse is 53 kB. The lists of what heard
/// something, which grow in a trial, are foreseen but not taken yet.
TEST(MailboxBytes, AreThoseThatTheTransportTakes) {
  constexpr std::int32_t kLanes = 64;
  for (const Rule& row : kRules) {
    for (const bool spiking : {false, true}) {
      if (spiking && row.spiking.empty()) continue;
      HandNetwork made = make_network(kLanes, spiking);
      const bool sweeps = row.drive == Drive::kSweep;
      const Learning learning{.kind = row.kind, .depth = sweeps ? 3 : 0, .stride = sweeps ? 2 : 0, .trace_decay = {}};
      Door door(Permit{}, sizeof(double));
      const std::int64_t before = bytes_taken;
      const Mailbox<double> transport(made.network, learning, {{0, 3}, {0, 8}, {0, 2}}, Executor{}, door);
      const auto taken = static_cast<double>(bytes_taken - before);
      EXPECT_NEAR(mailbox_bytes(*made.topology, learning, kLanes, sizeof(double)), taken, 16e3)
          << row.name << (spiking ? ", spiking" : "");
    }
  }
}

}  // namespace
}  // namespace locus
