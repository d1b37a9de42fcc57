#include "sim/run/train.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <type_traits>
#include <utility>

#include <fmt/format.h>

#include "core/transport/columns/columns.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/ranks/agree.h"
#include "sim/run/comparator.h"
#include "sim/run/evaluation.h"
#include "sim/run/fingerprint.h"
#include "sim/run/gathering.h"
#include "sim/run/learner.h"
#include "sim/run/offence.h"
#include "sim/run/pace.h"
#include "sim/run/rank.h"
#include "sim/run/rates.h"
#include "sim/run/recorder.h"
#include "sim/run/trace.h"
#include "sim/run/update.h"
#include "sim/run/weights.h"

namespace locus {
namespace {

void end(Outcome& outcome, Status status, std::string message) {
  outcome.status = status;
  outcome.message = std::move(message);
}

/// Updates before the last comparison.
std::int64_t last_update_of(const Comparisons& comparisons) {
  std::int64_t last = -1;
  const auto see = [&](const auto& all) {
    if (!all.empty()) last = std::max(last, all.back().update);
  };
  see(comparisons.alignment);
  see(comparisons.scatter);
  see(comparisons.curvature);
  return last;
}

/// One rule over one transport, update by update, until something ends it. T: Mailbox<R> or
/// Columns<R>.
template <class R, TransportOf<R> T>
class RuleRun {
 public:
  /// The arguments outlive this.
  RuleRun(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
          Executor executor, const RunResult& done)
      : spec_(spec),
        options_(options),
        done_(done),
        learner_(spec, topology, rule,
                 {.outputs_are_seen = options.look && records_outputs(spec),
                  .inputs_tick_by_tick = shows_tick_by_tick(spec, spec.training.batch)},
                 executor, options.exchange),
        gathering_(spec, topology, rule, learner_.network(), learner_.door().ledger(), options.exchange),
        updates_(learner_, spec),
        outcome_(new_outcome(rule, learner_.learning())) {
    const TrainingSpec& training = spec.training;
    if (is_first() && (learner_.learns() || !spec.records.empty())) before_ = weights_of(gathering_.network());
    const std::string reason = learner_.compile(options.compile, training.updates);
    if (!reason.empty() && options.interpreted) options.interpreted(rule.name, reason);
    if constexpr (std::is_same_v<T, Mailbox<R>>) {
      if (options.trace) {
        learner_.transport().watch(
            make_tracer(*options.trace, training.ticks, learner_.network(), learner_.door(), outcome_.trace.emplace()));
      }
    }
    if (options.look && !spec.records.empty()) {
      recorder_.emplace(learner_.transport(), spec, rule.kind, before_, options.look);
      learner_.trial().observe([this](Tick now, const Network<R>&) { recorder_->see_tick(outcome_.updates, now); });
    }
    if (training.stop && learner_.has_losses()) stopper_.emplace(*training.stop);
    if (training.evaluation && learner_.learns())
      evaluator_.emplace(spec, topology, options.look, executor, options.exchange);
    if (spec.compare && learner_.learns() && is_first()) comparator_.emplace(spec, topology, rule, executor);
  }

  /// Goes on from a state, which fits. The evaluation and the comparison at the end of a rule that
  /// now makes more updates are no longer due.
  void go_on(RuleState&& from) {
    learner_.restore(from);
    from.weights = {};
    from.kept = {};
    outcome_.updates = from.updates;
    outcome_.losses = std::move(from.losses);
    outcome_.rates = std::move(from.rates);
    outcome_.accuracies = std::move(from.accuracies);
    outcome_.confusions = std::move(from.confusions);
    const bool is_over = ended_evaluation(from, spec_.training).has_value();
    outcome_.evaluations = std::move(from.evaluations);
    outcome_.evaluation_confusion = std::move(from.evaluation_confusion);
    if (is_over) {
      outcome_.evaluations.pop_back();
      outcome_.evaluation_confusion.clear();
    }
    outcome_.comparisons = std::move(from.comparisons);
    if (compares() && outcome_.updates < spec_.training.updates) {
      const auto is_last = [&](const auto& one) { return one.update % spec_.compare->every != 0; };
      std::erase_if(outcome_.comparisons.alignment, is_last);
      std::erase_if(outcome_.comparisons.scatter, is_last);
      std::erase_if(outcome_.comparisons.curvature, is_last);
    }
    if (compares() && !outcome_.comparisons.empty()) compared_ = last_update_of(outcome_.comparisons);
    for (std::size_t k = 0; stopper_ && k < outcome_.losses.size(); ++k) stopper_->hear(outcome_.losses[k]);
  }

  Outcome run() && {
    while (!ends_before_update()) {
      if (!make_update()) break;
    }
    conclude();
    return std::move(outcome_);
  }

 private:
  bool ends_before_update();
  bool make_update();
  void evaluate(bool at_end);
  void compare(bool at_end);
  bool tell();
  Moment moment();
  void follow_orders();
  bool agree(double loss, bool finite) const;
  void conclude();

