// Networks and engines for the tests of this room.
#pragma once

#include <string>
#include <vector>

#include "sim/engine/fit.h"
#include "sim/model/engine.h"
#include "sim/model/load.h"
#include "sim/model/wire.h"

namespace locus::engines {

inline constexpr int kInputs = 3;
inline constexpr int kNeurons = 5;
inline constexpr int kReadouts = 2;
inline constexpr int kTicks = 20;

/// 3 inputs of Poisson spikes or of noise, 5 neurons (the text of their kind), 2 readouts; T = 20,
/// an error in every tick.
inline Spec network(const std::string& neurons, const std::string& inputs, const std::string& rule,
                    const std::string& delay = "") {
  const std::string text = R"(name: "n" seed: 1
    network {
      populations { name: "in" size: 3 input {} }
      populations { name: "rec" size: 5 )" +
                           neurons + R"( }
      populations { name: "out" size: 2 readout {} }
      projections { name: "B" source: "in" target: "rec" weights { gaussian { gain: 1 } } }
      projections { name: "W" source: "rec" target: "rec" )" +
                           delay + R"( weights { gaussian { gain: 1 } } }
      projections { name: "A" source: "rec" target: "out" weights { gaussian { gain: 1 } } }
    }
    task { drawn { inputs { population: "in" )" +
                           inputs + R"( } targets { sines { period_ms: 20 } } } }
    training { loss: SUM ticks: 20 updates: 3 learning_rate: 0.01 dt_ms: 1 }
    rules { name: "r" )" + rule +
                           " }";
  std::vector<Fault> warnings;
  return load_bytes(text, "n.txtpb", warnings);
}

inline const std::string kLif = "lif { tau_m: 20 threshold: 0.6 }";
inline const std::string kAlif = "lif { tau_m: 20 threshold: 0.6 adaptation { tau: 100 beta: 0.1 } }";
inline const std::string kRate = "rate { activation: TANH leak: 0.3 }";
inline const std::string kSpikes = "poisson { rate_hz: 100 }";
inline const std::string kNoise = "white_noise {}";

/// An engine file of models/engines.
EngineSpec shipped(const std::string& name);

inline Fit fit_on(const Spec& spec, const EngineSpec& engine) {
  return fit(spec, topology_of(spec), spec.rules.front(), engine);
}

inline const Shortfall* lack_of(const Fit& fit, const std::string& part) {
  for (const Shortfall& lack : fit.lacks) {
    if (lack.what.find(part) != std::string::npos) return &lack;
  }
  return nullptr;
}

}  // namespace locus::engines
