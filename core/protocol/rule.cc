#include "core/protocol/rule.h"

#include <algorithm>

namespace locus {
namespace {

constexpr Argument kDepthAndStride[] = {{Argument::What::kDepth, true}, {Argument::What::kStride, false}};
constexpr Argument kTraceDecay[] = {{Argument::What::kTraceDecay, false}};
constexpr Argument kReach[] = {{Argument::What::kReach, true}};
constexpr Argument kPaths[] = {{Argument::What::kPaths, true}};

// The state of each restricted rule says which posts K_k a neuron keeps, and which synapses E carry
// sensitivities.
constexpr std::string_view kRestricted =
    "S_k,(i,j)(t) = (1 - alpha) S_k,(i,j)(t-1)\n"
    "  + alpha phi'_{t,k} (sum_{l: (k,l) in E, i in K_l} W_kl S_l,(i,j)(t-1) + [i = k] pre_{t,j})  for i in K_k, else 0\n"
    "Delta_(i,j) += sum_{k: i in K_k} (A^T eps_t)_k S_k,(i,j)(t)";

constexpr std::string_view kSweepEquation =
    "every k ticks, and at T, back over s = t, t-1, ... (at most tau ticks), from delta = 0:\n"
    "  delta += A^T eps_s  (an error is met once)\n"
    "  g = alpha phi'_s * delta;  dW += g h_{s-1}^T;  dB += g x_s^T\n"
    "  delta = (1 - alpha) delta + W^T g";

constexpr std::string_view kSpikingSweep =
    "l = zeta_o A^T eta + zeta W^T del_{s+1} - V_th del_{s+1} + om_{s+1},  eta = eps_s + alpha_o eta_{s+1}\n"
    "del_s = psi_s l + alpha del_{s+1};  om_s = rho om_{s+1} - beta psi_s l\n"
    "dW += zeta del_s z_{s-1}^T;  dB += zeta del_s x_s^T";

constexpr std::string_view kSpikingEprop =
    "z' = alpha z' + zeta pre;  e = psi (z' - beta eps');  eps' = rho eps' + e;  e' = kappa e' + (1 - kappa) e\n"
    "Delta += signal e', and at the end of a trial reg (sum_t e), reg = strength (rate - target) / T\n"
    "POST only where psi or the signal is not 0";

}  // namespace

constexpr std::array<Rule, kRuleKinds> kRules = {{
    {.kind = RuleKind::kNone,
     .name = "none",
     .title = "runs forward only; learns nothing",
     .equation = "no change",
     .source = "-",
     .state = "none",
     .spiking = "no change",
     .arguments = {},
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kNowhere,
     .drive = Drive::kNothing},
    {.kind = RuleKind::kBptt,
     .name = "bptt",
     .title = "backpropagation through time: the exact gradient, one sweep over the whole trial",
     .equation = kSweepEquation,
     .source = "Williams & Zipser 1989; tau = k = T",
     .state = "history: each neuron its T last activities and gains; the agent delta and the errors that wait",
     .spiking = kSpikingSweep,
     .arguments = {},
     .decay = DecaySource::kZero,
     .signal = SignalSource::kAgent,
     .drive = Drive::kSweep},
    {.kind = RuleKind::kTbptt,
     .name = "tbptt",
     .title = "truncated backpropagation through time: sweeps of depth tau, every k ticks",
     .equation = kSweepEquation,
     .source = "Williams & Peng 1990, BPTT(h; h'); tau = k = 1 is the one-step tBPTT of arXiv:2606.00243",
     .state = "history: each neuron its tau last activities and gains; the agent delta and the errors that wait",
     .spiking = kSpikingSweep,
     .arguments = kDepthAndStride,
     .decay = DecaySource::kZero,
     .signal = SignalSource::kAgent,
     .drive = Drive::kSweep},
    {.kind = RuleKind::kRflo,
     .name = "rflo",
     .title = "random feedback local online learning: a local trace and a fixed random broadcast of the error",
     .equation = "P_t = lambda P_{t-1} + (alpha phi'_t) pre_t^T\nDelta += (R^T eps_t) * P_t\n"
                 "feedback { learn }: A <- (1 - omega) A - eta Delta A, R <- (1 - omega) R - eta Delta R, Delta R_ki += eps_k h_i",
     .source = "Murray, eLife 2019;8:e43299; arXiv:2606.00243 (its w-hat is lambda); learned feedback: Kolen & Pollack, ICNN 1994",
     .state = "trace: one scalar a synapse",
     .spiking = "P_t = lambda P_{t-1} + psi zeta pre^T;  Delta += (R^T eps_t) * P_t;  POST only where psi or the signal is not 0",
     .arguments = kTraceDecay,
     .decay = DecaySource::kConstant,
     .signal = SignalSource::kFeedback,
     .drive = Drive::kOnline},
    {.kind = RuleKind::kEprop,
     .name = "eprop",
     .title = "e-prop with symmetric feedback (SnAp-1): the neuron's own diagonal as decay",
     .equation = "lambda_i(t) = (1 - alpha) + alpha phi'_{t,i} W_ii\nP_t = lambda_i(t) P_{t-1} + (alpha phi'_t) pre_t^T\nDelta += (A^T eps_t) * P_t",
     .source = "Bellec et al., Nat. Commun. 2020;11:3625; Menick et al., ICLR 2021",
     .state = "trace: one scalar a synapse; onto spiking neurons two, onto adapting ones three; with a synaptic current one more",
     .spiking = kSpikingEprop,
     .arguments = {},
     .decay = DecaySource::kNeuron,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kOnline},
    {.kind = RuleKind::kEpropRandom,
     .name = "eprop:random",
     .title = "e-prop with random feedback: as RFLO, with the neuron's own diagonal as decay",
     .equation =
         "lambda_i(t) = (1 - alpha) + alpha phi'_{t,i} W_ii\nP_t = lambda_i(t) P_{t-1} + (alpha phi'_t) pre_t^T\nDelta += (R^T eps_t) * P_t\n"
         "feedback { learn }: A <- (1 - omega) A - eta Delta A, R <- (1 - omega) R - eta Delta R, Delta R_ki += eps_k h_i",
     .source = "Bellec et al., Nat. Commun. 2020;11:3625",
     .state = "trace: one scalar a synapse; onto spiking neurons two, onto adapting ones three; with a synaptic current one more",
     .spiking = kSpikingEprop,
     .arguments = {},
     .decay = DecaySource::kNeuron,
     .signal = SignalSource::kFeedback,
     .drive = Drive::kOnline},
    {.kind = RuleKind::kRtrl,
     .name = "rtrl",
     .title = "real-time recurrent learning: the exact gradient, online; every neuron keeps every sensitivity",
     .equation = "P_k(t) = (1 - alpha) P_k(t-1) + alpha phi'_{t,k} (sum_l W_kl P_l(t-1) + [theta is a synapse (k, j)] pre_{t,j})\n"
                 "Delta_theta += sum_k (A^T eps_t)_k P_{k,theta}(t)",
     .source = "Williams & Zipser 1989",
     .state = "sensitivities: N scalars a neuron",
     .spiking = "",
     .arguments = {},
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kSensitivity},
    {.kind = RuleKind::kRtrlReach,
     .name = "rtrl:reach",
     .title = "RTRL of limited reach (SnAp-n): a neuron keeps the sensitivities to synapses that reach it in fewer than n steps",
     .equation = kRestricted,
     .source = "Menick et al., ICLR 2021 (its SnAp-n is reach n)",
     .state = "sensitivities to the synapses (i, j) onto K_k: k, and every i from which at most n - 1 synapses of W lead to k; E: all synapses of W",
     .spiking = "",
     .arguments = kReach,
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kSensitivity,
     .keeps = Keeps::kReach},
    {.kind = RuleKind::kRtrlPaths,
     .name = "rtrl:paths",
     .title = "RTRL over few paths: sensitivities travel along autapses and k drawn synapses onto each neuron",
     .equation = kRestricted,
     .source = "arXiv:2603.15195",
     .state = "sensitivities to all synapses (K_k: all neurons), N scalars a neuron; E: autapses, and k drawn synapses of W onto each neuron",
     .spiking = "",
     .arguments = kPaths,
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kSensitivity,
     .keeps = Keeps::kPaths},
    {.kind = RuleKind::kRtrlCore,
     .name = "rtrl:core",
     .title = "RTRL within cores: no sensitivity leaves the core of a chip on which it arises",
     .equation = kRestricted,
     .source = "Zenke & Neftci, Proc. IEEE 2021 (block-sparse RTRL); its blocks are the cores of the placement",
     .state = "sensitivities to the synapses (i, j) onto K_k: the neurons on the core of k; E: the synapses of W within a core",
     .spiking = "",
     .arguments = {},
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kSensitivity,
     .keeps = Keeps::kCore},
    {.kind = RuleKind::kUoro,
     .name = "uoro",
     .title = "unbiased online recurrent optimization: RTRL in the mean, from the product of two random factors",
     .equation = "J a = (1 - alpha) a~ + alpha phi'_t * (W a~);  nu_i = +-1, drawn anew in each tick\n"
                 "a~ = rho_0 J a + rho_1 nu;  theta~ = theta~ / rho_0 + (nu * alpha phi'_t) pre_t^T / rho_1\n"
                 "rho_0 = sqrt(|theta~| / |J a|), 1 if either is 0;  rho_1 = sqrt(|(nu * alpha phi'_t) pre_t^T| / |nu|); "
                 "if it is 0 nothing is added\n"
                 "Delta += (A^T eps_t . a~) theta~",
     .source = "Tallec & Ollivier, ICLR 2018 (arXiv:1702.05043)",
     .state = "a~: one scalar a neuron; theta~: one scalar a synapse, which its neuron keeps",
     .spiking = "",
     .arguments = {},
     .decay = DecaySource::kNoTrace,
     .signal = SignalSource::kSymmetric,
     .drive = Drive::kFactors},
}};

namespace {

constexpr Rule local_row(RuleKind kind, std::string_view name, std::string_view title, SignalSource signal) {
  return {.kind = kind,
          .name = name,
          .title = title,
          .equation = "the text of the rule",
          .source = "the model",
          .state = "the traces of its text",
          .spiking = "the text of the rule",
          .arguments = {},
          .decay = DecaySource::kText,
          .signal = signal,
          .drive = Drive::kOnline};
}

}  // namespace

constexpr std::array<Rule, kLocalKinds> kLocalRules = {{
    local_row(RuleKind::kLocal, "local", "a rule that the model writes itself, without errors", SignalSource::kNowhere),
    local_row(RuleKind::kLocalFeedback, "local:feedback",
              "a rule that the model writes itself, with errors over fixed feedback", SignalSource::kFeedback),
    local_row(RuleKind::kLocalSymmetric, "local:symmetric",
              "a rule that the model writes itself, with errors over the readout's own weights", SignalSource::kSymmetric),
    local_row(RuleKind::kLocalReward, "local:reward", "a rule that the model writes itself, with rewards of its trials",
              SignalSource::kReward),
    local_row(RuleKind::kLocalLoss, "local:loss",
              "a rule that the model writes itself, with minus the loss as reward; readouts learn from their errors",
              SignalSource::kLoss),
}};

namespace {

constexpr bool in_order_of_kind() {
  for (std::size_t i = 0; i < kRules.size(); ++i) {
    if (static_cast<std::size_t>(kRules[i].kind) != i) return false;
  }
  for (std::size_t i = 0; i < kLocalRules.size(); ++i) {
    if (static_cast<std::size_t>(kLocalRules[i].kind) != kRules.size() + i) return false;
  }
  return true;
}
static_assert(in_order_of_kind(), "rule(kind) looks rows up by their kind");

}  // namespace

std::string_view name(Argument::What what) {
  switch (what) {
    case Argument::What::kDepth: return "DEPTH";
    case Argument::What::kStride: return "STRIDE";
    case Argument::What::kTraceDecay: return "DECAY";
    case Argument::What::kReach: return "REACH";
    case Argument::What::kPaths: return "PATHS";
  }
  return "";
}

const Rule& rule(RuleKind kind) {
  const auto i = static_cast<std::size_t>(kind);
  return i < kRules.size() ? kRules[i] : kLocalRules[i - kRules.size()];
}

RuleKind local_kind(LocalSignal signal, RewardFrom reward) {
  switch (signal) {
    case LocalSignal::kNone: return RuleKind::kLocal;
    case LocalSignal::kFeedback: return RuleKind::kLocalFeedback;
    case LocalSignal::kSymmetric: return RuleKind::kLocalSymmetric;
    case LocalSignal::kReward: return reward == RewardFrom::kTrials ? RuleKind::kLocalReward : RuleKind::kLocalLoss;
  }
  return RuleKind::kLocal;
}

std::optional<RuleKind> rule_named(std::string_view name) {
  for (const Rule& candidate : kRules) {
    if (candidate.name == name) return candidate.kind;
  }
  return std::nullopt;
}

std::string usage(const Rule& rule) {
  std::string text(rule.name);
  for (const Argument& argument : rule.arguments) {
    const std::string word = ":" + std::string(name(argument.what));
    text += argument.required ? word : "[" + word + "]";
  }
  return text;
}

bool takes(const Rule& rule, Argument::What what) {
  return std::ranges::find(rule.arguments, what, &Argument::what) != rule.arguments.end();
}

}  // namespace locus
