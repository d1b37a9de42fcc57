#include "sim/model/engine.h"

#include <array>
#include <set>

#include "locus/v1/engine.pb.h"
#include "sim/model/check_basics.h"
#include "sim/model/files.h"
#include "sim/model/parse.h"
#include "sim/model/parse_text.h"
#include "sim/model/shipped_files.h"

namespace locus {
namespace {

/// Channels whose messages a chip may or may not have; the others every network needs.
constexpr std::array kChoices = {Channel::kFeedback, Channel::kTransport, Channel::kAdjoint, Channel::kInfluence,
                                 Channel::kGather,   Channel::kNorm,      Channel::kClip};

std::string names_of_choices() {
  std::string names;
  for (const Channel channel : kChoices) names += (names.empty() ? "" : ", ") + std::string(name(channel));
  return names;
}

/// Reads one message; every fault is told.
class EngineReader {
 public:
  EngineReader(const v1::Engine& message, FaultList& faults) : message_(message), faults_(faults) {}

  EngineSpec read(const std::string& default_name) {
    EngineSpec engine;
    engine.name = message_.name().empty() ? default_name : message_.name();
    check_name(engine.name, FieldPath().at("name"), faults_);
    read_neurons(engine);
    engine.source = end_of(message_.source(), FieldPath().at("source"), true);
    engine.target = end_of(message_.target(), FieldPath().at("target"), false);
    engine.reward = message_.reward();
    read_variables(engine);
    read_update(engine);
    read_channels(engine);
    engine.no_autapses = message_.no_autapses();
    read_room(engine);
    return engine;
  }

 private:
  void read_neurons(EngineSpec& engine) {
    if (message_.neurons().empty())
      faults_.error(FieldPath().at("neurons"), "is missing", "must have at least one of RATE, LIF, ALIF");
    for (int i = 0; i < message_.neurons_size(); ++i) {
      switch (message_.neurons(i)) {
        case v1::Engine::RATE: engine.neurons.push_back(NeuronKind::kRate); break;
        case v1::Engine::LIF: engine.neurons.push_back(NeuronKind::kLif); break;
        case v1::Engine::ALIF: engine.neurons.push_back(NeuronKind::kAlif); break;
        default: faults_.error(FieldPath().at("neurons", i), "is not a kind of neuron", "must be RATE, LIF or ALIF");
      }
    }
  }

  static EngineRounding rounding_of(v1::Engine::Rounding rounding) {
    switch (rounding) {
      case v1::Engine::STOCHASTIC: return EngineRounding::kStochastic;
      case v1::Engine::DOWN: return EngineRounding::kDown;
      default: return EngineRounding::kNearest;
    }
  }

  void check_unique_name(const std::string& name, const FieldPath& field) {
    check_name(name, field, faults_);
    if (!name.empty() && !names_.insert(name).second)
      faults_.error(field, "is " + shown(std::string_view(name)) + " again", "must be unique among accesses and variables");
  }

  EngineEnd end_of(const v1::Engine::End& message, const FieldPath& where, bool is_source) {
    EngineEnd end{.spike = message.spike(), .accesses = {}};
    for (int i = 0; i < message.accesses_size(); ++i) {
      const v1::Engine::Access& one = message.accesses(i);
      const FieldPath at = where.at("accesses", i);
      EngineAccess access{.name = one.name(),
                          .sources = {},
                          .bits = one.bits(),
                          .is_signed = one.signed_(),
                          .rounding = rounding_of(one.rounding())};
      check_unique_name(one.name(), at.at("name"));
      check_range(one.bits(), 1, 32, at.at("bits"), faults_);
      if (one.has_levels()) {
        check_range(one.levels(), 2, INT32_MAX, at.at("levels"), faults_);
        access.levels = one.levels();
      }
      if (one.sources().empty())
        faults_.error(at.at("sources"), "is missing", "must have at least one of " + sources(is_source));
      for (int k = 0; k < one.sources_size(); ++k) {
        switch (one.sources(k)) {
          case v1::Engine::SPIKES: access.sources.push_back(AccessSource::kSpikes); continue;
          case v1::Engine::VALUE: access.sources.push_back(AccessSource::kValue); continue;
          case v1::Engine::GAIN: access.sources.push_back(AccessSource::kGain); break;
          case v1::Engine::SIGNAL: access.sources.push_back(AccessSource::kSignal); break;
          default: faults_.error(at.at("sources", k), "is not a source", "must be one of " + sources(is_source));
        }
        if (is_source)
          faults_.error(at.at("sources", k), "is of a target neuron", "must be one of " + sources(is_source));
      }
      end.accesses.push_back(std::move(access));
    }
    return end;
  }

  static std::string sources(bool is_source) { return is_source ? "SPIKES, VALUE" : "SPIKES, VALUE, GAIN, SIGNAL"; }

