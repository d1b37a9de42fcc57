// Result: what a run has left. Its numbers are seen through views that need no copy.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "core/wire/channel.h"
#include "sim/model/errors.h"
#include "sim/python/arrays.h"
#include "sim/python/module.h"
#include "sim/python/records.h"
#include "sim/report/output.h"
#include "sim/report/report.h"
#include "sim/report/result_bytes.h"
#include "sim/report/write.h"

namespace locus::python {
namespace {

const Outcome& outcome(const RunArrays& run, std::size_t rule) { return run.result.outcomes.at(rule); }

py::dict weights_by_name(const std::vector<ProjectionWeights>& weights, py::handle owner) {
  py::dict by_name;
  for (const ProjectionWeights& each : weights) by_name[py::str(each.projection)] = weights_view(each, owner);
  return by_name;
}

/// Name of the record -> (updates, ticks, values).
py::dict records_by_name(const RunArrays& run, std::size_t rule, py::handle owner) {
  py::dict by_name;
  if (rule >= run.records.size()) return by_name;
  for (std::size_t k = 0; k < run.records[rule].size(); ++k) {
    const RecordArray& record = run.records[rule][k];
    if (record.shape.empty()) continue;
    std::int64_t one = 1;
    std::vector<py::ssize_t> shape{0};
    for (const std::int64_t side : record.shape) {
      one *= side;
      shape.push_back(side);
    }
    const std::int64_t updates = record.whole_updates(one);
    shape[0] = updates;
    std::vector<std::int64_t> seen(record.updates.begin(), record.updates.begin() + updates);
    by_name[py::str(run.record_names[k])] = py::make_tuple(
        seen, record.ticks, view(std::span(record.values).first(static_cast<std::size_t>(updates * one)), shape, owner));
  }
  return by_name;
}

}  // namespace

void bind_result(py::module_& module) {
  py::class_<RunArrays>(module, "Result")
      .def(
          "bytes", [](const RunArrays& run) { return py::bytes(result_bytes(run.result)); },
          "The locus.v1.Result without its weights, as bytes.")
      .def("json", [](const RunArrays& run) { return json_line(run.result); })
      .def("page", [](const RunArrays& run) { return text_of([&](Output& to) { write_report_page(run.result, to); }); })
      .def("save",
           [](const RunArrays& run, const std::string& folder) {
             const py::gil_scoped_release release;
             prepare_folder(folder);
             write_result(run.result, folder);
           })
      .def("rules",
           [](const RunArrays& run) {
             std::vector<std::string> names;
             for (const Outcome& each : run.result.outcomes) names.push_back(each.rule);
             return names;
           })
      .def("losses",
           [](const py::object& self, std::size_t rule) {
             const std::vector<double>& losses = outcome(self.cast<const RunArrays&>(), rule).losses;
             return view(losses, {static_cast<py::ssize_t>(losses.size())}, self);
           })
      .def("accuracies",
           [](const py::object& self, std::size_t rule) {
             const std::vector<double>& accuracies = outcome(self.cast<const RunArrays&>(), rule).accuracies;
             return view(accuracies, {static_cast<py::ssize_t>(accuracies.size())}, self);
           })
      .def("weights",
           [](const py::object& self, std::size_t rule) {
             return weights_by_name(outcome(self.cast<const RunArrays&>(), rule).weights, self);
           })
      .def("records", [](const py::object& self, std::size_t rule) {
        return records_by_name(self.cast<const RunArrays&>(), rule, self);
      });
  module.def(
      "read", [](const std::string& path) { return py::bytes(result_bytes(std::filesystem::path(path))); },
      "The locus.v1.Result of a file or folder, checked against its checksum, as bytes.");
  module.def(
      "is_local",
      [](const std::string& name, int lag, bool core_local) {
        const std::optional<Channel> channel = channel_named(name);
        if (!channel) throw UsageError(fmt::format("no channel is named {}", name));
        return !violation(*channel, lag, core_local).any();
      },
      "Whether a message over a channel with this lag [ticks] is local in space and time. `core_local`: its rule keeps it within a core.");
  module.def(
      "write_page", [](const std::string& result, const std::string& page) { write_report_page(result, page); },
      "Makes the report page of a result that lies in a file or folder.");
}

}  // namespace locus::python
