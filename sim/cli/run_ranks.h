// A run whose work several processes share: joining them, one voice for all, and one end for all.
//
// Only the first rank prints and writes. An error on any rank ends all of them, since the others
// would wait for it in vain: its message says which rank it is of, unless it is the first.
#pragma once

#include <string_view>
#include <vector>

#include "core/base/function_ref.h"
#include "sim/cli/command.h"
#include "sim/model/spec.h"
#include "sim/ranks/ranks.h"
#include "sim/run/state.h"

namespace locus {

/// Calls body(ranks, console) for this process among those of its launcher; alone without one, or
/// where copies are `apart` (--ranks off). The console of ranks but the first is silent. Returns
/// the exit code of this process; an exception on one of several ranks does not return.
Exit in_ranks(std::string_view program, bool apart, const Console& console,
              FunctionRef<Exit(const Ranks& ranks, const Console& console)> body);

/// Calls `work` on the first rank, and then on the others: what is wrong for all is said once.
void in_turn(const Ranks& ranks, FunctionRef<void()> work);

/// Throws UsageError for a model that ranks cannot share, and warns of ranks without neurons.
void check_ranks(const Ranks& ranks, const Spec& spec, const Console& console);

/// Throws RanksDisagree if the ranks are not of the same program, model and options on the same
/// level of arithmetic, or do not go on from the same state (null at a beginning).
void check_identity(const Ranks& ranks, const Spec& spec, bool rank_of_large, const RunState* from);

}  // namespace locus
