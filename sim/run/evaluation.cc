#include "sim/run/evaluation.h"

#include <algorithm>

#include "core/protocol/declaration.h"
#include "sim/run/decision.h"

namespace locus {
namespace {

constexpr std::int64_t kMostAbreast = 32;

}  // namespace

std::int32_t evaluation_lanes(const EvaluationSpec& evaluation) {
  return static_cast<std::int32_t>(std::min(evaluation.trials, kMostAbreast));
}

template <class R>
Evaluator<R>::Evaluator(const Spec& spec, const Topology& topology, const Look& look, Executor executor,
                        RankExchange exchange)
    : trials_(spec.training.evaluation->trials),
      shown_(spec, topology, RuleSpec{}, evaluation_lanes(*spec.training.evaluation), permit_of_evaluation(),
             {.outputs_are_seen = look && records_outputs(spec, true),
              .inputs_tick_by_tick = shows_tick_by_tick(spec, evaluation_lanes(*spec.training.evaluation))},
             executor, exchange),
      task_(spec, shown_.network().lanes, Shown::kEvaluation),
      batch_(make_batch<R>(spec.training.ticks, shown_.network().inputs.size, shown_.network().readouts.size,
                           shown_.network().lanes, shows_tick_by_tick(spec, shown_.network().lanes) ? &task_ : nullptr)),
      recorder_(spec, look) {
  task_.prepare(batch_);
  if (look)
    shown_.trial().observe([this](Tick now, const Network<R>& network) { recorder_.see_tick(first_, now, network); });
}

template <class R>
Evaluation Evaluator<R>::measure(const Network<R>& learner, std::int64_t update) {
  shown_.copy_weights(learner);
  confusion_.clear();
  recorder_.begin(update);
  const std::int32_t lanes = shown_.network().lanes;
  double sum = 0;
  for (std::int64_t first = 0; first < trials_; first += lanes) {
    first_ = first;
    task_.fill(first / lanes, batch_);
    const std::vector<double>& losses = shown_.trial().show(batch_);
    // what the other lanes show was shown before, or is not asked for
    const std::int64_t wanted = std::min<std::int64_t>(lanes, trials_ - first);
    for (std::int64_t lane = 0; lane < wanted; ++lane) sum += losses[static_cast<std::size_t>(lane)];
    for (const ConfusionCell& cell : confusion_of(batch_, shown_.trial().votes(), wanted)) add(cell, confusion_);
  }
  recorder_.end();
  Evaluation evaluation = {.update = update, .loss = sum / static_cast<double>(trials_)};
  if (!confusion_.empty()) evaluation.accuracy = accuracy_of(confusion_);
  return evaluation;
}

template class Evaluator<double>;
template class Evaluator<float>;

}  // namespace locus
