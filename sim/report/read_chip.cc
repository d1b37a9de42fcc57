#include "sim/report/read_chip.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include <fmt/format.h>

#include "core/protocol/stream.h"
#include "sim/model/errors.h"
#include "sim/place/reach.h"
#include "sim/report/chip_message.h"
#include "sim/report/read_result.h"
#include "sim/report/result_message.h"

namespace locus {
namespace {

constexpr std::int32_t kMostInputs = 10'000'000;
constexpr std::int32_t kMostLags = 10'000'000;  // ticks of a trial; the same limit as in load
// keys x lags; a few bytes of a file may ask for as many
constexpr std::int64_t kMostCounts = 50'000'000;
// sources and targets of sparse wires, in all: they are listed, whatever few entries a file has
constexpr std::int64_t kMostEnds = 100'000'000;
constexpr std::int32_t kLongestSide = 1024;  // cores

class ChipReader {
 public:
  explicit ChipReader(const std::filesystem::path& path) : path_(result_file(path)) {}

  RunResult read() {
    const v1::Result message = read_result(path_);
    if (!message.has_chip() || !message.has_wiring())
      refuse("", "holds no counts by neuron", "must be the result of a model with a chip");
    RunResult result;
    result.model = message.model();
    result.model_sha256 = message.model_sha256();
    result.seed = message.seed();
    result.provenance = provenance_of(message.provenance());
    result.chip = chip_of(message);
    sizes_ = {message.wiring().inputs(), message.wiring().rate_neurons(), message.wiring().readouts()};
    check_sizes(message);
    has_biases_ = std::ranges::any_of(message.wiring().projections(), &v1::Wires::bias);
    if (has_biases_) ++sizes_.inputs;  // the unit
    check_chip(*result.chip);
    result.topology.sizes = sizes_;
    read_populations(message.outline());
    result.topology.populations = populations_;
    for (const v1::Wires& wires : message.wiring().projections())
      result.topology.projections.push_back(checked(wires, "wiring.projections"));
    for (const v1::Run& run : message.runs()) result.outcomes.push_back(read_run(run, result));
    return result;
  }

 private:
  [[noreturn]] void refuse(const std::string& field, const std::string& what, const std::string& allowed) const {
    throw ModelError({{Severity::kError, path_.string(), 0, 0, field, what, allowed, "", 0}});
  }

  /// Every rate neuron and readout has a core in the file, so that its memory is in proportion to
  /// the size of the file.
  void check_sizes(const v1::Result& message) const {
    const std::int64_t neurons = std::int64_t{sizes_.rate_neurons} + sizes_.readouts;
    bool good = sizes_.inputs >= 0 && sizes_.inputs <= kMostInputs && sizes_.rate_neurons >= 1 && sizes_.readouts >= 0;
    for (const v1::Run& run : message.runs()) good = good && run.chip().core_of_size() == neurons;
    if (!good) refuse("wiring", "has sizes that this result's network does not have", "");
  }

  void check_chip(const ChipSpec& chip) const {
    const auto side = [](std::int32_t cores) { return cores >= 1 && cores <= kLongestSide; };
    if (!side(chip.width) || !side(chip.height) || chip.neurons_per_core < 1)
      refuse("chip", "is no mesh of cores with room for neurons", "");
    if (chip.agent_core && (*chip.agent_core < 0 || *chip.agent_core >= chip.width * chip.height))
      refuse("chip.agent_core", fmt::format("is {}", *chip.agent_core), "must be a core of the mesh");
    if (!chip.cost) return;
    for (std::size_t c = 0; c < kCharges; ++c) {
      if (!(std::isfinite(chip.cost->energy[c]) && std::isfinite(chip.cost->time[c])))
        refuse("cost", "has a charge that is not finite", "");
      if (!(std::isfinite(chip.cost->low[c].value_or(0)) && std::isfinite(chip.cost->high[c].value_or(0))))
        refuse("cost", "has a range that is not finite", "");
    }
  }

