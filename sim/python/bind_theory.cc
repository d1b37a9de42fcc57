// Theory: functions of modes and of linear networks, without a simulation.
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pybind11/complex.h>
#include <pybind11/eigen.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "sim/model/errors.h"
#include "sim/python/arrays.h"
#include "sim/python/module.h"
#include "sim/theory/exact.h"
#include "sim/theory/fixed_point.h"
#include "sim/theory/mode.h"
#include "sim/theory/trajectory.h"

namespace locus::python {
namespace {

RuleKind kind_of(const std::string& name) {
  const std::optional<RuleKind> kind = rule_named(name);
  if (kind && is_of_theory(rule(*kind))) return *kind;
  std::string allowed;
  for (const Rule& row : kRules) {
    if (is_of_theory(row)) allowed += fmt::format("{}{}", allowed.empty() ? "" : ", ", row.name);
  }
  throw UsageError(fmt::format("rule is {}; must be one of {}", name, allowed));
}

theory::ModeRule mode_rule(const std::string& name, int depth, double feedback, double decay) {
  return {.kind = kind_of(name), .depth = depth, .feedback = feedback, .decay = decay};
}

/// (N x 3) -> modes (a, b, w).
std::vector<theory::Mode> modes_of(const Doubles& array, const char* name) {
  if (array.ndim() != 2 || array.shape(1) != 3) throw UsageError(fmt::format("{}: must be an array (modes x 3)", name));
  std::vector<theory::Mode> modes;
  for (py::ssize_t k = 0; k < array.shape(0); ++k) modes.push_back({array.at(k, 0), array.at(k, 1), array.at(k, 2)});
  return modes;
}

py::array_t<double> array_of(const std::vector<theory::Mode>& modes) {
  py::array_t<double> array({static_cast<py::ssize_t>(modes.size()), py::ssize_t{3}});
  for (std::size_t k = 0; k < modes.size(); ++k) {
    double* row = array.mutable_data(static_cast<py::ssize_t>(k), 0);
    row[0] = modes[k].a;
    row[1] = modes[k].b;
    row[2] = modes[k].w;
  }
  return array;
}

void bind_modes(py::module_& module) {
  module.def("mode_loss", [](const Doubles& students, const Doubles& teachers) {
    const auto student = modes_of(students, "mode");
    const auto teacher = modes_of(teachers, "teacher");
    std::vector<double> losses;
    for (std::size_t k = 0; k < student.size(); ++k) losses.push_back(theory::loss(student[k], teacher[k]));
    return losses;
  });
  module.def("mode_delta", [](const Doubles& students, const Doubles& teachers, const std::string& rule, int depth,
                              double feedback, double decay) {
    const auto student = modes_of(students, "mode");
    const auto teacher = modes_of(teachers, "teacher");
    const theory::ModeRule terms = mode_rule(rule, depth, feedback, decay);
    std::vector<theory::Mode> deltas;
    for (std::size_t k = 0; k < student.size(); ++k) deltas.push_back(theory::delta(student[k], teacher[k], terms));
    return array_of(deltas);
  });
  module.def("linearise",
             [](const Doubles& teacher, double s, const std::string& rule, int depth, double feedback, double decay) {
               const theory::Linearisation at =
                   theory::linearise(modes_of(teacher, "teacher").at(0), s, mode_rule(rule, depth, feedback, decay));
               py::dict result;
               result["trace"] = at.trace;
               result["determinant"] = at.determinant;
               result["eigenvalues"] = std::vector<std::complex<double>>(at.eigenvalues.begin(), at.eigenvalues.end());
               result["stable"] = at.stable;
               result["rate"] = at.rate;
               return result;
             });
  module.def("saddle_eigenvalues", [](const Doubles& teacher, double w, const std::string& rule, int depth,
                                      double feedback, double decay) {
    return theory::saddle_eigenvalues(modes_of(teacher, "teacher").at(0), w, mode_rule(rule, depth, feedback, decay));
  });
  module.def("integrate", [](const Doubles& start, const Doubles& teacher, const std::vector<double>& times,
                             const std::string& rule, int depth, double feedback, double decay) {
    const theory::Trajectory flow = theory::integrate(modes_of(start, "start").at(0), modes_of(teacher, "teacher").at(0),
                                                      mode_rule(rule, depth, feedback, decay), times);
    const char* ending = flow.ending == theory::Ending::kInTime       ? "in time"
                         : flow.ending == theory::Ending::kLeftDomain ? "left the domain"
                                                                      : "escaped";
    return py::make_tuple(flow.time, array_of(flow.mode), ending);
  });
}

theory::LinearNetwork network_of(const std::tuple<theory::Matrix, theory::Matrix, theory::Matrix>& awb) {
  return {std::get<0>(awb), std::get<1>(awb), std::get<2>(awb)};
}

void bind_networks(py::module_& module) {
  using Awb = std::tuple<theory::Matrix, theory::Matrix, theory::Matrix>;
  const auto rule_of = [](const std::string& name, int depth, double decay, const std::optional<theory::Matrix>& feedback) {
    return theory::ExactRule{
        .kind = kind_of(name), .depth = depth, .decay = decay, .feedback = feedback ? *feedback : theory::Matrix()};
  };
  module.def("exact_loss", [](const Awb& student, const Awb& teacher, int ticks) {
    return theory::exact_loss(network_of(student), network_of(teacher), ticks);
  });
  module.def("exact_update", [rule_of](const Awb& student, const Awb& teacher, int ticks, const std::string& rule,
                                       int depth, double decay, const std::optional<theory::Matrix>& feedback) {
    theory::ExactUpdate update =
        theory::exact_update(network_of(student), network_of(teacher), rule_of(rule, depth, decay, feedback), ticks);
    return py::make_tuple(update.loss, Awb(update.delta.a, update.delta.w, update.delta.b));
  });
  module.def("exact_training", [rule_of](const Awb& student, const Awb& teacher, int ticks, double learning_rate,
                                         std::int64_t updates, const std::string& rule, int depth, double decay,
                                         const std::optional<theory::Matrix>& feedback) {
    const py::gil_scoped_release release;
    theory::ExactTraining training = theory::exact_training(
        network_of(student), network_of(teacher), rule_of(rule, depth, decay, feedback), ticks, learning_rate, updates);
    const theory::LinearNetwork& end = training.student;
    return std::make_tuple(training.losses, Awb(end.a, end.w, end.b), training.diverged);
  });
}

}  // namespace

void bind_theory(py::module_& module) {
  bind_modes(module);
  bind_networks(module);
  module.def("rule_table", [] {
    py::list rows;
    for (const Rule& row : kRules) {
      py::dict line;
      line["rule"] = std::string(row.name);
      line["title"] = std::string(row.title);
      line["equation"] = std::string(row.equation);
      line["source"] = std::string(row.source);
      line["state"] = std::string(row.state);
      line["spiking"] = !row.spiking.empty();
      rows.append(line);
    }
    return rows;
  });
}

}  // namespace locus::python
