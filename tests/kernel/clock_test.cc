// Loops of the clock: neurons that step, traces that drift, commits, filters. Each against its
// handlers called one by one, to the last bit.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "core/kernel/settle.h"
#include "core/kernel/spiking.h"
#include "core/kernel/trace.h"
#include "core/kernel/transposed.h"
#include "tests/kernel/lengths.h"

namespace locus {
namespace {

template <class R>
void expect_equal(const Drawn<R>& actual, const Drawn<R>& expected, std::int32_t length, std::size_t shift) {
  for (std::size_t k = 0; k < expected.size(); ++k)
    ASSERT_EQ(actual[k], expected[k]) << "length " << length << ", shift " << shift << ", at " << k;
}

/// Columns of a layer of so many cells.
template <class R>
struct LayerColumns {
  Drawn<R> current, activity, gain, signal, own_weight, voltage, adaptation, refractory, count, delta, omega, synaptic,
      upsilon;

  LayerColumns(std::int32_t cells, std::size_t shift)
      : current(static_cast<std::size_t>(cells), 1, shift),
        activity(current.size(), 2, shift),
        gain(current.size(), 3, shift),
        signal(current.size(), 4, shift),
        own_weight(current.size(), 5, shift),
        voltage(current.size(), 6, shift),
        adaptation(current.size(), 7, shift),
        refractory(current.size(), 8, shift),
        count(current.size(), 9, shift),
        delta(current.size(), 10, shift),
        omega(current.size(), 11, shift),
        synaptic(current.size(), 12, shift),
        upsilon(current.size(), 13, shift) {
    for (std::size_t k = 0; k < current.size(); ++k) {
      activity[k] = k % 3 == 0 ? R(1) : R(0);
      refractory[k] = static_cast<R>(k % 4);
      current[k] *= R(3);
    }
  }
  RateCells<R> rate() { return {current.data(), activity.data(), gain.data(), signal.data(), own_weight.data()}; }
  SpikingCells<R> spiking() {
    return {rate(),       voltage.data(), adaptation.data(), refractory.data(), count.data(),
            delta.data(), omega.data(),   synaptic.data(),   upsilon.data()};
  }
};

template <class R>
void expect_rate_steps() {
  each_length<R>([](std::int32_t cells, std::size_t shift) {
    for (const Activation activation : {Activation::kIdentity, Activation::kTanh, Activation::kRelu}) {
      LayerColumns<R> layer(cells, shift);
      LayerColumns<R> alone = layer;
      const std::size_t first = 1;  // a population that does not begin at its layer's first neuron
      step_rate(layer.rate(), first, static_cast<std::size_t>(cells), activation, R(0.25));
      Drawn<R> decay(static_cast<std::size_t>(cells), 12, shift);
      own_decays(layer.rate(), first, static_cast<std::size_t>(cells), R(0.25), decay.data());
      dispatch(activation, [&]<class Phi>(Phi) {
        for (std::size_t k = first; k < static_cast<std::size_t>(cells); ++k) {
          step<Phi>(alone.rate()[k], Step<R>{R(0.25)});
          EXPECT_EQ(decay[k], own_decay(alone.rate()[k], Step<R>{R(0.25)}));
        }
      });
      // tanh of a register and of one number may differ by how the compiler orders it: not at all
      expect_equal(layer.activity, alone.activity, cells, shift);
      expect_equal(layer.gain, alone.gain, cells, shift);
    }
  });
}

TEST(Neurons, StepAsEachDoesAlone) {
  expect_rate_steps<double>();
  expect_rate_steps<float>();
}

template <class R>
void expect_spiking_steps() {
  each_length<R>([](std::int32_t cells, std::size_t shift) {
    for (const bool adapts : {false, true}) {
      for (const double refractory : {0.0, 2.0}) {
        LifParameters lif{.decay = 0.9, .threshold = 0.6, .refractory = refractory};
        if (adapts) lif.adaptation = 0.3, lif.adaptation_decay = 0.95;
        LayerColumns<R> learning(cells, shift);
        if (!adapts) std::fill_n(learning.adaptation.data(), cells, R(0));
        if (refractory == 0) std::fill_n(learning.refractory.data(), cells, R(0));
        LayerColumns<R> still = learning;
        LayerColumns<R> alone = learning;
        step_spiking_kind(learning.spiking(), 0, static_cast<std::size_t>(cells),
                          SpikingKind<R>{lif, true, {Lif<R>(lif)}}, true);
        step_spiking_kind(still.spiking(), 0, static_cast<std::size_t>(cells), SpikingKind<R>{lif, true, {Lif<R>(lif)}},
                          false);
        const Lif<R> clock(lif);
        for (std::size_t k = 0; k < static_cast<std::size_t>(cells); ++k)
          step<PiecewiseLinear>(alone.spiking()[k], clock);
        for (LayerColumns<R>* layer : {&learning, &still}) {
          expect_equal(layer->activity, alone.activity, cells, shift);
          expect_equal(layer->voltage, alone.voltage, cells, shift);
          expect_equal(layer->count, alone.count, cells, shift);
        }
        expect_equal(learning.gain, alone.gain, cells, shift);
      }
    }
  });
}

TEST(Neurons, SpikeAsEachDoesAlone) {
  expect_spiking_steps<double>();
  expect_spiking_steps<float>();
}

/// The constants of three neurons in turn, as columns of a layer.
template <class R>
struct ConstantColumns {
  std::vector<R> decay, gain, threshold, adaptation_decay, adaptation, current_decay, reset_to, rest;

