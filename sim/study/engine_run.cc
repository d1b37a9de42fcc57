#include "sim/study/engine_run.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <span>

#include "core/expression/evaluate.h"
#include "core/transport/mailbox/mailbox.h"
#include "sim/engine/arithmetic.h"
#include "sim/model/errors.h"
#include "sim/model/learning.h"
#include "sim/model/pace_of.h"
#include "sim/model/wire.h"
#include "sim/run/learner.h"
#include "sim/task/task.h"

namespace locus {
namespace {

using EngineLearner = Learner<double, Mailbox<double>>;

/// The synapses of one projection on the engine, with what its target neurons compute for them.
class Plant {
 public:
  Plant(const Binding& binding, const EngineSpec& engine, ProjectionId id, const Projection& projection, std::uint64_t seed)
      : id_(id),
        projection_(projection),
        binding_(binding),
        synapses_(binding, engine, ends(projection, true), ends(projection, false), projection.source_size,
                  projection.target_size, seed),
        traces_(binding.form.traces.size(), std::vector<double>(static_cast<std::size_t>(projection.target_size), 0)),
        values_(binding.target.size(), std::vector<double>(static_cast<std::size_t>(projection.target_size), 0)) {}

  void take_weights(const Network<double>& network) {
    const Column<double>& weight = network.synapses[id_].weight;
    synapses_.set_weights({weight.data(), weight.size()});
  }
  void give_weights(Network<double>& network) const {
    Column<double>& weight = network.synapses[id_].weight;
    for (std::size_t k = 0; k < weight.size(); ++k) weight.data()[k] = synapses_.weight(k);
  }
  void begin_trial() {
    synapses_.begin_trial();
    for (std::vector<double>& trace : traces_) std::ranges::fill(trace, 0.0);
  }

  /// before: the activities of rate neurons of the last tick.
  void tick(const Network<double>& network, std::int64_t trial, std::int32_t now, bool taught, bool last,
            const std::vector<double>& before) {
    const bool recurrent = projection_.source_layer == Layer::kRate && projection_.target_layer == Layer::kRate;
    const double* const sent = recurrent                                   ? before.data()
                               : projection_.source_layer == Layer::kInput ? network.inputs.activity.data()
                                                                           : network.rate.activity.data();
    const double* const spiked = is_spiking(network) ? network.rate.activity.data() + projection_.target_begin : nullptr;
    const auto targets = static_cast<std::size_t>(projection_.target_size);
    for (std::size_t i = 0; i < targets; ++i) {
      for (std::size_t t = 0; t < traces_.size(); ++t) {
        const SumTrace& trace = binding_.form.traces[t];
        if (trace.owner == kTargetNeuron) traces_[t][i] = value_of(trace.next, network, i, taught, last);
      }
      for (std::size_t a = 0; a < values_.size(); ++a)
        values_[a][i] = value_of(binding_.target[a].value, network, i, taught, last);
    }
    synapses_.tick({.trial = trial,
                    .tick = now,
                    .sent = {sent + projection_.source_begin, static_cast<std::size_t>(projection_.source_size)},
                    .spiked = spiked == nullptr ? std::span<const double>() : std::span<const double>(spiked, targets),
                    .values = values_});
  }

 private:
  static std::vector<std::int32_t> ends(const Projection& projection, bool sources) {
    std::vector<std::int32_t> ends;
    projection.each([&](std::int32_t source, std::int32_t target) {
      ends.push_back(sources ? source - projection.source_begin : target - projection.target_begin);
    });
    return ends;
  }

  bool is_spiking(const Network<double>& network) const {
    return projection_.target_layer == Layer::kRate && network.topology->target_of(projection_).spiking;
  }

  double value_of(const Sum& sum, const Network<double>& network, std::size_t target, bool taught, bool last) const {
    double value = 0;
    for (const Product& product : sum) {
      double term = product.scale;
      for (const int index : product.atoms)
        term *= atom_value(binding_.form.atom(index), network, target, taught, last);
      value += term;
    }
    return value;
  }

