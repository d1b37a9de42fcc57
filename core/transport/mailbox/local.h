// LocalMail: POST under a rule that the model writes itself, and the clock of its synapses.
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
  void deliver(MailboxCommon<R>& common, const phase::Posts& posts);

 private:
  struct State {
    Column<R> traces;            // (synapses x lanes x traces)
    Column<std::uint8_t> heard;  // (synapses x lanes): 1: POST has come in this tick
  };

  void advance(MailboxCommon<R>& common, ProjectionId p, std::int64_t synapse, std::int32_t lane, const LocalPost<R>& post);

  LocalNeurons<R> neurons_;
  std::size_t lanes_;
  Queues<LocalPost<R>> posts_;
  Indexed<State> states_;  // by projection; empty where nothing is learnt
};

}  // namespace locus
