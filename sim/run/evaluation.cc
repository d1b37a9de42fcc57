#include "sim/run/evaluation.h"

#include <algorithm>

#include "core/protocol/declaration.h"
#include "sim/model/build.h"
#include "sim/run/train.h"

namespace locus {
namespace {

constexpr std::int64_t kMostAbreast = 32;

}  // namespace

std::int32_t evaluation_lanes(const EvaluationSpec& evaluation) {
  return static_cast<std::int32_t>(std::min(evaluation.trials, kMostAbreast));
}

template <class R>
Evaluator<R>::Evaluator(const Spec& spec, const Topology& topology, Executor executor)
    : trials_(spec.training.evaluation->trials),
      network_(build<R>(spec, topology, RuleSpec{}, evaluation_lanes(*spec.training.evaluation))),
      door_(permit_of_evaluation(), sizeof(R)),
      transport_(network_, Learning{}, {trial_shape_of(spec.training), false}, executor, door_),
      task_(spec, network_.lanes, Shown::kEvaluation),
      batch_(make_batch<R>(spec.training.ticks, network_.inputs.size, network_.readouts.size, network_.lanes)),
      trial_(transport_, Learning{}, trial_shape_of(spec.training), spec.training) {}

template <class R>
double Evaluator<R>::loss(const Network<R>& learner) {
  for (std::size_t p = 0; p < network_.synapses.size(); ++p) network_.synapses[p].weight = learner.synapses[p].weight;
  double sum = 0;
  for (std::int64_t first = 0; first < trials_; first += network_.lanes) {
    task_.fill(first / network_.lanes, batch_);
    const std::vector<double>& losses = trial_.show(batch_);
    const std::int64_t wanted = std::min<std::int64_t>(
        // what the other lanes show was shown before, or is not asked for
        network_.lanes, trials_ - first);
    for (std::int64_t lane = 0; lane < wanted; ++lane) sum += losses[static_cast<std::size_t>(lane)];
  }
  return sum / static_cast<double>(trials_);
}

template class Evaluator<double>;
template class Evaluator<float>;

}  // namespace locus
