#include "core/actor/lif_neuron.h"

namespace locus {

std::string_view name(Surrogate surrogate) {
  switch (surrogate) {
    case Surrogate::kPiecewiseLinear: return "PIECEWISE_LINEAR";
    case Surrogate::kExponential: return "EXPONENTIAL";
    case Surrogate::kFastSigmoid: return "FAST_SIGMOID";
    case Surrogate::kArctan: return "ARCTAN";
  }
  return "";
}

std::string_view name(Reset reset) {
  switch (reset) {
    case Reset::kSubtractNextTick: return "SUBTRACT_NEXT_TICK";
    case Reset::kSubtract: return "SUBTRACT";
    case Reset::kZero: return "ZERO";
  }
  return "";
}

}  // namespace locus
