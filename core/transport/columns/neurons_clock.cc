#include "core/transport/columns/neurons_clock.h"

#include <algorithm>

namespace locus {

template <class R>
void NeuronsClock<R>::begin_trial(Common<R>& common) {
  common.input_lines.clear();
  common.rate_lines.clear();
  Network<R>& network = common.network;
  const TrialBegin begin{network.carries};
  const Column<R>& initial = network.rate.initial;
  const RateCells<R> cells = common.rate_cells();
  const auto lanes = static_cast<std::size_t>(common.lanes);
  for (std::size_t cell = 0; cell < network.rate.activity.size(); ++cell) {
    on(cells[cell], begin);
    if (!begin.carried && !initial.empty() && network.late[cell % lanes] == 0)
      on(cells[cell], Initial<R>{initial[cell / lanes]});
  }
  const SpikingCells<R> spiking = common.spiking_cells();
  common.each_spiking([&](std::size_t cell, const Neurons&) { on(spiking[cell], begin); });
  common.activities_said.forget();
  common.rate_lines.enter();  // h_0, which W carries in tick 1
  if (!common.tapes.activities.empty()) common.tapes.activities.write(0, network.rate.activity.data());
}

template <class R>
void NeuronsClock<R>::begin_late(Common<R>& common, Tick now) {
  Network<R>& network = common.network;
  const Column<R>& initial = network.rate.initial;
  const std::int32_t before = now.value - 1;
  if (before == 0 || initial.empty() || !network.has_waiting(Tick{before})) return;
  const RateCells<R> cells = common.rate_cells();
  const auto lanes = static_cast<std::size_t>(common.lanes);
  for (std::size_t cell = 0; cell < network.rate.activity.size(); ++cell) {
    if (network.late[cell % lanes] == before) on(cells[cell], Initial<R>{initial[cell / lanes]});
  }
  common.activities_said.forget();
  common.rate_lines.renew();
  if (!common.tapes.activities.empty()) common.tapes.activities.write(before, network.rate.activity.data());
}

template <class R>
void NeuronsClock<R>::wait(const Common<R>& common, std::size_t first, std::size_t last) {
  const Network<R>& network = common.network;
  const Tick now = common.door.now();
  if (!network.has_waiting(now)) return;
  const RateCells<R> cells = common.rate_cells();
  const auto lanes = static_cast<std::size_t>(common.lanes);
  const auto waits = [&](std::size_t cell) { return network.late[cell % lanes] >= now.value; };
  for (std::size_t cell = first; cell < last; ++cell) {
    if (waits(cell)) on(cells[cell], Wait{});
  }
  if (!network.topology->has_spikes()) return;
  const SpikingCells<R> spiking = common.spiking_cells();
  common.each_spiking([&](std::size_t cell, const Neurons&) {
    if (cell >= first && cell < last && waits(cell)) on(spiking[cell], Wait{});
  });
}

template <class R>
void NeuronsClock<R>::begin_tick(const Common<R>& common) {
  if (!common.plan.shared_out) silence(common, 0, common.network.rate.current.size());
}

template <class R>
void NeuronsClock<R>::silence(const Common<R>& common, std::size_t first, std::size_t last) {
  const RateCells<R> cells = common.rate_cells();
  for (std::size_t cell = first; cell < last; ++cell) on(cells[cell], Silence{});
}

template <class R>
void NeuronsClock<R>::step(Common<R>& common, const Indexed<Sender<R>>& senders) {
  const RateLayer<R>& rate = common.network.rate;
  std::int64_t work = std::ssize(rate.current);
  bool overwrites = false;
  for (const UnderWay& sending : under_way_) {
    const Projection& projection = common.projection(sending.projection);
    work += sending.messages;
    overwrites = overwrites || (projection.source_layer == Layer::kRate && projection.wait == 0);
  }
  const int chunks = work < kWorthSharing ? 1 : common.executor.threads;
  const auto begin = [&](int chunk) { return share_of(rate.size, chunk, chunks); };
  const auto cell = [&](int chunk) {
    return static_cast<std::size_t>(begin(chunk)) * static_cast<std::size_t>(common.lanes);
  };
  const auto hear = [&](int chunk) {
    silence(common, cell(chunk), cell(chunk + 1));
    for (const UnderWay& sending : under_way_) senders[sending.projection].send_share(common, chunk, chunks);
  };
  const auto keep = [&](int chunk) {
    common.tapes.keep(common.door.now().value - 1, rate, begin(chunk), begin(chunk + 1));
    common.rate_lines.list(chunk, cell(chunk), cell(chunk + 1));
  };
  const bool alone = common.crossing.alone();
  const auto step = [&](int chunk) {
    step_cells(common, cell(chunk), cell(chunk + 1));
    wait(common, cell(chunk), cell(chunk + 1));
    if (alone) keep(chunk);
  };
  const bool shared_out = common.plan.shared_out;
  if (shared_out && !overwrites) {
    common.executor(chunks, [&](int chunk) {
      hear(chunk);
      step(chunk);
    });
  } else {
    if (shared_out) common.executor(chunks, hear);
    common.executor(chunks, step);
  }
  if (!alone) {
    common.crossing.share_activities(common.network.rate.activity.data());
    common.executor(chunks, keep);
  }
  under_way_.clear();
  common.activities_said.forget();
  common.rate_lines.enter(chunks);
}

template <class R>
void NeuronsClock<R>::step_cells(const Common<R>& common, std::size_t begin, std::size_t end) {
  for (const Neurons& population : common.network.rate.populations) {
    const auto [own_first, own_last] = common.cells_of(population);
    const std::size_t first = std::max(begin, own_first);
    const std::size_t last = std::min(end, own_last);
    if (population.noise) add_noise(common, population, first, last, false);
    if (population.lif) {
      const bool learns = common.rule.drive != Drive::kNothing;
      const SpikingKind<R> kind = common.kind_of(population);
      if (population.integer) {
        step_integer_kind(common.spiking_cells(), first, last, kind,
                          common.network.leak_tick(population, common.door.now()));
      } else {
        step_spiking_kind(common.spiking_cells(), first, last, kind, learns);
      }
    } else {
      step_population(common, population, first, last, common.network.rate.current.data());
    }
    if (population.noise) add_noise(common, population, first, last, true);
  }
}

template <class R>
void NeuronsClock<R>::add_noise(const Common<R>& common, const Neurons& population, std::size_t first, std::size_t last,
                                bool stepped) {
  if (population.noise->on_activity != stepped) return;
  const RateCells<R> cells = common.rate_cells();
  const Column<R>& noise = common.network.rate.noise;
  for (std::size_t cell = first; cell < last; ++cell) {
    if (stepped) {
      on(cells[cell], ActivityNoise<R>{noise[cell]});
    } else {
      on(cells[cell], CurrentNoise<R>{noise[cell]});
    }
  }
}

template <class R>
void NeuronsClock<R>::step_population(const Common<R>& common, const Neurons& population, std::size_t first,
                                      std::size_t last, R* current) {
  RateCells<R> cells = common.rate_cells();
  cells.current = current;
  if (!population.differ())
    return step_rate(cells, first, last, population.activation, static_cast<R>(population.leak));
  step_rate(cells, first, last, population.activation, common.network.rate.leak.data(),
            static_cast<std::size_t>(common.lanes));
}

template <class R>
void NeuronsClock<R>::note_decays(Common<R>& common, std::int32_t row) {
  Tape<R>& decays = common.tapes.decays;
  if (decays.repeats() && row > 0) return;
  for (const Neurons& population : common.network.rate.populations) {
    const auto [first, last] = common.cells_of(population);
    R* const decay = common.from_rate.decay.data();
    if (population.differ() && !population.lif) {
      own_decays(common.rate_cells(), first, last, common.network.rate.leak.data(),
                 static_cast<std::size_t>(common.lanes), decay);
    } else {
      own_decays(common.rate_cells(), first, last, static_cast<R>(population.leak), decay);
    }
  }
  if (!decays.empty()) decays.write(row, common.from_rate.decay.data());
}

template class NeuronsClock<double>;
template class NeuronsClock<float>;

}  // namespace locus
