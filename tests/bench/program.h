// The program's own path for a benchmark: a model made in memory, its network built, its updates
// run as `run` does, ledger on.
#pragma once

#include <memory>

#include "core/base/flush.h"
#include "core/protocol/declaration.h"
#include "core/transport/batched.h"
#include "sim/model/build.h"
#include "sim/model/wire.h"
#include "sim/run/train.h"
#include "sim/run/update.h"

namespace locus::bench {

/// Sizes and training of a model with one population of each kind: projections B, W and A, in this
/// order, all dense and plastic.
struct Work {
  std::int32_t inputs = 8;    // m
  std::int32_t units = 64;    // n
  std::int32_t readouts = 8;  // o
  std::int32_t ticks = 100;   // T
  std::int32_t batch = 1;
  Activation activation = Activation::kTanh;
  double leak = 0.1;
  double gain = 1.2;  // of W
  Loss loss = Loss::kSequence;
  CommitWhen commit = CommitWhen::kEndOfBatch;
  double learning_rate = 0.01;
  // white noise and a teacher of the same size; otherwise recorded trials, a batch of them
  bool teacher = false;
};

/// The model; its recorded trials are drawn.
Spec make_spec(const Work& work, const RuleSpec& rule, Precision precision);

template <class R>
constexpr Precision kPrecision = sizeof(R) == 4 ? Precision::kFloat32 : Precision::kFloat64;

/// What the rule declares, without a budget.

RuleSpec make_rule(RuleKind kind, std::int32_t depth = 0, std::int32_t stride = 1);

template <class R>
class Program {
 public:
  explicit Program(const Spec& spec, Executor executor = {})
      : spec_(spec),
        learning_(learning_of(spec.rules[0], spec.training)),
        topology_(topology_of(spec)),
        network_(build<R>(spec, topology_, spec.rules[0], spec.training.batch)),
        door_(permit_of(learning_, Locality::kAny), sizeof(R)),
        transport_(network_, learning_, {trial_shape_of(spec.training), spec.training.commit == CommitWhen::kEveryTick},
                   executor, door_),
        updates_(transport_, spec_, learning_) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// One more update. Returns its loss.
  double operator()() {
    const double loss = updates_.run(update_++);
    return updates_.commit() ? loss : -1;
  }

  const Network<R>& network() const { return network_; }
  const Ledger& ledger() const { return door_.ledger(); }

 private:
  FlushDenormals flush_;  // as `run` does
  Spec spec_;
  Learning learning_;
  Topology topology_;
  Network<R> network_;
  Door door_;
  Batched<R> transport_;
  Updates<R, Batched<R>> updates_;
  std::int64_t update_ = 0;
};

}  // namespace locus::bench
