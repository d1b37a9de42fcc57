#include "core/expression/symbol.h"

namespace locus {

constexpr std::array<SymbolRow, kSymbols> kSymbolTable = {{
    {Symbol::kPre, "pre", kSourceNeuron, "what the source sent that arrives in this tick; 0 if nothing did"},
    {Symbol::kActivity, "activity", kTargetNeuron, "h_t of the target neuron; 1 or 0 of a spiking one"},
    {Symbol::kCurrent, "current", kTargetNeuron, "u_t, the sum of what arrived at the target neuron"},
    {Symbol::kGain, "gain", kTargetNeuron, "alpha phi'(u_t) of a rate neuron, psi of a spiking one"},
    {Symbol::kSignal, "signal", kTargetNeuron, "the learning signal of the target neuron"},
    {Symbol::kOwnWeight, "own_weight", kTargetNeuron, "W_ii, which its autapse tells the target neuron", false, true},
    {Symbol::kVoltage, "voltage", kTargetNeuron, "v_t of the target neuron", true, false},
    {Symbol::kSpike, "spike", kTargetNeuron, "1 if the target neuron spikes in this tick, else 0", true, false},
    {Symbol::kNoise, "noise", kTargetNeuron, "what the target neuron's noise has added in this tick"},
    {Symbol::kReward, "reward", kTargetNeuron, "the reward that the environment gives all neurons in this tick, else 0"},
    {Symbol::kTaught, "", kTargetNeuron, "1 in ticks that bring an error, else 0"},
    {Symbol::kWeight, "weight", kSynapseItself, "the weight of the synapse"},
    {Symbol::kLeak, "leak", kEverybody, "alpha of the target neuron", false, true},
    {Symbol::kDecay, "decay", kEverybody, "1 - alpha of a rate neuron, exp(-dt / tau_m) of a spiking one"},
    {Symbol::kDrive, "drive", kEverybody, "zeta of a spiking target neuron: voltage for one unit of current", true, false},
    {Symbol::kDt, "dt", kEverybody, "ms of a tick"},
    {Symbol::kTicks, "ticks", kEverybody, "ticks of a trial"},
}};

namespace {

constexpr bool in_order() {
  for (std::size_t i = 0; i < kSymbolTable.size(); ++i) {
    if (static_cast<std::size_t>(kSymbolTable[i].symbol) != i) return false;
  }
  return true;
}
static_assert(in_order(), "row(symbol) looks rows up by their symbol");

struct ForeignRow {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kOfReadouts =
    "readouts have errors, and synapses do not: the error reaches a neuron over FEEDBACK (no violation) or TRANSPORT "
    "(a violation in space), and its synapses as `signal`";
constexpr std::string_view kOfOthers =
    "other synapses have their own weights: TRANSPORT would carry them, a violation in space; `weight` is the weight of "
    "the synapse itself";
constexpr std::string_view kOfPast =
    "actors keep no past: a sweep back in time would replay it over AXON with a lag, a violation in time; a trace keeps "
    "what it needs of the past";
constexpr std::string_view kOfSensitivities =
    "sensitivities of other neurons travel over INFLUENCE and GATHER, violations in space";
constexpr std::string_view kOfAgent = "only the backward agent has it, and ADJOINT carries it: a violation in space";

constexpr ForeignRow kForeign[] = {
    {"error", kOfReadouts},
    {"errors", kOfReadouts},
    {"epsilon", kOfReadouts},
    {"eps", kOfReadouts},
    {"target", kOfReadouts},
    {"output", kOfReadouts},
    {"weights", kOfOthers},
    {"w", kOfOthers},
    {"W", kOfOthers},
    {"A", kOfOthers},
    {"B", kOfOthers},
    {"R", kOfOthers},
    {"other_weight", kOfOthers},
    {"previous", kOfPast},
    {"past", kOfPast},
    {"history", kOfPast},
    {"last", kOfPast},
    {"sensitivity", kOfSensitivities},
    {"influence", kOfSensitivities},
    {"delta", kOfAgent},
    {"adjoint", kOfAgent},
    {"rewards", "the reward of the tick is `reward`; a trace sums those of a trial"},
    {"loss", "the environment tells neurons minus the loss as `reward`"},
    {"xi", "the noise of the target neuron is `noise`"},
    {"h", "the activity of the target neuron is `activity`, and what the source sent is `pre`"},
    {"x", "what the source sent is `pre`"},
    {"y", "the activity of the target neuron is `activity`"},
    {"z", "a spike of the target neuron is `spike`, and what the source sent is `pre`"},
    {"u", "the current of the target neuron is `current`"},
    {"v", "the voltage of the target neuron is `voltage`"},
    {"psi", "the pseudo-derivative of a spiking target neuron is `gain`"},
    {"post", "the activity of the target neuron is `activity`"},
    {"t", "actors have no number of the tick; `ticks` is the length of a trial"},
};

}  // namespace

const SymbolRow& row(Symbol symbol) { return kSymbolTable[static_cast<std::size_t>(symbol)]; }

std::optional<Symbol> symbol_named(std::string_view name) {
  for (const SymbolRow& candidate : kSymbolTable) {
    if (!name.empty() && candidate.name == name) return candidate.symbol;
  }
  return std::nullopt;
}

std::string_view words(Owner owner) {
  switch (owner) {
    case kEverybody: return "everybody";
    case kSourceNeuron: return "its source neuron";
    case kTargetNeuron: return "its target neuron";
    case kSynapseItself: return "the synapse";
  }
  return "";
}

std::string_view foreign(std::string_view name) {
  for (const ForeignRow& candidate : kForeign) {
    if (candidate.name == name) return candidate.why;
  }
  return {};
}

}  // namespace locus
