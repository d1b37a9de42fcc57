#include "core/actor/activation.h"

namespace locus {

std::string_view name(Activation activation) {
  switch (activation) {
    case Activation::kIdentity: return "IDENTITY";
    case Activation::kTanh: return "TANH";
    case Activation::kRelu: return "RELU";
    case Activation::kSigmoid: return "SIGMOID";
  }
  return "";
}

}  // namespace locus
