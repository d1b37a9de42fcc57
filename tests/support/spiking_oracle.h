// The oracle of spiking networks: the correct behaviour of a model with spiking neurons, in plain
// loops over doubles, tick by tick and synapse by synapse.
//
// Like the oracle of rate networks (oracle.h) it shares no code with core or sim except the types
// that describe a model and the names of channels. It keeps every state of every tick and computes
// each rule by the equations of docs/spiking.md: e-prop and RFLO forwards, BPTT and tBPTT
// backwards.
// Limits: networks whose neurons all spike, readouts with and without memory, every loss, the
// optimizers, batches; recorded trials, float64. A mutation is one of the mistakes that are easy to
// make; tests show that the reference figures would reveal each.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/oracle.h"

namespace locus::spiking {

enum class Mutation {
  kNone,
  kResetBeforeLeak,
  kResetByThreshold,
  kNoReset,
  kAdaptsAtOnce,
  kRestsATickLonger,
  kReadoutATickLate,
  kTargetATickLate,
  kWindowATickLonger,
  kTraceOfOwnTick,
  kSignalATickLate,
  kOldLowPass,
  kNoOneMinusKappa,
  kNoZetaInTrace,
  kPsiWhileResting,
  kPsiAgainstBaseThreshold,
  kRateNotByTicks,
  kRateByLowPass,
  kRateOff,
  kRateWithoutLastTick,
  kAveragedByTicks,
  kAdamCountsFromTwo,
  kAdamEpsilonInside,
  kLearnsDiagonal,
  kAdaptedAfterUpdate,
  kReadoutTraceATickLate,
};
std::string name(Mutation mutation);
std::vector<Mutation> mutations();

/// Trains the network of the spec under the rule. `spikes`, unless null, gets (tick, neuron) of
/// every trial, in this order.
using Spikes = std::vector<std::vector<std::pair<std::int32_t, std::int32_t>>>;
oracle::Answer solve(const Spec& spec, const RuleSpec& rule, Mutation mutation = Mutation::kNone, Spikes* spikes = nullptr);

/// The paths of the backward equations that are kept. BPTT has both; e-prop has neither, and
/// signals of neurons instead of the readouts' adjoints.
struct Paths {
  bool recurrent = true;  // W^T del
  bool reset = true;      // -V_th del
  bool signals = false;   // (1 - kappa) sum of kappa^(u-t) L_u instead of zeta_o A^T eta
};

/// The change of every synapse in the first trial of the first update, by the backward equations
/// over the whole trial.
oracle::ByProjection backward(const Spec& spec, const RuleSpec& rule, Paths paths);

/// The same by forward-mode tangents of the dynamics with dz = psi (dv - beta da): one perturbation
/// for each synapse.
oracle::ByProjection tangents(const Spec& spec, const RuleSpec& rule);

}  // namespace locus::spiking
