#include "sim/run/state.h"

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "core/protocol/declaration.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"
#include "sim/place/placement.h"
#include "sim/place/reach.h"
#include "sim/run/chip_record.h"
#include "sim/run/weights.h"

namespace locus {
namespace {

// what a run may still add to goes beyond no integer
constexpr std::int64_t kMostCounted = std::int64_t{1} << 62;

std::string misfit_of_weights(const Topology& topology, const RuleState& state) {
  if (state.weights.size() != topology.projections.size()) {
    return fmt::format("weights of {} projections, where the model has {}", state.weights.size(),
                       topology.projections.size());
  }
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    if (std::ssize(state.weights[p]) != projection.places())
      return fmt::format("{} weights of projection {}, which has {} synapses", state.weights[p].size(), projection.name,
                         projection.places());
  }
  return "";
}

/// What placing the counts on the chip relies on: whole events of each neuron, and the ledger's
/// messages in sum.
std::string misfit_of_traffic(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RuleState& state) {
  const std::int32_t largest_lag = declared_lag(learning_of(rule, spec.training));
  Traffic counted(stream_keys(topology.sizes), spec.training.batch, largest_lag);
  if (!counted.fits(*state.traffic)) return "counts by neuron that are not those of the network";
  if (!state.traffic->loads.empty() && std::ssize(state.traffic->loads) != spec.training.ticks)
    return fmt::format("loads of {} ticks", state.traffic->loads.size());
  counted.restore(*state.traffic);
  const auto sizes =
      Reach(topology, feedback_of(topology, rule), place_on_chip(*spec.chip, topology), learning_of(spec, topology, rule))
          .sizes();
  std::map<std::pair<Channel, std::int32_t>, std::int64_t> sums;
  for (const StreamRow& stream : kStreamTable) {
    for (std::int32_t lag = 0; lag <= largest_lag; ++lag) {
      const std::span<const std::int64_t> by_key = counted.messages(stream.stream, lag);
      for (std::size_t key = 0; key < by_key.size(); ++key) {
        if (by_key[key] == 0) continue;
        const std::int64_t event = sizes[static_cast<std::size_t>(stream.stream)][key].messages;
        if (event <= 0 || by_key[key] % event != 0) return "counts by neuron that are no whole events";
        std::int64_t& sum = sums[{stream.channel, lag}];
        sum = count_plus(sum, by_key[key]);
      }
    }
  }
  for (const LedgerEntry& entry : state.messages) {
    const auto placed = [&](const StreamRow& stream) { return stream.channel == entry.channel; };
    // POST and DENDRITE stay where they are
    if (!std::ranges::any_of(kStreamTable, placed)) continue;
    const auto sum = sums.find({entry.channel, entry.lag});
    if (sum == sums.end() || sum->second != entry.tally.messages) return "counts by neuron that are not its messages";
    sums.erase(sum);
  }
  return sums.empty() ? "" : "counts by neuron of messages that it has not sent";
}

std::string misfit_of_counts(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RuleState& state) {
  const Learning learning = learning_of(rule, spec.training);
  for (const LedgerEntry& entry : state.messages) {
    if (entry.lag < 0 || entry.lag > declared_lag(learning))
      return fmt::format("messages of lag {}, which it never sends", entry.lag);
    if (entry.tally.messages < 0 || entry.tally.scalars < 0) return "a negative count of messages";
    if (entry.tally.spikes < 0 || entry.tally.spikes > entry.tally.scalars) return "more spikes than numbers";
  }
  // An update whose loss is not finite has been shown, and is not counted as one.
  const std::int64_t trials = state.updates * spec.training.batch;
  if (state.trials != trials && state.trials != trials + spec.training.batch)
    return fmt::format("{} trials in {} updates of {}", state.trials, state.updates, spec.training.batch);
  for (const std::int64_t sum : {state.stalled_ticks, state.history_bytes, state.trace_bytes}) {
    if (sum < 0 || sum > kMostCounted) return fmt::format("a count of {}", sum);
  }
  if (state.traffic.has_value() != spec.chip.has_value())
    return "counts of a chip, or none, where the model says otherwise";
  if (state.network.has_value() != (spec.chip && spec.chip->network))
    return "a replay of packets, or none, where the model says otherwise";
  if (!spec.chip) return "";
  const Mesh mesh{spec.chip->width, spec.chip->height};
  if (state.network && !fits(*state.network, mesh, spec.training.ticks)) return "a replay of packets of another chip";
  return misfit_of_traffic(spec, topology, rule, state);
}

/// The numbers that a rule keeps to go on: how many of which kind, in order.
struct Wanted {
  Kept::What what;
  std::int32_t index;
  std::int64_t size;
};
/// The states that neurons carry from trial to trial.
void add_carried(const Spec& spec, const Topology& topology, const RuleState& state, std::vector<Wanted>& wanted) {
  if (!spec.training.carry_state || state.updates == 0) return;
  const std::int64_t rate = std::int64_t{topology.sizes.rate_neurons} * spec.training.batch;
  wanted.push_back({Kept::What::kActivity, 0, rate});
  if (topology.has_spikes()) {
    for (const Kept::What what : {Kept::What::kVoltage, Kept::What::kAdaptation, Kept::What::kRefractory})
      wanted.push_back({what, 0, rate});
  }
  if (topology.has_leaky_readouts())
    wanted.push_back({Kept::What::kOutput, 0, std::int64_t{topology.sizes.readouts} * spec.training.batch});
  if (topology.has_currents()) wanted.push_back({Kept::What::kCurrent, 0, rate});
}

std::vector<Wanted> wanted_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RuleState& state) {
  std::vector<Wanted> wanted;
  const bool learns = locus::rule(rule.kind).drive != Drive::kNothing;
  const Optimizer& optimizer = optimizer_of(rule, spec.training);
  for (const Kept::What what : {Kept::What::kFirstMoment, Kept::What::kSecondMoment}) {
    for (std::size_t p = 0; p < topology.projections.size(); ++p) {
      const bool keeps = what == Kept::What::kFirstMoment ? optimizer.keeps_first() : optimizer.keeps_second();
      if (keeps && learns && topology.projections[p].plastic)
        wanted.push_back({what, static_cast<std::int32_t>(p), std::ssize(state.weights[p])});
    }
  }
  add_carried(spec, topology, state, wanted);
  const std::vector<Projection> feedback = feedback_of(topology, rule);
  for (const Kept::What what : {Kept::What::kFeedback, Kept::What::kFeedbackFirst, Kept::What::kFeedbackSecond}) {
    const bool keeps = what == Kept::What::kFeedback        ? true
                       : what == Kept::What::kFeedbackFirst ? optimizer.keeps_first()
                                                            : optimizer.keeps_second();
    for (std::size_t r = 0; keeps && r < feedback.size(); ++r) {
      if (feedback[r].plastic) wanted.push_back({what, static_cast<std::int32_t>(r), feedback[r].size()});
    }
  }
  return wanted;
}

