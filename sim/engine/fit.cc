#include "sim/engine/fit.h"

#include <algorithm>
#include <cmath>
#include <set>

#include <fmt/format.h>

#include "core/protocol/closed_form.h"
#include "core/protocol/declaration.h"
#include "sim/engine/inputs_seen.h"
#include "sim/engine/row_text.h"
#include "sim/model/learning.h"
#include "sim/model/wire.h"
#include "sim/place/learning_on_chip.h"

namespace locus {
namespace {

NeuronKind kind_of(const PopulationSpec& population) {
  if (!population.lif) return NeuronKind::kRate;
  return population.lif->adapts() ? NeuronKind::kAlif : NeuronKind::kLif;
}

std::string_view words(NeuronKind kind) {
  switch (kind) {
    case NeuronKind::kRate: return "rate neurons";
    case NeuronKind::kLif: return "LIF neurons";
    case NeuronKind::kAlif: return "LIF neurons with an adaptive threshold";
  }
  return "";
}

std::int64_t ceiling(std::int64_t amount, std::int64_t of) { return (amount + of - 1) / of; }

class Fitter {
 public:
  Fitter(const Spec& spec, const Topology& topology, const RuleSpec& rule, const EngineSpec& engine,
         const std::map<std::string, Range>& ranges)
      : spec_(spec), topology_(topology), rule_(rule), engine_(engine), ranges_(ranges) {}

  Fit find() {
    learning_ = learning_of(spec_, topology_, rule_);
    fit_.rule = rule_.name;
    fit_.engine = engine_.name;
    check_neurons();
    check_channels();
    check_optimizer();
    for (std::size_t p = 0; p < spec_.network.projections.size(); ++p) bind_projection(p);
    for (const FeedbackSpec& feedback : rule_.feedback) bind_feedback(feedback);
    take_room();
    fit_.fits = fit_.lacks.empty();
    return std::move(fit_);
  }

 private:
  void lack(const Shortfall& lack) {
    for (Shortfall& earlier : fit_.lacks) {
      if (earlier.what != lack.what || earlier.each != lack.each) continue;
      earlier.count = count_plus(earlier.count, lack.count);
      for (const std::string& of : lack.of) {
        if (std::ranges::find(earlier.of, of) == earlier.of.end()) earlier.of.push_back(of);
      }
      return;
    }
    fit_.lacks.push_back(lack);
  }

  const PopulationSpec& population(std::int32_t index) const {
    return spec_.network.populations[static_cast<std::size_t>(index)];
  }

  void check_neurons() {
    for (const PopulationSpec& population : spec_.network.populations) {
      if (population.kind != PopulationKind::kRate || engine_.has(kind_of(population))) continue;
      lack({std::string(words(kind_of(population))), {population.name}, population.size, "a neuron"});
    }
  }

  /// Messages over channels that the chip does not have, and those that revisit the past, which no
  /// chip has.
  void check_channels() {
    const Ledger ledger = closed_form(learning_, topology_, feedback_of(topology_, rule_), trial_shape_of(spec_),
                                      scalar_bytes(spec_.precision));
    for (const LedgerEntry& entry : ledger.entries()) {
      const std::string channel(name(entry.channel));
      if (entry.lag > 0) {
        lack({"ticks of the past", {channel}, entry.tally.messages, "a message"});
      } else if (row(entry.channel).spatial == SpatialClass::kNonLocal || entry.channel == Channel::kFeedback) {
        if (!engine_.channels.holds(entry.channel))
          lack({"channel " + channel, {channel}, entry.tally.messages, "a message"});
      }
    }
  }

  /// Engines descend; what an optimizer keeps for each synapse has no variable there.
  void check_optimizer() {
    if (locus::rule(rule_.kind).drive == Drive::kNothing) return;
    const Optimizer& optimizer = optimizer_of(rule_, spec_.training);
    std::int64_t plastic = 0;
    for (std::size_t p = 0; p < spec_.network.projections.size(); ++p)
      plastic += spec_.network.projections[p].plastic ? topology_.projections[p].size() : 0;
    if (optimizer.adam) lack({"moments and roots of Adam", {"m", "v"}, plastic, "a synapse"});
    if (optimizer.momentum) lack({"moments", {"m"}, plastic, "a synapse"});
    if (optimizer.element) lack({"bounds of a change", {"clip"}, plastic, "a synapse"});
  }

