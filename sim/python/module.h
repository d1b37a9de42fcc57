// The parts of the module locus._core; each binds one part of the library, in the order in which
// they need each other.
//
// The package locus (python/locus) is what users see. This module is its seam: models come in as
// the bytes of a locus.v1.Model, so that Python, text and binary files have one loader and one list
// of faults; results go out as the bytes of a locus.v1.Result, with arrays beside them.
#pragma once

#include <string>

#include <pybind11/pybind11.h>

#include "sim/run/transport_kind.h"

namespace locus::python {

/// "batched" or "mailbox". Throws UsageError.
TransportKind transport_of(const std::string& name);

void bind_errors(pybind11::module_& module);
void bind_spec(pybind11::module_& module);
void bind_model(pybind11::module_& module);
void bind_engine(pybind11::module_& module);
void bind_result(pybind11::module_& module);
void bind_run(pybind11::module_& module);
void bind_session(pybind11::module_& module);
void bind_theory(pybind11::module_& module);

}  // namespace locus::python
