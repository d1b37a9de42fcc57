// The clock of a population: every neuron steps. The handlers are those of
// core/actor/rate_neuron.h, lif_neuron.h and readout.h.
//
// Why here: the activation or surrogate is dispatched once a population, and the loop of each is
// compiled for it alone, without a branch, so that it vectorises. A cell is a neuron and lane,
// cells [first, last) of a layer's columns. Cost: one pass over the columns named.
#pragma once

#include <cstddef>

#include "core/actor/lif_neuron.h"
#include "core/actor/rate_neuron.h"
#include "core/actor/readout.h"
#include "core/kernel/registers.h"

namespace locus {

/// The columns of a layer of rate neurons (n x lanes each).
template <class R>
struct RateCells {
  R* current = nullptr;
  R* activity = nullptr;
  R* gain = nullptr;
  R* signal = nullptr;
  R* own_weight = nullptr;

  RateNeuron<R> operator[](std::size_t cell) const {
    return {current[cell], activity[cell], gain[cell], signal[cell], own_weight[cell]};
  }
};

/// The further columns of spiking neurons (n x lanes each).
template <class R>
struct SpikingCells {
  RateCells<R> rate;
  R* voltage = nullptr;
  R* adaptation = nullptr;
  R* refractory = nullptr;
  R* count = nullptr;
  R* delta = nullptr;
  R* omega = nullptr;
  R* synaptic = nullptr;  // without synaptic currents the voltage,
  R* upsilon = nullptr;   // and its adjoint

  LifNeuron<R> operator[](std::size_t cell) const {
    return {rate.current[cell], rate.activity[cell], rate.gain[cell],  rate.signal[cell],
            voltage[cell],      adaptation[cell],    refractory[cell], count[cell],
            delta[cell],        omega[cell],         synaptic[cell],   upsilon[cell]};
  }
};

template <class R>
void step_rate(RateCells<R> cells, std::size_t first, std::size_t last, Activation activation, R leak) {
  const Step<R> clock{leak};
  dispatch(activation, [&]<class Phi>(Phi) {
#pragma GCC ivdep
    for (std::size_t cell = first; cell < last; ++cell) step<Phi>(cells[cell], clock);
  });
}

/// The same where each neuron has a leak of its own (n of the layer).
template <class R>
void step_rate(RateCells<R> cells, std::size_t first, std::size_t last, Activation activation, const R* leak,
               std::size_t lanes) {
  dispatch(activation, [&]<class Phi>(Phi) {
    if (lanes == 1) {
#pragma GCC ivdep
      for (std::size_t cell = first; cell < last; ++cell) step<Phi>(cells[cell], Step<R>{leak[cell]});
      return;
    }
    for (std::size_t cell = first; cell < last; ++cell) step<Phi>(cells[cell], Step<R>{leak[cell / lanes]});
  });
}

/// Stands in for a surrogate that is not needed.
struct NoSurrogate {
  template <class R>
  static R at(R, const Lif<R>&) {
    return R(0);
  }
};

/// e-prop: the decay that each neuron tells its synapses, made of its own weight.
template <class R>
void own_decays(RateCells<R> cells, std::size_t first, std::size_t last, R leak, R* decay) {
  const Step<R> clock{leak};
#pragma GCC ivdep
  for (std::size_t cell = first; cell < last; ++cell) decay[cell] = own_decay(cells[cell], clock);
}

/// The same where each neuron has a leak of its own (n of the layer).
template <class R>
void own_decays(RateCells<R> cells, std::size_t first, std::size_t last, const R* leak, std::size_t lanes, R* decay) {
  for (std::size_t cell = first; cell < last; ++cell) decay[cell] = own_decay(cells[cell], Step<R>{leak[cell / lanes]});
}

/// The errors and epsilons of readouts that were compared, by the weights of their errors (cells
/// each): a cell of weight 0 has none.
template <class R>
void weigh_cells(const R* weight, R scale, std::ptrdiff_t cells, R* errors, R* epsilons) {
  for (std::ptrdiff_t cell = 0; cell < cells; ++cell) {
    if (weight[cell] == R(0)) errors[cell] = R(0);
    epsilons[cell] = scale * weight[cell] * errors[cell];
  }
}

/// Readouts without memory that meet their targets: current and target are read, error and epsilon
/// written (cells each). scale is the loss's.
template <class R>
void compare_cells(const R* current, const R* target, R scale, std::ptrdiff_t cells, R* errors, R* epsilons) {
  by_cells<R>(0, cells, [&]<std::size_t kCells>(std::ptrdiff_t begin) {
    using Run = Cells<R, kCells>;
    Run arrived = Run::load(current + begin);
    Run asked = Run::load(target + begin);
    Run output{};  // of readouts without memory: heard again in every tick
    Run peak{};
    Run norm{};
    Run error{};
    Run epsilon{};
    for (std::size_t k = 0; k < kCells; ++k) {
      const Readout<R> readout{arrived[k], output[k], error[k], epsilon[k], peak[k], norm[k]};
      step(readout, Leaky<R>{R(0), R(1)});
      on(readout, Target<R>{asked[k]}, scale);
    }
    error.store(errors + begin);
    epsilon.store(epsilons + begin);
  });
}

}  // namespace locus