  /// The populations, layer by layer in the order of the file, as the network has them.
  void read_populations(const v1::Outline& outline) {
    std::array<std::int64_t, 3> sizes = {};  // by layer, so far
    for (const v1::Outline::Population& message : outline.populations()) {
      const Layer layer = message.kind() == "input"     ? Layer::kInput
                          : message.kind() == "readout" ? Layer::kReadout
                                                        : Layer::kRate;
      std::int64_t& begin = sizes[static_cast<std::size_t>(layer)];
      const bool beside_unit = layer == Layer::kInput && has_biases_;
      if (message.size() < 1 || begin + message.size() > sizes_.of(layer) - (beside_unit ? 1 : 0)) break;
      Population& population = populations_.emplace_back();
      population.name = message.name();
      population.layer = layer;
      population.begin = static_cast<std::int32_t>(begin);
      population.size = message.size();
      population.spiking = message.has_lif();
      population.adapting = message.lif().has_adaptation();
      population.constant_gain = !message.has_lif() && message.activation() == v1::Population::Rate::IDENTITY;
      population.leaky = message.readout().has_tau_m();
      population.has_current = message.lif().has_current();
      population.recalls_voltage = message.lif().reset() == v1::Population::Lif::ZERO &&
                                   message.lif().reset_gradient() == v1::Population::Lif::KEEP;
      begin += message.size();
    }
    if (has_biases_)
      populations_.push_back({.name = {}, .layer = Layer::kInput, .begin = sizes_.inputs - 1, .size = 1, .is_unit = true});
    sizes[0] += has_biases_ ? 1 : 0;
    if (sizes != std::array<std::int64_t, 3>{sizes_.inputs, sizes_.rate_neurons, sizes_.readouts})
      refuse("outline.populations", "are not those of the wiring", "");
  }

  /// The population that these neurons of a layer belong to; -1 if there is none.
  PopulationId population_of(Layer layer, std::int32_t begin, std::int32_t size) const {
    for (std::size_t p = 0; p < populations_.size(); ++p) {
      const Population& one = populations_[PopulationId{static_cast<std::int32_t>(p)}];
      if (one.layer == layer && begin >= one.begin && begin + size <= one.begin + one.size)
        return PopulationId{static_cast<std::int32_t>(p)};
    }
    return PopulationId{-1};
  }

  Projection checked(const v1::Wires& message, const std::string& field) {
    Projection projection = ends_of(message);
    const auto within = [](std::int64_t begin, std::int64_t count, std::int64_t all) {
      return begin >= 0 && count >= 0 && begin + count <= all;
    };
    bool good = message.block() != v1::Wires::BLOCK_UNSPECIFIED &&
                within(projection.source_begin, projection.source_size, sizes_.of(projection.source_layer)) &&
                within(projection.target_begin, projection.target_size, sizes_.of(projection.target_layer)) &&
                message.source_size() == message.target_size() && (!projection.dense || message.source_size() == 0);
    if (good) {
      projection.target_population =
          population_of(projection.target_layer, projection.target_begin, projection.target_size);
      good = projection.target_population.value >= 0;
      if (projection.source_layer != Layer::kReadout)
        projection.source_population =
            population_of(projection.source_layer, projection.source_begin, projection.source_size);
    }
    const bool from_unit = projection.source_population.value >= 0 && populations_[projection.source_population].is_unit;
    good = good && from_unit == message.bias();
    std::vector<std::int32_t> source(message.source().begin(), message.source().end());
    std::vector<std::int32_t> target(message.target().begin(), message.target().end());
    for (std::size_t k = 0; good && k < source.size(); ++k) {
      good = within(std::int64_t{source[k]} - projection.source_begin, 1, projection.source_size) &&
             within(std::int64_t{target[k]} - projection.target_begin, 1, projection.target_size);
      source[k] -= good ? projection.source_begin : 0;
      target[k] -= good ? projection.target_begin : 0;
    }
    if (!good) refuse(field, "name neurons that are not there", "");
    if (projection.dense) return projection;
    ends_ += std::int64_t{projection.source_size} + projection.target_size;
    if (ends_ > kMostEnds) refuse(field, "name more sources and targets than can be held", "");
    make_sparse(projection, source, target);
    return projection;
  }

