// What an input population shows in the first batch of a task: spikes or graded values, and their
// range.
#pragma once

#include <cstdint>

#include "sim/engine/binding.h"
#include "sim/model/spec.h"

namespace locus {

struct InputsSeen {
  bool are_spikes = false;  // all values are 0 or 1
  Range range = {};
};

/// `population`: index into the populations. Cost: drawing one batch. Of a network without a task
/// nothing is known.
InputsSeen inputs_seen(const Spec& spec, std::int32_t population);

}  // namespace locus
