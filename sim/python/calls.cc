#include "sim/python/calls.h"

#include <utility>

namespace locus::python {
namespace {

/// Takes the pending exception away from the interpreter.
py::object take_exception() {
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* trace = nullptr;
  PyErr_Fetch(&type, &value, &trace);
  PyErr_NormalizeException(&type, &value, &trace);
  if (trace != nullptr) PyException_SetTraceback(value, trace);
  Py_XDECREF(type);
  Py_XDECREF(trace);
  return py::reinterpret_steal<py::object>(value);
}

}  // namespace

Watcher::Watcher(py::object progress, std::chrono::duration<double> interval)
    : progress_(std::move(progress)), interval_(interval), start_(std::chrono::steady_clock::now()), last_(start_) {}

bool Watcher::ends(const Moment& moment) {
  const auto now = std::chrono::steady_clock::now();
  if (now - last_ < interval_) return false;
  last_ = now;
  const DefaultArithmetic arithmetic;
  const py::gil_scoped_acquire lock;
  if (PyErr_CheckSignals() != 0) {
    raised_ = take_exception();
    return true;
  }
  return !progress_.is_none() && call(moment);
}

bool Watcher::call(const Moment& moment) {
  const Outcome& present = *moment.present;
  py::dict at;
  at["rule"] = present.rule;
  at["update"] = present.updates;
  at["loss"] = present.losses.empty() ? py::object(py::none()) : py::float_(present.losses.back());
  at["seconds"] = std::chrono::duration<double>(last_ - start_).count();
  at["messages"] = moment.ledger == nullptr ? 0 : moment.ledger->messages();
  try {
    return progress_(at).is(py::bool_(false));
  } catch (py::error_already_set& error) {
    error.restore();
    raised_ = take_exception();
    return true;
  }
}

void Watcher::raise() {
  if (!raised_) return;
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(raised_.ptr())), raised_.ptr());
  throw py::error_already_set();
}

}  // namespace locus::python