  void read_variables(EngineSpec& engine) {
    bool has_weight = false;
    for (int i = 0; i < message_.variables_size(); ++i) {
      const v1::Engine::Variable& one = message_.variables(i);
      const FieldPath at = FieldPath().at("variables", i);
      check_unique_name(one.name(), at.at("name"));
      check_range(one.bits(), 1, 32, at.at("bits"), faults_);
      has_weight = has_weight || one.name() == "weight";
      if (one.name() == "weight" && one.is_delay())
        faults_.error(at.at("is_delay"), "is true", "must be false: a weight is no delay");
      engine.variables.push_back({one.name(), one.bits(), one.signed_(), one.is_delay()});
    }
    if (!has_weight)
      faults_.error(FieldPath().at("variables"), "has no \"weight\"", "must have exactly one variable of this name");
  }

  void read_update(EngineSpec& engine) {
    const FieldPath at = FieldPath().at("update");
    if (!message_.has_update()) {
      faults_.error(at, "is missing", "must say how variables change");
      return;
    }
    const v1::Engine::Update& update = message_.update();
    EngineUpdate& to = engine.update;
    to.every_tick = update.every_tick();
    const auto limit = [&](bool given, std::int32_t value, std::string_view field, std::optional<std::int64_t>& into) {
      if (given && check_range(value, 1, INT32_MAX, at.at(field), faults_)) into = value;
    };
    limit(update.has_products(), update.products(), "products", to.products);
    limit(update.has_factors(), update.factors(), "factors", to.factors);
    to.offsets = update.offsets();
    check_range(update.mantissa_bits(), 2, 32, at.at("mantissa_bits"), faults_);
    to.mantissa_bits = update.mantissa_bits();
    if (!update.has_least_exponent()) faults_.error(at.at("least_exponent"), "is missing", "must be -1000 to 1000");
    if (!update.has_largest_exponent()) faults_.error(at.at("largest_exponent"), "is missing", "must be -1000 to 1000");
    check_range(update.least_exponent(), -1000, 1000, at.at("least_exponent"), faults_);
    if (update.has_least_exponent() && update.has_largest_exponent())
      check_range(update.largest_exponent(), update.least_exponent(), 1000, at.at("largest_exponent"), faults_);
    to.least_exponent = update.least_exponent();
    to.largest_exponent = update.largest_exponent();
    int most = 1;
    for (const EngineVariable& variable : engine.variables) most = std::max(most, variable.bits);
    check_range(update.sum_bits(), std::min(most, 32), 62, at.at("sum_bits"), faults_);
    to.sum_bits = update.sum_bits();
    to.rounding = rounding_of(update.rounding());
  }

  void read_channels(EngineSpec& engine) {
    for (int i = 0; i < message_.channels_size(); ++i) {
      const std::string& typed = message_.channels(i);
      const auto channel = channel_named(typed);
      if (channel && std::ranges::find(kChoices, *channel) != kChoices.end()) {
        engine.channels.add(*channel);
      } else {
        faults_.error(FieldPath().at("channels", i), "is " + shown(std::string_view(typed)),
                      "must be one of " + names_of_choices());
      }
    }
  }

  void read_room(EngineSpec& engine) {
    const v1::Engine::Room& room = message_.room();
    const auto limit = [&](bool given, std::int64_t value, std::string_view field, std::optional<std::int64_t>& into) {
      if (given && check_range(value, 1, INT64_MAX, FieldPath().at("room").at(field), faults_)) into = value;
    };
    limit(room.has_cores(), room.cores(), "cores", engine.room.cores);
    limit(room.has_neurons(), room.neurons(), "neurons", engine.room.neurons);
    limit(room.has_inputs(), room.inputs(), "inputs", engine.room.inputs);
    limit(room.has_readouts(), room.readouts(), "readouts", engine.room.readouts);
    limit(room.has_axons(), room.axons(), "axons", engine.room.axons);
    limit(room.has_synapse_bytes(), room.synapse_bytes(), "synapse_bytes", engine.room.synapse_bytes);
  }

  const v1::Engine& message_;
  FaultList& faults_;
  std::set<std::string> names_;
};

}  // namespace

EngineSpec load_engine(const std::filesystem::path& path) { return read_engine(read_file(path, kLargestEngine), path); }

EngineSpec read_engine(const std::string& text, const std::filesystem::path& path) {
  FaultList faults;
  v1::Engine message;
  EngineSpec engine;
  if (parse_text_message(text, message, faults)) {
    check_form(message, {}, faults);
    engine = EngineReader(message, faults).read(path.stem().string());
  }
  if (faults.has_errors()) throw ModelError(faults.placed(path.string(), text));
  return engine;
}

EngineSpec engine_named(const std::string& typed) {
  std::string known;
  for (const ShippedFile& shipped : shipped_engines()) {
    if (shipped.name == typed)
      return read_engine(std::string(shipped.text), "models/engines/" + std::string(shipped.name) + ".txtpb");
    known += std::string(shipped.name) + ", ";
  }
  if (typed.find_first_of("/.") != std::string::npos) return load_engine(typed);
  throw UsageError("no engine is named " + shown(std::string_view(typed)) + "; must be one of " + known +
                   "or a path, which has a / or a .");
}

}  // namespace locus
