// SweepMail: a walk back through time: ADJOINT from the agent, replayed AXON, POST of a revisited
// tick and its answers; and the past that neurons keep for it.
//
// Cost: (depth + 1 + the longest wait) (m + 2n) lanes scalars, under rules that sweep.
#pragma once

#include <vector>

#include "core/transport/mailbox/answers.h"

namespace locus {

template <class R>
class SweepMail {
 public:
  explicit SweepMail(const MailboxCommon<R>& common);

  /// Keeps the present activities of a layer as those of this tick; h_0 is tick 0.
  void keep(const Network<R>& network, Layer layer, Tick now);
  void deliver(MailboxCommon<R>& common, const phase::Adjoints<R>& adjoints);
  void deliver(MailboxCommon<R>& common, const phase::Replays& replays);
  void deliver(MailboxCommon<R>& common, const phase::PostsBack<R>& posts);

 private:
  /// What the sources of a projection sent that arrived in this tick (cells of their layer); null
  /// if nothing was sent yet.
  const R* sent(const Projection& projection, Tick arrival) const;
  void revisit_spiking(const MailboxCommon<R>& common, int shard, Tick revisited);
  std::size_t slot(Tick tick) const { return static_cast<std::size_t>(tick.value) % inputs_.size(); }

  std::vector<Column<R>> inputs_;      // x_s by slot (m x lanes each); empty without sweeps
  std::vector<Column<R>> activities_;  // h_s by slot (n x lanes each)
  std::vector<Column<R>> gains_;       // alpha phi'_s by slot (n x lanes each)
  // v_s by slot (n x lanes each); empty where no reset needs it
  std::vector<Column<R>> voltages_;
  Queues<Adjoint<R>> adjoints_;
  Queues<Replay<R>> replays_;
  Queues<Post<R>> posts_;
  AnswerMail<R> answers_;
};

}  // namespace locus