  double atom_value(const Atom& atom, const Network<double>& network, std::size_t target, bool taught, bool last) const {
    if (atom.trace >= 0) return traces_[static_cast<std::size_t>(atom.trace)][target];
    if (atom.symbol) return symbol_value(*atom.symbol, network, target, taught);
    if (atom.node < 0) return last ? 1 : 0;  // "end"
    return node_value(atom.node, network, target, taught);
  }

  double node_value(std::int32_t node, const Network<double>& network, std::size_t target, bool taught) const {
    const LocalRule& rule = *binding_.form.rule;
    return evaluate<double>(rule.tree, node, [&](const Node& leaf) {
      const auto i = static_cast<std::size_t>(leaf.index);
      switch (leaf.leaf) {
        case Leaf::kConstant: return rule.text.constants[i].value;
        case Leaf::kPayload: return node_value(rule.payload[i], network, target, taught);
        case Leaf::kSymbol: return symbol_value(static_cast<Symbol>(leaf.index), network, target, taught);
        case Leaf::kTrace: break;
      }
      const auto kept = std::ranges::find(binding_.form.traces, rule.traces[i].name, &SumTrace::name);
      return kept == binding_.form.traces.end()
                 ? 0.0
                 : traces_[static_cast<std::size_t>(kept - binding_.form.traces.begin())][target];
    });
  }

  double symbol_value(Symbol symbol, const Network<double>& network, std::size_t target, bool taught) const {
    const std::size_t i = target + static_cast<std::size_t>(projection_.target_begin);
    const bool onto_readouts = projection_.target_layer == Layer::kReadout;
    switch (symbol) {
      case Symbol::kSignal:
        if (!taught) return 0;
        return onto_readouts ? network.readouts.epsilon.data()[i] : network.rate.signal.data()[i];
      case Symbol::kTaught: return taught ? 1 : 0;
      case Symbol::kGain: return network.rate.gain.data()[i];
      case Symbol::kActivity:
      case Symbol::kSpike: return network.rate.activity.data()[i];
      case Symbol::kCurrent: return network.rate.current.data()[i];
      case Symbol::kOwnWeight: return network.rate.own_weight.empty() ? 0 : network.rate.own_weight.data()[i];
      case Symbol::kVoltage: return network.rate.lif.voltage.data()[i];
      case Symbol::kNoise: return network.rate.noise.empty() ? 0 : network.rate.noise.data()[i];
      default: return 0;
    }
  }

  ProjectionId id_;
  const Projection& projection_;
  const Binding& binding_;
  EngineSynapses synapses_;
  std::vector<std::vector<double>> traces_;  // by trace of the form, of targets (targets)
  std::vector<std::vector<double>> values_;  // by access of the target (targets)
};

/// One learner over the trials of the task, one at a time.
class OneByOne {
 public:
  OneByOne(const Spec& spec, const Topology& topology, const RuleSpec& rule)
      : learner_(spec, topology, rule, {.outputs_are_seen = true}, {}),
        task_(spec, 1),
        batch_(make_batch<double>(spec.training.ticks, topology.sizes.inputs, topology.sizes.readouts, 1)) {
    task_.prepare(batch_);
  }
  EngineLearner& learner() { return learner_; }
  double update(std::int64_t number) {
    learner_.begin_update(number);
    task_.fill(number, batch_);
    const double loss = learner_.run(batch_);
    learner_.commit();
    return loss;
  }

