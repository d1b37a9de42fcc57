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
#include "sim/model/convert.h"
#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/model/network_size.h"
#include "sim/model/overrides.h"
#include "sim/model/settings.h"
#include "sim/python/arrays.h"
#include "sim/python/module.h"
#include "sim/python/trials.h"
#include "sim/report/checkpoint.h"

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

Locality locality_of(const std::string& name) {
  if (name == "any") return Locality::kAny;
  if (name == "spatial") return Locality::kSpatial;
  if (name == "temporal") return Locality::kTemporal;
  if (name == "strict") return Locality::kStrict;
  throw UsageError(fmt::format("locality is {}; must be any, spatial, temporal or strict", name));
}

/// Throws ModelError where the model with its arrays is not valid. `trials` and `held_out` are
/// tuples as trials_of has them, `supplied` is one as supplied_of has it; or they are None.
Spec spec_of(const py::bytes& bytes, const std::string& path, const std::vector<std::string>& settings,
             const py::dict& weights, const py::object& trials, const py::object& held_out, const py::object& supplied) {
  std::vector<Fault> warnings;
  Spec spec = load_bytes(std::string_view(bytes), path, settings_of(settings), warnings);
  for (const auto& [name, array] : weights) set_weights(spec, name.cast<std::string>(), array);
  if (!trials.is_none()) {
    const std::int64_t readouts = neurons(spec.network, PopulationKind::kReadout);
    const auto* const recorded = std::get_if<RecordedTask>(&spec.task);
    RecordedTask task{.trials = trials_of(trials.cast<py::tuple>(), readouts, "trials"),
                      .shuffle = recorded != nullptr && recorded->shuffle};
    if (!held_out.is_none()) task.evaluation_trials = trials_of(held_out.cast<py::tuple>(), readouts, "held_out");
    spec.task = std::move(task);
  }
  if (!supplied.is_none()) spec.task = supplied_of(supplied.cast<py::tuple>());
  require_valid(spec);
  return spec;
}

/// The model that a checkpoint holds; where it holds none, an error says so.
Spec spec_of_checkpoint(const RunRequest& request, const std::string& file, const std::vector<std::string>& settings) {
  if (request.bytes.empty()) {
    throw ModelError({{.file = file,
                       .what = "holds no model",
                       .allowed = "was written by a program that keeps the model itself; it must be given"}});
  }
  std::vector<Fault> warnings;
  CarriedFiles carried = request.files;
  carried.complete = true;
  return load_bytes(request.bytes, request.model, settings_of(settings), warnings, &carried);
}

}  // namespace

void bind_spec(py::module_& module) {
  py::class_<Spec>(module, "Spec")
      .def(py::init(&spec_of), py::arg("bytes"), py::arg("path"), py::arg("settings"), py::arg("weights"),
           py::arg("trials"), py::arg("held_out"), py::arg("supplied"))
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
      .def(
          "drop_task",
          [](Spec& spec) {
            spec.task = RecordedTask{};
            require_valid(spec, Purpose::kSession);
          },
          "What a session drives tick by tick: the model without its trials.")
      .def_readonly("name", &Spec::name)
      .def_readonly("seed", &Spec::seed)
      .def_property_readonly("updates", [](const Spec& spec) { return spec.training.updates; })
      .def_property_readonly("rules", [](const Spec& spec) {
        std::vector<std::string> names;
        for (const RuleSpec& rule : spec.rules) names.push_back(rule.name);
        return names;
      });
  module.def(
      "wire_form",
      [](const py::bytes& bytes, const std::string& path, const std::vector<std::string>& settings) {
        return py::bytes(wire_form(std::string_view(bytes), path, settings_of(settings)));
      },
      "A model file's bytes as those of a locus.v1.Model, with these fields set.");
  module.def(
      "open_checkpoint",
      [](const std::string& file) {
        const RunRequest request = read_checkpoint(file).request;
        return py::make_tuple(request.arguments, request.model, py::bytes(request.bytes));
      },
      "The words after `locus run`, the model's name and its bytes, of a checkpoint.");
  module.def("spec_of_checkpoint", [](const std::string& file, const std::vector<std::string>& settings) {
    return spec_of_checkpoint(read_checkpoint(file).request, file, settings);
  });
}

}  // namespace locus::python
