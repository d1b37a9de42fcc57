#include "core/transport/mailbox/clock.h"

namespace locus {
namespace {

/// Calls visit(index, lane) for the neurons of a layer that sit on the shard.
template <class R, class Visit>
void each_of(const MailboxCommon<R>& common, int shard, Layer layer, Visit visit) {
  const std::vector<std::int32_t>& begin = common.sharding.begin_of(layer);
  for (auto i = begin[static_cast<std::size_t>(shard)]; i < begin[static_cast<std::size_t>(shard) + 1]; ++i) {
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) visit(i, lane);
  }
}

/// The neurons [here.first, here.last) of a spiking population.
template <class R>
void step_spiking(const MailboxCommon<R>& common, const Neurons& population, Sharding::Range here) {
  const LifClocks<R> clocks = clocks_of(common.network.rate, population);
  dispatch_kind(*population.lif, population.is_plain, [&]<class K>(K) {
    dispatch(population.lif->surrogate, [&]<class Psi>(Psi) {
      for (std::int32_t i = here.first; i < here.last; ++i) {
        const Lif<R> clock = clocks.of(static_cast<std::size_t>(i));
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) step<Psi, K>(common.spiking(i, lane), clock);
      }
    });
  });
}

/// The same of a population whose voltages are whole numbers.
template <class R>
void step_integer_neurons(const MailboxCommon<R>& common, const Neurons& population, Sharding::Range here) {
  const LifClocks<R> clocks = clocks_of(common.network.rate, population);
  const LeakTick tick = common.network.leak_tick(population, common.exchange.door().now());
  dispatch_kind(*population.lif, population.is_plain, [&]<class K>(K) {
    dispatch(population.lif->surrogate, [&]<class Psi>(Psi) {
      for (std::int32_t i = here.first; i < here.last; ++i) {
        const Lif<R> clock = clocks.of(static_cast<std::size_t>(i));
        for (std::int32_t lane = 0; lane < common.lanes; ++lane)
          step_integer<Psi, K>(common.spiking(i, lane), clock, tick.state(), tick.draw(i, lane));
      }
    });
  });
}

/// The noise of the neurons of a population that sit on the shard: on their currents before the
/// step, or on their activities after it.
template <class R>
void add_noise(const MailboxCommon<R>& common, const Neurons& population, const Sharding::Range& here, bool stepped) {
  if (!population.noise || population.noise->on_activity != stepped) return;
  for (std::int32_t i = here.first; i < here.last; ++i) {
    for (std::int32_t lane = 0; lane < common.lanes; ++lane) {
      const R own = common.network.rate.noise[common.cell(i, lane)];
      if (stepped) {
        on(common.neuron(i, lane), ActivityNoise<R>{own});
      } else {
        on(common.neuron(i, lane), CurrentNoise<R>{own});
      }
    }
  }
}

/// The neurons of the shard whose trials have not begun at this tick.
template <class R>
void wait(const MailboxCommon<R>& common, int shard) {
  const Network<R>& network = common.network;
  const Tick now = common.exchange.door().now();
  if (!network.has_waiting(now)) return;
  const auto waits = [&](std::int32_t lane) { return network.late[static_cast<std::size_t>(lane)] >= now.value; };
  each_of(common, shard, Layer::kRate, [&](std::int32_t i, std::int32_t lane) {
    if (waits(lane)) on(common.neuron(i, lane), Wait{});
  });
  common.each_spiking(shard, [&](std::int32_t i, std::int32_t lane, const Neurons&) {
    if (waits(lane)) on(common.spiking(i, lane), Wait{});
  });
}

}  // namespace

