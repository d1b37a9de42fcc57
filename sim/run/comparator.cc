#include "sim/run/comparator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "core/protocol/declaration.h"
#include "core/transport/columns/columns.h"
#include "sim/model/learning.h"
#include "sim/model/requirements.h"
#include "sim/run/lanczos.h"
#include "sim/run/learner.h"
#include "sim/run/weights.h"
#include "sim/task/task.h"

namespace locus {
namespace {

using Changes = std::vector<double>;  // of all plastic synapses, projection after projection

/// A plastic projection, and where its synapses stand among all changes.
struct Part {
  ProjectionId projection{-1};
  std::string name;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Part> parts_of(const Topology& topology) {
  std::vector<Part> parts;
  std::size_t begin = 0;
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    if (!projection.plastic) continue;
    const std::size_t end = begin + static_cast<std::size_t>(projection.size());
    parts.push_back({ProjectionId{static_cast<std::int32_t>(p)}, projection.name, begin, end});
    begin = end;
  }
  return parts;
}

/// The model as its learners need it: without a task, and without weights that are replaced anyway.
Spec spec_to_compare(const Spec& spec) {
  Spec plain;
  plain.name = spec.name;
  plain.seed = spec.seed;
  plain.bases = spec.bases;
  plain.training = training_to_compare(spec.training);
  plain.chip = spec.chip;  // whose cores a rule may stay on
  plain.network.populations = spec.network.populations;
  // whether errors have weights is a fact of the trials: one that has says it for all
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task)) {
    const auto weighted = [&](const RecordedTrial& trial) { return weighs_errors(trial, spec.training.ticks); };
    const auto found = std::ranges::find_if(recorded->trials, weighted);
    if (found != recorded->trials.end()) plain.task = RecordedTask{.trials = {*found}};
  } else if (const auto* supplied = std::get_if<SuppliedTask>(&spec.task)) {
    plain.task = SuppliedTask{.fill = {}, .has_mask = supplied->has_mask, .has_lengths = supplied->has_lengths};
  }
  for (const ProjectionSpec& projection : spec.network.projections) {
    const bool listed = std::holds_alternative<SparseMatrix>(projection.weights) ||
                        std::holds_alternative<SparseRandomWeights>(projection.weights);
    ProjectionSpec& copy = plain.network.projections.emplace_back();
    copy.name = projection.name;
    copy.source = projection.source;
    copy.target = projection.target;
    copy.plastic = projection.plastic;
    copy.autapses = projection.autapses;
    copy.delay = projection.delay;
    copy.weights = listed ? projection.weights : WeightsSpec(ConstantWeights{0});
  }
  return plain;
}

/// Sums over the synapses of a part, of two changes a and b.
struct Products {
  double aa = 0;
  double bb = 0;
  double ab = 0;
  std::int64_t alike = 0;    // synapses with the same sign
  std::int64_t opposed = 0;  // synapses with opposite signs

  void add(const Products& other) {
    aa += other.aa;
    bb += other.bb;
    ab += other.ab;
    alike += other.alike;
    opposed += other.opposed;
  }
};

Products products_of(std::span<const double> a, std::span<const double> b) {
  Products sums;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sums.aa += a[k] * a[k];
    sums.bb += b[k] * b[k];
    const double both = a[k] * b[k];
    sums.ab += both;
    const bool signs = (a[k] < 0) == (b[k] < 0);
    const bool counts = a[k] != 0 && b[k] != 0;
    sums.alike += counts && signs ? 1 : 0;
    sums.opposed += counts && !signs ? 1 : 0;
  }
  return sums;
}

