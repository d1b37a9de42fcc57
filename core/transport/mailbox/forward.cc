#include "core/transport/mailbox/forward.h"

namespace locus {

template <class R>
ForwardMail<R>::ForwardMail(const MailboxCommon<R>& common)
    : input_lines_(common.network, Layer::kInput, true),
      rate_lines_(common.network, Layer::kRate, true),
      axons_(common.sharding.shards()),
      dendrites_(common.sharding.shards()) {}

template <class R>
void ForwardMail<R>::begin_trial() {
  input_lines_.clear();
  rate_lines_.clear();
  rate_lines_.enter();
}

template <class R>
void ForwardMail<R>::enter(Layer layer) {
  (layer == Layer::kInput ? input_lines_ : rate_lines_).enter();
}

template <class R>
void ForwardMail<R>::renew_neurons() {
  rate_lines_.renew();
}

template <class R>
void ForwardMail<R>::deliver(MailboxCommon<R>& common, const phase::Axons& axons) {
  const ProjectionId p = axons.projection;
  const Projection& projection = common.projection(p);
  const AxonLines<R>& lines = lines_of(projection);
  const R* activity = lines.sent(projection.wait);
  const auto emit = [&](int shard) {
    const Sharding::Range sources = common.sources_on(shard, projection);
    if (sources.first >= sources.last) return;
    for (const std::int32_t source : lines.active(projection.wait, sources.first, sources.last - sources.first)) {
      common.tell_outgoing(
          axons_, shard, projection, source,
          [&](std::int32_t lane) { return spoken<Axon<R>>(activity[common.cell(source, lane)]); },
          [&](std::int64_t k, std::int32_t, const LaneMessage<Axon<R>>& said) {
            return Envelope<Axon<R>>{source, static_cast<std::int32_t>(k), said.lane, said.message};
          });
    }
  };
  common.exchange.template send<Phase::kAxonB, Phase::kAxonW, Phase::kAxonA>(axons_, p, 0, emit);
  common.drain_axons(axons_, p, [&](int shard, const Envelope<Axon<R>>& e) {
    const std::int32_t target = projection.target_begin + projection.target_of(e.receiver);
    const Dendrite<R> answer = common.synapses[p].hear(shard, e.receiver, e.lane, e.message);
    dendrites_.between(shard, shard).push_back({e.receiver, target, e.lane, answer});
  });
  deliver_dendrites(common, p);
}

template <class R>
void ForwardMail<R>::deliver_dendrites(MailboxCommon<R>& common, ProjectionId p) {
  MailboxSynapses<R>& synapses = common.synapses[p];
  common.exchange.template pass<Phase::kCurrent, Phase::kCurrentAndActivity, Phase::kReadoutCurrent>(dendrites_, p, 0);
  const bool onto_readout = common.projection(p).target_layer == Layer::kReadout;
  common.exchange.drain(dendrites_, [&](int, const Envelope<Dendrite<R>>& e) {
    if (onto_readout) return on(common.readout(e.receiver, e.lane), e.message);
    on(common.neuron(e.receiver, e.lane), e.message);
    if (synapses.hears_activity()) synapses.behind(e.sender, e.lane) = e.message.behind;
  });
}

template class ForwardMail<double>;
template class ForwardMail<float>;

}  // namespace locus
