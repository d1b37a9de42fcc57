// The path of the program in a benchmark: a model made in memory, its network, and updates in the
// same way as in `run`, with the ledger.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/flush.h"
#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/run/update.h"

namespace locus::bench {

/// Sizes and training of a model with one population of each kind and the projections B, W and A in
/// this order, all dense and plastic.
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
  // true: white noise and a teacher of the same size; false: a batch of recorded trials
  bool teacher = false;
};

/// The model; its recorded trials are random.
Spec make_spec(const Work& work, const RuleSpec& rule, Precision precision);

template <class R>
constexpr Precision kPrecision = sizeof(R) == 4 ? Precision::kFloat32 : Precision::kFloat64;

RuleSpec make_rule(RuleKind kind, std::int32_t depth = 0, std::int32_t stride = 1);

template <class R, class T = Columns<R>>
class Program {
 public:
  explicit Program(const Spec& spec, Executor executor = {})
      : spec_(spec),
        topology_(topology_of(spec_)),
        learner_(spec_, topology_, spec_.rules[0], {}, executor),
        updates_(learner_, spec_) {}
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// Runs one more update. Returns its loss.
  double operator()() {
    const double loss = updates_.run(update_++);
    return learner_.commit() ? loss : -1;
  }

  /// As Learner::compile.
  std::string compile(const CompileOptions& options) { return learner_.compile(options, 1); }

  const Network<R>& network() const { return learner_.network(); }
  const Ledger& ledger() const { return learner_.door().ledger(); }

 private:
  FlushDenormals flush_;  // the same as in `run`
  Spec spec_;
  Topology topology_;
  Learner<R, T> learner_;
  Updates<R, T> updates_;
  std::int64_t update_ = 0;
};

}  // namespace locus::bench
