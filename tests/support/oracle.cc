// The run of the oracle: updates, batches, commits, memory; and gradients by differences of the
// loss.
#include "tests/support/oracle.h"

#include <algorithm>
#include <cmath>

namespace locus::oracle {
namespace {

void measure_memory(const Net& net, const Spec& spec, const RuleSpec& rule, Answer& answer) {
  const std::int64_t scalar = spec.precision == Precision::kFloat32 ? 4 : 8;
  std::int64_t plastic = 0;
  for (const std::vector<Synapse>* block : {&net.b, &net.w}) {
    for (const Synapse& synapse : *block) plastic += synapse.plastic ? 1 : 0;
  }
  const auto m = static_cast<std::int64_t>(net.actors);
  const auto n = static_cast<std::int64_t>(net.units);
  const std::int64_t curved = n - std::count(net.activation.begin(), net.activation.end(), Activation::kIdentity);
  const std::int64_t ticks = spec.training.ticks;
  answer.history_bytes = scalar * (under_way(spec, true) + under_way(spec, false));
  if (rule.kind == RuleKind::kBptt || rule.kind == RuleKind::kTbptt) {
    const bool whole = rule.kind == RuleKind::kBptt;
    const std::int64_t depth = whole || rule.depth == 0 ? ticks : std::min<std::int64_t>(rule.depth, ticks);
    const std::int64_t stride = whole ? ticks : std::min<std::int64_t>(rule.stride, ticks);
    answer.history_bytes += scalar * depth * (m + n + curved);
    answer.history_bytes += scalar * under_way(spec, false);  // of the agent
    if (spec.training.loss == Loss::kSequence)
      answer.history_bytes += scalar * n * (std::min(stride, ticks - spec.training.warmup) - 1);
  }
  if (rule.kind == RuleKind::kRflo || rule.kind == RuleKind::kEprop || rule.kind == RuleKind::kEpropRandom) {
    answer.trace_bytes = scalar * plastic;
  }
  if (rule.kind == RuleKind::kUoro) answer.trace_bytes = scalar * (n + plastic);
  if (!net.carries) return;
  // a sensitivity at each unit that keeps it
  for (const std::vector<Synapse>* block : {&net.b, &net.w}) {
    for (const Synapse& synapse : *block) {
      for (std::size_t k = 0; synapse.plastic && k < net.units; ++k)
        answer.trace_bytes += net.keeps[k][synapse.target] ? scalar : 0;
    }
  }
}

}  // namespace

double rate_of(const Spec& spec, const RuleSpec& rule, const ProjectionSpec& projection) {
  if (projection.learning_rate) return *projection.learning_rate;
  if (rule.learning_rate) return *rule.learning_rate;
  return spec.training.learning_rate.value_or(0);
}

Optimizer optimizer_of(const Spec& spec, const RuleSpec& rule) {
  return rule.optimizer ? *rule.optimizer : spec.training.optimizer;
}

void clip(Net& net, const Optimizer& how, int replicas, Answer& answer, const std::function<double&(Synapse&)>& change) {
  double squares = 0;
  std::int64_t messages = 0;
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& synapse : *block) {
      if (!synapse.plastic) continue;
      if (how.element) change(synapse) = std::clamp(change(synapse), -*how.element, *how.element);
      squares += change(synapse) * change(synapse);
      // every replica sends a square to its agent and receives a factor
      messages += std::int64_t{2} * replicas;
    }
  }
  if (!how.norm || messages == 0) return;
  Count& count = answer.counts[{Channel::kClip, 0}];
  count.messages += messages;
  count.scalars += messages;
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& synapse : *block) change(synapse) *= std::min(1.0, *how.norm / std::sqrt(squares));
  }
}

void move(Synapse& synapse, double c, const Optimizer& how, double commit) {
  double& w = synapse.weight;
  const double g = c + synapse.limits.decay.value_or(how.weight_decay) * w;
  double step = g;
  double rate = synapse.rate;
  w *= 1 - synapse.shrink;
  if (how.momentum) step = synapse.first = *how.momentum * synapse.first + g;
  if (how.adam) {
    synapse.first = how.adam->beta1 * synapse.first + (1 - how.adam->beta1) * g;
    synapse.second = how.adam->beta2 * synapse.second + (1 - how.adam->beta2) * g * g;
    rate *= std::sqrt(1 - std::pow(how.adam->beta2, commit)) / (1 - std::pow(how.adam->beta1, commit));
    step = synapse.first / (std::sqrt(synapse.second) + how.adam->epsilon);
  }
  w -= rate * step;
  const std::optional<double> low = synapse.limits.min ? synapse.limits.min : how.weight_min;
  const std::optional<double> high = synapse.limits.max ? synapse.limits.max : how.weight_max;
  if (low && w < *low) w = *low;
  if (high && w > *high) w = *high;
  if (synapse.limits.sign > 0 && w < 0) w = 0;
  if (synapse.limits.sign < 0 && w > 0) w = 0;
}