  Ledger read_ledger(const v1::Ledger& message) const {
    Ledger ledger;
    ChannelSet core_local;
    for (const v1::Ledger::Entry& entry : message.entries()) {
      const auto channel = channel_named(v1::Ledger::Channel_Name(entry.channel()));
      if (!channel || entry.lag() < 0 || entry.lag() > kMostLags || entry.messages() < 1 || entry.scalars() < 0 ||
          entry.spikes() < 0 || entry.spikes() > entry.scalars())
        refuse("runs.ledger.entries", "hold an entry that no run leaves", "");
      ledger.add(*channel, entry.lag(), {entry.messages(), entry.scalars(), entry.spikes()});
      if (entry.core_local()) core_local.add(*channel);
    }
    ledger.keep_on_cores(core_local);
    const std::int64_t trials = std::max<std::int64_t>(message.trials(), 0);
    if (trials > 0) ledger.add_trials(trials, std::max<std::int64_t>(message.ticks(), 0) / trials);
    ledger.add_stalled_ticks(std::max<std::int64_t>(message.stalled_ticks(), 0));
    ledger.set_memory(std::max<std::int64_t>(message.history_bytes(), 0), std::max<std::int64_t>(message.trace_bytes(), 0));
    return ledger;
  }

  /// The numbers that the sensitivities of a restricted rule follow from. Its cores are those of
  /// the run, wherever its neurons are placed afterwards.
  Restriction read_restriction(const v1::Run& run, RuleKind kind, std::uint64_t seed) const {
    Restriction restriction{.reach = run.reach(), .paths = run.paths(), .seed = seed};
    switch (rule(kind).keeps) {
      case Keeps::kAll: return {};
      case Keeps::kReach:
        if (run.reach() < 1) refuse("runs.reach", fmt::format("is {}", run.reach()), "must be at least 1");
        break;
      case Keeps::kPaths:
        if (run.paths() < 0) refuse("runs.paths", fmt::format("is {}", run.paths()), "must be at least 0");
        break;
      case Keeps::kCore:
        if (run.chip().core_of_size() < sizes_.rate_neurons)
          refuse("runs.chip.core_of", fmt::format("has {} numbers", run.chip().core_of_size()),
                 fmt::format("must have one for each of {} rate neurons", sizes_.rate_neurons));
        for (std::int32_t i = 0; i < sizes_.rate_neurons; ++i) restriction.cores.push_back(run.chip().core_of(i));
        break;
    }
    return restriction;
  }

  Outcome read_run(const v1::Run& run, const RunResult& result) {
    const auto kind = rule_named(run.chip().kind());
    if (!kind) refuse("runs.chip.kind", fmt::format("is \"{}\"", run.chip().kind()), "must be a rule's short form");
    Outcome outcome;
    outcome.rule = run.rule();
    outcome.kind = *kind;
    outcome.restriction = read_restriction(run, *kind, result.seed);
    outcome.ledger = read_ledger(run.ledger());
    std::vector<Projection> feedback;
    for (const v1::Wires& wires : run.chip().feedback()) feedback.push_back(checked(wires, "runs.chip.feedback"));
    outcome.chip.emplace(ChipOutcome{read_counts(run.chip()), std::move(feedback), {}, {}});
    check_counts(outcome, result.topology);
    return outcome;
  }

