// Which learning engines of chips can hold a model's rules, and what a rule learns on one.
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "sim/engine/fit.h"
#include "sim/model/engine.h"
#include "sim/model/errors.h"
#include "sim/model/wire.h"
#include "sim/python/module.h"
#include "sim/study/engine_run.h"

namespace locus::python {

namespace py = pybind11;

namespace {

// by name: the least and the largest
using Ranges = std::map<std::string, std::pair<double, double>>;

std::map<std::string, Range> ranges_of(const Ranges& given) {
  std::map<std::string, Range> ranges;
  for (const auto& [name, ends] : given) {
    const auto [low, high] = ends;
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high) || low > 0 || high < 0) {
      throw UsageError(fmt::format("ranges: {} is {} .. {}; must be from the least to the largest, with 0 between",
                                   name, low, high));
    }
    ranges[name] = {.low = low, .high = high, .assumed = false};
  }
  return ranges;
}

py::str word_of(Condition condition) {
  switch (condition) {
    case Condition::kEveryTick: return "tick";
    case Condition::kSourceSpike: return "pre_spike";
    case Condition::kTargetSpike: return "post_spike";
    case Condition::kTrialEnd: return "end";
  }
  return "";
}

py::dict row_of(const Shortfall& lack) {
  py::dict row;
  row["what"] = lack.what;
  row["of"] = lack.of;
  row["count"] = lack.count;
  row["each"] = lack.each;
  return row;
}

py::dict row_of(const Approximation& one) {
  py::dict row;
  row["what"] = one.what;
  row["how"] = one.how;
  row["worst_error"] = one.error;
  row["unit"] = one.unit;
  return row;
}

/// What an access or a variable holds, and how finely.
template <class Held>
py::dict held_row(const Held& held, const std::string& name, const std::string& holds, const char* place) {
  py::dict row;
  row["place"] = place;
  row["name"] = name;
  row["holds"] = holds;
  row["full_scale"] = held.full_scale;
  row["assumed"] = held.assumed;
  row["step"] = held.step;
  row["offset"] = held.offset;
  return row;
}

py::dict row_of(const BoundProduct& product, const Binding& binding) {
  std::vector<std::string> factors;
  for (const BoundFactor& factor : product.factors) factors.push_back(binding.name_of(factor));
  py::dict row;
  row["changes"] = binding.variables[static_cast<std::size_t>(product.target)].variable;
  row["when"] = word_of(product.condition);
  row["factors"] = factors;
  row["scale"] = product.exact;
  row["mantissa"] = product.mantissa;
  row["exponent"] = product.exponent;
  row["relative_error"] = product.error();
  return row;
}

template <class Rows>
py::list rows_of(const Rows& all) {
  py::list rows;
  for (const auto& one : all) rows.append(row_of(one));
  return rows;
}

py::dict dict_of(const Binding& binding) {
  py::list products;
  for (const BoundProduct& product : binding.products) products.append(row_of(product, binding));
  py::list held;
  for (const BoundAccess& one : binding.source) held.append(held_row(one, one.access, one.reads, "source"));
  for (const BoundAccess& one : binding.target) held.append(held_row(one, one.access, one.reads, "target"));
  for (const BoundVariable& one : binding.variables) held.append(held_row(one, one.variable, one.keeps, "synapse"));
  py::dict found;
  found["projections"] = binding.projections;
  found["products"] = products;
  found["held"] = held;
  found["approximations"] = rows_of(binding.approximations);
  return found;
}

py::dict dict_of(const Fit& fit) {
  py::list bindings;
  for (const Binding& binding : fit.bindings) bindings.append(dict_of(binding));
  py::dict found;
  found["rule"] = fit.rule;
  found["engine"] = fit.engine;
  found["fits"] = fit.fits;
  found["gives_up_delays"] = fit.gives_up_delays;
  found["cores"] = fit.room.cores;
  found["neurons"] = fit.room.neurons;
  found["synapses"] = fit.room.synapses;
  found["synapse_bits"] = fit.room.synapse_bits;
  found["lacks"] = rows_of(fit.lacks);
  found["approximations"] = rows_of(fit.approximations);
  found["bindings"] = bindings;
  return found;
}

py::list fits_of(const Spec& spec, const std::vector<std::string>& engines, const Ranges& given) {
  const std::map<std::string, Range> ranges = ranges_of(given);
  const Topology topology = topology_of(spec, Listing::kAll);
  py::list found;
  for (const std::string& name : engines) {
    const EngineSpec engine = engine_named(name);
    for (const RuleSpec& rule : spec.rules) found.append(dict_of(fit(spec, topology, rule, engine, ranges)));
  }
  return found;
}

/// The losses of the spec's only rule, and of it on the engine.
py::tuple losses_on_engine(const Spec& spec, const std::string& name, std::int64_t updates, const Ranges& given) {
  const std::map<std::string, Range> ranges = ranges_of(given);
  const EngineSpec engine = engine_named(name);
  EngineRun learnt;
  {
    const py::gil_scoped_release release;
    learnt = run_on_engine(spec, spec.rules.at(0), engine, updates, ranges);
  }
  return py::make_tuple(learnt.exact, learnt.engine);
}

}  // namespace

void bind_engine(py::module_& module) {
  module.def("fits", &fits_of, py::arg("spec"), py::arg("engines"), py::arg("ranges"));
  module.def("losses_on_engine", &losses_on_engine, py::arg("spec"), py::arg("engine"), py::arg("updates"),
             py::arg("ranges"));
}

}  // namespace locus::python
