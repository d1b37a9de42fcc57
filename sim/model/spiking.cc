// What a model says of spiking neurons and readouts with memory, in ticks.
#include <cmath>

#include "sim/model/spec.h"

namespace locus {

std::int32_t window_of(const TrainingSpec& training) {
  switch (training.loss) {
    case Loss::kFinal: return 1;
    case Loss::kSequence:
    case Loss::kSum:
    case Loss::kCrossEntropy: break;
  }
  return training.window > 0 ? training.window : training.ticks - training.warmup;
}

double decay_of(double tau, double dt) { return tau > 0 ? std::exp(-dt / tau) : 0; }

LifParameters lif_parameters(const LifSpec& lif, double dt) {
  LifParameters p;
  p.decay = decay_of(lif.leak.tau_m, dt);
  p.gain = lif.leak.normalise_input ? 1 - p.decay : 1;
  p.threshold = lif.threshold;
  p.refractory = std::round(lif.refractory / dt);
  p.adaptation_decay = decay_of(lif.adaptation_tau, dt);
  p.adaptation = lif.adaptation;
  p.surrogate = lif.surrogate;
  p.height = lif.height;
  p.width = lif.width;
  return p;
}

std::string_view name(Loss loss) {
  switch (loss) {
    case Loss::kFinal: return "FINAL";
    case Loss::kSequence: return "SEQUENCE";
    case Loss::kSum: return "SUM";
    case Loss::kCrossEntropy: return "CROSS_ENTROPY";
  }
  return "";
}

}  // namespace locus
