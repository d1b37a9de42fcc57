#include "core/transport/mailbox/answers.h"

namespace locus {

template <class R>
void AnswerMail<R>::queue(MailboxCommon<R>& common, int shard, ProjectionId p, const Envelope<Post<R>>& post,
                          const Answers<R>& answers) {
  const Projection& projection = common.projection(p);
  const std::int32_t source = projection.source_begin + projection.source_of(post.receiver);
  // the agent sits on the first shard
  const int receiver = answers.to == Party::kAgent ? 0 : shard_of(common.sharding.rate_begin, source);
  const Synapse<R> self = common.synapses[p].learner(post.receiver, post.lane);
  transports_.between(shard, receiver).push_back({post.receiver, source, post.lane, transported(self, post.message)});
}

template <class R>
void AnswerMail<R>::deliver(MailboxCommon<R>& common, ProjectionId p, std::int32_t lag, const Answers<R>& answers) {
  if (!answers) return;
  const bool to_agent = answers.to == Party::kAgent;
  R* const sums = answers.sums_of(common.network, p);
  common.exchange.template pass<Phase::kTransportW, Phase::kTransportAToAgent, Phase::kTransportAToNeuron>(transports_,
                                                                                                           p, lag);
  common.exchange.drain(transports_, [&](int, const Envelope<Transport<R>>& e) {
    if (to_agent) {
      on(AgentCell<R>{sums[common.cell(e.receiver, e.lane)]}, e.message);
    } else {
      on(common.neuron(e.receiver, e.lane), e.message);
    }
  });
}

template class AnswerMail<double>;
template class AnswerMail<float>;

}  // namespace locus
