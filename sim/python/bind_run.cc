// run, resume and sweep: the interpreter lock is released while they work.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "sim/model/errors.h"
#include "sim/model/load.h"
#include "sim/python/calls.h"
#include "sim/python/module.h"
#include "sim/python/records.h"
#include "sim/report/checkpoint.h"
#include "sim/report/resume.h"
#include "sim/run/run.h"
#include "sim/sweep/sweep.h"

namespace locus::python {
namespace {

struct RunCall {
  int threads = 0;
  std::string transport = "batched";
  bool rank_of_large = false;
  py::object progress;
  double interval = 0.05;                 // seconds between two calls of progress
  std::optional<std::string> checkpoint;  // the file to keep
  std::int64_t checkpoint_every = 0;      // updates; 0: at the end of rules only
  std::optional<std::string> from;        // the checkpoint to go on from
  // with a checkpoint: the words after `locus run`, the model's name and its bytes
  std::optional<std::tuple<std::vector<std::string>, std::string, py::bytes>> request;
};

/// What a checkpoint holds besides the run itself, so that `locus resume` needs nothing else.
RunRequest request_of(const RunCall& call) {
  RunRequest request;
  if (!call.request) return request;
  request.arguments = std::get<0>(*call.request);
  request.model = std::get<1>(*call.request);
  request.bytes = std::string(std::get<2>(*call.request));
  std::vector<Fault> warnings;
  // the request keeps the files that the model names
  load_bytes(request.bytes, request.model, {}, warnings, &request.files);
  return request;
}

RunArrays run_of(const Spec& spec, const RunCall& call) {
  Watcher watcher(call.progress, std::chrono::duration<double>(call.interval));
  RecordArrays records(spec);
  std::function<void(const Moment&)> keep;
  if (call.checkpoint) {
    keep = keep_checkpoint(*call.checkpoint, call.checkpoint_every > 0 ? call.checkpoint_every : spec.training.updates,
                           request_of(call));
  }
  RunOptions options{.transport = transport_of(call.transport),
                     .threads = call.threads,
                     .rank_of_large = call.rank_of_large,
                     .may_go_on = call.checkpoint.has_value()};
  options.watch = [&](const Moment& moment) {
    if (moment.builds != nullptr) records.begin_rule();
    if (keep) keep(moment);
  };
  options.ends = [&](const Moment& moment) { return watcher.ends(moment); };
  if (!spec.records.empty()) options.look = [&](const Sample& sample) { records.look(sample); };
  RunArrays arrays;
  {
    const py::gil_scoped_release release;
    arrays.result = call.from ? resume(spec, *call.from, std::move(options)) : run(spec, options);
  }
  watcher.raise();
  for (const RecordSpec& record : spec.records) arrays.record_names.push_back(record.name);
  arrays.records = records.rules();
  return arrays;
}

/// The text of members.csv: one line for each member and rule.
std::string sweep_of(const std::string& model, const std::vector<std::pair<std::string, std::vector<std::string>>>& axes,
                     std::int32_t seeds, const std::vector<std::string>& rules, std::optional<std::int64_t> updates,
                     int threads, const std::optional<std::string>& folder) {
  SweepPlan plan{.model = model, .seeds = seeds, .overrides = {.rules = rules, .updates = updates}};
  for (const auto& [path, values] : axes) plan.axes.push_back({path, values});
  SweepOptions options{.threads = threads};
  if (folder) options.folder = std::filesystem::path(*folder);
  std::atomic<bool> interrupt{false};
  options.interrupt = &interrupt;
  return members_csv(with_signals(interrupt, [&] { return sweep(plan, options); }));
}

}  // namespace

TransportKind transport_of(const std::string& name) {
  if (name == "batched") return TransportKind::kBatched;
  if (name == "mailbox") return TransportKind::kMailbox;
  throw UsageError(fmt::format("transport is {}; must be batched or mailbox", name));
}

void bind_run(py::module_& module) {
  module.def(
      "run",
      [](const Spec& spec, int threads, std::string transport, bool rank_of_large, py::object progress, double interval,
         std::optional<std::string> checkpoint, std::int64_t checkpoint_every, std::optional<std::string> from,
         decltype(RunCall::request) request) {
        return run_of(spec, {threads, std::move(transport), rank_of_large, std::move(progress), interval,
                             std::move(checkpoint), checkpoint_every, std::move(from), std::move(request)});
      },
      py::arg("spec"), py::kw_only(), py::arg("threads") = 0, py::arg("transport") = "batched",
      py::arg("rank_of_large") = false, py::arg("progress") = py::none(), py::arg("interval") = 0.05,
      py::arg("checkpoint") = py::none(), py::arg("checkpoint_every") = 0, py::arg("resume") = py::none(),
      py::arg("request") = py::none());
  module.def("sweep", &sweep_of, py::arg("model"), py::arg("axes"), py::arg("seeds"), py::arg("rules"),
             py::arg("updates"), py::arg("threads"), py::arg("folder"));
}

}  // namespace locus::python