 private:
  EngineLearner learner_;
  Task task_;
  Batch<double> batch_;
};

void check_run(const Spec& spec, const Topology& topology, const RuleSpec& rule, const Fit& fit) {
  if (!has_losses(locus::rule(rule.kind)))
    throw UsageError("learning on an engine compares losses, and " + rule.name +
                     " has none; choose a rule that learns from errors");
  if (!fit.fits)
    throw UsageError("learning on an engine: " + rule.name + " does not fit " + fit.engine +
                     "; its fit says what is missing");
  if (rule.firing_rate)
    throw UsageError("learning on an engine does not take a firing-rate target; leave it out of " + rule.name);
  const Learning learning = learning_of(rule, spec.training);
  if (!learning.learned_feedback.empty())
    throw UsageError("learning on an engine takes fixed feedback, and that of " + rule.name + " learns");
  if (schedule_of(rule, spec.training))
    throw UsageError("learning on an engine takes a constant learning rate; leave out the schedule");
  if (!learning.wires.empty() || learning.synapses.weight || learning.synapses.trace)
    throw UsageError(
        "learning on an engine has the engine's arithmetic beside an exact one; leave out narrow wires and synapses");
  for (std::size_t p = 0; p < spec.network.projections.size(); ++p) {
    if (topology.projections[p].plastic && topology.projections[p].wait > 0)
      throw UsageError("learning on an engine takes projections of the least delay; " + topology.projections[p].name +
                       " has a longer one");
  }
}

/// The sizes of signals and weights in the first trial under the rule.
std::map<std::string, Range> measured(const Spec& spec, const Topology& topology, const RuleSpec& rule,
                                      const std::map<std::string, Range>& given) {
  double signal = 0;
  double weight = 0;
  OneByOne course(spec, topology, rule);
  course.learner().trial().observe([&](Tick now, const Network<double>& network) {
    if (now.value <= spec.training.ticks - window_of(spec.training)) return;
    for (const Column<double>* values : {&network.rate.signal, &network.readouts.epsilon}) {
      for (std::size_t i = 0; i < values->size(); ++i) signal = std::max(signal, std::abs(values->data()[i]));
    }
  });
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    if (!topology.projections[p].plastic) continue;
    const Column<double>& weights = course.learner().network().synapses[ProjectionId{static_cast<std::int32_t>(p)}].weight;
    for (std::size_t k = 0; k < weights.size(); ++k) weight = std::max(weight, std::abs(weights.data()[k]));
  }
  course.update(0);
  std::map<std::string, Range> ranges = given;
  if (signal > 0) ranges.try_emplace("signal", Range{-signal, signal, false});
  if (weight > 0) ranges.try_emplace("weight", Range{-2 * weight, 2 * weight, false});
  return ranges;
}

}  // namespace

EngineRun run_on_engine(const Spec& given, const RuleSpec& rule, const EngineSpec& engine, std::int64_t updates,
                        const std::map<std::string, Range>& ranges) {
  Spec spec = given;
  spec.training.batch = 1;
  spec.training.updates = updates;
  spec.training.commit = CommitWhen::kEndOfBatch;
  spec.records.clear();
  spec.chip.reset();
  const Topology topology = topology_of(spec);
  EngineRun run;
  check_run(spec, topology, rule, fit(spec, topology, rule, engine, ranges));
  run.fit = fit(spec, topology, rule, engine, measured(spec, topology, rule, ranges));
  check_run(spec, topology, rule, run.fit);
  OneByOne exact(spec, topology, rule);
  for (std::int64_t update = 0; update < updates; ++update) run.exact.push_back(exact.update(update));

  OneByOne course(spec, topology, rule);
  Network<double>& network = course.learner().network();
  std::deque<Plant> plants;
  for (const Binding& binding : run.fit.bindings) {
    for (std::size_t p = 0; p < topology.projections.size(); ++p) {
      if (topology.projections[p].name != binding.projections.front()) continue;
      const ProjectionId id{static_cast<std::int32_t>(p)};
      course.learner().set_learning_rate(id, 0);  // the engine learns in its place
      plants.emplace_back(binding, engine, id, topology.projections[id], spec.seed + p);
      plants.back().take_weights(network);
      plants.back().give_weights(network);
    }
  }
  course.learner().copy_weights(network);
  std::vector<double> before;
  std::int64_t trial = 0;
  course.learner().trial().observe([&](Tick now, const Network<double>& seen) {
    const bool taught = now.value > spec.training.ticks - window_of(spec.training);
    for (Plant& plant : plants) plant.tick(seen, trial, now.value, taught, now.value == spec.training.ticks, before);
    before.assign(seen.rate.activity.data(), seen.rate.activity.data() + seen.rate.activity.size());
  });
  for (; trial < updates; ++trial) {
    before.assign(network.rate.activity.size(), 0.0);
    for (std::size_t i = 0; i < network.rate.initial.size(); ++i) before[i] = network.rate.initial.data()[i];
    for (Plant& plant : plants) plant.begin_trial();
    run.engine.push_back(course.update(trial));
    for (const Plant& plant : plants) plant.give_weights(network);
    course.learner().copy_weights(network);
  }
  return run;
}

}  // namespace locus
