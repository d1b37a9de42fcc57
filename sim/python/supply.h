// Trials that a function of Python writes (SuppliedTask).
#pragma once

#include <pybind11/pybind11.h>

#include "sim/model/spec.h"

namespace locus::python {

/// Calls fill(update, x, y) with new arrays of zeros: x (trials x ticks x inputs), y (trials x
/// ticks x readouts) or, of classes, whole numbers (trials). Where the task has them, mask (trials
/// x ticks x readouts), lengths (trials) and reward (trials x ticks) follow by their names, as
/// arrays of 1, of ticks and of 0. What the function has written into them is taken. It runs with
/// Python's lock and arithmetic; what it raises ends the run and is raised.
Supply supply_of(pybind11::object fill);

}  // namespace locus::python
