#include "sim/report/description.h"

#include <algorithm>
#include <set>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "sim/model/network_size.h"
#include "sim/model/pace_of.h"
#include "sim/model/wire.h"
#include "sim/ranks/processors.h"
#include "sim/report/chip_table.h"
#include "sim/report/core_memory_table.h"
#include "sim/report/forecast.h"
#include "sim/report/locality_table.h"
#include "sim/report/memory.h"
#include "sim/report/pace_words.h"
#include "sim/report/recording_file.h"
#include "sim/report/table.h"
#include "sim/report/text.h"
#include "sim/run/comparator.h"
#include "sim/task/synthetic.h"

namespace locus {
namespace {

std::string counted(std::int64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

std::string sizes_of(const NetworkSpec& network) {
  std::int64_t spiking = 0;
  for (const PopulationSpec& population : network.populations) spiking += population.lif ? population.size : 0;
  const std::int64_t rate = neurons(network, PopulationKind::kRate) - spiking;
  std::string hidden = spiking == 0 || rate > 0 ? counted(rate, "rate neuron") : "";
  if (spiking > 0) hidden += (rate > 0 ? ", " : "") + counted(spiking, "spiking neuron");
  return fmt::format("{}, {}, {}", counted(neurons(network, PopulationKind::kInput), "input"), hidden,
                     counted(neurons(network, PopulationKind::kReadout), "readout"));
}

struct FormName {
  std::string operator()(const DenseMatrix&) const { return "dense"; }
  std::string operator()(const SparseMatrix&) const { return "sparse"; }
  std::string operator()(const GaussianWeights& weights) const {
    return fmt::format("gaussian {:.3g}", weights.stddev);
  }
  std::string operator()(const ConstantWeights& weights) const { return fmt::format("constant {:.3g}", weights.value); }
  std::string operator()(const SparseRandomWeights& weights) const {
    const std::string which = weights.probability ? fmt::format("drawn, probability {:.3g}", *weights.probability)
                                                  : fmt::format("drawn, in-degree {}", weights.in_degree);
    return which + (weights.stddev == 0 ? fmt::format(", {:.3g}", weights.mean)
                                        : fmt::format(", gaussian {:.3g}", weights.stddev));
  }
  std::string operator()(const AlignedWeights& weights) const {
    return "aligned, " + counted(std::ssize(weights.values), "mode");
  }
};

/// The output of a neuron for its current: an activation, or spikes at a fixed or adaptive
/// threshold.
std::string activation_of(const PopulationSpec& population) {
  if (population.lif) return population.lif->adapts() ? "ALIF" : "LIF";
  if (population.constant) return fmt::format("constant {:.4g}", *population.constant);
  return population.kind == PopulationKind::kRate ? std::string(name(population.activation)) : "-";
}

/// "20", or "5 to 20" where neurons differ.
std::string range_of(const PerNeuron& constant) {
  const auto [low, high] = std::ranges::minmax(constant.values);
  return low == high ? fmt::format("{:.4g}", low) : fmt::format("{:.4g} to {:.4g}", low, high);
}

/// The time constant of a spiking neuron, and what makes it another one than the plain LIF.
std::string leak_of(const LifSpec& lif) {
  std::string text = fmt::format("tau {} ms", range_of(lif.leak.tau_m));
  if (lif.integration == Integration::kEuler) text += ", EULER";
  if (lif.current_tau) text += fmt::format(", current tau {} ms", range_of(*lif.current_tau));
  if (lif.reset != Reset::kSubtractNextTick) text += fmt::format(", reset {}", name(lif.reset));
  if (lif.reset == Reset::kZero && lif.reset_to != 0) text += " to " + range_of(lif.reset_to);
  if (lif.rest != 0) text += ", rest " + range_of(lif.rest);
  if (lif.integer) text += fmt::format(", whole numbers of {} bits", lif.integer->bits);
  return text;
}

std::string leak_of(const PopulationSpec& population) {
  if (population.lif) return leak_of(*population.lif);
  if (population.memory) return fmt::format("tau {:.4g} ms", population.memory->tau_m);
  return population.kind == PopulationKind::kRate ? range_of(population.leak) : "-";
}

TextTable population_table(const NetworkSpec& network) {
  TextTable table;
  table.columns = {
      {"population", Align::kLeft}, {"kind", Align::kLeft}, {"neurons"}, {"activation", Align::kLeft}, {"leak"}};
  for (const PopulationSpec& population : network.populations) {
    if (population.is_unit) continue;
    table.rows.push_back({population.name, std::string(kind_name(population)), human(population.size),
                          activation_of(population), leak_of(population)});
  }
  return table;
}

bool has_own_rate(const RuleSpec& rule) { return rule.learning_rate.has_value(); }

TextTable projection_table(const Spec& spec, const Topology& topology) {
  constexpr std::size_t kEnd = 11;  // columns of a population's name
  TextTable table;
  table.columns = {{"projection", Align::kLeft}, {"from", Align::kLeft}, {"to", Align::kLeft}, {"synapses"},
                   {"weights", Align::kLeft},    {"learning rate"}};
  for (std::size_t p = 0; p < topology.projections.size(); ++p) {
    const Projection& projection = topology.projections[p];
    const ProjectionSpec& asked = spec.network.projections[p];
    const bool of_rule = !asked.learning_rate && std::ranges::any_of(spec.rules, has_own_rate);
    const std::string rate = of_rule ? "of the rule" : fmt::format("{:.4g}", learning_rate_of(asked, spec.training));
    table.rows.push_back({projection.name, projection.is_bias ? "-" : shorten(topology.source_of(projection).name, kEnd),
                          shorten(topology.target_of(projection).name, kEnd), human(static_cast<double>(projection.size())),
                          std::visit(FormName{}, asked.weights), projection.plastic ? rate : "static"});
  }
  return table;
}

/// One line for each population with noise.
std::string noise_lines(const NetworkSpec& network) {
  std::string text;
  for (const PopulationSpec& population : network.populations) {
    if (!population.noise) continue;
    text += wrap(fmt::format("noise of {}: Gaussian, standard deviation {:.4g}, on {}", shorten(population.name, 40),
                             population.noise->stddev, population.noise->on_activity ? "activities" : "currents"),
                 2, 0);
  }
  return text;
}

/// The records of each rule, with the size of each file after all updates.
std::string record_table(const Spec& spec) {
  TextTable table;
  table.columns = {{"record", Align::kLeft}, {"quantity", Align::kLeft}, {"of", Align::kLeft}, {"samples"}, {"values"},
                   {"file of a rule"}};
  double sum = 0;
  for (const RecordSpec& record : spec.records) {
    const auto of = static_cast<std::size_t>(record.of);
    double values = 1;
    for (const std::int64_t side : sample_shape(spec, record)) values *= static_cast<double>(side);
    const double bytes = bytes_of(spec, record, spec.training.updates);
    for (const RuleSpec& rule : spec.rules) sum += has_record(rule.kind, record) ? bytes : 0;
    table.rows.push_back(
        {record.name, std::string(name(record.quantity)) + (record.evaluation ? " (evaluation)" : ""),
         is_of_projection(record.quantity) ? spec.network.projections[of].name : spec.network.populations[of].name,
         human(static_cast<double>(samples_of(record, spec.training, spec.training.updates) * ticks_of(record))),
         human(values), (record.protobuf ? "at most " : "") + human_bytes(bytes)});
  }
  return render(table) + wrap(fmt::format("recordings of all rules: at most {}", human_bytes(sum)), 2, 0);
}

/// "Poisson spikes of 50 Hz", for each input population.
std::string inputs_of(const std::vector<DrawnInputSpec>& inputs, const NetworkSpec& network) {
  if (inputs.empty()) return "white noise";
  std::string text;
  for (const DrawnInputSpec& input : inputs) {
    if (!text.empty()) text += ", ";
    if (const auto* poisson = std::get_if<PoissonSpec>(&input.kind)) {
      const auto [low, high] = std::ranges::minmax(poisson->rate_hz);
      text += low == high ? fmt::format("Poisson spikes of {:.4g} Hz", high)
                          : fmt::format("Poisson spikes of {:.4g} to {:.4g} Hz", low, high);
    } else {
      const auto& noise = std::get<WhiteNoiseSpec>(input.kind);
      text += noise.mean == 0 && noise.stddev == 1
                  ? "white noise"
                  : fmt::format("white noise {:.4g} +- {:.4g}", noise.mean, noise.stddev);
    }
    if (inputs.size() > 1)
      text += " to " + shorten(network.populations[static_cast<std::size_t>(input.population)].name, 20);
  }
  return text;
}

/// What the task is, and what losses can be compared with.
std::string synthetic_line(const SyntheticTask& task, const Spec& spec) {
  std::string text = fmt::format("task: {} ({}), {}", name(task), words_of(task),
                                 task.patterns > 0 ? counted(task.patterns, "pattern") + " in turn" : "each trial anew");
  const TaskFigures figures = figures_of(spec);
  if (figures.constant_loss) text += fmt::format("; loss of the best constant output {:.6g}", *figures.constant_loss);
  for (const Landmark& landmark : figures.landmarks) text += fmt::format("; {}: {:.4g}", landmark.what, landmark.loss);
  if (figures.chance) text += fmt::format("; chance level {:.4g} %", 100 * *figures.chance);
  return text;
}

/// " of 3 classes, 20 to 40 ticks, with masks"; empty where trials are like those of other models.
std::string kinds_of(const std::vector<RecordedTrial>& trials, std::int32_t ticks) {
  std::set<std::int32_t> classes;
  std::int64_t shortest = ticks;
  bool masks = false;
  for (const RecordedTrial& trial : trials) {
    if (trial.label != kNoClass) classes.insert(trial.label);
    shortest = std::min(shortest, rows_of(trial));
    masks = masks || trial.mask.rows > 0;
  }
  std::string text =
      classes.empty() ? "" : fmt::format(" of {} {}", classes.size(), classes.size() == 1 ? "class" : "classes");
  if (shortest < ticks) text += fmt::format("{} {} to {} ticks", text.empty() ? " of" : ",", shortest, ticks);
  return text + (masks ? ", with masks" : "");
}

std::string recorded_line(const RecordedTask& task, std::int32_t ticks) {
  std::string text = "task: " + counted(std::ssize(task.trials), "recorded trial") + kinds_of(task.trials, ticks);
  text += task.shuffle ? ", shown in an order by seed and epoch" : ", shown in order, then from the first again";
  if (task.evaluation_trials.empty()) return text;
  return text + fmt::format("; {}{}", counted(std::ssize(task.evaluation_trials), "evaluation trial"),
                            kinds_of(task.evaluation_trials, ticks));
}

std::string task_line(const Spec& spec) {
  if (const auto* recorded = std::get_if<RecordedTask>(&spec.task))
    return recorded_line(*recorded, spec.training.ticks);
  if (const auto* drawn = std::get_if<DrawnTask>(&spec.task)) {
    const std::string trials = drawn->patterns == 0 ? "each trial anew" : "the same in every trial";
    return fmt::format("task: {}, drawn {}", inputs_of(drawn->inputs, spec.network),
                       drawn->patterns > 1 ? counted(drawn->patterns, "pattern") + " in turn" : trials);
  }
  if (const auto* synthetic = std::get_if<SyntheticTask>(&spec.task)) return synthetic_line(*synthetic, spec);
  if (std::holds_alternative<SuppliedTask>(spec.task)) return "task: trials that a program supplies";
  const auto& taught = std::get<StudentTeacherTask>(spec.task);
  if (taught.mimic) return fmt::format("task: mimic ({}), each trial anew", words_of(*taught.mimic));
  return fmt::format("task: {}, and a teacher of {}", inputs_of(taught.inputs, spec.network), sizes_of(taught.teacher));
}

std::string training_line(const TrainingSpec& training) {
  return fmt::format("training: {} of {}, {}; loss {}, commit {}, locality budget {}", counted(training.updates, "update"),
                     counted(training.batch, "trial"), counted(training.ticks, "tick") + " each", name(training.loss),
                     training.commit == CommitWhen::kEveryTick ? "EVERY_TICK" : "END_OF_BATCH", name(training.locality));
}

std::string grid_words(const Grid& grid) {
  return fmt::format("{} bits from -{} up, rounded {}", grid.bits, grid.range,
                     grid.rounding == Rounding::kStochastic ? "by chance" : "to the nearest");
}

/// Wires and synapses that are not ideal; empty: all are.
std::string narrow_lines(const TrainingSpec& training) {
  std::string text;
  for (const NarrowWires& wires : training.wires) {
    std::string words = wires.grid ? grid_words(*wires.grid) : "numbers as they are";
    if (wires.drop > 0) words += fmt::format(", {} of the messages lost", wires.drop);
    if (wires.delay > 0) words += fmt::format(", {} late", counted(wires.delay, "tick"));
    text += wrap(fmt::format("wires of {}: {}", name(wires.channel), words), 2, 0);
  }
  if (training.synapses.weight) text += wrap("weights: " + grid_words(*training.synapses.weight), 2, 0);
  if (training.synapses.trace) text += wrap("traces: " + grid_words(*training.synapses.trace), 2, 0);
  return text;
}

std::string comparison_line(const Spec& spec) {
  std::string names;
  for (const RuleSpec& rule : compared_rules(spec)) names += (names.empty() ? "" : ", ") + shorten(rule.name, 32);
  if (names.empty()) return "comparison: none, since no rule learns";
  const CompareSpec& compare = *spec.compare;
  return fmt::format("comparison: every {} of each run, the changes of {}, as means over {}{}",
                     counted(compare.every, "update"), names,
                     compare.batches == 1 ? "1 batch" : fmt::format("{} batches", compare.batches),
                     compare.curvature ? "; curvature" : "");
}

}  // namespace

std::string title_of(const Spec& spec) {
  return wrap(fmt::format("{}: {}; {} a trial, {} an update", shorten(spec.name, 40), sizes_of(spec.network),
                          counted(spec.training.ticks, "tick"), counted(spec.training.batch, "trial")),
              2, 0);
}

std::string description(const Spec& spec, const Topology& topology) {
  std::string text = title_of(spec) + wrap(fmt::format("seed {}, precision {}, model sha256 {}", spec.seed,
                                                       name(spec.precision), head(spec.sha256, 12)));
  text += '\n' + render(population_table(spec.network)) + '\n' + render(projection_table(spec, topology)) + '\n';
  text += noise_lines(spec.network) + wrap(task_line(spec), 2, 0) + wrap(training_line(spec.training), 2, 0);
  if (const std::string paces = paces_of(spec); !paces.empty()) text += wrap(paces, 2, 0);
  text += narrow_lines(spec.training);
  if (spec.compare) text += wrap(comparison_line(spec), 2, 0);
  if (!spec.records.empty()) text += '\n' + record_table(spec) + '\n';
  if (spec.chip) text += '\n' + chip_drawing(*spec.chip, topology) + '\n';
  std::vector<RuleLedger> forecasts;
  for (const RuleSpec& rule : spec.rules) forecasts.push_back({rule.name, forecast(spec, topology, rule)});
  if (forecasts.empty()) return text + "rules: none; `locus run --rule NAME` names some\n";
  std::string memory = "a run takes:";
  const Topology outline = topology_of(spec, Listing::kNone);
  for (const RuleSpec& rule : spec.rules) {
    const double bytes =
        memory_needed(spec, outline, rule, {.transport = TransportKind::kBatched, .threads = default_threads()});
    memory +=
        fmt::format("{} {} ({})", &rule == &spec.rules.front() ? "" : ",", human_bytes(bytes), shorten(rule.name, 32));
  }
  text += wrap(memory, 2, 0);
  if (spec.chip) text += '\n' + core_memory_table(spec, topology);
  text += '\n' + render(locality_table(forecasts)) + '\n' + channel_tables(forecasts) + '\n';
  text += wrap(
      "Counts are the closed forms: exact where no input, activity or error is 0, an upper bound otherwise, since what is 0 sends nothing.");
  return text + locality_legend(forecasts);
}

}  // namespace locus
