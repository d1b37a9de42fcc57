#include "sim/model/load.h"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "sim/model/draw_sparse.h"
#include "sim/model/files.h"
#include "sim/model/network_size.h"
#include "sim/model/parse.h"
#include "sim/model/precision.h"
#include "sim/model/read_bases.h"
#include "sim/model/read_chip.h"
#include "sim/model/read_network.h"
#include "sim/model/read_pace.h"
#include "sim/model/read_record.h"
#include "sim/model/read_rules.h"
#include "sim/model/read_spiking.h"
#include "sim/model/read_task.h"
#include "sim/model/requirements.h"
#include "sim/model/set_fields.h"

namespace locus {
namespace {

/// What the model's rules lack, where it would have to be.
void check_requirements(const Spec& spec, FaultList& faults) {
  std::string learner;
  for (const RuleSpec& rule : spec.rules) {
    if (learner.empty() && learns(rule.kind)) learner = rule.name;
  }
  if (learner.empty()) return;
  const FieldPath root;
  const std::string reason = "rule " + shown(std::string_view(learner)) + " learns";
  for (const Lack& lack : lacks(spec.network, spec.task, spec.training)) {
    switch (lack.need) {
      case Need::kReadout:
        if (known_neurons(spec.network, PopulationKind::kReadout) == kUnknown)
          break;  // one may be meant where a population has a fault
        faults.error(root.at("network"), "has no readout population", "must have at least one, since " + reason);
        break;
      case Need::kTarget: {
        const FieldPath field = lack.index < 0 ? root.at("task").at("drawn").at("targets")
                                               : root.at("task").at("recorded").at("trials", lack.index).at("target");
        faults.error(field, lack.index < 0 ? "are missing" : "is missing", "must be given, since " + reason);
        break;
      }
      case Need::kLearningRate:
        faults.error(
            root.at("training").at("learning_rate"), "is missing",
            fmt::format("must be given, since {} and plastic projection {} has none of its own", reason,
                        shown(std::string_view(spec.network.projections[static_cast<std::size_t>(lack.index)].name))));
        break;
    }
  }
}

void warn(const Spec& spec, FaultList& faults) {
  const FieldPath root;
  bool learner = false;
  for (std::size_t i = 0; i < spec.rules.size(); ++i) {
    const RuleSpec& rule = spec.rules[i];
    learner = learner || learns(rule.kind);
    if (!loses_errors(rule, spec.network, spec.training)) continue;
    const FieldPath field = root.at("rules", static_cast<int>(i)).at("tbptt");
    if (latest_answer(spec.network, spec.training) == 0) {
      faults.warning(field.at("stride"), fmt::format("is {}, more than the depth {}", rule.stride, rule.depth),
                     "errors older than the depth at their sweep are lost");
    } else {
      faults.warning(field.at("depth"), fmt::format("is {}", rule.depth),
                     why_lost(rule, spec.network, spec.training) + ": errors older than the depth at their sweep are lost");
    }
  }
  bool plastic = false;
  for (const ProjectionSpec& projection : spec.network.projections) plastic = plastic || projection.plastic;
  if (learner && !plastic) faults.warning(root.at("network"), "has no plastic projection", "nothing will be learnt");
}

/// The meaning of a message; good only if no fault was added.
Spec read_model(v1::Model& message, const std::filesystem::path& path, CarriedFiles* carried, WireArrays& arrays,
                FaultList& faults) {
  const FieldPath root;
  Reading reading = {path.parent_path(), faults, carried, &arrays};
  Spec spec;
  spec.path = path.string();
  spec.name = message.name().empty() ? path.stem().string() : message.name();
  if (!message.name().empty()) check_name(message.name(), root.at("name"), faults);
  spec.seed = message.seed();
  spec.precision = message.precision() == v1::Model::FLOAT32 ? Precision::kFloat32 : Precision::kFloat64;
  spec.training = read_training(message.training(), root.at("training"), faults);
  if (!message.has_network()) {
    faults.error(root.at("network"), "is missing", "must be given");
    return spec;  // nothing else has a meaning without it
  }
  spec.network = read_network(*message.mutable_network(), root.at("network"), reading);
  spec.task = read_task(*message.mutable_task(), spec.network, root.at("task"), spec.training, reading);
  spec.rules = read_rules(*message.mutable_rules(), spec.network, root, reading);
  if (message.has_bases()) spec.bases = read_bases(*message.mutable_bases(), spec, root.at("bases"), reading);
  if (message.has_chip()) spec.chip = read_chip(message.chip(), spec.network, root.at("chip"), reading);
  if (!faults.has_errors()) settle_sparse(spec);
  spec.records = read_records(message.record(), spec, root, faults);
  // where squares and factors travel on a chip is not said
  if (spec.chip && spec.training.optimizer.norm)
    faults.error(root.at("training").at("clip").at("global_norm"), "is given in a model with a chip",
                 "must be element, or the chip must go");
  check_evaluation(spec, message.training().evaluation().has_trials(), faults);
  check_requirements(spec, faults);
  check_spiking(spec, faults);
  if (spec.precision == Precision::kFloat32) check_float32(spec, faults);
  warn(spec, faults);
  return spec;
}

struct Examined {
  Spec spec;
  std::vector<Fault> faults;
};

Examined examine(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings = {},
                 CarriedFiles* carried = nullptr) {
  Examined examined;
  FaultList faults;
  const std::optional<Format> format = format_of(path);
  std::optional<std::string_view> text;
  if (!format) {
    faults.error({}, "is named like no model", known_extensions());
  } else {
    v1::Model message;
    WireArrays arrays;
    // a setting may reach into an array
    WireArrays* const taken = settings.empty() ? &arrays : nullptr;
    if (format == Format::kText) text = bytes;
    if (text ? parse_text(bytes, message, faults) : parse_wire(bytes, message, faults, taken)) {
      set_fields(settings, message);
      examined.spec = read_model(message, path, carried, arrays, faults);
    }
    examined.spec.sha256 = sha256(bytes);
    for (const Setting& setting : settings) examined.spec.settings.push_back(setting.text());
  }
  examined.faults = faults.placed(path.string(), text);
  return examined;
}

}  // namespace

Spec load(const std::filesystem::path& path) {
  std::vector<Fault> warnings;
  return load(path, warnings);
}

Spec load(const std::filesystem::path& path, std::vector<Fault>& warnings) {
  return load_bytes(read_file(path), path, warnings);
}

Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::vector<Fault>& warnings) {
  return load_bytes(bytes, path, {}, warnings);
}

Spec load_bytes(std::string_view bytes, const std::filesystem::path& path, std::span<const Setting> settings,
                std::vector<Fault>& warnings, CarriedFiles* carried) {
  Examined examined = examine(bytes, path, settings, carried);
  if (has_error(examined.faults)) throw ModelError(std::move(examined.faults));
  warnings = std::move(examined.faults);
  return std::move(examined.spec);
}

std::vector<Fault> validate(const std::filesystem::path& path) {
  Examined examined = examine(read_file(path), path);
  if (!has_error(examined.faults) && examined.spec.rules.empty()) {
    examined.faults.push_back({.severity = Severity::kWarning,
                               .file = path.string(),
                               .what = "names no rules",
                               .allowed = "a run must name some itself"});
  }
  return std::move(examined.faults);
}

}  // namespace locus
