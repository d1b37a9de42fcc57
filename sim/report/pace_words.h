// The pace of each rule in words: learning rate, optimizer and schedule, where they differ.
#pragma once

#include <string>

#include "sim/model/spec.h"

namespace locus {

/// "Adam", "momentum 0.9, weight decay 0.01", "gradient descent".
std::string optimizer_words(const Optimizer& optimizer);

/// "learning rates: bptt 0.003; rflo 0.01, Adam": the rules that learn, in their order; what is not
/// said is the training's. Empty if no rule has a pace of its own.
std::string paces_of(const Spec& spec);

}  // namespace locus
