// fit: does this rule fit that engine?
//
// Every plastic projection of a model is bound (binding.h), and so is feedback that learns. Beside
// accesses, a rule may need channels that the chip does not have, or the past
// (core/protocol/closed_form.h counts both), other neurons, or more room than there is. The answer
// is yes with all bindings and approximations, or no with everything that is missing and its count.
// Cost: that of the closed forms, and of one batch of the task, of which inputs are read.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/wire/topology.h"
#include "sim/engine/binding.h"
#include "sim/model/engine_spec.h"
#include "sim/model/spec.h"

namespace locus {

/// The network's share of a chip's room.
struct RoomTaken {
  std::int64_t cores = 1;         // at least
  std::int64_t neurons = 0;       // rate neurons and readouts
  std::int64_t synapses = 0;      // of all projections, without biases
  std::int64_t synapse_bits = 0;  // of one, for the variables that are used
};

struct Fit {
  std::string rule;
  std::string engine;
  bool fits = false;
  bool gives_up_delays = false;  // it fits because no synapse needs a delay
  std::vector<Binding> bindings;
  // of all bindings, and of the rule as a whole; equal ones once
  std::vector<Shortfall> lacks;
  std::vector<Approximation> approximations;  // of the rule as a whole
  RoomTaken room;
};

/// `ranges`: sizes that the model does not say, by name ("signal", "weight").
Fit fit(const Spec& spec, const Topology& topology, const RuleSpec& rule, const EngineSpec& engine,
        const std::map<std::string, Range>& ranges = {});

}  // namespace locus