Alignment alignment_of(const Products& sums) {
  Alignment alignment;
  const bool finite = std::isfinite(sums.aa) && std::isfinite(sums.bb);
  if (finite && sums.aa > 0 && sums.bb > 0)
    alignment.cosine = std::clamp(sums.ab / (std::sqrt(sums.aa) * std::sqrt(sums.bb)), -1.0, 1.0);
  if (finite && sums.bb > 0) alignment.norm_ratio = std::sqrt(sums.aa) / std::sqrt(sums.bb);
  if (finite && sums.alike + sums.opposed > 0)
    alignment.sign_agreement = static_cast<double>(sums.alike) / static_cast<double>(sums.alike + sums.opposed);
  return alignment;
}

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += (a[k] - b[k]) * (a[k] - b[k]);
  return sum;
}

/// The mean of a rule's changes over batches, and their summed squares about it by part (Welford
/// 1962).
class MeanChange {
 public:
  MeanChange(const std::vector<Part>& parts, std::size_t synapses)
      : parts_(parts), mean_(synapses, 0), squares_(parts.size(), 0) {}

  void begin() {
    batches_ = 0;
    std::ranges::fill(mean_, 0.0);
    std::ranges::fill(squares_, 0.0);
  }
  void add(const Changes& change) {
    ++batches_;
    const auto count = static_cast<double>(batches_);
    for (std::size_t p = 0; p < parts_.size(); ++p) {
      double squares = 0;
      for (std::size_t k = parts_[p].begin; k < parts_[p].end; ++k) {
        const double off = change[k] - mean_[k];
        mean_[k] += off / count;
        squares += off * (change[k] - mean_[k]);
      }
      squares_[p] += squares;
    }
  }
  std::span<const double> of(const Part& part) const {
    return std::span(mean_).subspan(part.begin, part.end - part.begin);
  }
  const Changes& mean() const { return mean_; }
  /// The summed variance of the synapses of part p.
  double variance(std::size_t p) const { return squares_[p] / static_cast<double>(batches_ - 1); }

 private:
  const std::vector<Part>& parts_;
  std::int64_t batches_ = 0;
  Changes mean_;
  std::vector<double> squares_;  // by part
};

/// One compared rule.
struct Compared {
  std::string name;
  bool has_learning_feedback;
  Learner<double, Columns<double>> learner;
  MeanChange change;

  Compared(const Spec& plain, const Topology& topology, const RuleSpec& rule, bool tick_by_tick, Executor executor,
           const std::vector<Part>& parts, std::size_t synapses)
      : name(rule.name),
        has_learning_feedback(feedback_learns(rule)),
        learner(plain, topology, rule, plain.training.batch, permit_of(learning_of(rule, plain.training), Locality::kAny),
                {.outputs_are_seen = false, .inputs_tick_by_tick = tick_by_tick}, executor),
        change(parts, synapses) {}
};

bool is_learner(const RuleSpec& rule) { return has_row(rule.kind) && learns(rule.kind); }

/// The topology without limits of weights: a commit reads off a change, whatever it would be.
Topology without_limits(Topology topology) {
  for (Projection& projection : topology.projections) projection.limits = {};
  return topology;
}

}  // namespace

std::vector<RuleSpec> compared_rules(const Spec& spec) {
  if (!spec.compare || !std::ranges::any_of(spec.rules, is_learner)) return {};
  std::vector<RuleSpec> rules;
  std::ranges::copy_if(spec.compare->rules.empty() ? spec.rules : spec.compare->rules, std::back_inserter(rules),
                       is_learner);
  const auto exact = std::ranges::find(rules, RuleKind::kBptt, &RuleSpec::kind);
  if (exact != rules.end()) {
    std::rotate(rules.begin(), exact, exact + 1);
    return rules;
  }
  RuleSpec added;
  added.kind = RuleKind::kBptt;
  added.name = std::string(rule(RuleKind::kBptt).name);
  const auto own = std::ranges::find(spec.rules, RuleKind::kBptt, &RuleSpec::kind);
  if (own != spec.rules.end()) added = *own;
  while (std::ranges::find(rules, added.name, &RuleSpec::name) != rules.end()) added.name += " (exact)";
  rules.insert(rules.begin(), std::move(added));
  return rules;
}

