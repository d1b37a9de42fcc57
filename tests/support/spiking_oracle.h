// The oracle of spiking networks: what a model whose neurons spike must do, in plain loops over
// doubles, tick by tick and synapse by synapse.
//
// As the oracle of rate networks (oracle.h) it shares no code with core or sim beyond the types
// that describe a model and the names of channels. It keeps every state of every tick and computes
// each rule as docs/spiking.md writes it: e-prop and RFLO forwards, BPTT and tBPTT backwards. What
// it knows: networks whose neurons all spike, readouts with and without memory, every loss, the
// optimizers, batches; recorded trials, float64. A mutation is one of the mistakes that are easily
// made; tests show that the figures they are held against would tell.
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

/// Trains the network of the spec under the rule. `spikes`, where given, gets (tick, neuron) of
/// every trial, in this order.
using Spikes = std::vector<std::vector<std::pair<std::int32_t, std::int32_t>>>;
oracle::Answer solve(const Spec& spec, const RuleSpec& rule, Mutation mutation = Mutation::kNone, Spikes* spikes = nullptr);

/// Which paths of the backward equations are kept: for BPTT both; for e-prop neither, and signals
/// of neurons in place of the readouts' adjoints.
struct Paths {
  bool recurrent = true;  // W^T del
  bool reset = true;      // -V_th del
  bool signals = false;   // (1 - kappa) sum of kappa^(u-t) L_u in place of zeta_o A^T eta
};

/// What the first update's first trial asks of every synapse by the backward equations over the
/// whole trial.
oracle::ByProjection backward(const Spec& spec, const RuleSpec& rule, Paths paths);

/// The same by forward-mode tangents of the dynamics in which dz = psi (dv - beta da): one
/// perturbation a synapse.
oracle::ByProjection tangents(const Spec& spec, const RuleSpec& rule);

}  // namespace locus::spiking