  explicit ConstantColumns(std::size_t neurons) {
    for (std::size_t i = 0; i < neurons; ++i) {
      const R k = static_cast<R>(i % 3);
      decay.push_back(R(0.75) + k / R(16));
      gain.push_back(R(1) - k / R(8));
      threshold.push_back(R(0.5) + k / R(8));
      adaptation_decay.push_back(R(0.5) + k / R(8));
      adaptation.push_back(k / R(8));
      current_decay.push_back(R(0.25) + k / R(8));
      reset_to.push_back(k / R(-4));
      rest.push_back(k / R(32));
    }
  }
  LifClocks<R> clocks(const LifParameters& lif) const {
    return {Lif<R>(lif),
            {decay.data(), gain.data(), threshold.data(), adaptation_decay.data(), adaptation.data(),
             current_decay.data(), reset_to.data(), rest.data()}};
  }
};

/// A tick and a stage of a sweep of every kind of neuron, with and without constants of their own,
/// against the handlers called one by one.
template <class R>
void expect_kinds() {
  each_length<R>([](std::int32_t cells, std::size_t shift) {
    for (int k = 0; k < 96; ++k) {
      LifParameters lif{.decay = 0.9, .threshold = 0.6, .refractory = 2, .adaptation_decay = 0.95, .adaptation = 0.3};
      lif.has_current = k % 2 == 1;
      lif.current_decay = lif.has_current ? 0.8 : 0;
      lif.reset = static_cast<Reset>(k / 2 % 3);
      lif.above = k / 6 % 2 == 1;
      lif.rest = 0.01;
      lif.surrogate = static_cast<Surrogate>(k % 4);
      if (k / 48 == 1) lif.adaptation = lif.adaptation_decay = lif.refractory = 0;
      const std::size_t lanes = k / 12 % 2 == 1 ? 3 : 1;
      const std::size_t neurons = static_cast<std::size_t>(cells) / lanes;
      const std::size_t last = neurons * lanes;
      const ConstantColumns<R> own(neurons + 1);
      SpikingKind<R> kind{lif, false, {Lif<R>(lif)}, lanes};
      if (k / 24 % 2 == 1) kind.clocks = own.clocks(lif);
      LayerColumns<R> layer(cells, shift);
      if (lif.refractory == 0) std::fill_n(layer.refractory.data(), cells, R(0));
      LayerColumns<R> still = layer;
      LayerColumns<R> alone = layer;
      const LayerColumns<R> past(cells, shift);
      Drawn<R> errors(static_cast<std::size_t>(cells), 14, shift);
      step_spiking_kind(layer.spiking(), 0, last, kind, true);
      step_spiking_kind(still.spiking(), 0, last, kind, false);
      const RecalledCells<R> recalled{past.gain.data(), past.voltage.data(), past.activity.data(),
                                      static_cast<std::ptrdiff_t>(lanes)};
      revisit_spiking_kind(layer.spiking(), 0, last, kind, recalled, errors.data());
      dispatch_kind(lif, false, [&]<class K>(K) {
        for (std::size_t cell = 0; cell < last; ++cell) {
          const Lif<R> clock = kind.clocks.of(cell / lanes);
          const LifNeuron<R> neuron = alone.spiking()[cell];
          dispatch(lif.surrogate, [&]<class Psi>(Psi) { step<Psi, K>(neuron, clock); });
          neuron.gain = past.gain[cell];
          revisit<K>(neuron, clock, {past.voltage[cell], past.activity[cell]});
          const Post<R> post = post_back<K>(neuron, clock);
          ASSERT_EQ(errors[cell], post.gain * post.signal) << "kind " << k;
        }
      });
      expect_equal(layer.activity, alone.activity, cells, shift);
      expect_equal(still.activity, alone.activity, cells, shift);
      expect_equal(layer.voltage, alone.voltage, cells, shift);
      expect_equal(still.voltage, alone.voltage, cells, shift);
      expect_equal(still.count, alone.count, cells, shift);
      expect_equal(still.synaptic, alone.synaptic, cells, shift);
      expect_equal(layer.synaptic, alone.synaptic, cells, shift);
      expect_equal(layer.delta, alone.delta, cells, shift);
      expect_equal(layer.upsilon, alone.upsilon, cells, shift);
    }
  });
}

TEST(Neurons, OfEveryKindDoAsEachDoesAlone) {
  expect_kinds<double>();
  expect_kinds<float>();
}

template <class R>
void expect_leaks() {
  each_length<R>([](std::int32_t cells, std::size_t shift) {
    for (const std::size_t lanes : {std::size_t{1}, std::size_t{3}}) {
      LayerColumns<R> layer(cells, shift);
      LayerColumns<R> alone = layer;
      std::vector<R> leak;
      for (std::int32_t i = 0; i < cells; ++i) leak.push_back(R(1) / static_cast<R>(1 + i % 4));
      Drawn<R> decay(static_cast<std::size_t>(cells), 12, shift);
      const std::size_t last = static_cast<std::size_t>(cells) / lanes * lanes;
      step_rate(layer.rate(), 0, last, Activation::kTanh, leak.data(), lanes);
      own_decays(layer.rate(), 0, last, leak.data(), lanes, decay.data());
      for (std::size_t k = 0; k < last; ++k) {
        step<Tanh>(alone.rate()[k], Step<R>{leak[k / lanes]});
        EXPECT_EQ(decay[k], own_decay(alone.rate()[k], Step<R>{leak[k / lanes]}));
      }
      expect_equal(layer.activity, alone.activity, cells, shift);
      expect_equal(layer.gain, alone.gain, cells, shift);
    }
  });
}

TEST(Neurons, LeakEachByItsOwn) {
  expect_leaks<double>();
  expect_leaks<float>();
}

template <class R>
void expect_comparison() {
  each_length<R>([](std::int32_t cells, std::size_t shift) {
    const Drawn<R> current(static_cast<std::size_t>(cells), 1, shift);
    const Drawn<R> target(current.size(), 2, shift);
    Drawn<R> error(current.size(), 3, shift);
    Drawn<R> epsilon(current.size(), 4, shift);
    compare_cells(current.data(), target.data(), R(0.5), cells, error.data(), epsilon.data());
    for (std::size_t k = 0; k < current.size(); ++k) {
      EXPECT_EQ(error[k], current[k] - target[k]);
      EXPECT_EQ(epsilon[k], R(0.5) * (current[k] - target[k]));
    }
  });
}

TEST(Neurons, ReadoutsCompare) {
  expect_comparison<double>();
  expect_comparison<float>();
}

template <class R>
void expect_drift() {
  constexpr std::int32_t kRows = 3;
  each_length<R>([](std::int32_t sources, std::size_t shift) {
    const std::int32_t by_row = sources + 2;
    const Drawn<R> said(static_cast<std::size_t>(kRows * by_row), 1, shift);
    Drawn<R> trace(static_cast<std::size_t>(sources), 2, shift);
    Drawn<R> alone = trace;
    const Drift<R> clock{R(0.75), R(0.25)};
    drift_traces({said.data(), kRows, sources, by_row, 1}, clock, trace.data());
    for (std::int32_t row = 0; row < kRows; ++row) {
      for (std::size_t j = 0; j < alone.size(); ++j)
        on(Eligibility<R>{alone[j], said[static_cast<std::size_t>(row * by_row) + j]}, clock);
    }
    expect_equal(trace, alone, sources, shift);
  });
}

TEST(Traces, OfASourceDrift) {
  expect_drift<double>();
  expect_drift<float>();
}

template <class R>
void expect_loop(std::int32_t lanes) {
  constexpr std::int32_t kSources = 3;
  each_length<R>([&](std::int32_t targets, std::size_t shift) {
    const auto synapses = static_cast<std::size_t>(kSources * targets);
    Drawn<R> weight(synapses, 1, shift), pre(static_cast<std::size_t>(kSources * lanes), 2, shift);
    Drawn<R> trace(synapses * static_cast<std::size_t>(lanes), 3, shift), delta(synapses, 4, shift);
    const Drawn<R> decay(static_cast<std::size_t>(targets * lanes), 5, shift), gain(decay.size(), 6),
        signal(decay.size(), 7);
    Drawn<R> alone_trace = trace, alone_delta = delta;
    const LoopColumns<R> columns{{kSources, targets, weight.data()}, lanes, pre.data(), trace.data(), delta.data()};
    loop_post(columns, PostView<R>{decay.data(), gain.data(), signal.data()});
    loop_drift(columns, PostView<R>{.constant_decay = R(0.5)}, R(0.25));
    for (std::size_t k = 0; k < synapses; ++k) {
      const std::size_t i = k % static_cast<std::size_t>(targets);
      for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes); ++lane) {
        const std::size_t cell = i * static_cast<std::size_t>(lanes) + lane;
        R& own = alone_trace[k * static_cast<std::size_t>(lanes) + lane];
        const R sent = pre[k / static_cast<std::size_t>(targets) * static_cast<std::size_t>(lanes) + lane];
        own = decay[cell] * own + gain[cell] * sent;
        alone_delta[k] += signal[cell] * own;
        own = R(0.5) * own + R(0.25) * sent;
      }
    }
    expect_equal(trace, alone_trace, targets, shift);
    expect_equal(delta, alone_delta, targets, shift);
  });
}