std::vector<RuleSpec> compared_rules(const Spec& spec, const RuleSpec& run) {
  std::vector<RuleSpec> rules = compared_rules(spec);
  std::erase_if(rules, [&](const RuleSpec& rule) { return feedback_learns(rule) && rule.name != run.name; });
  return rules;
}

TrainingSpec training_to_compare(const TrainingSpec& training) {
  TrainingSpec plain = training;
  plain.learning_rate = 1;
  plain.commit = CommitWhen::kEndOfBatch;
  plain.locality = Locality::kAny;
  plain.optimizer = {};
  plain.synapses.weight.reset();  // a commit reads off the change as the rule computes it
  plain.schedule.reset();
  plain.stop.reset();
  plain.evaluation.reset();
  return plain;
}

struct Comparator::State {
  State(const Spec& spec, const Topology& of_run, const RuleSpec& run, Executor executor)
      : compare(*spec.compare),
        seed(spec.seed),
        topology(without_limits(of_run)),
        parts(parts_of(topology)),
        synapses(parts.empty() ? 0 : parts.back().end),
        task(spec),
        batch(make_batch<double>(spec.training.ticks, topology.sizes.inputs, topology.sizes.readouts,
                                 spec.training.batch, shows_tick_by_tick(spec, spec.training.batch) ? &task : nullptr)),
        change(synapses, 0) {
    task.prepare(batch);
    const Spec plain = spec_to_compare(spec);
    for (RuleSpec rule : compared_rules(spec, run)) {
      rule.learning_rate.reset();
      rule.optimizer.reset();
      rule.schedule.reset();
      rules.emplace_back(plain, topology, rule, batch.source != nullptr, executor, parts, synapses);
    }
  }

  Compared& exact() { return rules.front(); }

  void set_weights(Compared& rule, const ComparedState& at) {
    for (std::size_t p = 0; p < at.weights.size(); ++p)
      rule.learner.set_weights(ProjectionId{static_cast<std::int32_t>(p)}, at.weights[p]);
    if (rule.has_learning_feedback) restore_kept(at.feedback, rule.learner.network());
  }

  /// Writes the change of a rule on the present batch into `change`.
  void run(Compared& rule, const ComparedState& at) {
    Network<double>& network = rule.learner.network();
    network.carries = false;
    restore_kept(at.carried, network);
    rule.learner.run(batch);
    for (const Part& part : parts) std::ranges::fill(network.synapses[part.projection].weight, 0.0);
    rule.learner.commit();
    for (const Part& part : parts) {
      const Column<double>& weight = network.synapses[part.projection].weight;
      std::transform(weight.begin(), weight.end(), change.begin() + static_cast<std::ptrdiff_t>(part.begin),
                     [](double left) { return -left; });
    }
  }

