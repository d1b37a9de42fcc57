// LocalMail: REWARD and POST under a rule that the model writes itself, and the clock of its
// synapses.
//
// A synapse handles the POST of its neuron (core/actor/local_synapse.h), or, in a tick in which
// none comes, the numbers that it knows. Every plastic synapse onto rate neurons is visited in
// every tick, so this is the definition of such a rule and not a fast way to run it.
// Cost: traces [1] (synapses x lanes x traces) beside what all synapses have.
// Thread safety: a synapse is touched by the task of its shard alone.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/transport/local_neurons.h"
#include "core/transport/mailbox/common.h"
#include "core/transport/phases.h"

namespace locus {

template <class R>
class LocalMail {
 public:
  explicit LocalMail(const MailboxCommon<R>& common);

  void begin_trial();
  void deliver(MailboxCommon<R>& common, const phase::Rewards<R>& rewards);
  void deliver(MailboxCommon<R>& common, const phase::Posts& posts);
  void deliver(MailboxCommon<R>& common, const phase::LocalEnds&);

 private:
  struct State {
    Column<R> traces;            // (synapses x lanes x traces)
    Column<std::uint8_t> heard;  // (synapses x lanes): 1: POST has come in this tick
  };

  std::uint8_t& heard(ProjectionId p, std::int64_t synapse, std::int32_t lane) {
    return states_[p].heard[static_cast<std::size_t>(synapse) * lanes_ + static_cast<std::size_t>(lane)];
  }
  LocalSynapse<R> synapse(MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse, std::int32_t lane);
  LocalClock<R> clock(const MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse) const;
  /// visit(synapse, lane) of all synapses of a projection on a shard that have not heard a POST.
  template <class Visit>
  void each_unheard(MailboxCommon<R>& common, int shard, ProjectionId p, Visit visit);

  LocalNeurons<R> neurons_;
  std::size_t lanes_;
  Queues<LocalPost<R>> posts_;
  Queues<Reward<R>> rewards_;
  Indexed<State> states_;  // by projection; empty where nothing is learnt
};

}  // namespace locus