TEST(Traces, OfEachSynapseHearPost) {
  expect_loop<double>(1);
  expect_loop<double>(3);
  expect_loop<float>(2);
}

template <class R>
void expect_filter(bool own_decay) {
  constexpr std::int32_t kTrial = 5;
  each_length<R>([&](std::int32_t neurons, std::size_t shift) {
    const auto cells = static_cast<std::size_t>(kTrial * neurons);
    Drawn<R> signal(cells, 1, shift);
    const Drawn<R> gain(cells, 2, shift), decay(cells, 3, shift);
    Drawn<R> expected = signal;
    for (std::size_t i = 0; i < static_cast<std::size_t>(neurons); ++i) {
      TransposedTrace<R> back;
      for (std::int32_t t = kTrial - 1; t >= 0; --t) {
        const std::size_t at = static_cast<std::size_t>(t * neurons) + i;
        expected[at] = back.coefficient(signal[at], gain[at], own_decay ? decay[at] : R(0.5));
      }
    }
    TraceFilter<R> filter{{gain.data(), neurons, 1}, {}, R(0.5)};
    if (own_decay) filter.decay = {decay.data(), neurons, 1};
    filter_signals(TicksView<R>{signal.data(), neurons, 1}, filter, 0, neurons, kTrial);
    expect_equal(signal, expected, neurons, shift);
  });
}