  SumContext sum_context(const PopulationSpec& target, bool spikes_arrive) const {
    SumContext context{.dt = spec_.training.dt, .ticks = static_cast<double>(spec_.training.ticks)};
    context.spikes_arrive = spikes_arrive;
    if (neurons_differ(target) || target.kind != PopulationKind::kRate) return context;
    if (target.lif) {
      const LifParameters lif = lif_parameters(*target.lif, spec_.training.dt);
      context.decay = lif.decay;
      context.drive = lif.gain;
    } else {
      context.leak = target.leak.first();
      context.decay = 1 - target.leak.first();
    }
    return context;
  }

  static Range activation_range(Activation activation) {
    switch (activation) {
      case Activation::kTanh: return {-1, 1, false};
      case Activation::kSigmoid: return {0, 1, false};
      case Activation::kRelu: return {0, 1, true};
      case Activation::kIdentity: return {-1, 1, true};
    }
    return {};
  }
  /// h of a population: a leaky mean of phi stays in phi's range.
  static Range activity_of(const PopulationSpec& population) {
    return population.lif ? Range{0, 1, false} : activation_range(population.activation);
  }

  std::map<std::string, Range> ranges_at(const PopulationSpec& source, const PopulationSpec& target,
                                         const InputsSeen& inputs) const {
    std::map<std::string, Range> ranges;
    ranges["pre"] = source.kind == PopulationKind::kInput ? inputs.range : activity_of(source);
    if (target.kind == PopulationKind::kRate) {
      ranges["activity"] = activity_of(target);
      if (target.lif) {
        ranges["gain"] = {0, target.lif->height, false};
      } else {
        const double slope = target.activation == Activation::kSigmoid ? 0.25 : 1;
        double leak = 0;
        for (const double one : target.leak.values) leak = std::max(leak, one);
        ranges["gain"] = {0, leak * slope, false};
      }
    }
    const Optimizer& optimizer = optimizer_of(rule_, spec_.training);
    if (optimizer.weight_min && optimizer.weight_max)
      ranges["weight"] = {*optimizer.weight_min, *optimizer.weight_max, false};
    for (const auto& [name, range] : ranges_) ranges[name] = range;
    return ranges;
  }

  void bind_projection(std::size_t p) {
    const ProjectionSpec& projection = spec_.network.projections[p];
    const auto text = row_text(rule_, spec_, projection);
    if (!text) return;
    const PopulationSpec& source = population(projection.source);
    const PopulationSpec& target = population(projection.target);
    const InputsSeen inputs = source.kind == PopulationKind::kInput ? seen(projection.source) : InputsSeen{};
    const bool spikes_arrive = source.kind == PopulationKind::kInput ? inputs.are_spikes : source.lif.has_value();
    const Compiled compiled = compile_local(text->text);
    CHECK(compiled.rule.has_value(), "texts of rows are right, and those of models are checked");
    BindingContext context = binding_context(projection, p);
    context.spikes_arrive = spikes_arrive;
    context.has_delays = topology_.projections[p].wait > 0;
    context.synapses = topology_.projections[p].size();
    context.summed = text->summed;
    context.ranges = ranges_at(source, target, inputs);
    keep(bind(sum_form(*compiled.rule, sum_context(target, spikes_arrive)), engine_, context), projection.name);
    if (engine_.no_autapses) note_autapses(topology_.projections[p]);
  }

  /// What follows from the training: pace, decay and ticks.
  BindingContext binding_context(const ProjectionSpec& projection, std::size_t p) const {
    const double rate = learning_rate_of(projection, rule_, spec_.training);
    const bool every_tick = spec_.training.commit == CommitWhen::kEveryTick;
    const Optimizer optimizer = optimizer_of(learning_, topology_.projections[p]);
    BindingContext context;
    context.rate = rate / spec_.training.batch;
    context.decay = (optimizer.weight_decay * rate + optimizer.shrink) / (every_tick ? 1 : spec_.training.ticks);
    context.commits_every_tick = every_tick;
    context.ticks = spec_.training.ticks;
    context.window = window_of(spec_.training);
    return context;
  }

  void keep(Binding binding, const std::string& name) {
    for (const Shortfall& one : binding.lacks) lack(one);
    fit_.gives_up_delays = fit_.gives_up_delays || binding.gives_up_delays;
    binding.projections = {name};
    fit_.bindings.push_back(std::move(binding));
  }

