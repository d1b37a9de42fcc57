// The memory that a run will take, foreseen before it is taken.
//
// Counted are the columns that grow with the model: weights (in the network, before and after, and
// those of finished rules), what the transport keeps (as its plan says, core/plan), sensitivities,
// batches. A lower bound: what it refuses cannot run. Threads: where several share neurons out,
// each may have a copy of the synapses onto its own.
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

/// What takes memory, in words, and how much of it.
struct MemoryPart {
  std::string_view what;  // "sensitivities"
  double bytes = 0;
};

/// What the process takes at least while this rule runs, the model as loaded not counted.
std::vector<MemoryPart> memory_parts(const Spec& spec, const RuleSpec& rule, TransportKind transport, int threads = 1);

/// Bytes of all these parts.
double memory_needed(const Spec& spec, const RuleSpec& rule, TransportKind transport, int threads = 1);

/// Bytes that can be had now: of the machine, or of the limits that the process stands under where
/// these are less.
double memory_there();

/// Bytes that the process has taken already, the model as loaded among them.
double memory_taken();

/// Throws NotEnoughMemory, naming the largest part and the first rule of the spec that needs more
/// than `there` bytes.
void foresee_memory(const Spec& spec, TransportKind transport, double there, int threads = 1);

}  // namespace locus
