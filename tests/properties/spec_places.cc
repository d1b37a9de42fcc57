#include "tests/properties/spec_places.h"

#include <type_traits>
#include <variant>

namespace locus {
namespace {

void visit(DenseMatrix& matrix, Places& places) {
  places.add(matrix.rows);
  places.add(matrix.cols);
  places.add(matrix.values);
}
void visit(SparseMatrix& matrix, Places& places) {
  places.add(matrix.rows);
  places.add(matrix.cols);
  places.add(matrix.row);
  places.add(matrix.col);
  places.add(matrix.values);
}
void visit(GaussianWeights& weights, Places& places) { places.add(weights.stddev); }
void visit(ConstantWeights& weights, Places& places) { places.add(weights.value); }
void visit(AlignedWeights& weights, Places& places) { places.add(weights.values); }
void visit(SparseRandomWeights& weights, Places& places) {
  places.add(weights.probability);
  places.add(weights.in_degree);
  places.add(weights.mean);
  places.add(weights.stddev);
  places.add(weights.rows);
  places.add(weights.cols);
  places.truths.push_back(&weights.autapses);
}
void visit(WeightsSpec& weights, Places& places) {
  std::visit([&](auto& form) { visit(form, places); }, weights);
}

void visit(NetworkSpec& network, Places& places) {
  places.add_parts(network.populations);
  places.add_parts(network.projections);
  for (PopulationSpec& population : network.populations) {
    places.add(population.name);
    places.add_choice(population.kind);
    places.add(population.size);
    places.add_choice(population.activation);
    places.add(population.leak.values);
    places.add(population.initial);
    places.add(population.constant);
    places.truths.push_back(&population.is_unit);
    if (population.noise) {
      places.add(population.noise->stddev);
      places.truths.push_back(&population.noise->on_activity);
    }
    if (population.memory) places.add(population.memory->tau_m);
    if (!population.lif) continue;
    places.add_choice(population.lif->surrogate);
    for (double* number : {&population.lif->refractory, &population.lif->height, &population.lif->width})
      places.add(*number);
    for (PerNeuron* constant : {&population.lif->leak.tau_m, &population.lif->threshold, &population.lif->adaptation_tau,
                                &population.lif->adaptation, &population.lif->reset_to, &population.lif->rest})
      places.add(constant->values);
    if (population.lif->current_tau) places.add(population.lif->current_tau->values);
    places.add_choice(population.lif->reset);
    places.add_choice(population.lif->integration);
    if (population.lif->integer) {
      places.add(population.lif->integer->bits);
      places.add(population.lif->integer->leak_bits);
      places.add_choice(population.lif->integer->rounding);
      if (population.lif->integer->registers) {
        places.add(population.lif->integer->registers->length);
        places.add(population.lif->integer->registers->tap);
        places.add(population.lif->integer->registers->first_tick);
      }
    }
    places.truths.push_back(&population.lif->above);
    places.truths.push_back(&population.lif->cuts_reset_gradient);
    places.truths.push_back(&population.lif->leak.normalise_input);
  }
  for (ProjectionSpec& projection : network.projections) {
    places.add(projection.name);
    places.add(projection.source);
    places.add(projection.target);
    places.truths.push_back(&projection.plastic);
    places.truths.push_back(&projection.autapses);
    places.truths.push_back(&projection.is_bias);
    places.add(projection.learning_rate);
    places.add(projection.delay);
    places.add(projection.limits.min);
    places.add(projection.limits.max);
    places.add(projection.limits.decay);
    places.choices.push_back([&projection](int value) { projection.limits.sign = value; });
    visit(projection.weights, places);
  }
}

void visit(std::vector<DrawnInputSpec>& inputs, Places& places) {
  places.add_parts(inputs);
  for (DrawnInputSpec& input : inputs) {
    places.add(input.population);
    if (auto* poisson = std::get_if<PoissonSpec>(&input.kind)) places.add(poisson->rate_hz);
    if (auto* noise = std::get_if<WhiteNoiseSpec>(&input.kind)) {
      places.add(noise->mean);
      places.add(noise->stddev);
    }
  }
}

void visit(TaskSpec& task, Places& places) {
  if (auto* recorded = std::get_if<RecordedTask>(&task)) {
    for (std::vector<RecordedTrial>* trials : {&recorded->trials, &recorded->evaluation_trials}) {
      places.add_parts(*trials);
      for (RecordedTrial& trial : *trials) {
        std::visit([&](auto& input) { visit(input, places); }, trial.input);
        visit(trial.target, places);
        visit(trial.mask, places);
        places.add(trial.label);
      }
    }
  } else if (auto* taught = std::get_if<StudentTeacherTask>(&task)) {
    visit(taught->teacher, places);
    visit(taught->inputs, places);
  } else if (auto* synthetic = std::get_if<SyntheticTask>(&task)) {
    places.add(synthetic->patterns);
    std::visit(
        [&](auto& kind) {
          kind.fields(kind, [&](std::string_view, auto& value, const auto&) {
            if constexpr (std::is_same_v<decltype(value), bool&>)
              places.truths.push_back(&value);
            else
              places.add(value);
          });
        },
        synthetic->kind);
  } else {
    auto& drawn = std::get<DrawnTask>(task);
    visit(drawn.inputs, places);
    places.add(drawn.patterns);
    places.add_parts(drawn.targets);
    for (DrawnTargetSpec& target : drawn.targets) {
      if (auto* matrix = std::get_if<DenseMatrix>(&target)) visit(*matrix, places);
      if (auto* chosen = std::get_if<ClassSpec>(&target)) places.add(chosen->label);
      if (auto* sines = std::get_if<SinesSpec>(&target)) places.add(sines->period_ms);
    }
  }
}

void visit(Optimizer& optimizer, Places& places) {
  if (optimizer.adam) places.add(optimizer.adam->beta1);
  if (optimizer.adam) places.add(optimizer.adam->epsilon);
  places.add(optimizer.momentum);
  places.add(optimizer.weight_decay);
  places.add(optimizer.weight_min);
  places.add(optimizer.element);
  places.add(optimizer.norm);
}

void visit(ScheduleSpec& schedule, Places& places) {
  places.add(schedule.warmup);
  places.add_choice(schedule.decay);
  places.add(schedule.every);
  places.add(schedule.factor);
  places.add(schedule.last);
}

void visit(Grid& grid, Places& places) {
  places.add(grid.bits);
  places.add(grid.range);
  places.add_choice(grid.rounding);
}

void visit(TrainingSpec& training, Places& places) {
  places.add_choice(training.loss);
  places.add_choice(training.commit);
  places.add_choice(training.locality);
  for (std::int32_t* number : {&training.ticks, &training.batch, &training.window, &training.warmup})
    places.add(*number);
  places.add(training.updates);
  places.add(training.learning_rate);
  places.add(training.dt);
  places.truths.push_back(&training.carry_state);
  places.truths.push_back(&training.average_over_window);
  visit(training.optimizer, places);
  for (NarrowWires& wires : training.wires) {
    places.add_choice(wires.channel);
    places.add(wires.drop);
    places.add(wires.delay);
    if (wires.grid) visit(*wires.grid, places);
  }
  if (training.synapses.weight) visit(*training.synapses.weight, places);
  if (training.synapses.trace) visit(*training.synapses.trace, places);
  if (training.schedule) visit(*training.schedule, places);
  if (training.stop) {
    places.add(training.stop->loss_below);
    places.add(training.stop->patience);
    places.add(training.stop->mean_of);
  }
  if (training.evaluation) {
    places.add(training.evaluation->every);
    places.add(training.evaluation->trials);
  }
}

void visit(RecordSpec& record, Places& places) {
  places.add(record.name);
  places.add_choice(record.quantity);
  for (std::int32_t* number : {&record.of, &record.every_ticks, &record.first_tick, &record.last_tick})
    places.add(*number);
  for (std::int64_t* number : {&record.every_updates, &record.first_update, &record.last_update}) places.add(*number);
  places.add(record.trial);
}

}  // namespace

Places places_of(Spec& spec) {
  Places places;
  places.add(spec.name);
  places.add_choice(spec.precision);
  visit(spec.network, places);
  visit(spec.task, places);
  visit(spec.training, places);
  places.add_parts(spec.rules);
  for (RuleSpec& rule : spec.rules) {
    places.add(rule.name);
    places.add_choice(rule.kind);
    places.add(rule.depth);
    places.add(rule.stride);
    places.add(rule.trace_decay);
    places.add(rule.filter_tau);
    places.add(rule.learning_rate);
    if (rule.optimizer) visit(*rule.optimizer, places);
    if (rule.schedule) visit(*rule.schedule, places);
    places.add_parts(rule.feedback);
    for (FeedbackSpec& feedback : rule.feedback) {
      places.add(feedback.population);
      visit(feedback.weights, places);
    }
  }
  if (spec.chip) {
    for (std::int32_t* number : {&spec.chip->width, &spec.chip->height, &spec.chip->neurons_per_core})
      places.add(*number);
    places.add_choice(spec.chip->policy);
    places.add(spec.chip->cores);
    places.add(spec.chip->synapses_per_core);
    places.add(spec.chip->agent_core);
    places.add(spec.chip->memory.bytes_per_core);
    places.add(spec.chip->memory.fan_in);
    places.add(spec.chip->memory.axons_per_core);
    places.add(spec.chip->memory.address_bits);
    if (spec.chip->network) {
      ChipNetworkSpec& network = *spec.chip->network;
      for (std::int32_t* number : {&network.flit_bits, &network.header_bits, &network.cycles_per_hop})
        places.add(*number);
      places.add(network.scalar_bits);
      places.add(network.queue_flits);
      places.add_choice(network.policy);
      places.add(network.every);
    }
  }
  if (spec.compare) {
    places.add(spec.compare->every);
    places.add(spec.compare->batches);
    places.truths.push_back(&spec.compare->curvature);
    places.add_parts(spec.compare->rules);
    for (RuleSpec& rule : spec.compare->rules) {
      places.add(rule.name);
      places.add_choice(rule.kind);
      places.add(rule.depth);
      places.add_parts(rule.feedback);
    }
  }
  places.add_parts(spec.records);
  for (RecordSpec& record : spec.records) visit(record, places);
  return places;
}

}  // namespace locus