/// Checks that a state has all that a rule needs to go on, and nothing else.
std::string misfit_of_kept(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RuleState& state) {
  const auto same = [](const Wanted& wanted, const Kept& kept) {
    return wanted.what == kept.what && wanted.index == kept.index && wanted.size == std::ssize(kept.values);
  };
  if (!std::ranges::equal(wanted_of(spec, topology, rule, state), state.kept, same))
    return "not what its synapses (moments of the optimizer) and neurons (carried states) keep, or more";
  const std::int64_t commits_an_update = spec.training.commit == CommitWhen::kEveryTick ? spec.training.ticks : 1;
  if (state.commits < 0 || state.commits > state.updates * commits_an_update)
    return fmt::format("{} commits in {} updates", state.commits, state.updates);
  return "";
}

std::string misfit_of_evaluations(const Spec& spec, const RuleState& state) {
  if (!spec.training.evaluation)
    return state.evaluations.empty() ? "" : "evaluations, which its model does not ask for";
  std::int64_t last = -1;
  for (const Evaluation& evaluation : state.evaluations) {
    const bool due = evaluation.update % spec.training.evaluation->every == 0 || evaluation.update == state.updates;
    if (evaluation.update <= last || evaluation.update > state.updates || !due)
      return fmt::format("an evaluation at update {}", evaluation.update);
    last = evaluation.update;
  }
  return "";
}