  /// Learned feedback: a synapse from a readout changes by the error that it carries times the
  /// activity of its target, and shrinks as the readout's synapse from the same population does.
  void bind_feedback(const FeedbackSpec& feedback) {
    if (!feedback.learn) return;
    const LocalText text{.constants = {}, .traces = {}, .changes = {{"pre*activity"}}, .signal = LocalSignal::kNone};
    const Compiled compiled = compile_local(text);
    CHECK(compiled.rule.has_value(), "the text is right");
    for (std::size_t p = 0; p < spec_.network.projections.size(); ++p) {
      const ProjectionSpec& readout = spec_.network.projections[p];
      if (readout.source != feedback.population || population(readout.target).kind != PopulationKind::kReadout)
        continue;
      BindingContext context = binding_context(readout, p);
      context.synapses = topology_.projections[p].size();
      context.ranges = ranges_at(population(readout.target), population(feedback.population), {});
      context.ranges.erase("pre");  // an error, which nothing bounds
      const SumContext sums = sum_context(population(feedback.population), false);
      keep(bind(sum_form(*compiled.rule, sums), engine_, context), "feedback onto " + population(feedback.population).name);
    }
  }

  void note_autapses(const Projection& projection) {
    const auto own = std::ranges::count_if(topology_.autapses, [&](const Autapse& autapse) {
      return &topology_.projections[autapse.projection] == &projection;
    });
    if (own > 0)
      fit_.approximations.push_back({projection.name, fmt::format("{} autapses are 0 and do not learn", own),
                                     static_cast<double>(own), "synapses"});
  }

  const InputsSeen& seen(std::int32_t population) {
    const auto found = inputs_.find(population);
    if (found != inputs_.end()) return found->second;
    return inputs_.emplace(population, inputs_seen(spec_, population)).first->second;
  }

  /// Cores, by whatever needs most of them.
  void take_room() {
    RoomTaken& room = fit_.room;
    const EngineRoom& has = engine_.room;
    room.neurons = std::int64_t{topology_.sizes.rate_neurons} + topology_.sizes.readouts;
    std::set<std::string> used = {"weight"};
    for (const Binding& binding : fit_.bindings) {
      for (const BoundVariable& variable : binding.variables) used.insert(variable.variable);
    }
    for (const EngineVariable& variable : engine_.variables) {
      if (used.contains(variable.name) || variable.is_delay)
        room.synapse_bits += variable.bits + (variable.is_signed ? 1 : 0);
    }
    for (std::size_t p = 0; p < topology_.projections.size(); ++p) {
      if (!topology_.projections[p].is_bias) room.synapses += topology_.projections[p].size();
    }
    const auto need = [&](const std::optional<std::int64_t>& each, std::int64_t amount) {
      if (each) room.cores = std::max(room.cores, ceiling(amount, *each));
    };
    // Where readouts have room of their own, neurons are those of the recurrent layer.
    need(has.neurons, has.readouts ? topology_.sizes.rate_neurons : room.neurons);
    need(has.readouts, topology_.sizes.readouts);
    need(has.inputs, topology_.input_neurons());
    need(has.synapse_bytes, ceiling(room.synapses * room.synapse_bits, 8));
    check_axons();
    if (has.cores && room.cores > *has.cores)
      lack({fmt::format("more than {} core{}", *has.cores, *has.cores == 1 ? "" : "s"), {"the network"}, room.cores, "a core"});
  }

  /// A core hears at least what one of its neurons hears; how much more is a question of placement.
  void check_axons() {
    if (!engine_.room.axons) return;
    std::vector<std::int64_t> heard(static_cast<std::size_t>(topology_.sizes.rate_neurons), 0);
    for (std::size_t p = 0; p < topology_.projections.size(); ++p) {
      const Projection& projection = topology_.projections[p];
      if (projection.target_layer != Layer::kRate || projection.is_bias) continue;
      const std::vector<std::int64_t> fan_in = projection.fan_in();
      for (std::size_t i = 0; i < fan_in.size(); ++i)
        heard[static_cast<std::size_t>(projection.target_begin) + i] += fan_in[i];
    }
    const std::int64_t most = heard.empty() ? 0 : *std::ranges::max_element(heard);
    if (most > *engine_.room.axons)
      lack({fmt::format("more than {} axons of a core", *engine_.room.axons), {"one neuron"}, most, "a source"});
  }

  const Spec& spec_;
  const Topology& topology_;
  const RuleSpec& rule_;
  const EngineSpec& engine_;
  Learning learning_;
  const std::map<std::string, Range>& ranges_;
  std::map<std::int32_t, InputsSeen> inputs_;  // by population
  Fit fit_;
};

}  // namespace

Fit fit(const Spec& spec, const Topology& topology, const RuleSpec& rule, const EngineSpec& engine,
        const std::map<std::string, Range>& ranges) {
  return Fitter(spec, topology, rule, engine, ranges).find();
}

}  // namespace locus
