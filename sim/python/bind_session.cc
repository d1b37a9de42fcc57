// Session: one rule, driven update by update or tick by tick.
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "core/wire/channel.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"
#include "sim/python/arrays.h"
#include "sim/python/module.h"
#include "sim/python/records.h"
#include "sim/python/trials.h"
#include "sim/run/run.h"
#include "sim/run/session.h"

namespace locus::python {
namespace {

/// Columns of the ledger.
py::dict columns_of(const Ledger& ledger) {
  py::list channel, lag, messages, scalars;
  for (const LedgerEntry& entry : ledger.entries()) {
    channel.append(std::string(name(entry.channel)));
    lag.append(entry.lag);
    messages.append(entry.tally.messages);
    scalars.append(entry.tally.scalars);
  }
  py::dict columns;
  columns["channel"] = channel;
  columns["lag"] = lag;
  columns["messages"] = messages;
  columns["scalars"] = scalars;
  return columns;
}

Session session_of(const Spec& spec, const std::string& rule, const std::string& transport, int threads,
                   std::optional<std::int32_t> lanes, std::optional<double> learning_rate) {
  for (const RuleSpec& each : spec.rules) {
    if (each.name != rule) continue;
    return Session(spec, each,
                   {.learning_rate = learning_rate,
                    .lanes = lanes,
                    .loss = spec.training.loss,  // also where there is no task
                    .transport = transport_of(transport),
                    .threads = threads});
  }
  throw UsageError(fmt::format("no rule of the model is named {}", rule));
}

py::array copy_of(std::span<const double> values, std::int32_t rows, std::int32_t lanes) {
  py::array_t<double> array({static_cast<py::ssize_t>(rows), static_cast<py::ssize_t>(lanes)});
  std::copy(values.begin(), values.end(), array.mutable_data());
  return array;
}

std::span<const double> span_of(const Doubles& array) { return {array.data(), static_cast<std::size_t>(array.size())}; }

/// Losses of the next `updates` updates; fewer where the run diverges. Ctrl-C raises after an
/// update.
std::vector<double> update(Session& session, std::int64_t updates) {
  const std::size_t before = session.losses().size();
  auto looked = std::chrono::steady_clock::now();
  const py::gil_scoped_release release;
  for (std::int64_t k = 0; k < updates && session.update(); ++k) {
    const auto now = std::chrono::steady_clock::now();
    if (now - looked < std::chrono::milliseconds(50)) continue;
    looked = now;
    const py::gil_scoped_acquire lock;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
  return {session.losses().begin() + static_cast<std::ptrdiff_t>(before), session.losses().end()};
}

/// What `run` leaves of one rule, of the updates made so far; ranks are not computed.
RunArrays result_of(const Session& session, const std::string& transport) {
  RunArrays arrays;
  arrays.result = not_begun(session.spec(), topology_of(session.spec()), {.transport = transport_of(transport)});
  arrays.result.outcomes.push_back(session.outcome());
  arrays.records.emplace_back();
  return arrays;
}

}  // namespace

void bind_session(py::module_& module) {
  py::class_<Session>(module, "Session")
      .def(py::init(&session_of), py::arg("spec"), py::arg("rule"), py::arg("transport"), py::arg("threads"),
           py::arg("lanes"), py::arg("learning_rate"))
      .def("begin_trial", &Session::begin_trial)
      .def("step",
           [](Session& session, const Doubles& inputs) {
             return copy_of(session.step(span_of(inputs)), session.readouts(), session.lanes());
           })
      .def("teach", [](Session& session, const Doubles& targets) { session.teach(span_of(targets)); })
      .def("reward", [](Session& session, const Doubles& rewards) { session.reward(span_of(rewards)); })
      .def("commit", &Session::commit)
      .def("update", &update)
      .def("learn",
           [](Session& session, const py::tuple& given) {
             const std::vector<RecordedTrial> trials = trials_of(given, session.readouts(), "trials");
             const py::gil_scoped_release release;
             return session.learn(trials);
           })
      .def_property_readonly("inputs", &Session::inputs)
      .def_property_readonly("readouts", &Session::readouts)
      .def_property_readonly("lanes", &Session::lanes)
      .def_property_readonly("ticks", &Session::ticks)
      .def_property_readonly("tick", &Session::tick)
      .def_property_readonly("updates", &Session::updates)
      .def_property_readonly("losses", [](const Session& session) { return session.losses(); })
      .def_property_readonly("accuracies", [](const Session& session) { return session.accuracies(); })
      .def("ledger", [](const Session& session) { return columns_of(session.ledger()); })
      .def("weights",
           [](const Session& session, const std::string& projection) -> py::object {
             auto* kept = new ProjectionWeights(session.weights(projection));
             const py::capsule owner(kept, [](void* weights) { delete static_cast<ProjectionWeights*>(weights); });
             return weights_view(*kept, owner);
           })
      .def("set_weights", [](Session& session, const std::string& projection,
                             const Doubles& values) { session.set_weights(projection, span_of(values)); })
      .def("learning_rate", &Session::learning_rate)
      .def("set_learning_rate",
           [](Session& session, double rate, const std::optional<std::string>& projection) {
             if (projection)
               session.set_learning_rate(*projection, rate);
             else
               session.set_learning_rate(rate);
           })
      .def("result", &result_of)
      .def("fingerprint", [](const Session& session) { return session.outcome().fingerprint; });
}

}  // namespace locus::python