std::string misfit_of_comparisons(const Spec& spec, const RuleState& state) {
  if (!spec.compare) return state.comparisons.empty() ? "" : "comparisons, which its model does not ask for";
  std::string wrong;
  const auto check = [&](const auto& all) {
    std::int64_t last = 0;
    for (const auto& one : all) {
      const bool due = one.update % spec.compare->every == 0 || one.update == state.updates;
      if (one.update < last || one.update > state.updates || !due)
        wrong = fmt::format("a comparison at update {}", one.update);
      last = one.update;
    }
  };
  check(state.comparisons.alignment);
  check(state.comparisons.scatter);
  check(state.comparisons.curvature);
  return wrong;
}

bool is_confusion(const Confusion& confusion, std::int64_t readouts, std::int64_t trials) {
  const ConfusionCell* before = nullptr;
  std::int64_t sum = 0;
  for (const ConfusionCell& cell : confusion) {
    const bool ascends =
        before == nullptr || std::pair(before->actual, before->predicted) < std::pair(cell.actual, cell.predicted);
    const bool known = std::min(cell.actual, cell.predicted) >= 0 && std::max(cell.actual, cell.predicted) < readouts;
    if (!ascends || !known || cell.trials < 1 || cell.trials > trials - sum) return false;
    sum += cell.trials;
    before = &cell;
  }
  return true;
}

/// One accuracy an update, where trials have classes; and what the last updates have chosen.
std::string misfit_of_accuracies(const Spec& spec, const Topology& topology, const RuleState& state) {
  const std::int64_t wanted = has_classes(spec.task, topology.sizes.readouts) ? std::ssize(state.losses) : 0;
  const std::int64_t given = std::ssize(state.accuracies);
  const auto recent = std::min<std::int64_t>(given, std::int64_t{kMostConfusions});
  if ((given != wanted && given != 0) || std::ssize(state.confusions) != recent)
    return fmt::format("{} accuracies of {} losses, {} of them by class", given, state.losses.size(),
                       state.confusions.size());
  const std::int64_t readouts = topology.sizes.readouts;
  const auto good = [&](const Confusion& one) { return is_confusion(one, readouts, spec.training.batch); };
  const std::int64_t held_out = spec.training.evaluation ? spec.training.evaluation->trials : 0;
  if (std::ranges::all_of(state.confusions, good) && is_confusion(state.evaluation_confusion, readouts, held_out))
    return "";
  return "trials of classes that its model does not have";
}

std::string misfit_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RuleState& state,
                      bool is_to_go_on) {
  if (state.rule != rule.name) return fmt::format("is followed by rule {}", rule.name);
  if (state.updates < 0 || state.updates > spec.training.updates)
    return fmt::format("{} updates of {}", state.updates, spec.training.updates);
  const std::int64_t losses = has_losses(locus::rule(rule.kind)) ? state.updates : 0;
  if (std::ssize(state.losses) != losses)
    return fmt::format("{} losses of {} updates", state.losses.size(), state.updates);
  if (std::string wrong = misfit_of_weights(topology, state); !wrong.empty()) return wrong;
  if (std::string wrong = is_to_go_on ? misfit_of_kept(spec, topology, rule, state) : ""; !wrong.empty()) return wrong;
  if (std::string wrong = misfit_of_evaluations(spec, state); !wrong.empty()) return wrong;
  if (std::string wrong = misfit_of_comparisons(spec, state); !wrong.empty()) return wrong;
  if (std::string wrong = misfit_of_accuracies(spec, topology, state); !wrong.empty()) return wrong;
  return misfit_of_counts(spec, topology, rule, state);
}

}  // namespace

std::optional<std::int64_t> ended_evaluation(const RuleState& from, const TrainingSpec& training) {
  if (!training.evaluation || from.updates >= training.updates || from.evaluations.empty()) return std::nullopt;
  const std::int64_t last = from.evaluations.back().update;
  return last % training.evaluation->every == 0 ? std::nullopt : std::optional(last);
}