  // Of a run that ranks share.
  bool is_shared() const { return options_.exchange.ranks > 1; }
  bool is_first() const { return options_.exchange.rank == 0; }
  bool compares() const { return spec_.compare && learner_.learns(); }

  const Spec& spec_;
  const RunOptions& options_;
  const RunResult& done_;  // the rules before this one
  Learner<R, T> learner_;
  Gathering<R> gathering_;
  Updates<R, T> updates_;
  Outcome outcome_;                        // so far
  std::vector<ProjectionWeights> before_;  // first weights of what learns or is recorded
  std::optional<Recorder<R, T>> recorder_;
  std::optional<Stopper> stopper_;
  std::optional<Evaluator<R>> evaluator_;
  std::optional<Comparator> comparator_;
  std::int64_t compared_ = -1;  // updates before the last comparison
};

/// Measures, tells whoever watches, and returns whether the run is over; why stands in the outcome.
template <class R, TransportOf<R> T>
bool RuleRun<R, T>::ends_before_update() {
  const std::int64_t update = outcome_.updates;
  const std::int64_t all = spec_.training.updates;
  const bool enough = stopper_ && !stopper_->reason().empty();
  if (evaluator_) evaluate(update == all || enough);
  if (compares()) compare(update == all || enough);
  const bool interrupted = tell();
  if (update == all) return true;
  if (enough) {
    end(outcome_, Status::kCompleted, fmt::format("stopped after {} of {} updates: {}", update, all, stopper_->reason()));
    return true;
  }
  if (interrupted) end(outcome_, Status::kInterrupted, fmt::format("interrupted after {} of {} updates", update, all));
  return interrupted;
}

/// One update. Returns whether another may follow.
template <class R, TransportOf<R> T>
bool RuleRun<R, T>::make_update() {
  const std::int64_t update = outcome_.updates;
  double loss = 0;
  bool finite = false;  // every weight
  try {
    loss = updates_.run(update);
    if (std::isfinite(loss)) finite = learner_.commit();
    if (is_shared()) finite = agree(loss, finite);
  } catch (const LocalityBroken& broken) {
    learner_.transport().finish();
    end(outcome_, Status::kLocalityBroken,
        describe(learner_.network(), broken.offence(), outcome_.rule, update, spec_.training.locality));
    return false;
  }
  measure_rates(learner_.network(), spec_.training, outcome_.rates);
  const auto diverge = [&] {
    if (std::isfinite(loss)) gathering_.gather();  // some rank has such a weight
    end(outcome_, Status::kDiverged,
        fmt::format("diverged at update {}: {}", update + 1, learner_.divergence(gathering_.network(), loss)));
  };
  if (learner_.learns() && !std::isfinite(loss)) {
    diverge();
    return false;
  }
  if (learner_.has_losses()) outcome_.losses.push_back(loss);
  if (learner_.has_choices()) note(updates_.confusion(), outcome_);
  if (stopper_) stopper_->hear(loss);
  if (recorder_) recorder_->see_update(update);
  ++outcome_.updates;
  if (!finite) diverge();
  return finite;
}

/// Measures the evaluation trials where it is time to; a run that goes on from a state may have
/// done so.
template <class R, TransportOf<R> T>
void RuleRun<R, T>::evaluate(bool at_end) {
  const bool done = !outcome_.evaluations.empty() && outcome_.evaluations.back().update == outcome_.updates;
  if (done || !(at_end || outcome_.updates % spec_.training.evaluation->every == 0)) return;
  outcome_.evaluations.push_back(evaluator_->measure(learner_.network(), outcome_.updates));
  outcome_.evaluation_confusion = evaluator_->confusion();
}

/// Compares the changes of rules where it is time to, as evaluate().
template <class R, TransportOf<R> T>
void RuleRun<R, T>::compare(bool at_end) {
  const std::int64_t update = outcome_.updates;
  if (compared_ == update || !(at_end || update % spec_.compare->every == 0)) return;
  compared_ = update;
  gathering_.gather();
  if (!comparator_) return;  // the first rank has the whole network
  const Network<R>& network = gathering_.network();
  comparator_->measure({values_of(network), carried_of(network), learning_feedback_of(network)}, update,
                       outcome_.comparisons);
}

/// Returns whether the weights of all ranks are finite. Throws std::runtime_error if they have not
/// met the same loss.
template <class R, TransportOf<R> T>
bool RuleRun<R, T>::agree(double loss, bool finite) const {
  struct Met {
    double loss;
    std::int64_t finite;
  };
  const std::vector<Met> all = heard_by_all(options_.exchange, Met{loss, finite ? 1 : 0});
  const auto bits = [](const Met& met) {  // every NaN is one value
    return std::bit_cast<std::uint64_t>(std::isnan(met.loss) ? std::numeric_limits<double>::quiet_NaN() : met.loss);
  };
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    if (bits(all[rank]) == bits(all.front())) continue;
    if (!is_first()) heard_of_first(options_.exchange, char{0});  // that one says it, and ends all
    throw RanksDisagree(fmt::format("ranks 0 and {} disagree after update {}: their processors or C libraries differ",
                                    rank, outcome_.updates + 1));
  }
  return std::ranges::all_of(all, [](const Met& met) { return met.finite == 1; });
}

/// What the first rank tells the others between two updates, as it alone knows who watches.
enum class Order : std::int32_t { kGoOn, kGather };

/// How far the rule has come.
template <class R, TransportOf<R> T>
Moment RuleRun<R, T>::moment() {
  std::span<const RuleState> waiting;
  if (options_.from != nullptr) waiting = options_.from->rules;
  waiting = waiting.subspan(std::min(waiting.size(), done_.outcomes.size() + 1));
  return {.done = done_, .present = &outcome_, .ledger = &gathering_.ledger(), .waiting = waiting, .state = [&] {
            if (is_shared()) heard_of_first(options_.exchange, Order::kGather);
            gathering_.gather();
            const Network<R>& network = gathering_.network();
            RuleState state = state_of(outcome_);
            state.weights = values_of(network);
            state.commits = network.commits;
            state.kept = kept_of(network);
            note(gathering_.ledger(), state);
            const Door& door = learner_.door();
            if (door.traffic() != nullptr) state.traffic = door.traffic()->counts();
            if (learner_.chip()) state.network = learner_.chip()->network();
            return state;
          }};
}

/// Of a rank that is not the first, while whoever watches that one looks.
template <class R, TransportOf<R> T>
void RuleRun<R, T>::follow_orders() {
  while (heard_of_first(options_.exchange, Order::kGoOn) == Order::kGather) gathering_.gather();
}

/// Tells whoever watches how far the rule has come. Returns whether it is to stop here.
template <class R, TransportOf<R> T>
bool RuleRun<R, T>::tell() {
  bool stops = options_.interrupt != nullptr && options_.interrupt->load(std::memory_order_relaxed);
  if (!is_shared() && !options_.watch && !options_.ends) return stops;
  gathering_.gather_counts();
  Moment now = moment();
  if (!stops && options_.ends) stops = options_.ends(now);
  stops = is_said(options_.exchange, stops);
  now.stopping = stops;
  if (!is_first()) {
    follow_orders();
    return stops;
  }
  if (options_.watch) options_.watch(now);
  if (is_shared()) heard_of_first(options_.exchange, Order::kGoOn);
  return stops;
}

/// Fills in the fields of an outcome that are known when its rule has ended.
template <class R, TransportOf<R> T>
void RuleRun<R, T>::conclude() {
  learner_.note_memory();
  gathering_.gather();
  if (!is_first()) return;
  const Network<R>& network = gathering_.network();
  outcome_.ledger = gathering_.ledger();
  if (learner_.chip()) outcome_.chip = learner_.chip()->finish(outcome_.ledger);
  outcome_.weights = weights_of(network);
  outcome_.feedback = learned_feedback_of(network);
  if (options_.may_go_on) {
    outcome_.commits = network.commits;
    outcome_.kept = kept_of(network);
  }
  const std::int64_t largest_side = options_.rank_of_large ? std::numeric_limits<std::int64_t>::max() : kLargestRankedSide;
  for (std::size_t p = 0; p < before_.size(); ++p) {
    if (!learner_.learns()) break;
    if (network.projections()[p].is_bias) continue;  // one column, whose rank says nothing
    const ProjectionWeights& after = outcome_.weights[p];
    if (!network.projections()[p].plastic) {
      outcome_.rank_omissions.push_back({after.projection, "is not plastic"});
    } else if (auto report = rank_of_change(before_[p], after, spec_.precision, largest_side)) {
      outcome_.ranks.push_back(std::move(*report));
    } else {
      outcome_.rank_omissions.push_back({after.projection, unranked(after, largest_side)});
    }
  }
  outcome_.fingerprint = fingerprint(outcome_);
}

template <class R, TransportOf<R> T>
Outcome train_over(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
                   Executor executor, const RunResult& done, RuleState* from) {
  RuleRun<R, T> run(spec, topology, rule, options, executor, done);
  if (from != nullptr) run.go_on(std::move(*from));
  return std::move(run).run();
}

template <class R>
Outcome train_as(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
                 Executor executor, const RunResult& done, RuleState* from) {
  return options.transport == TransportKind::kMailbox
             ? train_over<R, Mailbox<R>>(spec, topology, rule, options, executor, done, from)
             : train_over<R, Columns<R>>(spec, topology, rule, options, executor, done, from);
}

}  // namespace

Outcome train(const Spec& spec, const Topology& topology, const RuleSpec& rule, const RunOptions& options,
              Executor executor, const RunResult& done, RuleState* from) {
  return spec.precision == Precision::kFloat32 ? train_as<float>(spec, topology, rule, options, executor, done, from)
                                               : train_as<double>(spec, topology, rule, options, executor, done, from);
}

}  // namespace locus