TEST(Transposed, SignalsBecomeCoefficients) {
  expect_filter<double>(true);
  expect_filter<double>(false);
  expect_filter<float>(true);
}

template <class R>
void expect_commits(const Optimizer& optimizer) {
  each_length<R>([&](std::int32_t synapses, std::size_t shift) {
    const auto size = static_cast<std::size_t>(synapses);
    Drawn<R> weight(size, 1, shift), delta(size, 2, shift), first(size, 3, shift), second(size, 4, shift);
    for (std::size_t k = 0; k < size; ++k) second[k] *= second[k];
    Drawn<R> alone = weight, asked = delta, mean = first, square_mean = second;
    const auto of = [&](Drawn<R>& column) { return std::span<R>(column.data(), size); };
    settle<R>({of(weight), of(delta), of(first), of(second)}, optimizer, {.rate = 0.1, .scale = 0.5, .number = 3});
    for (std::size_t k = 0; k < size; ++k) {
      keep_change_within(asked[k], R(0.5), optimizer);
      const R before = asked[k];
      if (optimizer.weight_decay != 0) {
        add_decay(TaughtSynapse<R>{alone[k], asked[k]}, static_cast<R>(optimizer.weight_decay), R(0.5));
        EXPECT_EQ(asked[k], before + static_cast<R>(optimizer.weight_decay) * alone[k] / R(0.5));
      }
      if (optimizer.momentum) {
        on(MomentumSynapse<R>{alone[k], asked[k], mean[k]},
           MomentumCommit<R>{static_cast<R>(0.1), R(0.5), static_cast<R>(*optimizer.momentum)});
      } else if (optimizer.adam) {
        on(AdaptiveSynapse<R>{alone[k], asked[k], mean[k], square_mean[k]}, AdamCommit<R>(*optimizer.adam, 0.1, R(0.5), 3));
      } else {
        on(TaughtSynapse<R>{alone[k], asked[k]}, Commit<R>{static_cast<R>(0.1) * R(0.5)});
      }
      keep_within(alone[k], optimizer);
      EXPECT_EQ(delta[k], R(0));
    }
    expect_equal(weight, alone, synapses, shift);
  });
}

TEST(Settle, EverySynapseFollowsItsOptimizer) {
  for (const Optimizer& optimizer :
       {Optimizer{}, Optimizer{.adam = Optimizer::Adam{}}, Optimizer{.weight_min = -0.5, .weight_max = 0.4},
        Optimizer{.element = 0.2}, Optimizer{.momentum = 0.75}, Optimizer{.momentum = 0.75, .weight_decay = 0.25},
        Optimizer{.adam = Optimizer::Adam{}, .weight_decay = 0.25}, Optimizer{.element = 0.2, .weight_decay = 0.5}}) {
    expect_commits<double>(optimizer);
    expect_commits<float>(optimizer);
  }
}

TEST(Settle, SquaresAreSummedSourceBySource) {
  std::vector<double> weight(6), delta = {1, 2, 3, 4, 5, 6};
  const SynapsesView<double> synapses{2, 3, weight.data()};
  EXPECT_EQ(sum_of_squares(synapses, delta.data(), 2.0), 4.0 * 91);
}

}  // namespace
}  // namespace locus
