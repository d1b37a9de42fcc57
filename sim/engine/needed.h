// The products of a rule, sorted by whom each factor comes from: what a binding must find accesses
// and variables for.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "sim/engine/binding.h"

namespace locus {

/// A product of a rule, with its atoms by owner.
struct Needed {
  int target = 0;  // index of Binding::variables
  double scale = 0;
  bool source_spike = false;
  int target_spikes = 0;
  std::vector<int> source = {};      // atoms
  std::vector<int> target_own = {};  // atoms that accesses of their own bring
  Sum value = {};                    // of the target neuron, together
  std::vector<int> variables = {};   // indices of Binding::variables
  int rewards = 0;
  std::int64_t ticks = 0;  // in which it is read

  auto key() const { return std::tie(target, source_spike, target_spikes, source, target_own, variables, rewards); }
};

/// True if some access of an end can be filled so.
bool takes(const EngineEnd& end, AccessSource source);

/// A trace of the source that no access can keep becomes one of each synapse. Adds what is summed
/// for the end of a trial.
void settle_traces(SumForm& form, const EngineSpec& engine, const BindingContext& context);

/// The products of the binding's form, for its variables, which stand; adds to its lacks and atoms.
/// What a neuron that computes values tells for the same factors is one value.
std::vector<Needed> needed_products(Binding& binding, const EngineSpec& engine, const BindingContext& context);

}  // namespace locus