void commit(Net& net, const Spec& spec, const RuleSpec& rule, Answer& answer, double batch) {
  const Optimizer how = optimizer_of(spec, rule);
  ++net.commits;
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& synapse : *block) synapse.delta = synapse.plastic ? synapse.delta / batch : 0;
  }
  clip(net, how, spec.training.batch, answer, [](Synapse& synapse) -> double& { return synapse.delta; });
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& synapse : *block) {
      const double mean = synapse.delta;
      const auto p = static_cast<std::size_t>(synapse.projection);
      if (synapse.plastic) move(synapse, mean, how, net.commits);
      synapse.delta = 0;
      answer.delta[p][synapse.entry] = mean;
      answer.weights[p][synapse.entry] = synapse.weight;
    }
  }
  for (Synapse& wire : net.r) {
    const double mean = std::clamp(wire.delta / batch, -how.element.value_or(1e300), how.element.value_or(1e300));
    if (wire.plastic) move(wire, mean, how, net.commits);
    wire.delta = 0;
  }
}

Answer solve(const Spec& spec, const RuleSpec& rule, bool keep_log, std::int64_t first_trial) {
  Net net = flatten(spec, rule);
  Answer answer;
  answer.trials = first_trial;
  for (const ProjectionSpec& projection : spec.network.projections) {
    (void)projection;
    answer.weights.emplace_back();
    answer.delta.emplace_back();
  }
  for (const std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (const Synapse& synapse : *block) {
      const auto p = static_cast<std::size_t>(synapse.projection);
      answer.weights[p].push_back(synapse.weight);
      answer.delta[p].push_back(0);
    }
  }
  measure_memory(net, spec, rule, answer);
  const auto& trials = std::get<RecordedTask>(spec.task).trials;
  const auto batch = static_cast<std::size_t>(spec.training.batch);
  std::vector<std::vector<double>> states(batch, net.initial);  // of each lane
  for (std::size_t update = 0; update < static_cast<std::size_t>(spec.training.updates); ++update) {
    double loss = 0;
    answer.classified = answer.right = 0;
    const std::size_t logged = answer.log.size();
    for (std::size_t lane = 0; lane < batch; ++lane) {
      const RecordedTrial& trial = trials[(update * batch + lane) % trials.size()];
      if (!spec.training.carry_state) states[lane] = net.initial;
      loss += run_trial(net, states[lane], spec, rule, trial, answer, keep_log);
      ++answer.trials;
    }
    for (std::size_t k = logged; k < answer.log.size(); ++k) answer.log[k].update = static_cast<std::int64_t>(update);
    if (rule.kind == RuleKind::kNone) continue;
    answer.losses.push_back(loss / static_cast<double>(batch));
    answer.accuracies.push_back(static_cast<double>(answer.right) / static_cast<double>(answer.classified));
    if (spec.training.commit == CommitWhen::kEndOfBatch) commit(net, spec, rule, answer, static_cast<double>(batch));
  }
  return answer;
}

std::vector<double> losses_of(const Spec& spec, const ByProjection& weights, const std::vector<RecordedTrial>& trials) {
  RuleSpec rule;
  rule.kind = RuleKind::kRflo;  // any rule with a target
  Spec still = spec;
  still.training.commit = CommitWhen::kEndOfBatch;
  Net net = flatten(still, rule);
  for (std::vector<Synapse>* block : {&net.b, &net.w, &net.a, &net.d}) {
    for (Synapse& synapse : *block)
      synapse.weight = weights.at(static_cast<std::size_t>(synapse.projection)).at(synapse.entry);
  }
  std::vector<double> losses;
  for (const RecordedTrial& trial : trials) {
    Answer unused;
    // held-out trials have these numbers
    unused.trials = (std::int64_t{1} << 62) + std::ssize(losses);
    std::vector<double> state = net.initial;
    losses.push_back(run_trial(net, state, still, rule, trial, unused, false));
  }
  return losses;
}

double loss_of(const Spec& spec) {
  Spec still = spec;
  still.training.updates = 1;
  still.training.commit = CommitWhen::kEndOfBatch;
  RuleSpec rule;
  // any rule with a target; its changes of weights come after the loss
  rule.kind = RuleKind::kRflo;
  return solve(still, rule).losses.at(0);
}

ByProjection central_differences(const Spec& spec, double step) {
  ByProjection result;
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    std::vector<double>& slopes = result.emplace_back();
    Spec moved = spec;
    WeightsSpec& weights = moved.network.projections[p].weights;
    std::vector<double>& values = std::holds_alternative<DenseMatrix>(weights) ? std::get<DenseMatrix>(weights).values
                                                                               : std::get<SparseMatrix>(weights).values;
    for (double& value : values) {
      const double centre = value;
      const auto at = [&](double steps) {
        value = centre + steps * step;
        return loss_of(moved);
      };
      slopes.push_back((8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * step));
      value = centre;
    }
  }
  return result;
}

}  // namespace locus::oracle
