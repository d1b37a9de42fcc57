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

}  // namespace locus
