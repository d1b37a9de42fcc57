// Questions to a model that needs no run for an answer, and theory beside its simulation.
#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "sim/model/wire.h"
#include "sim/python/calls.h"
#include "sim/python/module.h"
#include "sim/ranks/processors.h"
#include "sim/report/description.h"
#include "sim/report/forecast.h"
#include "sim/report/memory.h"
#include "sim/study/prediction.h"

namespace locus::python {

namespace py = pybind11;

namespace {

/// One dict a rule: closed forms of one trial, and the bytes that the run would take.
py::list costs_of(const Spec& spec, int threads) {
  const Topology topology = topology_of(spec);
  const MemoryDemand demand{.transport = TransportKind::kBatched, .threads = threads > 0 ? threads : default_threads()};
  py::list rows;
  for (const RuleSpec& rule : spec.rules) {
    const Ledger ledger = forecast(spec, topology, rule);
    py::dict row;
    row["rule"] = rule.name;
    row["messages"] = ledger.messages();
    row["spatial"] = ledger.spatial_violations();
    row["temporal"] = ledger.temporal_violations();
    row["max_lag"] = ledger.max_lag();
    row["stalled"] = ledger.stalled_ticks();
    row["history_bytes"] = ledger.history_bytes();
    row["trace_bytes"] = ledger.trace_bytes();
    row["memory_bytes"] = memory_needed(spec, topology, rule, demand) + loaded_bytes(spec) + kProgramBytes;
    rows.append(row);
  }
  return rows;
}

py::tuple mode_of(const theory::Mode& mode) { return py::make_tuple(mode.a, mode.b, mode.w); }

py::dict mode_row(const RulePrediction& rule, std::size_t mode, const theory::Mode& teacher) {
  const ModePrediction& one = rule.modes[mode];
  py::dict row;
  row["rule"] = rule.name;
  row["mode"] = mode;
  row["teacher"] = mode_of(teacher);
  row["start"] = mode_of(one.start);
  row["last"] = mode_of(one.last);
  row["expected"] = mode_of(one.expected);
  row["simulated"] = mode_of(one.simulated);
  row["limit"] = mode_of(one.limit);
  row["limit_loss"] = one.limit_loss;
  row["stable"] = one.optimum.stable;
  row["rate"] = one.optimum.rate;
  row["largest_eta"] = one.largest_eta;
  return row;
}

py::dict prediction_of(const Prediction& prediction) {
  py::list rules;
  py::list modes;
  for (const RulePrediction& rule : prediction.rules) {
    py::dict line;
    line["rule"] = rule.name;
    line["why_not"] = rule.why_not;
    line["modes"] = rule.mode_losses;
    line["expected"] = rule.expected_losses;
    line["simulated"] = rule.simulated_losses;
    line["status"] = rule.simulation_status;
    rules.append(line);
    for (std::size_t k = 0; k < rule.modes.size(); ++k) modes.append(mode_row(rule, k, prediction.teacher[k]));
  }
  py::dict result;
  result["checkpoints"] = prediction.checkpoints;
  result["rules"] = rules;
  result["modes"] = modes;
  return result;
}

py::dict predict_of(const Spec& spec, std::optional<double> at, bool simulate) {
  std::atomic<bool> interrupt{false};
  return prediction_of(with_signals(
      interrupt, [&] { return predict(spec, {.at = at, .simulate = simulate, .interrupt = &interrupt}); }));
}

}  // namespace

void bind_model(py::module_& module) {
  module.def(
      "describe", [](const Spec& spec) { return description(spec, topology_of(spec, Listing::kSparse)); },
      "The text of `locus info`.");
  module.def("costs", &costs_of, py::arg("spec"), py::arg("threads"));
  module.def("predict", &predict_of, py::arg("spec"), py::arg("at"), py::arg("simulate"));
}

}  // namespace locus::python
