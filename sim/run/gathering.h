// Gathering: the whole network of a run that several ranks share, and all that they have counted,
// on the first of them: for results, checkpoints and whatever looks at a network as a whole.
//
// Of one process it is the learner's own network and ledger, at no cost. Cost, of several: on the
// first rank a second network; each time, the weights and moments of all ranks once over the wire,
// a projection at a time.
#pragma once

#include <optional>

#include "core/actor/network.h"
#include "core/base/rank_exchange.h"
#include "core/wire/ledger.h"
#include "sim/model/spec.h"

namespace locus {

template <class R>
class Gathering {
 public:
  /// `own` and `counted` are those of a learner of this rule, and outlive this, as the topology of
  /// the whole does.
  Gathering(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Network<R>& own,
            const Ledger& counted, RankExchange exchange);

  /// Of all ranks, which call it together: brings the first rank's view up to date; that of counts
  /// alone.
  void gather();
  void gather_counts();

  /// On the first rank the whole network: as it was built, and then as it was when last gathered.
  /// On others their own part.
  const Network<R>& network() const { return whole_ ? *whole_ : own_; }
  /// On the first rank all that was counted until last gathered.
  const Ledger& ledger() const { return total_ ? *total_ : counted_; }

 private:
  void gather_column(ProjectionId projection, Column<R> Synapses<R>::*column);

  const Network<R>& own_;
  const Ledger& counted_;
  RankExchange exchange_;
  std::optional<Network<R>> whole_;  // on the first of several ranks
  std::optional<Ledger> total_;      // the same
};

}  // namespace locus
