// Kept: the state of actors between two updates besides weights, as plain numbers.
//
// Checkpoints hold it for the running rule, and for rules that have ended if a continuation may
// give them more updates. Cost: under Adam twice the weights, under momentum once.
#pragma once

#include <cstdint>
#include <vector>

namespace locus {

/// Numbers of one kind, besides weights, that actors keep from one update to the next.
struct Kept {
  enum class What : std::uint8_t {
    kFirstMoment,   // of Adam or momentum; by projection, in the order of the model file
    kSecondMoment,  // of Adam; the same
    // of neurons that carry their state across trials, as those below (neurons x lanes)
    kActivity,
    kVoltage,  // of spiking neurons, as the next two
    kAdaptation,
    kRefractory,
    kOutput,   // of readouts with memory
    kCurrent,  // synaptic currents of spiking neurons
    // of feedback that learns, by its place in Network::feedback: weights, and moments as above
    kFeedback,
    kFeedbackFirst,
    kFeedbackSecond,
  };
  What what = What::kFirstMoment;
  std::int32_t index = 0;  // of the projection; 0 where neurons keep them
  std::vector<double> values;
};

}  // namespace locus