  void add_alignments(std::int64_t update, std::vector<Alignment>& to) const {
    for (std::size_t i = 1; i < rules.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        const auto add = [&](const std::string& projection, const Products& sums) {
          Alignment& added = to.emplace_back(alignment_of(sums));
          added.update = update;
          added.rule = rules[i].name;
          added.with = rules[j].name;
          added.projection = projection;
        };
        std::vector<Products> by_part;
        Products all;
        for (const Part& part : parts) {
          by_part.push_back(products_of(rules[i].change.of(part), rules[j].change.of(part)));
          all.add(by_part.back());
        }
        add("", all);
        for (std::size_t p = 0; p < parts.size(); ++p) add(parts[p].name, by_part[p]);
      }
    }
  }

  void add_scatter(std::int64_t update, std::vector<Scatter>& to) const {
    const auto add = [&](const Compared& rule, const std::string& projection, double gradient, double off, double variance) {
      Scatter& added = to.emplace_back();
      added.update = update;
      added.rule = rule.name;
      added.projection = projection;
      if (!std::isfinite(gradient) || gradient <= 0) return;
      if (std::isfinite(off)) added.bias = std::sqrt(off) / std::sqrt(gradient);
      if (std::isfinite(variance)) added.noise = std::sqrt(std::max(variance, 0.0)) / std::sqrt(gradient);
    };
    for (const Compared& rule : rules) {
      std::vector<std::array<double, 3>> by_part;
      std::array<double, 3> all = {};
      for (std::size_t p = 0; p < parts.size(); ++p) {
        const std::span<const double> gradient = rules.front().change.of(parts[p]);
        by_part.push_back({products_of(gradient, gradient).aa, squared_distance(rule.change.of(parts[p]), gradient),
                           rule.change.variance(p)});
        for (std::size_t k = 0; k < all.size(); ++k) all[k] += by_part.back()[k];
      }
      add(rule, "", all[0], all[1], all[2]);
      for (std::size_t p = 0; p < parts.size(); ++p)
        add(rule, parts[p].name, by_part[p][0], by_part[p][1], by_part[p][2]);
    }
  }

  /// The mean exact gradient at the weights moved by `step` along `direction`, added to `sum` times
  /// `factor`.
  void add_gradient(const ComparedState& at, std::int64_t update, std::span<const double> direction, double step,
                    double factor, std::span<double> sum) {
    const double share = factor / static_cast<double>(compare.batches);
    for (std::int64_t b = 0; b < compare.batches; ++b) {
      if (compare.batches > 1 || b == 0) task.fill(update + b, batch);
      set_weights(exact(), at);
      for (const Part& part : parts) {
        Column<double>& weight = exact().learner.network().synapses[part.projection].weight;
        for (std::size_t k = 0; k < weight.size(); ++k) weight[k] += step * direction[part.begin + k];
      }
      exact().learner.copy_weights(exact().learner.network());  // threads renew theirs
      run(exact(), at);
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += share * change[k];
    }
  }

  void add_curvature(const ComparedState& at, std::int64_t update, std::vector<Curvature>& to) {
    constexpr double kStep = 1e-5;  // of all weights together: the differences are right to 1e-10
    const HessianProduct product = [&](std::span<const double> direction, std::span<double> result) {
      std::ranges::fill(result, 0.0);
      add_gradient(at, update, direction, kStep, 0.5 / kStep, result);
      add_gradient(at, update, direction, -kStep, -0.5 / kStep, result);
    };
    const std::optional<TopEigenvalue> top = largest_eigenvalue(synapses, product, seed, kMostProducts);
    if (top) to.push_back({update, top->value, top->residual, top->products});
  }

  CompareSpec compare;
  std::uint64_t seed;
  Topology topology;
  std::vector<Part> parts;
  std::size_t synapses;  // plastic ones
  Task task;
  Batch<double> batch;
  std::deque<Compared> rules;  // the exact gradient first; a learner never moves
  Changes change;              // of the rule and batch that ran last
};

Comparator::Comparator(const Spec& spec, const Topology& topology, const RuleSpec& run, Executor executor)
    : state_(std::make_unique<State>(spec, topology, run, executor)) {}
Comparator::~Comparator() = default;

void Comparator::measure(const ComparedState& at, std::int64_t update, Comparisons& to) {
  State& state = *state_;
  for (Compared& rule : state.rules) rule.change.begin();
  for (std::int64_t b = 0; b < state.compare.batches; ++b) {
    state.task.fill(update + b, state.batch);
    for (Compared& rule : state.rules) {
      state.set_weights(rule, at);
      state.run(rule, at);
      rule.change.add(state.change);
    }
  }
  state.add_alignments(update, to.alignment);
  if (state.compare.batches > 1) state.add_scatter(update, to.scatter);
  if (state.compare.curvature) state.add_curvature(at, update, to.curvature);
}

}  // namespace locus
