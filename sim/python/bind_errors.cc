// Every exception of the library as one of Python: the classes are those of locus.errors.
#include <exception>
#include <string>

#include <pybind11/pybind11.h>

#include "core/base/check.h"
#include "sim/model/errors.h"
#include "sim/python/module.h"
#include "sim/run/session.h"

namespace locus::python {

namespace py = pybind11;

namespace {

void raise(const char* type, const py::object& argument) {
  const py::object error = py::module_::import("locus.errors").attr(type);
  PyErr_SetObject(error.ptr(), error(argument).ptr());
}

py::list faults_of(const ModelError& error) {
  const py::object fault_type = py::module_::import("locus.errors").attr("Fault");
  py::list faults;
  for (const Fault& fault : error.faults()) {
    faults.append(
        fault_type(py::arg("file") = fault.file, py::arg("line") = fault.line, py::arg("column") = fault.column,
                   py::arg("field") = fault.field, py::arg("what") = fault.what, py::arg("allowed") = fault.allowed,
                   py::arg("warning") = fault.severity == Severity::kWarning, py::arg("text") = describe(fault)));
  }
  return faults;
}

void translate(std::exception_ptr thrown) {
  try {
    if (thrown) std::rethrow_exception(thrown);
  } catch (const ModelError& error) {
    raise("ModelError", faults_of(error));
  } catch (const UsageError& error) {
    raise("UsageError", py::str(error.what()));
  } catch (const FileError& error) {
    raise("FileError", py::str(error.what()));
  } catch (const OrderError& error) {
    raise("OrderError", py::str(error.what()));
  } catch (const ArgumentError& error) {
    raise("UsageError", py::str(error.what()));
  } catch (const LocalityBroken& error) {
    raise("LocalityBroken", py::str(error.what()));
  } catch (const CheckFailure& error) {
    raise("Defect", py::str(error.what()));
  }
}

}  // namespace

void bind_errors(py::module_&) { py::register_exception_translator(translate); }

}  // namespace locus::python