RuleState state_of(const Outcome& ended) {
  RuleState state{.rule = ended.rule,
                  .status = ended.status,
                  .message = ended.message,
                  .updates = ended.updates,
                  .losses = ended.losses,
                  .weights = {},
                  .messages = {},
                  .traffic = {},
                  .ranks = ended.ranks,
                  .fingerprint = ended.fingerprint};
  state.rates = ended.rates;
  state.evaluations = ended.evaluations;
  state.comparisons = ended.comparisons;
  state.accuracies = ended.accuracies;
  state.confusions = ended.confusions;
  state.evaluation_confusion = ended.evaluation_confusion;
  state.rank_omissions = ended.rank_omissions;
  state.commits = ended.commits;
  state.kept = ended.kept;
  note(ended.ledger, state);
  for (const ProjectionWeights& weights : ended.weights)
    std::visit([&](const auto& matrix) { state.weights.push_back(matrix.values); }, weights.matrix);
  if (ended.chip) {
    state.traffic = Traffic(ended.chip->traffic).counts();
    state.network = ended.chip->network;
  }
  return state;
}

bool goes_on(const Spec& spec, const RunState& state, std::size_t i) {
  if (state.running && i + state.waiting + 1 == state.rules.size()) return true;
  const RuleState& rule = state.rules[i];
  if (rule.fingerprint.empty()) return true;
  // the message of a rule that met the stop criterion names it
  return rule.status == Status::kCompleted && rule.message.empty() && rule.updates < spec.training.updates;
}

void note(const Ledger& ledger, RuleState& state) {
  state.messages = ledger.entries();
  state.trials = ledger.trials();
  state.stalled_ticks = ledger.stalled_ticks();
  state.history_bytes = ledger.history_bytes();
  state.trace_bytes = ledger.trace_bytes();
}

void restore(const RuleState& state, std::int32_t ticks, Ledger& ledger) {
  for (const LedgerEntry& entry : state.messages) ledger.add(entry.channel, entry.lag, entry.tally);
  ledger.add_trials(state.trials, ticks);
  ledger.add_stalled_ticks(state.stalled_ticks);
  ledger.set_memory(state.history_bytes, state.trace_bytes);
}

Outcome outcome_of(const Spec& spec, const Topology& topology, const RuleSpec& rule, RuleState&& state) {
  const Learning learning = learning_of(spec, topology, rule);
  Outcome outcome = new_outcome(rule, learning);
  outcome.status = state.status;
  outcome.message = state.message;
  outcome.updates = state.updates;
  outcome.rates = std::move(state.rates);
  outcome.evaluations = std::move(state.evaluations);
  outcome.comparisons = std::move(state.comparisons);
  outcome.accuracies = std::move(state.accuracies);
  outcome.confusions = std::move(state.confusions);
  outcome.evaluation_confusion = std::move(state.evaluation_confusion);
  outcome.losses = std::move(state.losses);
  outcome.weights = weights_with(topology, std::move(state.weights));
  Door door(permit_of(learning, Locality::kAny), scalar_bytes(spec.precision));
  set_scalar_bits(learning, door.ledger());
  restore(state, spec.training.ticks, door.ledger());
  outcome.ledger = door.ledger();
  if (spec.chip) {
    ChipRecord chip(spec, topology, feedback_of(topology, rule), learning, door);
    chip.restore(state);
    outcome.chip = chip.finish(outcome.ledger);
  }
  outcome.ranks = std::move(state.ranks);
  outcome.rank_omissions = std::move(state.rank_omissions);
  outcome.commits = state.commits;
  outcome.kept = std::move(state.kept);
  const std::vector<Projection> feedback = feedback_of(topology, rule);
  for (const Kept& kept : outcome.kept) {
    if (kept.what != Kept::What::kFeedback) continue;
    Column<double> weight(kept.values.size());
    std::ranges::copy(kept.values, weight.begin());
    outcome.feedback.push_back(weights_of(feedback[static_cast<std::size_t>(kept.index)], weight));
  }
  outcome.fingerprint = std::move(state.fingerprint);
  return outcome;
}

std::string misfit(const Spec& spec, const Topology& topology, const RunState& state) {
  if (state.rules.size() > spec.rules.size())
    return fmt::format("holds {} rules, where {} run", state.rules.size(), spec.rules.size());
  if (state.waiting + (state.running ? 1 : 0) > state.rules.size()) return "holds fewer rules than run or wait";
  for (std::size_t i = 0; i < state.rules.size(); ++i) {
    const std::string wrong = misfit_of(spec, topology, spec.rules[i], state.rules[i], goes_on(spec, state, i));
    if (!wrong.empty()) return fmt::format("rule {} of it: {}", state.rules[i].rule, wrong);
  }
  return "";
}

}  // namespace locus
