#include "sim/cli/phase_text.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/protocol/declaration.h"
#include "core/protocol/phase_table.h"

namespace locus {
namespace {

std::string_view words(Over over) {
  switch (over) {
    case Over::kB: return "B";
    case Over::kW: return "W";
    case Over::kA: return "A";
    case Over::kFromInputs: return "B and D";
    case Over::kOntoReadouts: return "A and D";
    case Over::kR: return "R";
    case Over::kOntoRate: return "B and W";
    case Over::kEverySynapse: return "B, W, A and D";
    case Over::kAutapses: return "autapses of rate neurons";
    case Over::kEachRate: return "one to each rate neuron";
    case Over::kEachReadout: return "one to each readout";
    case Over::kReadoutPairs: return "each readout to each other one";
    case Over::kForeignSynapses: return "each rate neuron to each plastic synapse of B and W onto another one";
  }
  return "";
}

std::string_view words(Onto onto) {
  switch (onto) {
    case Onto::kAny: return "";
    case Onto::kConstantGain: return ", onto neurons whose φ is the identity";
    case Onto::kVaryingGain: return ", onto neurons with another φ";
    case Onto::kRate: return ", onto neurons that do not spike";
    case Onto::kSpiking: return ", onto spiking neurons";
  }
  return "";
}

std::string wires_of(const PhaseRow& row) {
  if (row.over == Over::kForeignSynapses) return std::string(words(row.over));
  const std::string_view which = row.plastic == Plastic::kOnly  ? "plastic synapses of "
                                 : row.plastic == Plastic::kNot ? "static synapses of "
                                                                : "";
  if (row.over == Over::kEachRate && row.from == Party::kRate) return "one from each rate neuron";
  return fmt::format("{}{}{}", which, words(row.over), words(row.onto));
}

std::string_view words(When when) {
  switch (when) {
    case When::kTick: return "every tick";
    case When::kArrival: return "every tick, a delay after the activity";
    case When::kLaterTick: return "every tick but the first";
    case When::kError: return "ticks with an error";
    case When::kTrialEnd: return "end of a trial";
    case When::kCommit: return "every commit";
    case When::kStage: return "every stage of a sweep";
    case When::kRecall: return "every stage of a sweep, a delay after the activity";
    case When::kTellBack: return "stages of a sweep that goes on to the tick a delay before";
  }
  return "";
}

std::string_view words(OnlyIf only_if) {
  switch (only_if) {
    case OnlyIf::kAlways: return "";
    case OnlyIf::kActivity: return "the activity is not 0";
    case OnlyIf::kError: return "ε is not 0";
    case OnlyIf::kNews: return "ψ or the signal is not 0";
    case OnlyIf::kFactor: return "a factor is not 0";
    case OnlyIf::kWeight: return "the weight is not 0";
    case OnlyIf::kReward: return "the reward is not 0";
  }
  return "";
}

std::string_view words(Needs needs) {
  switch (needs) {
    case Needs::kNothing:
    case Needs::kTargets: return "";
    case Needs::kWeights: return ", where trials weigh their errors";
    case Needs::kClasses: return ", under the cross-entropy";
    case Needs::kFiringRate: return ", with a firing-rate target";
    case Needs::kNorm: return ", clipped by the global norm";
    case Needs::kOwnWeight: return "";
    case Needs::kPayload: return " that use what the neuron has";
    case Needs::kTick:
    case Needs::kConstantTick: return " whose synapses do not know a factor between errors";
    case Needs::kError:
    case Needs::kConstantError: return " whose synapses know all factors between errors";
    case Needs::kLearnedFeedback: return ", to feedback that learns";
    case Needs::kEndPayload: return " that use what the neuron has at the end of a trial";
    case Needs::kReward: return ", with reward TRIALS";
    case Needs::kErrorReward: return ", with reward TICK_LOSS";
    case Needs::kEndReward: return ", with reward TRIAL_LOSS";
  }
  return "";
}

/// A text whose rule meets these needs, if any does.
LocalPosts posts_for(Needs needs, SignalSource signal) {
  const bool error = needs == Needs::kError || needs == Needs::kConstantError;
  const Cadence cadence = error ? Cadence::kError : Cadence::kTick;
  const Cadence of_loss = needs == Needs::kErrorReward ? Cadence::kError : Cadence::kEnd;
  const Cadence reward = signal == SignalSource::kReward ? Cadence::kTick
                         : signal == SignalSource::kLoss ? of_loss
                                                         : Cadence::kNever;
  return {
      .scalars = 1, .constant_gain = cadence, .varying_gain = cadence, .own_weight = true, .end_scalars = 1, .reward = reward};
}

/// True if a rule may send it, in some model and with some text.
bool may_send(const Rule& rule, const PhaseRow& row) {
  Selection selection = selection_of(rule);
  selection.norm = true;
  selection.weighted = row.needs == Needs::kWeights;
  selection.learned_feedback = row.needs == Needs::kLearnedFeedback;
  if (is_local(rule.kind)) selection.local = posts_for(row.needs, rule.signal);
  return selection.selects(row);
}

/// The rules that may send it.
std::string rules_of(const PhaseRow& row) {
  std::vector<std::string_view> names;
  bool all = true, all_that_learn = true, all_with_losses = true;
  const auto note = [&](const Rule& rule, bool sends) {
    all = all && sends;
    all_that_learn = all_that_learn && sends == (rule.drive != Drive::kNothing);
    all_with_losses = all_with_losses && sends == has_losses(rule);
    if (sends) names.push_back(rule.name);
  };
  for (const Rule& rule : kRules) note(rule, may_send(rule, row));
  const std::size_t of_table = names.size();
  for (const Rule& rule : kLocalRules) note(rule, may_send(rule, row));
  if (names.size() == of_table + kLocalKinds) {
    names.resize(of_table);
    names.emplace_back("rules as text");
  }
  const std::string text = all               ? "all"
                           : all_that_learn  ? "all that learn"
                           : all_with_losses ? "all that learn from errors"
                                             : fmt::format("{}", fmt::join(names, ", "));
  return text + std::string(words(row.needs));
}

}  // namespace

std::string messages_markdown() {
  std::string text = "| channel | from → to | payload (scalars) | class |\n|---|---|---|---|\n";
  for (const ChannelRow& channel : kChannelTable) {
    const bool breaks = violation(channel.channel, 0).spatial;
    text += fmt::format("| {} | {} → {} | {} | {}{}{} |\n", channel.name, channel.from, channel.to, channel.payload,
                        breaks ? "**" : "", name(channel.spatial), breaks ? "**" : "");
  }
  text += "\n| channel | wires | scalars | when | only if | rules |\n|---|---|---|---|---|---|\n";
  for (const PhaseRow& row : kPhaseTable) {
    const std::string scalars = row.scalars == kSensitivities ? "N"
                                : row.scalars < 0             ? "one each"
                                                              : fmt::format("{}", row.scalars);
    text += fmt::format("| {} | {} | {}: {} | {} | {} | {} |\n", name(row.channel), wires_of(row), scalars, row.payload,
                        words(row.when), words(row.only_if), rules_of(row));
  }
  return text;
}

}  // namespace locus
