// The memory that a run will take, foreseen before it is taken.
//
// Counted is what grows with the model: weights (in the network, before and after, and those of
// finished rules), what the transport keeps (as its plan says, core/plan), sensitivities, batches,
// losses, what is written. tests/cli/memory_test.cc holds it against what runs of random models
// take: never less than the peak, and where that is large at most 1.3 times it. An upper bound
// where neurons are silent: what is 0 sends nothing, and a mailbox then queues less.
// Threads: where several share neurons out, each may have a copy of the synapses onto its own.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "sim/model/spec.h"
#include "sim/run/run.h"

namespace locus {

/// A run would not fit. Says what it takes and what there is.
class NotEnoughMemory : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The options of a command that bear on the memory of a run.
struct MemoryDemand {
  TransportKind transport;
  int threads;                 // at least 1
  bool checkpoints = false;    // are written, one rule's weights at a time
  bool rank_of_large = false;  // RunOptions::rank_of_large
  // updates beyond 10^7 are not counted: a run without an end, which somebody will stop
  bool may_be_endless = false;
};

/// Bytes that a process takes for any run: code, stacks, scratch space, what an allocator keeps.
inline constexpr double kProgramBytes = 12e6;

/// A use of memory, in words, and its size.
struct MemoryPart {
  std::string_view what;  // "sensitivities"
  double bytes = 0;
};

/// The memory of the process while this rule runs, without the loaded model and the program.
/// `outline`: of the spec, sizes only (Listing::kNone).
std::vector<MemoryPart> memory_parts(const Spec& spec, const Topology& outline, const RuleSpec& rule,
                                     const MemoryDemand& demand);

/// Bytes of all these parts.
double memory_needed(const Spec& spec, const Topology& outline, const RuleSpec& rule, const MemoryDemand& demand);

/// The largest of the spec's rules, with what the rules before it have left; the model as loaded
/// and the program not counted [bytes].
double memory_needed(const Spec& spec, const MemoryDemand& demand);

/// The memory of the model as it was loaded: matrices and trials [bytes].
double loaded_bytes(const Spec& spec);

/// Throws NotEnoughMemory if the process would come to more than `limit` bytes in all, naming the
/// rule that takes most and its largest part. `taken`: bytes that the process has now and keeps.
void require_memory(const Spec& spec, const MemoryDemand& demand, double taken, double limit);

}  // namespace locus