  Traffic read_counts(const v1::ChipRun& message) const {
    std::int32_t largest_lag = 0;
    for (const v1::ChipRun::Count& count : message.counts()) {
      if (count.lag() < 0) refuse("runs.chip.counts.lag", fmt::format("is {}", count.lag()), "must be at least 0");
      largest_lag = std::max(largest_lag, count.lag());
    }
    if (std::int64_t{largest_lag} * std::max(sizes_.inputs, sizes_.rate_neurons) > kMostCounts)
      refuse("runs.chip.counts.lag", fmt::format("is {}", largest_lag), "is more than can be held for this network");
    Traffic traffic(stream_keys(sizes_), 1, largest_lag);
    for (const v1::ChipRun::Count& count : message.counts()) {
      const auto stream = std::ranges::find(kStreamTable, count.stream(), &StreamRow::name);
      if (stream == kStreamTable.end() || (count.lag() > 0 && !stream->has_lags))
        refuse("runs.chip.counts.stream", fmt::format("is \"{}\" of lag {}", count.stream(), count.lag()), "is none");
      const std::int32_t keys = sizes_.of(stream->key);
      if (count.messages_size() != 1 && count.messages_size() != keys)
        refuse("runs.chip.counts.messages", fmt::format("has {} numbers", count.messages_size()),
               fmt::format("must have 1 or {}", keys));
      for (std::int32_t key = 0; key < keys; ++key) {
        const std::int64_t messages = count.messages(count.messages_size() == 1 ? 0 : key);
        if (messages < 0) refuse("runs.chip.counts.messages", fmt::format("has {}", messages), "must be at least 0");
        traffic.add(stream->stream, count.lag(), key, 0, messages);
      }
    }
    traffic.finish();
    return traffic;
  }

  /// Checks that the counts are whole events and add up to the ledger's messages; chip_traffic
  /// relies on both. The messages of an event do not depend on the placement.
  void check_counts(const Outcome& outcome, const Topology& topology) const {
    Placement anywhere;
    anywhere.rate.assign(static_cast<std::size_t>(sizes_.rate_neurons), 0);
    anywhere.readout.assign(static_cast<std::size_t>(sizes_.readouts), 0);
    const auto events = Reach(topology, outcome.chip->feedback, anywhere, learning_of(outcome)).sizes();
    const Traffic& traffic = outcome.chip->traffic;
    Ledger counted;
    for (const StreamRow& stream : kStreamTable) {
      for (std::int32_t lag = 0; lag <= traffic.largest_lag(); ++lag) {
        const auto messages = traffic.messages(stream.stream, lag);
        for (std::size_t key = 0; key < messages.size(); ++key) {
          const std::int64_t size = events[static_cast<std::size_t>(stream.stream)][key].messages;
          if (messages[key] > 0 && (size == 0 || messages[key] % size != 0))
            refuse("runs.chip.counts", "are no whole events of this wiring", "");
          counted.add(stream.channel, lag, {messages[key], 0});
        }
      }
    }
    std::int64_t split = 0;
    for (const LedgerEntry& entry : outcome.ledger.entries()) {
      if (!leaves_core(entry.channel)) continue;
      split += entry.tally.messages;
      if (counted.at(entry.channel, entry.lag).messages != entry.tally.messages)
        refuse("runs.chip.counts",
               fmt::format("do not add up to the ledger's {} of lag {}", name(entry.channel), entry.lag), "");
    }
    if (counted.messages() != split) refuse("runs.chip.counts", "are more than the ledger's messages", "");
  }

  std::filesystem::path path_;
  LayerSizes sizes_;
  bool has_biases_ = false;          // the input layer then ends with the unit
  Indexed<Population> populations_;  // in the order of the file
  std::int64_t ends_ = 0;            // of sparse wires so far
};

}  // namespace

RunResult read_chip_result(const std::filesystem::path& path) { return ChipReader(path).read(); }

void place_again(RunResult& result, const ChipSpec& chip) {
  result.chip = chip;
  for (Outcome& outcome : result.outcomes) {
    ChipOutcome& own = *outcome.chip;
    own.report = chip_traffic(result.topology, own.feedback, place_on_chip(chip, result.topology), learning_of(outcome),
                              outcome.ledger, own.traffic);
    own.estimate.reset();
    if (chip.cost) own.estimate = estimate(own.report, *chip.cost);
  }
}

}  // namespace locus
