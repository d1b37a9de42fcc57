// Spec: a checked model, made from the bytes of a locus.v1.Model and from the arrays that stand
// beside it.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "sim/model/check.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/overrides.h"
#include "sim/model/settings.h"
#include "sim/python/arrays.h"
#include "sim/python/module.h"

namespace locus::python {
namespace {

std::vector<Setting> settings_of(const std::vector<std::string>& texts) {
  std::vector<Setting> settings;
  for (const std::string& text : texts) settings.push_back(setting_of(text));
  return settings;
}

void set_weights(Spec& spec, const std::string& name, const py::handle& given) {
  const auto at = std::ranges::find(spec.network.projections, name, &ProjectionSpec::name);
  if (at == spec.network.projections.end()) throw UsageError(fmt::format("no projection is named {}", name));
  at->weights = weights_of(given, name);
}

/// Trials of dense inputs (trials x ticks x inputs) and targets, or classes, or neither.
std::vector<RecordedTrial> trials_of(const Doubles& inputs, const py::object& targets, const py::object& classes,
                                     std::int64_t readouts, const std::string& field) {
  std::vector<RecordedTrial> trials;
  for (DenseMatrix& input : matrices(inputs, field + ".input")) trials.push_back({.input = std::move(input)});
  const auto require_length = [&](std::size_t length, const char* of) {
    if (length == trials.size()) return;
    throw UsageError(fmt::format("{}: {} {} for {} trials", field, length, of, trials.size()));
  };
  if (!targets.is_none()) {
    std::vector<DenseMatrix> matrices_of_targets = matrices(targets.cast<Doubles>(), field + ".target");
    require_length(matrices_of_targets.size(), "targets");
    for (std::size_t k = 0; k < trials.size(); ++k) trials[k].target = std::move(matrices_of_targets[k]);
  } else if (!classes.is_none()) {
    const auto chosen = classes.cast<Integers>();
    require_length(static_cast<std::size_t>(chosen.size()), "classes");
    for (std::size_t k = 0; k < trials.size(); ++k) {
      const std::int64_t label = chosen.data()[k];
      if (label < 0 || label >= readouts) {
        throw ModelError({{.field = fmt::format("{}.classes[{}]", field, k),
                           .what = fmt::format("is {}", label),
                           .allowed = fmt::format("must be 0 .. {}", readouts - 1)}});
      }
      trials[k].label = static_cast<std::int32_t>(label);
    }
  }
  return trials;
}

std::int64_t readouts_of(const NetworkSpec& network) {
  std::int64_t readouts = 0;
  for (const PopulationSpec& population : network.populations) {
    if (population.kind == PopulationKind::kReadout) readouts += population.size;
  }
  return readouts;
}

Locality locality_of(const std::string& name) {
  if (name == "any") return Locality::kAny;
  if (name == "spatial") return Locality::kSpatial;
  if (name == "temporal") return Locality::kTemporal;
  if (name == "strict") return Locality::kStrict;
  throw UsageError(fmt::format("locality is {}; must be any, spatial, temporal or strict", name));
}

/// Throws ModelError where the model with its arrays is not valid.
Spec spec_of(const py::bytes& bytes, const std::string& path, const std::vector<std::string>& settings,
             const py::dict& weights, const py::object& trials, const py::object& held_out) {
  std::vector<Fault> warnings;
  Spec spec = load_bytes(std::string_view(bytes), path, settings_of(settings), warnings);
  for (const auto& [name, array] : weights) set_weights(spec, name.cast<std::string>(), array);
  const auto read = [&](const py::object& given, const char* field) {
    const auto parts = given.cast<py::tuple>();
    return trials_of(parts[0].cast<Doubles>(), parts[1], parts[2], readouts_of(spec.network), field);
  };
  if (!trials.is_none()) {
    RecordedTask task{.trials = read(trials, "trials")};
    if (!held_out.is_none()) task.evaluation_trials = read(held_out, "held_out");
    spec.task = std::move(task);
  }
  require_valid(spec);
  return spec;
}

}  // namespace

void bind_spec(py::module_& module) {
  py::class_<Spec>(module, "Spec")
      .def(py::init(&spec_of), py::arg("bytes"), py::arg("path"), py::arg("settings"), py::arg("weights"),
           py::arg("trials"), py::arg("held_out"))
      .def(
          "apply",
          [](Spec& spec, const std::optional<std::vector<std::string>>& rules, std::optional<std::int64_t> updates,
             std::optional<std::uint64_t> seed, const std::optional<std::string>& locality) {
            Overrides overrides;
            if (rules) overrides.rules = *rules;
            overrides.updates = updates;
            overrides.seed = seed;
            if (locality) overrides.locality = locality_of(*locality);
            apply(overrides, spec);
          },
          py::arg("rules"), py::arg("updates"), py::arg("seed"), py::arg("locality"))
      .def_readonly("name", &Spec::name)
      .def_readonly("seed", &Spec::seed)
      .def_property_readonly("updates", [](const Spec& spec) { return spec.training.updates; })
      .def_property_readonly("rules", [](const Spec& spec) {
        std::vector<std::string> names;
        for (const RuleSpec& rule : spec.rules) names.push_back(rule.name);
        return names;
      });
}

}  // namespace locus::python
