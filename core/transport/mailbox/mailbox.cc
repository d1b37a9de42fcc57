#include "core/transport/mailbox/mailbox.h"

#include <algorithm>

#include "core/transport/mailbox/clock.h"

namespace locus {

template <class R>
Mailbox<R>::Mailbox(Network<R>& network, const Learning& learning, Sharding sharding, Executor executor, Door& door)
    : common_(network, learning, std::move(sharding), executor, door),
      forward_(common_),
      readouts_(common_),
      learning_(common_),
      sweep_(common_),
      commit_(common_.sharding.shards()),
      feedback_(common_) {}

template <class R>
void Mailbox<R>::begin_trial(const R* inputs) {
  inputs_ = inputs;
  locus::begin_trial(common_);
  forward_.begin_trial();
  readouts_.begin_trial(common_);
  learning_.begin_trial();
  feedback_.begin_trial();
  sweep_.keep(common_.network, Layer::kRate, Tick{0});
}

template <class R>
void Mailbox<R>::tick(Tick now) {
  door().tick(now);
  Column<R>& input = common_.network.inputs.activity;
  if (inputs_ != nullptr)
    std::copy_n(inputs_ + static_cast<std::size_t>(now.value - 1) * input.size(), input.size(), input.begin());
  forward_.enter(Layer::kInput);
  sweep_.keep(common_.network, Layer::kInput, now);
  if (const Tick before{now.value - 1}; begin_late(common_, before)) {
    forward_.renew_neurons();
    sweep_.keep(common_.network, Layer::kRate, before);
  }
  begin_tick(common_);
}

template <class R>
void Mailbox<R>::step(Layer layer) {
  if (layer == Layer::kReadout) return step_readouts(common_);
  step_neurons(common_);
  forward_.enter(Layer::kRate);
  feedback_.tick();
  sweep_.keep(common_.network, Layer::kRate, door().now());
}

template <class R>
std::int64_t Mailbox<R>::visits() const {
  std::int64_t sum = 0;
  for (const ThreadCount& count : common_.visits) sum += count.value;
  return sum;
}

template class Mailbox<double>;
template class Mailbox<float>;

}  // namespace locus
