// LearningMail: what learns in the tick itself: POST from readouts and from neurons, an autapse's
// own weight, firing-rate errors, rewards.
#pragma once

#include <optional>

#include "core/transport/mailbox/answers.h"
#include "core/transport/mailbox/local.h"

namespace locus {

template <class R>
class LearningMail {
 public:
  explicit LearningMail(const MailboxCommon<R>& common);

  void begin_trial();
  void deliver(MailboxCommon<R>& common, const phase::Errors<R>& errors);
  void deliver(MailboxCommon<R>& common, const phase::OwnWeights&);
  void deliver(MailboxCommon<R>& common, const phase::Rewards<R>& rewards) { local_->deliver(common, rewards); }
  void deliver(MailboxCommon<R>& common, const phase::Posts& posts);
  void deliver(MailboxCommon<R>& common, const phase::LocalEnds& ends) { local_->deliver(common, ends); }
  void deliver(MailboxCommon<R>& common, const phase::RateErrors&);

 private:
  void post_rate(MailboxCommon<R>& common, ProjectionId p);
  /// POST of psi and signal from neurons that have news.
  void post_spiking(MailboxCommon<R>& common, ProjectionId p, const Neurons& population);

  Queues<Post<R>> posts_;
  Queues<OwnWeight<R>> own_weights_;
  Queues<RateError<R>> rate_errors_;
  AnswerMail<R> answers_;
  std::optional<LocalMail<R>> local_;  // only under a rule that the model writes itself
};

}  // namespace locus
