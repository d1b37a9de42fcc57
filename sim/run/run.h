// run: trains the network of a Spec under each of its rules, from the same weights and on the same data.
//
// Pure but for time and memory: reads no file, prints nothing. Results are bit-identical for any number of threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>

#include "sim/model/spec.h"
#include "sim/run/result.h"
#include "sim/run/trace.h"

namespace locus {

enum class TransportKind { kBatched, kMailbox };

struct RunOptions {
  TransportKind transport = TransportKind::kBatched;
  int threads = 0;                               // 0: what the machine has
  bool rank_of_large = false;                    // singular values also where the smaller side exceeds 512
  std::optional<TraceRequest> trace;             // keep messages one by one; mailbox only
  const std::atomic<bool>* interrupt = nullptr;  // set by another thread or a signal: stop after the present update
  // Called after every update with the rules that are done, the present one so far (no weights yet), and its ledger; these are lent for the call.
  // May be empty. What it does with them bears on nothing.
  std::function<void(const RunResult& done, const Outcome& present, const Ledger& ledger)> watch = {};
};

/// What a run of this spec begins with: all that its result says whatever its rules do, and no outcome yet.
RunResult not_begun(const Spec& spec);

/// Runs every rule of the spec, in order. Errors of a run (divergence, a broken locality budget, an interrupt) end that rule, stand in its Outcome
/// and let the others run (an interrupt ends them all). Throws CheckFailure on a defect, std::bad_alloc when memory ends.
RunResult run(const Spec& spec, const RunOptions& options);

}  // namespace locus