template <class R>
void begin_trial(MailboxCommon<R>& common) {
  const TrialBegin begin{common.network.carries};
  const Column<R>& initial = common.network.rate.initial;
  for (MailboxSynapses<R>& synapses : common.synapses) synapses.restart_clock(common.network.first_trial);
  common.exchange.each_shard([&](int shard) {
    common.each_projection([&](ProjectionId p, const Projection& projection) {
      MailboxSynapses<R>& synapses = common.synapses[p];
      common.visited(shard, synapses.silence(shard));
      if (!common.learns(projection)) return;
      const auto all = [](std::int32_t) { return true; };
      common.each_synapse(shard, p, all, [&](std::int64_t k) {
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) synapses.begin_trial(k, lane, begin);
      });
    });
    each_of(common, shard, Layer::kRate, [&](std::int32_t i, std::int32_t lane) {
      on(common.neuron(i, lane), begin);
      if (!begin.carried && !initial.empty() && common.network.late[static_cast<std::size_t>(lane)] == 0)
        on(common.neuron(i, lane), Initial<R>{initial[static_cast<std::size_t>(i)]});
    });
    common.each_spiking(shard,
                        [&](std::int32_t i, std::int32_t lane, const Neurons&) { on(common.spiking(i, lane), begin); });
    each_of(common, shard, Layer::kReadout,
            [&](std::int32_t k, std::int32_t lane) { on(common.readout(k, lane), begin); });
  });
}

template <class R>
bool begin_late(MailboxCommon<R>& common, Tick before) {
  const Network<R>& network = common.network;
  const Column<R>& initial = network.rate.initial;
  if (before.value == 0 || initial.empty() || !network.has_waiting(before)) return false;
  common.exchange.each_shard([&](int shard) {
    each_of(common, shard, Layer::kRate, [&](std::int32_t i, std::int32_t lane) {
      if (network.late[static_cast<std::size_t>(lane)] == before.value)
        on(common.neuron(i, lane), Initial<R>{initial[static_cast<std::size_t>(i)]});
    });
  });
  return true;
}

template <class R>
void begin_tick(MailboxCommon<R>& common) {
  common.exchange.each_shard([&](int shard) {
    each_of(common, shard, Layer::kRate,
            [&](std::int32_t i, std::int32_t lane) { on(common.neuron(i, lane), Silence{}); });
    each_of(common, shard, Layer::kReadout,
            [&](std::int32_t k, std::int32_t lane) { on(common.readout(k, lane), Silence{}); });
  });
}

template <class R>
void step_neurons(MailboxCommon<R>& common) {
  common.exchange.each_shard([&](int shard) {
    for (const Neurons& population : common.network.rate.populations) {
      const Sharding::Range here = common.sharding.on(shard, Layer::kRate, population.begin, population.size);
      add_noise(common, population, here, false);
      if (population.integer) {
        step_integer_neurons(common, population, here);
        continue;
      }
      if (population.lif) {
        step_spiking(common, population, here);
        continue;
      }
      dispatch(population.activation, [&]<class Phi>(Phi) {
        for (std::int32_t i = here.first; i < here.last; ++i) {
          const Step<R> clock{common.network.rate.leak[static_cast<std::size_t>(i)]};
          for (std::int32_t lane = 0; lane < common.lanes; ++lane) step<Phi>(common.neuron(i, lane), clock);
        }
      });
      add_noise(common, population, here, true);
    }
    wait(common, shard);
  });
}

template <class R>
void step_readouts(MailboxCommon<R>& common) {
  common.exchange.each_shard([&](int shard) {
    for (const Neurons& population : common.network.readouts.populations) {
      const Leaky<R> clock{static_cast<R>(population.decay), static_cast<R>(population.gain)};
      const Sharding::Range here = common.sharding.on(shard, Layer::kReadout, population.begin, population.size);
      for (std::int32_t k = here.first; k < here.last; ++k) {
        for (std::int32_t lane = 0; lane < common.lanes; ++lane) step(common.readout(k, lane), clock);
      }
    }
  });
}

template void begin_trial(MailboxCommon<double>&);
template void begin_trial(MailboxCommon<float>&);
template bool begin_late(MailboxCommon<double>&, Tick);
template bool begin_late(MailboxCommon<float>&, Tick);
template void begin_tick(MailboxCommon<double>&);
template void begin_tick(MailboxCommon<float>&);
template void step_neurons(MailboxCommon<double>&);
template void step_neurons(MailboxCommon<float>&);
template void step_readouts(MailboxCommon<double>&);
template void step_readouts(MailboxCommon<float>&);

}  // namespace locus
