// Batched: the step of the rate layer, and in a network of sparse synapses all that its neurons are
// told in a tick.
//
// There, threads share the layer's neurons out once: a thread sends what they are told, over all
// projections, steps them and lists who of them speaks. Their columns stay in its processor's
// cache, and a tick asks the threads together once; twice where a projection tells in this tick
// what was said in the last, for the step writes over that.
#include <algorithm>

#include "core/transport/batched.h"

namespace locus {
namespace {

/// Nobody asks for the surrogate.
struct NoSurrogate {
  template <class R>
  static R at(R, const Lif<R>&) {
    return R(0);
  }
};

}  // namespace

/// All that the rate neurons are told in a tick is sent when they step, where nothing else is sent
/// to them.
template <class R>
void Batched<R>::share_neurons() {
  shared_out_ = executor_.threads > 1 && lanes_ == 1 && std::ranges::all_of(onto_rate_, [&](std::int32_t p) {
                  const auto index = static_cast<std::size_t>(p);
                  return !network_.projections()[index].dense && blocks_[index].way != Way::kFused;
                });
  under_way_.reserve(onto_rate_.size());
  for (std::size_t p = 0; p < blocks_.size(); ++p)
    split_runs(network_.projections()[p], network_.synapses[p].weight.data(), blocks_[p]);
}

template <class R>
void Batched<R>::silence(std::size_t first, std::size_t last) {
  for (std::size_t cell = first; cell < last; ++cell) on(neuron(cell), Silence{});
}

template <class R>
void Batched<R>::step_neurons() {
  std::int64_t work = std::ssize(network_.rate.current);
  bool overwrites = false;
  for (const UnderWay& sending : under_way_) {
    const Projection& projection = network_.projections()[static_cast<std::size_t>(sending.projection)];
    work += sending.messages;
    overwrites = overwrites || (projection.source_layer == Layer::kRate && projection.wait == 0);
  }
  const int chunks = work < kWorthSharing ? 1 : executor_.threads;
  const auto begin = [&](int chunk) { return share(network_.rate.size, chunk, chunks); };
  const auto cell = [&](int chunk) { return static_cast<std::size_t>(begin(chunk)) * static_cast<std::size_t>(lanes_); };
  const auto hear = [&](int chunk) {
    silence(cell(chunk), cell(chunk + 1));
    for (const UnderWay& sending : under_way_) {
      const Projection& projection = network_.projections()[static_cast<std::size_t>(sending.projection)];
      send_to_share(projection, weight_of(sending.projection), blocks_[static_cast<std::size_t>(sending.projection)],
                    chunk, chunks, target_current(projection));
    }
  };
  const auto step = [&](int chunk) {
    step_cells(cell(chunk), cell(chunk + 1));
    keep_activities(begin(chunk), begin(chunk + 1));
    rate_lines_.list(chunk, cell(chunk), cell(chunk + 1));
  };
  if (shared_out_ && !overwrites) {
    executor_(chunks, [&](int chunk) {
      hear(chunk);
      step(chunk);
    });
  } else {
    if (shared_out_) executor_(chunks, hear);
    executor_(chunks, step);
  }
  under_way_.clear();
  rate_said_ = kUncounted;
  rate_lines_.enter(chunks);
}

/// What the rate neurons [first, last) have come to in this tick, for products and for those who
/// recall it.
template <class R>
void Batched<R>::keep_activities(std::int32_t first, std::int32_t last) {
  const std::int32_t row = door_.now().value - 1;
  if (!activities_.empty()) activities_.write(row + 1, network_.rate.activity.data(), first, last);
  if (!gains_.empty() && !(gains_.repeats() && row > 0)) gains_.write(row, network_.rate.gain.data(), first, last);
}

template <class R>
void Batched<R>::step_cells(std::size_t begin, std::size_t end) {
  for (const Neurons& population : network_.rate.populations) {
    const auto lanes = static_cast<std::size_t>(lanes_);
    const std::size_t first = std::max(begin, static_cast<std::size_t>(population.begin) * lanes);
    const std::size_t last = std::min(end, static_cast<std::size_t>(population.begin + population.size) * lanes);
    if (population.lif) {
      step_spiking(population, first, last);
    } else {
      step_population(population, first, last, network_.rate.current.data());
    }
  }
}

/// Cells [first, last), whose currents have arrived in a column of the layer (n x lanes).
template <class R>
void Batched<R>::step_population(const Neurons& population, std::size_t first, std::size_t last, R* current) {
  const Step<R> clock{static_cast<R>(population.leak)};
  dispatch(population.activation, [&]<class Phi>(Phi) {
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step<Phi>(neuron(cell, current), clock);
  });
}

template <class R>
void Batched<R>::step_spiking(const Neurons& population, std::size_t first, std::size_t last) {
  // which nothing that is written can be, so that the loop vectorises
  const Lif<R> clock(*population.lif);
  if (rule(learning_.kind).drive == Drive::kNothing) return step_still(population, first, last);
  dispatch(population.lif->surrogate, [&]<class Psi>(Psi) {
    const Lif<R> own = clock;
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step<Psi>(spiking(cell), own);
  });
}

/// Without a rule nobody asks for slopes, nor for states that stay as they are: they are the loop's
/// own, and cost no memory.
template <class R>
void Batched<R>::step_still(const Neurons& population, std::size_t first, std::size_t last) {
  const auto step_as = [&]<bool kAdapts, bool kRests>() {
    const Lif<R> clock(*population.lif);
    R* current = network_.rate.current.data();
    R* activity = network_.rate.activity.data();
    R* voltage = network_.rate.lif.voltage.data();
    R* adaptation = network_.rate.lif.adaptation.data();
    R* refractory = network_.rate.lif.refractory.data();
    R* count = network_.rate.lif.count.data();
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) {
      R none[5] = {};
      step<NoSurrogate>(LifNeuron<R>{current[cell], activity[cell], none[0], none[1], voltage[cell],
                                     kAdapts ? adaptation[cell] : none[2], kRests ? refractory[cell] : none[3],
                                     count[cell], none[4], none[4]},
                        clock);
    }
  };
  const bool rests = population.lif->refractory > 0;
  if (population.lif->adapts() && rests) return step_as.template operator()<true, true>();
  if (population.lif->adapts()) return step_as.template operator()<true, false>();
  if (rests) return step_as.template operator()<false, true>();
  step_as.template operator()<false, false>();
}

template void Batched<double>::share_neurons();
template void Batched<double>::silence(std::size_t, std::size_t);
template void Batched<double>::step_neurons();
template void Batched<double>::keep_activities(std::int32_t, std::int32_t);
template void Batched<double>::step_population(const Neurons&, std::size_t, std::size_t, double*);
template void Batched<float>::share_neurons();
template void Batched<float>::silence(std::size_t, std::size_t);
template void Batched<float>::step_neurons();
template void Batched<float>::keep_activities(std::int32_t, std::int32_t);
template void Batched<float>::step_population(const Neurons&, std::size_t, std::size_t, float*);

}  // namespace locus
